// OpenSSL's objects with an owner, its error queue left as it was, and how PEM and certificates are read: for sources that call
// OpenSSL themselves. What those make of it: ed25519.hpp, possession.hpp, http/revocation.hpp. Any thread.
#pragma once
#include <memory>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <string>
#include <string_view>

namespace cbmx::base {

struct ReleaseOwned {
    void operator()(BIO* bio) const { BIO_free_all(bio); }
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
    void operator()(BIGNUM* number) const { BN_free(number); }
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(X509_REQ* request) const { X509_REQ_free(request); }
    void operator()(X509_CRL* list) const { X509_CRL_free(list); }
    void operator()(X509_STORE_CTX* chain) const { X509_STORE_CTX_free(chain); }
};
template <class Object>
using Owned = std::unique_ptr<Object, ReleaseOwned>;

// TLS on the same thread reads the queue of errors: for its lifetime what fails leaves nothing there.
struct KeptErrors {
    KeptErrors() { ERR_set_mark(); }
    ~KeptErrors() { ERR_pop_to_mark(); }
    KeptErrors(const KeptErrors&) = delete;
    KeptErrors& operator=(const KeptErrors&) = delete;
};

inline const unsigned char* octets(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

int no_passphrase(char*, int, int, void*);  // OpenSSL's own callback would ask at the terminal

Owned<BIO> reader(std::string_view bytes);  // reads them where they are; null: too many
std::string contents(BIO* bio);             // what has been written into memory

bool is_ed25519(const EVP_PKEY* key);
bool is_accepted_curve(const EVP_PKEY* key);  // ECDSA on P-256 or P-384

// The first certificate of a PEM text, or a DER one and nothing else; null if there is none.
Owned<X509> read_certificate(std::string_view pem_or_der);

}  // namespace cbmx::base
