// What a report says: from the client's fields to the content that submit freezes and publish commits to.
#pragma once
#include "service/portal.hpp"
#include "store/rows/reports.hpp"
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace cbmx::service {

// The client's part of a report as a draft keeps it.
struct ReportInput {
    nlohmann::json fields;  // without label, recipients, measure, period
    domain::Audience audience;
};

// Splits a schema-valid body (create) or a merged one (change) into fields and audience, and checks what the schema
// cannot: label against recipients, named States and accounts, last_declared_year with nothing_new. Every violation at once.
// author: who created the draft, named automatically under TLP:RED.
Result<ReportInput> read_report_input(Connection& db, const Principal& principal, const nlohmann::json& body,
                                      const domain::AccountId& author);
// All that is wrong with a new report beyond its schema. body: an object; its members, where they are there, of the right type.
std::vector<Violation> faults_of_report(Connection& db, const Principal& principal, const nlohmann::json& body);
std::vector<Violation> unknown_codes(Connection& db, const nlohmann::json& body);  // measure and period
Result<void> check_named_recipients(Connection& db, const domain::Home& own, const std::vector<domain::Recipient>& named);

// "nothing_new" carries the State's earlier text on the measure forward, visibly marked as "carried_forward": only from a
// publication that the caller reads now, and only to an audience that is not wider. Removes the mark for every other status.
void carry_forward(Connection& db, const Principal& principal, const std::string& measure, const std::string& report, ReportInput& input,
                   domain::Instant now);

// A working copy that began as an earlier report of the State keeps among its fields where that stands: {"report", "revision", "parts":
// {member of the content: hex SHA-256 of what it said}}, and of one that is TLP:RED "named": its recipients. It is shown to those who read
// the draft, and is in no publication.
inline constexpr const char* carried_from = "carried_from";
nlohmann::json origin_of(const store::ReportRow& report, const std::vector<domain::Recipient>& recipients);
// What was told to named accounts under TLP:RED stays so, and with them. Error: audience_contradiction at /label or /recipients.
Result<void> check_carried(const ReportInput& input);
// {"report", "revision", "unchanged"}: the members that still say what they said there; null: it did not begin so.
nlohmann::json carried_from_meta(const nlohmann::json& fields);

// Canonical JSON of {state, measure, period, revision, label, fields...}.
std::string content_of(const store::ReportRow& report, const store::DraftRow& draft);

// The record_tag of the working copy, and of the record: whatever changes what a step on it would do changes the tag. The
// report has a draft; the record's content is that of its present revision.
std::string draft_tag(const store::ReportRow& report);
std::string report_tag(Connection& db, const store::ReportRow& report);

std::vector<std::string> tags_of(const nlohmann::json& fields);

// The change record of a return to draft; no reason: a drafter has taken it back.
std::string return_record(const std::string& report, const std::optional<std::string>& reason);

// The change record of label, recipients, withdrawal and erasure: no recipient in it (their salted hash is in the entry).
std::string audience_record(const store::ReportRow& report);

}  // namespace cbmx::service
