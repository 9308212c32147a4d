// The rules of keys and files. The contract is inspection.hpp; gpg runs in openpgp.cpp.
#include "service/directory/inspection.hpp"
#include "base/bytes.hpp"
#include "base/text.hpp"
#include "service/directory/openpgp.hpp"
#include <algorithm>
#include <array>
#include <ctime>
#include <memory>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdexcept>
#include <string_view>

namespace cbmx::service {
namespace {

using domain::Rule;
using std::chrono::steady_clock;

constexpr std::string_view line_breaks = "\r\n";
constexpr std::size_t max_keys = 4, max_key_bytes = 64 * 1024;  // as contact-fields says

struct Reading {  // of one key: facts, or the rule that it breaks
    std::optional<Rule> broken;
    KeyFacts facts = {};
};

// Empty lines before it are left out, but not spaces: gpg would not find a block that is indented.
std::string_view without_empty_lines(std::string_view text)
{
    const auto first = text.find_first_not_of(line_breaks);
    return first == std::string_view::npos ? std::string_view{} : text.substr(first, text.find_last_not_of(base::white_space) - first + 1);
}

// What stands between the first and the last line of the one block that the text consists of; nullopt for any other text.
std::optional<std::string_view> single_block(std::string_view text, const std::string& label)
{
    const auto begin = "-----BEGIN " + label + "-----";
    const auto end = "-----END " + label + "-----";
    text = without_empty_lines(text);
    if (text.size() < begin.size() + end.size() || !text.starts_with(begin) || !text.ends_with(end))
        return std::nullopt;
    const auto inside = text.substr(begin.size(), text.size() - begin.size() - end.size());
    return inside.find("-----") == std::string_view::npos ? std::optional(inside) : std::nullopt;
}

// OpenPGP ("PGP PRIVATE KEY BLOCK") and PEM ("RSA PRIVATE KEY-----") alike, under whatever kind it was sent.
bool says_private(std::string_view text)
{
    return text.find("PRIVATE KEY BLOCK") != std::string_view::npos || text.find("PRIVATE KEY-----") != std::string_view::npos;
}

std::string upper_hex(std::string_view bytes)
{
    auto text = base::hex(bytes);
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c; });
    return text;
}

Reading read_openpgp(const std::string& text, domain::Instant now, steady_clock::time_point deadline)
{
    if (!single_block(text, "PGP PUBLIC KEY BLOCK"))
        return {Rule::key_unreadable};
    const auto listing = list_openpgp(text, deadline);
    const auto& key = listing.first;
    if (listing.secret)  // in a block that calls itself public
        return {Rule::key_secret};
    if (listing.primary_keys != 1 || key.invalid)
        return {Rule::key_unreadable};
    if (key.ended || (key.expires && *key.expires <= now))
        return {Rule::key_ended};
    return {std::nullopt, {key.fingerprint, key.expires ? std::optional(domain::to_rfc3339(*key.expires)) : std::nullopt}};
}

using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

// Null unless the text is one certificate in PEM and nothing else (RFC 7468, 5).
Certificate open_certificate(const std::string& text)
{
    Certificate none{nullptr, X509_free};
    const auto block = single_block(text, "CERTIFICATE");
    if (!block)
        return none;
    std::string base64;
    std::copy_if(block->begin(), block->end(), std::back_inserter(base64),
                 [](char c) { return base::white_space.find(c) == std::string_view::npos; });
    const auto der = base::from_base64(base64);
    if (!der)
        return none;
    const auto* place = reinterpret_cast<const unsigned char*>(der->data());
    const auto* const end = place + der->size();
    Certificate certificate{d2i_X509(nullptr, &place, static_cast<long>(der->size())), X509_free};
    ERR_clear_error();
    return place == end ? std::move(certificate) : std::move(none);
}

// Every certificate without an extended key usage, and those whose usage includes e-mail protection (RFC 5280, 4.2.1.12).
bool allows_mail(X509* certificate)
{
    const auto flags = X509_get_extension_flags(certificate);
    if ((flags & EXFLAG_INVALID) != 0)
        return false;
    return (flags & EXFLAG_XKUSAGE) == 0 || (X509_get_extended_key_usage(certificate) & (XKU_SMIME | XKU_ANYEKU)) != 0;
}

std::string sha256_of(const X509* certificate)
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    if (X509_digest(certificate, EVP_sha256(), digest.data(), &size) != 1)
        throw std::runtime_error("certificate: no digest");
    return upper_hex(base::as_chars({digest.data(), size}));
}

Reading read_certificate(const std::string& text, domain::Instant now)
{
    const auto certificate = open_certificate(text);
    std::tm end{};
    const bool readable = certificate && X509_get0_pubkey(certificate.get()) != nullptr && allows_mail(certificate.get()) &&
                          ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &end) == 1;
    ERR_clear_error();
    if (!readable)
        return {Rule::key_unreadable};
    const domain::Instant expires{std::chrono::seconds{timegm(&end)}};
    if (expires < now)  // notAfter itself is still inside (RFC 5280, 4.1.2.5)
        return {Rule::key_ended};
    return {std::nullopt, {sha256_of(certificate.get()), domain::to_rfc3339(expires)}};
}

bool has_form_of_key(const nlohmann::json& key)
{
    const bool has_members = key.is_object() && key.contains("key") && key["key"].is_string() && key.contains("kind");
    return has_members && key["key"].get_ref<const std::string&>().size() <= max_key_bytes;
}

void inspect_each_key(const nlohmann::json& keys, domain::Instant now, steady_clock::time_point deadline, Inspection& inspection)
{
    for (std::size_t i = 0; i < std::min(keys.size(), max_keys); ++i) {
        if (!has_form_of_key(keys[i]))  // the schema of the fields reports what is wrong with it
            continue;
        const auto text = keys[i].at("key").get<std::string>();
        const bool openpgp = keys[i].at("kind") == "openpgp";
        const auto reading = says_private(text) ? Reading{Rule::key_secret}
                             : openpgp          ? read_openpgp(text, now, deadline)
                                                : read_certificate(text, now);
        if (reading.broken)
            inspection.violations.push_back({"/fields/keys/" + std::to_string(i) + "/key", *reading.broken});
        else
            inspection.keys.insert_or_assign(text, reading.facts);
    }
}

void take_file(domain::Result<FileFacts> file, Inspection& inspection)
{
    if (file) {
        inspection.file = std::move(*file);
        return;
    }
    for (const auto error = file.error(); const auto& violation : error.violations)
        inspection.violations.push_back(violation);
}

}  // namespace

bool takes_long_to_examine(const nlohmann::json& nomination)
{
    const auto& fields = nomination.value("fields", nlohmann::json::object());
    return fields.contains("keys") || nomination.at("note").contains("file");
}

Inspection inspect_keys(const nlohmann::json& nomination, domain::Instant now, std::chrono::milliseconds time_limit)
{
    static const nlohmann::json::json_pointer keys("/fields/keys");
    static const nlohmann::json::json_pointer content("/note/file/content");
    Inspection inspection;
    const bool described = nomination.at("kind") != "removal";
    if (described && nomination.contains(keys) && nomination.at(keys).is_array())  // null in an amendment: to be removed
        inspect_each_key(nomination.at(keys), now, steady_clock::now() + time_limit, inspection);
    if (nomination.contains(content))
        take_file(inspect_file(nomination.at(content).get<std::string>(), content.to_string()), inspection);
    return inspection;
}

}  // namespace cbmx::service
