// Nominations: how a contact comes into the directory, is amended and removed (rules.md 31). The
// nominating authority asks by note verbale, the secretariat accepts or returns for a reason of form. A note that came on
// paper the secretariat records on behalf of the State: it takes effect at once, stays marked, and the State confirms it
// or objects.
#pragma once
#include "domain/workflow.hpp"
#include "service/directory/inspection.hpp"
#include "service/portal.hpp"
#include "store/rows/nominations.hpp"

namespace cbmx::service {

using store::NominationFilter;

Result<Representation> get_nomination(Connection& db, const Principal& principal, const std::string& id, domain::Instant now);
Result<Page> list_nominations(Connection& db, const Principal& principal, const NominationFilter& filter, domain::Instant now,
                              std::int64_t limit, const std::string& after);
struct NamedNote {
    std::string name, media_type, bytes;
};
Result<NamedNote> get_note_file(Connection& db, const Principal& principal, const std::string& id);

// What the kind asks of contact and fields, beyond the schema nomination-create: contact-fields or contact-changes.
std::vector<Violation> check_form(const nlohmann::json& body, std::size_t most = domain::max_violations_of_body);

// body: valid by nomination-create; inspection: of this body. Every broken rule at once.
// Errors: validation_failed, reference_conflict, conflict.
Result<Outcome> make_nomination(Transaction& transaction, const Principal& principal, const nlohmann::json& body,
                                const Inspection& inspection, const domain::Workflow& workflow = domain::workflow());
// As above, without client_ref: several in one transaction. violations: with pointers into body.
Result<Outcome> make_one_nomination(Transaction& transaction, const Principal& principal, const nlohmann::json& body,
                                    const Inspection& inspection, const domain::Workflow& workflow = domain::workflow());

// STEPS. Each goes by its row of the workflow (nomination_parts.hpp): a test gives a changed copy.
Result<Outcome> accept_nomination(Transaction& transaction, const Principal& principal, const std::string& id,
                                  const ExpectedVersion& expected, const domain::Workflow& workflow = domain::workflow());
Result<Outcome> return_nomination(Transaction& transaction, const Principal& principal, const std::string& id, const std::string& reason,
                                  const ExpectedVersion& expected, const domain::Workflow& workflow = domain::workflow());
Result<Outcome> withdraw_nomination(Transaction& transaction, const Principal& principal, const std::string& id,
                                    const ExpectedVersion& expected, const domain::Workflow& workflow = domain::workflow());
// The State's answer to what the secretariat recorded; only to the last that was applied to the contact.
Result<Outcome> confirm_nomination(Transaction& transaction, const Principal& principal, const std::string& id,
                                   const ExpectedVersion& expected, const domain::Workflow& workflow = domain::workflow());
Result<Outcome> object_to_nomination(Transaction& transaction, const Principal& principal, const std::string& id, const std::string& reason,
                                     const ExpectedVersion& expected, const domain::Workflow& workflow = domain::workflow());
// As of a contact (contacts.hpp).
Result<Outcome> schedule_nomination_erasure(Transaction& transaction, const Principal& principal, const std::string& id,
                                            const ExpectedVersion& expected, std::chrono::seconds delay);
Result<Outcome> apply_nomination_erasure(Transaction& transaction, const Principal& principal, const std::string& id);
Result<Outcome> erase_nomination(Transaction& transaction, const Principal& principal, const std::string& id,
                                 const ExpectedVersion& expected,
                                 const domain::Workflow& workflow = domain::workflow());  // returned or withdrawn

// The change record: what every entry about a nomination commits to that does not commit to its content.
std::string nomination_record(Connection& db, const std::string& id);
std::string nomination_tag(const store::NominationRow& row);         // the record_tag: the record and its content
std::string nomination_record_after(const nlohmann::json& content);  // right after the entry that commits to this content

}  // namespace cbmx::service
