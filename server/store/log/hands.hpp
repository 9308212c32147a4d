// Who had a hand in an entry about a report (rules.md 18): those who touched the text since the last publication, who proposed a
// change of audience, and whether a second person was needed. The entry commits to it; its actor is who approved. Kept in
// ledger_hands, and opened to the own State and the auditor. Made in service/reports/four_eyes.cpp, checked in verify/hands.cpp.
#pragma once
#include "domain/event.hpp"
#include "store/connection.hpp"
#include <optional>
#include <string>

namespace cbmx::store {

// Every entry of these kinds has hands, but those by which the operator carries a report over into a new epoch.
constexpr bool has_hands(domain::EventKind kind)
{
    using enum domain::EventKind;
    return kind == report_submitted || kind == report_published || kind == report_label_changed || kind == report_recipients_changed;
}

// hands: canonical JSON {"four_eyes", "head", "proposed_by", "touches": [{"hand", "number"}]}. four_eyes: true when a second person
// was needed, false when the State has turned that off, null when the step needs none.
struct HandsRow {
    domain::Seq seq = 0;
    std::optional<base::Hash> salt;
    std::optional<std::string> hands;                 // with salt nullopt once the report was erased
    std::optional<std::string> proposer, credential;  // nullopt: nobody proposed it, or erased with the account
    std::optional<base::Hash> proposer_salt;
};
std::optional<HandsRow> hands_at(Connection& connection, domain::Seq seq);
std::vector<domain::Seq> seqs_with_hands(Connection& connection);  // of entries that are about no report

// What verify compares them with: the State's settings as the last entry before this number left them (nullopt: the defaults), and
// whether an account of the State was ever erased (its row, which verify compares with its own entries, says so).
std::optional<std::string> settings_before(Connection& connection, const std::string& state, domain::Seq seq);
bool has_erased_account(Connection& connection, const std::string& state);

void erase_hands_of_report(Connection& connection, const std::string& report);
void erase_hands_of_account(Connection& connection, const std::string& account);

}  // namespace cbmx::store
