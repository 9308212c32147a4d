// What a report's entries say of those who had a hand in them, compared with the chain of touches and with four eyes (rules.md 18).
#pragma once
#include "ledger/entry.hpp"
#include "store/log/hands.hpp"
#include "store/rows/report_ranges.hpp"
#include "verify/parts.hpp"
#include <nlohmann/json.hpp>

namespace cbmx::service {

// Follows the entries of one report in order; then finish() looks at what is left of the chain.
class HandsCheck {
public:
    HandsCheck(store::Connection& db, const store::StoredReport& stored, Findings& findings) : db_(db), stored_(stored), findings_(findings)
    {
    }
    void follow(const ledger::Entry& entry, domain::EventKind kind, const store::OpeningRow& opening);
    void finish();
    // Whether the last entry changed the audience and says that it needed no second person, since it left people out.
    bool says_narrower() const { return says_narrower_; }

private:
    void fault(std::optional<std::int64_t> seq, const std::string& what);
    bool is_erased() const { return stored_.state && stored_.state->erased; }
    void compare_touches(const ledger::Entry& entry, const nlohmann::json& hands);
    void judge_publication(const ledger::Entry& entry, const store::OpeningRow& opening, bool four_eyes);
    void judge_proposer(const ledger::Entry& entry, domain::EventKind kind, const store::OpeningRow& opening, const store::HandsRow& row,
                        const nlohmann::json& hands);
    bool state_asks_for_four_eyes(const ledger::Entry& entry) const;
    void check_chain();

    store::Connection& db_;
    const store::StoredReport& stored_;
    Findings& findings_;
    std::int64_t published_ = 0;        // number of the last touch of the last publication
    std::int64_t committed_ = 0;        // of the last one that any entry names
    std::optional<std::string> since_;  // when that publication was
    bool says_narrower_ = false;
    bool is_pending_ = false;       // submitted, and neither returned nor published
    bool is_carried_over_ = false;  // by the operator into a new epoch: what is published names no touches
};

}  // namespace cbmx::service
