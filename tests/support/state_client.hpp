// A State's own client in a test, which signs what its State says: it asks by a dry run what to sign, signs that, and sends both.
#pragma once
#include "base/bytes.hpp"
#include "json/parse.hpp"
#include "support/brought_key.hpp"
#include "support/portal.hpp"

namespace cbmx::test {

class StateClient {
public:
    explicit StateClient(std::uint64_t seed = 7) : key_(base::Ed25519Key::generate(seeded_random(seed))), seed_(seed) {}

    const base::Ed25519Key& key() const { return key_; }
    std::string key_text() const { return base::hex(base::public_key_fingerprint(pem_of(key_.public_key())).value()); }
    static std::string time_text(domain::Instant at) { return domain::to_rfc3339(at).substr(0, 19) + "Z"; }
    base::Hash new_salt() { return base::sha256("salt", std::to_string(seed_) + "/" + std::to_string(salts_++)); }

    // {"statement": {...}} of a dry run, with new salts.
    nlohmann::json asking(domain::Instant now, bool has_audience)
    {
        nlohmann::json asked{{"key", key_text()}, {"time", time_text(now)}, {"content_salt", base::base64(new_salt())}};
        if (has_audience)
            asked["recipients_salt"] = base::base64(new_salt());
        return {{"statement", std::move(asked)}};
    }
    std::string signature_of(const std::string& text) const { return base::base64(base::as_chars(key_.sign(text))); }
    // The same, with this text and its signature instead of what the dry run was asked with.
    nlohmann::json signing(const nlohmann::json& asked, const std::string& text) const
    {
        nlohmann::json brought{{"text", text}, {"signature", signature_of(text)}};
        for (const char* salt : {"content_salt", "recipients_salt"})
            if (asked.at("statement").contains(salt))
                brought[salt] = asked.at("statement").at(salt);
        return {{"statement", std::move(brought)}};
    }

private:
    base::Ed25519Key key_;
    std::uint64_t seed_;
    int salts_ = 0;
};

}  // namespace cbmx::test
