// One ledger entry: the fields, and its canonical JSON, which is the leaf of the Merkle tree. It holds no personal
// data: separate salted hashes stand for content, actor, recipients, hands, authority and statement (rules.md 40). Pure.
#pragma once
#include "base/bytes.hpp"
#include <cstdint>
#include <optional>
#include <string>

namespace cbmx::ledger {

struct Entry {
    std::int64_t seq = 0;
    std::string at;                          // RFC 3339 UTC
    std::string kind;                        // domain/event.hpp
    std::string actor_role;                  // a role's name, "operator" or "portal"
    std::optional<base::Hash> actor_handle;  // of the account (ledger/receipt.hpp, as all hashes here); none: operator, portal
    std::optional<std::string> state;        // "CL"
    std::optional<std::string> office;       // "secretariat", "chair/chair-2026"
    std::string subject_kind;
    std::string subject;
    std::int64_t version = 0;
    std::optional<std::int64_t> revision;
    std::optional<std::string> label;      // with recipients: the audience at this entry
    std::optional<base::Hash> recipients;  // of the canonical list
    std::optional<base::Hash> authority;   // of a State's account that acts (store/log/authority.hpp)
    base::Hash commitment{};
    std::optional<base::Hash> hands;      // who had one in it (store/log/hands.hpp)
    std::optional<base::Hash> statement;  // of what the State's key signed, with the signature (ledger/statement.hpp)
};

std::string canonical_entry(const Entry& entry);
std::optional<Entry> parse_entry(std::string_view canonical_text);  // nullopt unless it is exactly such a text

}  // namespace cbmx::ledger
