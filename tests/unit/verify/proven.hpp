// A log of a few entries that a test describes, and what the portal would give of them: receipts and openings with every member.
#pragma once
#include "base/ed25519.hpp"
#include "json/parse.hpp"
#include "ledger/entry.hpp"
#include "ledger/merkle.hpp"
#include "ledger/receipt.hpp"
#include "support/brought_key.hpp"
#include "verify/receipt_file.hpp"
#include <algorithm>
#include <gtest/gtest.h>
#include <map>

namespace cbmx::test {

using Json = nlohmann::json;

inline base::Ed25519Key key_of_seed(std::uint8_t seed)
{
    return base::Ed25519Key::generate([seed](std::span<std::uint8_t> bytes) { std::fill(bytes.begin(), bytes.end(), seed); });
}

// Another one for every name.
inline base::Hash salt_named(const std::string& name) { return base::sha256("salt of ", name); }
inline std::string salt_text(const std::string& name) { return base::base64(salt_named(name)); }

class ProvenEntries {
public:
    static constexpr const char* origin = "test.example/log";
    static constexpr const char* account = "9a511d6f-5b1d-4c7e-8b52-3f2c8f0a2e11";

    // As an account of Chile makes it; the number is the next one.
    ledger::Entry of(const std::string& kind, const std::string& subject_kind, const std::string& subject, std::int64_t version) const
    {
        ledger::Entry entry;
        entry.seq = static_cast<std::int64_t>(entries_.size());
        entry.at = "2026-11-30T12:00:00.250Z";
        entry.kind = kind;
        entry.actor_role = "approver";
        entry.state = "CL";
        entry.subject_kind = subject_kind;
        entry.subject = subject;
        entry.version = version;
        return entry;
    }

    // shown_as: "content" or "record". recipients: null where the entry has no audience. statement: what is signed, {} where nothing is;
    // members that it does not have are the entry's. Gives its number.
    std::size_t add(ledger::Entry entry, const char* shown_as, const Json& shown, const Json& recipients, const Json& statement = nullptr)
    {
        using ledger::Part;
        const auto made = [&entry](Part part, const char* salt, const Json& value) {
            return ledger::commitment(part, entry.kind, entry.seq, salt_named(salt), json::canonical(value));
        };
        const Json authority{{"by", "note_verbale"}, {"date", "2026-01-12"}, {"number", "12/2026"}};
        Json opening{{"actor", {{"account", account}, {"salt", salt_text("actor")}}},
                     {"authority", authority},
                     {"authority_salt", salt_text("authority")},
                     {shown_as, shown},
                     {"salt", salt_text("content")}};
        entry.actor_handle = made(Part::actor, "actor", account);
        entry.authority = made(Part::authority, "authority", authority);
        entry.commitment = made(Part::commitment, "content", shown);
        if (!recipients.is_null()) {
            entry.recipients = made(Part::recipients, "recipients", recipients);
            opening["recipients"] = {{"list", recipients}, {"salt", salt_text("recipients")}};
        }
        if (!statement.is_null()) {
            const auto said = stated(entry, shown, recipients, statement);
            const auto signature = base::base64(base::as_chars(state_key_.sign("cbmx-statement/v1\n" + json::canonical(said))));
            const Json both{{"signature", signature}, {"statement", said}};
            entry.statement = made(Part::statement, "statement", both);
            opening["statement"] = {{"salt", salt_text("statement")}, {"signature", signature}, {"statement", said}};
        }
        entries_.push_back(ledger::canonical_entry(entry));
        openings_.push_back(std::move(opening));
        for (const auto& node : frontier_.append(ledger::leaf_hash(entries_.back())))
            nodes_[{node.level, node.index}] = node.hash;
        return entries_.size() - 1;
    }

    Json opening(std::size_t number) const { return openings_.at(number); }
    Json entry(std::size_t number) const { return Json::parse(entries_.at(number)); }
    Json receipt(std::size_t number) const
    {
        const auto size = entries_.size();
        const auto proof = ledger::inclusion_proof(number, size, [this](unsigned level, std::uint64_t index) {
            return nodes_.at({level, index});
        });
        const ledger::Signer signer{origin, log_key_.public_key(), [this](std::string_view text) { return log_key_.sign(text); }};
        return Json::parse(
            ledger::receipt(entries_.at(number), number, proof, ledger::sign_checkpoint({origin, size, frontier_.root()}, signer)));
    }
    Json receipted(std::size_t number) const { return {{"receipt", receipt(number)}, {"opening", opening(number)}}; }
    // A line of an export.
    Json change(std::size_t number) const
    {
        return {{"seq", number},
                {"entry", entry(number)},
                {"leaf_hash", base::base64(ledger::leaf_hash(entries_.at(number)))},
                {"opening", opening(number)},
                {"receipt", receipt(number)}};
    }

    std::vector<ledger::VerifierKey> log_keys() const { return {{origin, log_key_.public_key()}}; }
    // Known as that of this State.
    service::StateKeys state_keys(const std::string& state = "CL") const
    {
        const auto pem = pem_of(state_key_.public_key());
        return {{state, pem, base::public_key_fingerprint(pem).value()}};
    }
    std::string state_fingerprint() const { return base::hex(state_keys().front().fingerprint); }

private:
    Json stated(const ledger::Entry& entry, const Json& shown, const Json& recipients, const Json& changes) const
    {
        const auto salted = [](const char* salt, const Json& value) {
            return base::base64(ledger::salted(salt_named(salt), json::canonical(value)));
        };
        Json said{{"content", salted("content", shown)},
                  {"key", state_fingerprint()},
                  {"kind", entry.kind},
                  {"origin", origin},
                  {"subject", {{"id", entry.subject}, {"kind", entry.subject_kind}}},
                  {"time", "2026-11-30T12:00:00Z"},
                  {"v", 1},
                  {"version", entry.version}};
        if (entry.label)
            said["label"] = *entry.label, said["recipients"] = salted("recipients", recipients);
        said.update(changes);
        return said;
    }

    base::Ed25519Key log_key_ = key_of_seed(1), state_key_ = key_of_seed(2);
    std::vector<std::string> entries_;
    std::vector<Json> openings_;
    ledger::Frontier frontier_;
    std::map<std::pair<unsigned, std::uint64_t>, base::Hash> nodes_;
};

}  // namespace cbmx::test
