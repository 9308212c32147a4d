// A State's key in a test, as its holder brings it: the public key and the proof of possession. What is registered with it:
// server/service/accounts/signing_keys.hpp.
#pragma once
#include "base/possession.hpp"
#include "service/accounts/signing_keys.hpp"
#include "service/proposals/proposals.hpp"
#include "support/decisions.hpp"
#include <string>

namespace cbmx::test {

// SubjectPublicKeyInfo: RFC 8410 puts these twelve bytes before an Ed25519 key.
inline std::string pem_of(const base::Ed25519Public& key)
{
    const auto der = base::from_hex("302a300506032b6570032100").value() + std::string(base::as_chars(key));
    return "-----BEGIN PUBLIC KEY-----\n" + base::base64(der) + "\n-----END PUBLIC KEY-----\n";
}

// What the holder of a key signs to register it; origin: of the tests' logs.
inline std::string registration_text(const std::string& pem, const std::string& home, const std::string& origin = "test.example/log")
{
    return base::signing_key_text(origin, home, base::public_key_fingerprint(pem).value());
}

inline service::BroughtKey brought(const base::Ed25519Key& key, const std::string& home = "state:CL",
                                   const std::string& origin = "test.example/log")
{
    const auto pem = pem_of(key.public_key());
    const auto proof = key.sign(registration_text(pem, home, origin));
    return {.public_key = pem, .label = "Ministry", .proof = base::base64(base::as_chars(proof))};
}

// The same, signed by the State's key before it.
inline service::BroughtKey following(service::BroughtKey key, const base::Ed25519Key& before, const std::string& home = "state:CL",
                                     const std::string& origin = "test.example/log")
{
    const auto signature = before.sign(registration_text(key.public_key, home, origin));
    key.previous = {base::hex(base::public_key_fingerprint(pem_of(before.public_key())).value()), base::base64(base::as_chars(signature))};
    return key;
}

// A note verbale that gives a key's fingerprint, as the secretariat records it (schema proposal-create).
inline nlohmann::json a_key_note(const std::string& state, const service::BroughtKey& key, const std::string& number = "NV 50/2026")
{
    return {{"kind", "key_note"},
            {"state", state},
            {"fingerprint", base::hex(base::public_key_fingerprint(key.public_key).value())},
            {"decision", a_decision(number)}};
}

// A key for statements, which one nominator registers and another confirms; its id.
inline std::string confirmed_key(store::Transaction& transaction, const service::Portal& portal, const domain::Principal& by,
                                 const domain::Principal& second, const service::BroughtKey& key)
{
    const domain::ProposalId proposal(service::register_signing_key(portal, transaction, by, key).value().id);
    service::confirm_proposal(transaction, second, proposal, std::nullopt).value();
    return store::find_proposal(transaction.db(), proposal).value().subject.value();
}

// As POST /v1/signing-keys takes it.
inline nlohmann::json body_of(const service::BroughtKey& key)
{
    nlohmann::json body{{"public_key", key.public_key}, {"label", key.label}, {"proof", key.proof}};
    if (key.previous)
        body["previous"] = {{"key", key.previous->key}, {"signature", key.previous->signature}};
    return body;
}

}  // namespace cbmx::test
