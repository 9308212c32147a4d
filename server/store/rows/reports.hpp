// Reports: the record, its draft, recipients, revisions. Every read takes a Visibility, which is part of its SQL. Lists:
// report_lists.hpp.
#pragma once
#include "domain/readers.hpp"
#include "domain/workflow.hpp"
#include "store/connection.hpp"
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace cbmx::store {

struct DraftRow {
    std::string report;
    domain::DraftState state = domain::DraftState::draft;
    std::string fields;  // canonical JSON of the client's fields
    std::string label;
    std::string recipients;                // JSON array
    std::optional<std::string> submitted;  // canonical content
    bool ever_submitted = false;
    std::optional<std::string> return_reason;
    std::int64_t version = 0;
    std::string updated_at;
};

// A report as one query gives it: the row, its present publication, and its draft where the caller may read drafts.
struct ReportRow {
    std::string id, state, measure, period;
    domain::RecordState record_state = domain::RecordState::none;
    bool erased = false;
    std::string label, status, language;  // status, language: empty once erased
    std::int64_t version = 0, revision = 0;
    std::int64_t draft_versions = 0;  // of working copies that have ended: the next one counts on from here
    std::optional<std::int64_t> changed_seq;
    std::string created_by, created_at;
    std::optional<std::int64_t> published_seq;  // of the present revision
    std::optional<std::string> published_at;
    std::optional<std::string> content;  // canonical; nullopt before publication and once erased
    std::optional<base::Hash> salt;
    std::optional<DraftRow> draft;
    domain::DraftState draft_state() const { return draft ? draft->state : domain::DraftState::none; }
};

struct RevisionRow {
    std::int64_t revision = 0, seq = 0;
    std::string at, label;
    std::optional<std::string> content;
    std::optional<base::Hash> salt;
    bool superseded = false;
};

std::optional<ReportRow> visible_report(Connection& db, const domain::Visibility& visibility, const std::string& id);
// Those of them that the caller sees, in no order; one statement.
std::vector<ReportRow> visible_among(Connection& db, const domain::Visibility& visibility, const std::vector<std::string>& ids);
// Revisions that the caller may read, oldest first, after the one given.
std::vector<RevisionRow> visible_revisions(Connection& db, const domain::Visibility& visibility, const std::string& id, std::int64_t after,
                                           std::int64_t limit);
std::optional<RevisionRow> visible_revision(Connection& db, const domain::Visibility& visibility, const std::string& id,
                                            std::int64_t revision);

// Without a caller: for rules that reach over visibility (rescuing a TLP:RED report), never for answers.
std::optional<ReportRow> report_of_state(Connection& db, const std::string& state, const std::string& id);

// The State's published reports on a measure that the caller reads, the newest first.
std::vector<ReportRow> earlier_publications(Connection& db, const domain::Visibility& visibility, const std::string& state,
                                            const std::string& measure, const std::string& except, std::int64_t limit);

// Who reads which revision now: nobody and nothing before the first publication.
domain::Readers readers(Connection& db, const std::string& report);
// Makes the rows say it: recipients, and the labels of the revisions that there are. before: what readers() gave; changed_seq: what
// the record is about to have, so that lists need no second change.
void set_readers(Connection& db, const std::string& report, const domain::Readers& before, const domain::Readers& after,
                 std::optional<std::int64_t> changed_seq = {});
// The first revision that the caller reads; nullopt: none.
std::optional<std::int64_t> first_read(Connection& db, const domain::Visibility& visibility, const std::string& report);
// The recipients of the record as the ledger commits to them: "state:PE#2" reads from revision 2 on.
std::vector<std::string> readers_of(Connection& db, const std::string& report);
std::vector<domain::Recipient> recipients_of(Connection& db, const std::string& report);
std::map<std::string, std::vector<domain::Recipient>> recipients_of(Connection& db, const std::vector<std::string>& reports);

void insert_report(Connection& db, const ReportRow& row, const DraftRow& draft);
bool insert_draft(Connection& db, const DraftRow& draft);  // false: there is one already, seen by the caller or not
void copy_draft_columns(Connection& db, const std::string& report, const std::string& label, const std::string& status,
                        const std::string& language, const std::vector<std::string>& tags);
// Compare-and-set on the version: false when it is not the one given (stale).
bool update_draft(Connection& db, const DraftRow& draft, std::int64_t expected_version);
bool delete_draft(Connection& db, const std::string& report, std::int64_t expected_version);
void delete_draft(Connection& db, const std::string& report);  // whatever its version, seen by the caller or not
void delete_report(Connection& db, const std::string& report);

// What the ledger says was last submitted; nullopt: nothing, or erased.
struct Submission {
    std::string content;
    base::Hash salt{};
    std::string recipients;  // JSON array
    std::string entry;       // its canonical text
    std::int64_t seq = 0;
};
std::optional<Submission> last_submission(Connection& db, const std::string& report);
bool update_record(Connection& db, const ReportRow& row,
                   std::int64_t expected_version);  // record_state, erased, label, status, language, version, revision, changed_seq
void replace_tags(Connection& db, const std::string& report, const std::vector<std::string>& tags);
// What erasure removes besides the draft and the ledger's openings: tags, and everything by which a guess at the text
// could be checked (retention.cpp).
void erase_traces_of_report(Connection& db, const std::string& report);
void insert_revision(Connection& db, const std::string& report, std::int64_t revision, std::int64_t seq, const std::string& label);

// What lists walk by and repeats the report's row, after a change of that row: number and state of the record.
void list_anew(Connection& db, const std::string& report);

// What an account has withdrawn since then, in order; is_still_withdrawn: nothing has become of the report since.
struct Withdrawal {
    std::string report, at;
    bool is_still_withdrawn = false;
};
std::vector<Withdrawal> withdrawals_by(Connection& db, const domain::Home& home, const domain::AccountId& account,
                                       const std::string& since);

}  // namespace cbmx::store
