// The directory as it is read, and what is done to a contact that is in it: confirm, show less of it to others, erase.
// What puts a contact there, changes or removes it is a nomination (nominations.hpp).
#pragma once
#include "domain/workflow.hpp"
#include "service/directory/contact_content.hpp"
#include "service/portal.hpp"

namespace cbmx::service {

inline constexpr std::chrono::days confirmation_interval{365};  // rules.md 31: confirmed at least yearly
inline constexpr std::chrono::days confirmation_notice{30};     // "due" before the year is over
inline constexpr std::chrono::days key_notice{60};              // a key that ends soon
inline constexpr std::size_t max_search_words = 8;

struct ContactQuery {
    std::string status = "listed";
    std::optional<std::string> state, category, language, text;
    bool reachable_now = false, confirmation_due = false, key_expiring = false;
    bool minimal = false;  // the caller asks for the reduced scope
};

Result<Representation> get_contact(Connection& db, const Principal& principal, i18n::Language language, const std::string& id,
                                   domain::Instant now, bool minimal = false);
// Of each of them that the caller sees, by id, its JSON text as get_contact() gives it; a few statements, however many they are.
std::map<std::string, std::string> render_contacts(Connection& db, const Principal& principal, i18n::Language language,
                                                   const std::vector<std::string>& ids, domain::Instant now);
// In order of State and category. Items as get_contact() gives them.
Result<Page> list_contacts(Connection& db, const Principal& principal, i18n::Language language, const ContactQuery& query,
                           domain::Instant now, std::int64_t limit, const std::string& after);

// what: "entry" by the nominating authority, "reachability" by the account that the contact names; empty: all that the
// caller may. Errors: forbidden, not_eligible, conflict, precondition_failed.
Result<Outcome> confirm_contact(Transaction& transaction, const Principal& principal, const std::string& id,
                                const std::vector<std::string>& what, const ExpectedVersion& expected,
                                const domain::Workflow& workflow = domain::workflow());
// Replaces the list of those who see the reduced scope alone.
Result<Outcome> reduce_contact(Transaction& transaction, const Principal& principal, const std::string& id,
                               const std::vector<std::string>& minimal_for, const ExpectedVersion& expected,
                               const domain::Workflow& workflow = domain::workflow());
// ERASURE (rules.md 38), by the State, and by the secretariat of what it recorded itself. A contact goes with every nomination about it:
// a listed one is first taken out of everybody's sight, then what it says is hidden from all, and the portal erases it after the delay.
Result<Outcome> schedule_contact_erasure(Transaction& transaction, const Principal& principal, const std::string& id,
                                         const ExpectedVersion& expected, std::chrono::seconds delay);
// When it is due, or a second person hastens it; unjudged.
Result<Outcome> apply_contact_erasure(Transaction& transaction, const Principal& principal, const std::string& id);
// Its two steps: of one that is listed, and of one that is removed.
Result<Outcome> hide_contact(Transaction& transaction, const Principal& principal, const std::string& id, const ExpectedVersion& expected,
                             const domain::Workflow& workflow = domain::workflow());
Result<Outcome> erase_contact(Transaction& transaction, const Principal& principal, const std::string& id, const ExpectedVersion& expected,
                              const domain::Workflow& workflow = domain::workflow());

// The change record: what every entry about a contact commits to that does not commit to its content.
std::string contact_record(Connection& db, const std::string& id);
// The record_tag: the record, its content and who sees the reduced scope alone.
std::string contact_tag(Connection& db, const store::ContactRow& row);
// What the record is right after an entry that commits to this content.
std::string contact_record_after(const nlohmann::json& content);
// As the entries commit to it: who reads the contact now, "@minimal" where in the reduced scope.
domain::Audience contact_audience(const store::ContactRow& row, const std::vector<std::string>& reductions);
// Settles a step by its row of the workflow: status, entry, and the permission that the caller acted by.
Result<Seq> settle(Transaction& transaction, const Principal& principal, store::ContactRow row, const domain::ContactRule& rule,
                   const std::string& content = {}, const std::optional<std::vector<std::string>>& reductions_before = {});
// Appends the entry and sets its number in the row; the caller has changed the row's other members, its columns and its
// reductions. content: for kinds that commit to one; empty: the change record. reductions_before: those who see more or
// less of it from now on get a tombstone and read it again.
Result<Seq> record_contact(Transaction& transaction, const Principal& principal, store::ContactRow& row, domain::EventKind kind,
                           domain::Permission permission, const std::string& content = {},
                           const std::optional<std::vector<std::string>>& reductions_before = {});
// In one of the two and not in the other, sorted. before: sorted.
std::vector<std::string> differing(const std::vector<std::string>& before, const std::vector<std::string>& after);
// Those who read what is listed, and lose sight of it when it is not any more.
std::vector<domain::Recipient> directory_readers();
std::vector<Violation> check_reductions(Connection& db, const std::string& state, const std::vector<std::string>& minimal_for);

}  // namespace cbmx::service
