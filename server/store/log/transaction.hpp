// What a write job gets: the writer's connection inside a savepoint, the time, randomness, and the one way to append
// to the ledger. Writer thread, or in a dry run whichever thread tries it out, on a connection of its own (Database::try_out).
#pragma once
#include "base/random.hpp"
#include "domain/audience.hpp"
#include "domain/clock.hpp"
#include "domain/event.hpp"
#include "domain/principal.hpp"
#include "ledger/merkle.hpp"
#include "store/connection.hpp"
#include "store/log/statements.hpp"
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace cbmx::store {

// Who had a hand in a change, as store/log/hands.hpp says: the text that is committed to, and whom its "proposed_by" stands for.
struct NewHands {
    std::string text;  // canonical JSON
    std::optional<std::string> proposer = {}, credential = {};
    std::optional<base::Hash> proposer_salt = {};
};

// One accepted change. The entry's salted hashes, its leaf, tree nodes and opening are made from this.
struct NewEntry {
    domain::EventKind kind;
    std::string subject;             // id of the row it is about
    domain::Home home;               // State or office concerned; empty: the portal itself
    domain::ActingRole acting_role;  // Principal::acting_role(permission)
    std::int64_t version = 0;
    std::optional<std::int64_t> revision;
    std::optional<domain::Audience> audience;  // records only
    std::string content;                       // canonical JSON: published content, or the change record
    std::vector<domain::Recipient> lost;       // who loses sight of the record here
    std::optional<NewHands> hands = {};
};

class Transaction {
public:
    Transaction(Connection& connection, domain::Instant now, const base::RandomSource& random, ledger::Frontier& frontier)
        : connection_(connection), now_(now), random_(random), frontier_(frontier)
    {
    }
    Connection& db() { return connection_; }
    domain::Instant now() const { return now_; }
    std::string now_text() const { return domain::to_rfc3339(now_); }
    const base::RandomSource& random() const { return random_; }
    std::string new_uuid() { return base::random_uuid(random_); }
    // Of a record that comes into being with a word of this State: with a statement the id that its State knew before.
    std::string new_record_id(domain::Subject subject, const domain::Home& home, bool is_second = false);
    domain::Seq next_seq() const { return static_cast<domain::Seq>(frontier_.size()); }

    // What the State's key signed, for the next word of its account that is appended; nullopt: nothing. Forgets what was brought before.
    void bring(std::optional<BroughtStatement> statement) { speech_ = Speech{.brought = std::move(statement)}; }
    // Whoever has carried out a request, or an item of a batch, looks here: with a refusal none of it may be kept (store/writer.cpp).
    const Speech& speech() const { return speech_; }
    // When that which is being recorded was said: the time of the statement that was brought, or now.
    std::string said_at_text() const;

    // Appends exactly one entry, in this transaction. The actor's handle is of its account; the operator has none. What stands behind
    // the account of a State is read here, so that no caller says it (store/log/authority.hpp).
    domain::Seq append(const domain::Principal& actor, const NewEntry& fresh);

    // Carries out a part in a savepoint of its own: when work says false nothing of it happened, and its ledger numbers
    // are free again. What work throws ends the whole job.
    bool attempt(const std::function<bool(Transaction&)>& work);

    // Account, credential, delegation or State rows of this State or office changed: cached principals of it are stale once this is
    // committed.
    void principals_changed(const domain::Home& of) { changed_principals_.insert(of.text()); }
    const std::set<std::string>& changed_principals() const { return changed_principals_; }
    // Something was erased: after COMMIT the writer sees to it that no old page keeps it.
    void mark_erased() { erased_ = true; }
    bool erased() const { return erased_; }

private:
    Connection& connection_;
    domain::Instant now_;
    const base::RandomSource& random_;
    ledger::Frontier& frontier_;
    std::set<std::string> changed_principals_;  // homes
    bool erased_ = false;
    Speech speech_;
};

}  // namespace cbmx::store
