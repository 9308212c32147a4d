// Who touched a report's text: a chain of hashes, so that entries which commit to its head commit to every touch before it
// (rules.md 18). A hand is salted, so that the chain stays when the account behind it is erased. Where it is written into
// entries: store/log/hands.hpp; judged: service/reports/four_eyes.hpp, verify/hands.cpp.
#pragma once
#include "store/log/transaction.hpp"

namespace cbmx::store {

// An account and the credential that it used, as the hash of a hand covers them.
struct Hand {
    domain::AccountId account;
    domain::CredentialId credential;
};
std::string text_of(const Hand& hand);  // canonical JSON: what the hand's hash covers besides its salt

struct TouchRow {
    std::int64_t number = 0;
    std::optional<Hand> by;  // nullopt once the account was erased
    std::optional<base::Hash> salt;
    base::Hash hand{};
    std::string at;
    base::Hash hash{};
};
// What stands in the chain for a touch that follows one with this hash; all zero: the first.
base::Hash hash_of_touch(const std::string& report, const TouchRow& touch, const base::Hash& before);

TouchRow touch_from(const Rows& rows, int first);  // number, account, credential, salt, hand, at, hash

// Adds a touch to the chain, unless this hand has touched the text since the last publication.
void record_touch(Transaction& transaction, const std::string& report, const Hand& hand);
std::vector<TouchRow> touches_numbered(Connection& db, const std::string& report, std::int64_t first, std::int64_t last);
std::vector<TouchRow> touches_since_publication(Connection& db, const std::string& report);  // in order

// A working copy ends: published, its touches stay in the chain; discarded, they go, since no entry commits to them.
void keep_touches(Connection& db, const std::string& report);
void drop_touches(Connection& db, const std::string& report);

}  // namespace cbmx::store
