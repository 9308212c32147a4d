// States, measures, periods and terms of office: read by everyone, kept by the secretariat. A record's JSON is what its last ledger
// entry commits to; a change is a JSON Merge Patch of it (arrays are replaced whole). Documents: service/registry/documents.hpp.
#pragma once
#include "service/portal.hpp"
#include "store/rows/registry.hpp"

namespace cbmx::service {

struct ShownRecord {
    nlohmann::json content;
    bool redacted = false;  // content is not what was committed to: no salt beside it
};

// What the caller may see of a State's record, present or past: "see_note" and the note are the secretariat's alone.
ShownRecord shown_state_record(const Principal& principal, nlohmann::json record);

// {"id", "content", "salt", "meta": {"version", "seq"}}, for all tables of the registry, documents included.
Representation representation_of(const Principal& principal, const store::RegistryRow& row, ShownRecord shown);

// Errors of reads: not_found.
Result<Representation> get_state(Connection& connection, const Principal& principal, i18n::Language language, const std::string& code);
Result<Representation> get_measure(Connection& connection, const Principal& principal, i18n::Language language, const std::string& code);
Result<Representation> get_period(Connection& connection, const Principal& principal, i18n::Language language, const std::string& code);
Result<Representation> get_office_term(Connection& connection, const Principal& principal, i18n::Language language,
                                       const std::string& code);

// Items after the one that the cursor names, in order of code (measures: of number). Page::next is the last one's
// code, plain: api/ makes it opaque. Error: invalid_parameter when a measure's cursor names none.
Result<Page> list_states(Connection& connection, const Principal& principal, i18n::Language language, std::int64_t limit,
                         const std::string& after);
Result<Page> list_measures(Connection& connection, const Principal& principal, i18n::Language language, std::int64_t limit,
                           const std::string& after);
Result<Page> list_periods(Connection& connection, const Principal& principal, i18n::Language language, std::int64_t limit,
                          const std::string& after);
Result<Page> list_office_terms(Connection& connection, const Principal& principal, i18n::Language language, std::int64_t limit,
                               const std::string& after);

// Of a State all but membership and participation (membership.hpp).
// body: valid by the schemas x-create and x-change. Errors: forbidden, not_found, precondition_failed,
// validation_failed with every violation. A change that changes nothing is no entry: Outcome::seq is nullopt.
Result<Outcome> change_state(Transaction& transaction, const Principal& principal, const std::string& code, const ExpectedVersion& expected,
                             const nlohmann::json& patch);
Result<Outcome> create_measure(Transaction& transaction, const Principal& principal, const nlohmann::json& body);
Result<Outcome> change_measure(Transaction& transaction, const Principal& principal, const std::string& code,
                               const ExpectedVersion& expected, const nlohmann::json& patch);
Result<Outcome> create_period(Transaction& transaction, const Principal& principal, const nlohmann::json& body);
Result<Outcome> change_period(Transaction& transaction, const Principal& principal, const std::string& code,
                              const ExpectedVersion& expected, const nlohmann::json& patch);
// Chair and vice-chair have one holder at a time. Office and State of a term stay: another holder is another term.
Result<Outcome> create_office_term(Transaction& transaction, const Principal& principal, const nlohmann::json& body);
Result<Outcome> change_office_term(Transaction& transaction, const Principal& principal, const std::string& code,
                                   const ExpectedVersion& expected, const nlohmann::json& patch);

// The rules that a schema cannot say. Seed and writes keep to the same ones.
std::vector<Violation> check_state(const nlohmann::json& record);
std::vector<Violation> check_measure(const nlohmann::json& record);
std::vector<Violation> check_period(const nlohmann::json& record);
// Beside the other terms of its office.
std::vector<Violation> check_office_term(Connection& connection, const nlohmann::json& record);
std::optional<std::int64_t> number_in_measure_code(std::string_view code);  // "OAS-CBM-7" gives 7; nullopt: no such code

// Canonical JSON of the row as it stands: what the subject's last entry commits to. For writes and verify.
// Throws std::logic_error when there is no such row.
std::string state_record(Connection& connection, const std::string& code);
std::string measure_record(Connection& connection, const std::string& code);
std::string period_record(Connection& connection, const std::string& code);
std::string office_term_record(Connection& connection, const std::string& code);

}  // namespace cbmx::service
