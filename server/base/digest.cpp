// See digest.hpp.
#include "base/digest.hpp"
#include <openssl/evp.h>
#include <stdexcept>

namespace cbmx::base {
namespace {

void require(int outcome)
{
    if (outcome != 1)
        throw std::runtime_error("SHA-256 failed");
}

}  // namespace

Sha256::Sha256() : context_(EVP_MD_CTX_new()) { begin(); }

void Sha256::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

void Sha256::begin() { require(EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr)); }

void Sha256::add(std::string_view bytes) { require(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size())); }

Hash Sha256::end()
{
    Hash hash{};
    require(EVP_DigestFinal_ex(context_.get(), hash.data(), nullptr));
    begin();
    return hash;
}

}  // namespace cbmx::base
