// SHA-256 by OpenSSL, text forms by libsodium (no table look-ups that depend on secrets).
// The contract is base/bytes.hpp.
#include "base/bytes.hpp"
#include <algorithm>
#include <cmath>
#include <memory>
#include <openssl/evp.h>
#include <sodium.h>
#include <stdexcept>
#include <vector>

namespace cbmx::base {
namespace {

const unsigned char* octets(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

// Fetched once: in OpenSSL 3 a fetch costs more than hashing a Merkle node.
const EVP_MD* sha256_algorithm()
{
    static const std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> algorithm{EVP_MD_fetch(nullptr, "SHA256", nullptr), EVP_MD_free};
    if (!algorithm)
        throw std::runtime_error("OpenSSL has no SHA-256");
    return algorithm.get();
}

}  // namespace

Hash sha256(std::string_view bytes) { return sha256(bytes, {}); }

Hash sha256(std::string_view first, std::string_view second)
{
    thread_local const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(), EVP_MD_CTX_free};
    Hash hash{};
    if (!context || EVP_DigestInit_ex2(context.get(), sha256_algorithm(), nullptr) != 1 ||
        EVP_DigestUpdate(context.get(), first.data(), first.size()) != 1 ||
        EVP_DigestUpdate(context.get(), second.data(), second.size()) != 1 || EVP_DigestFinal_ex(context.get(), hash.data(), nullptr) != 1)
        throw std::runtime_error("SHA-256 failed");
    return hash;
}

std::string_view as_chars(std::span<const std::uint8_t> bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

std::optional<Hash> to_hash(std::string_view thirty_two_bytes)
{
    Hash hash{};
    if (thirty_two_bytes.size() != hash.size())
        return std::nullopt;
    std::copy(thirty_two_bytes.begin(), thirty_two_bytes.end(), hash.begin());
    return hash;
}

std::string hex(std::string_view bytes)
{
    std::string text(bytes.size() * 2 + 1, '\0');  // libsodium writes a terminating NUL
    sodium_bin2hex(text.data(), text.size(), octets(bytes), bytes.size());
    text.pop_back();
    return text;
}

std::string hex(const Hash& hash) { return hex(as_chars(hash)); }

std::optional<std::string> from_hex(std::string_view text)
{
    std::string bytes(text.size() / 2, '\0');
    std::size_t length = 0;
    if (sodium_hex2bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(), text.size(), nullptr, &length, nullptr) !=
            0 ||
        length != bytes.size())
        return std::nullopt;
    return bytes;
}

std::string base64(std::string_view bytes)
{
    std::string text(sodium_base64_encoded_len(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
    sodium_bin2base64(text.data(), text.size(), octets(bytes), bytes.size(), sodium_base64_VARIANT_ORIGINAL);
    text.pop_back();
    return text;
}

std::string base64(const Hash& hash) { return base64(as_chars(hash)); }

std::optional<std::string> from_base64(std::string_view text)
{
    if (text.size() % 4 != 0)
        return std::nullopt;
    std::string bytes(text.size() / 4 * 3, '\0');
    std::size_t length = 0;
    if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(), text.size(), nullptr, &length, nullptr,
                          sodium_base64_VARIANT_ORIGINAL) != 0)
        return std::nullopt;
    bytes.resize(length);
    if (base64(bytes) != text)  // libsodium 1.0.18 takes some bytes above 0x7f for digits
        return std::nullopt;
    return bytes;
}

std::string base62(std::string_view bytes)
{
    static constexpr std::string_view alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    constexpr unsigned radix = alphabet.size();
    const double digits_per_byte = std::log(256.0) / std::log(static_cast<double>(radix));
    const auto width = static_cast<std::size_t>(std::ceil(static_cast<double>(bytes.size()) * digits_per_byte));
    std::vector<unsigned> digits(width, 0);  // most significant first
    for (const char byte : bytes) {
        unsigned carry = static_cast<unsigned char>(byte);
        for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) {
            carry += *digit * 256;
            *digit = carry % radix;
            carry /= radix;
        }
    }
    std::string text(width, '0');
    std::transform(digits.begin(), digits.end(), text.begin(), [](unsigned digit) { return alphabet[digit]; });
    return text;
}

}  // namespace cbmx::base
