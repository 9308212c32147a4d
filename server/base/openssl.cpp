// See openssl.hpp.
#include "base/openssl.hpp"
#include <array>
#include <climits>
#include <openssl/pem.h>

namespace cbmx::base {
namespace {

constexpr std::size_t max_group_name_bytes = 80;

}  // namespace

int no_passphrase(char*, int, int, void*) { return -1; }

Owned<BIO> reader(std::string_view bytes)
{
    if (bytes.size() > INT_MAX)
        return nullptr;
    return Owned<BIO>(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

std::string contents(BIO* bio)
{
    char* data = nullptr;
    const long length = BIO_get_mem_data(bio, &data);
    return length > 0 ? std::string(data, static_cast<std::size_t>(length)) : std::string();
}

bool is_ed25519(const EVP_PKEY* key) { return EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519; }

bool is_accepted_curve(const EVP_PKEY* key)
{
    std::array<char, max_group_name_bytes> name{};
    if (EVP_PKEY_get_base_id(key) != EVP_PKEY_EC || EVP_PKEY_get_group_name(key, name.data(), name.size(), nullptr) != 1)
        return false;
    const std::string_view group = name.data();
    return group == "prime256v1" || group == "secp384r1";
}

Owned<X509> read_certificate(std::string_view pem_or_der)
{
    const auto bio = reader(pem_or_der);
    if (!bio)
        return nullptr;
    if (Owned<X509> certificate{PEM_read_bio_X509(bio.get(), nullptr, no_passphrase, nullptr)})
        return certificate;
    const unsigned char* at = octets(pem_or_der);
    Owned<X509> certificate(d2i_X509(nullptr, &at, static_cast<long>(pem_or_der.size())));
    if (at != octets(pem_or_der) + pem_or_der.size())
        return nullptr;
    return certificate;
}

}  // namespace cbmx::base
