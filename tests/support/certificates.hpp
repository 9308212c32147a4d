// Client certificates in memory, with the private key that their holder would have: what it signs, what it requests, and an authority
// that issues and revokes them. Certificates in files, for connections: integration/http/fixture.hpp, certs/make-dev-certs.sh.
#pragma once
#include "base/bytes.hpp"
#include "base/openssl.hpp"
#include "domain/clock.hpp"
#include <optional>
#include <string>
#include <vector>

namespace cbmx::test {

enum class KeyKind { p256, p384, p521, ed25519, rsa_1024, rsa_2048, rsa_2048_pss, rsa_2048_exponent_3 };

// RSA only; other keys have one way to sign.
enum class Padding { pkcs1, pss };

class PrivateKey {
public:
    explicit PrivateKey(KeyKind kind = KeyKind::p256);
    explicit PrivateKey(std::string_view pem);
    // SHA-256, or Ed25519; ECDSA as DER. For example a base::enrolment_text().
    std::string sign(std::string_view message, Padding padding = Padding::pkcs1, const char* digest = "SHA256") const;
    // A certification request in PEM, whose challengePassword has these values; without one there is no such attribute.
    std::string request(const std::vector<std::string>& challenges, const char* digest = "SHA256", Padding padding = Padding::pkcs1) const;
    std::string public_pem() const;
    EVP_PKEY* get() const { return key_.get(); }

private:
    base::Owned<EVP_PKEY> key_;
};

struct HeldCertificate {
    std::string pem;
    PrivateKey key;
};

struct CertificateWish {
    std::string common_name = "holder";
    std::optional<std::string> purposes = "clientAuth";  // extendedKeyUsage as OpenSSL writes it; nullopt: none
    std::string usage = "digitalSignature";              // keyUsage
    KeyKind key = KeyKind::p256;
    std::time_t from = 0;  // 0: a day before the start of the authority's time
    std::time_t until = 0;
};

class ClientAuthority {
public:
    // Valid for ten years around `now`; what it issues is for a year from a day before it, unless wished otherwise.
    explicit ClientAuthority(std::time_t now, const std::string& name = "Test authority");
    const std::string& pem() const { return certificate_.pem; }
    HeldCertificate issue(const CertificateWish& wish = {});
    std::string revocation_list(const std::vector<std::string>& revoked_pems, std::time_t from, std::time_t until) const;  // PEM

private:
    std::time_t now_;
    HeldCertificate certificate_;
    long serial_ = 1;
};

HeldCertificate self_signed(const CertificateWish& wish);
// A self-signed client certificate in PEM, with a fresh key.
std::string new_certificate(const std::string& common_name, domain::Instant not_after);
base::Hash fingerprint_of(const std::string& certificate);

}  // namespace cbmx::test
