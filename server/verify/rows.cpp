// Every row that entries account for must be what its last entry commits to; no row without entry, no entry without row.
#include "base/bytes.hpp"
#include "domain/status.hpp"
#include "json/parse.hpp"
#include "service/paper.hpp"
#include "service/rights.hpp"
#include "service/subjects.hpp"
#include "store/log/authority.hpp"
#include "store/log/entries.hpp"
#include "store/log/hands.hpp"
#include "store/rows/decisions.hpp"
#include "store/rows/due.hpp"
#include "store/rows/portal.hpp"
#include "store/rows/proposals.hpp"
#include "store/rows/quotas.hpp"
#include "store/subjects.hpp"
#include "verify/parts.hpp"
#include <algorithm>
#include <nlohmann/json.hpp>
#include <tuple>

namespace cbmx::service {
namespace {

using domain::Subject;

// Who sees which entries is read from this table in every query.
void check_kinds(store::Connection& db, Findings& findings)
{
    auto stored = store::event_kinds(db);
    for (const auto& row : domain::event_table) {
        const auto found = std::find_if(stored.begin(), stored.end(), [&row](const store::KindRow& kind) { return kind.kind == row.name; });
        const auto audience = domain::name_of(row.audience);
        if (found == stored.end())
            findings.fault(std::nullopt, "table event_kind lacks the kind " + std::string(row.name));
        else if (found->audience != audience)
            findings.fault(std::nullopt, "table event_kind shows entries of kind " + found->kind + " to " + found->audience +
                                             " instead of " + std::string(audience));
    }
    if (stored.size() > domain::event_table.size())
        findings.fault(std::nullopt, "table event_kind holds kinds that this release does not know");
}

// Those of reports: hands.cpp.
void check_hands(store::Connection& db, Findings& findings)
{
    for (const auto seq : store::seqs_with_hands(db))
        findings.fault(seq, "ledger_hands says whose hands were in an entry that is about no report");
}

void check_losses(store::Connection& db, Findings& findings)
{
    constexpr std::array narrowing{
        domain::EventKind::report_published, domain::EventKind::report_label_changed, domain::EventKind::report_recipients_changed,
        domain::EventKind::report_withdrawn, domain::EventKind::contact_removed,      domain::EventKind::contact_objected,
        domain::EventKind::contact_reduced};
    for (const auto& loss : store::losses(db)) {
        const auto kind = loss.kind ? domain::event_kind_from(*loss.kind) : std::nullopt;
        if (!kind || std::find(narrowing.begin(), narrowing.end(), *kind) == narrowing.end())
            findings.fault(loss.seq, "nobody can lose sight of a record at this entry, yet " + loss.recipient + " is said to have");
        else if (!domain::is_recipient(loss.recipient))
            findings.fault(loss.seq, "who is said to have lost sight of the record is no recipient: " + loss.recipient);
    }
}

// What the kind of its last entry says of a row whose content was erased; empty: nothing.
std::string_view status_after(const std::string& kind)
{
    using domain::CredentialStatus, domain::EnrolmentStatus, domain::EventKind, domain::name_of, domain::ProposalStatus;
    constexpr std::pair<EventKind, std::string_view> statuses[]{
        {EventKind::enrolment_made, name_of(EnrolmentStatus::open)},
        {EventKind::enrolment_used, name_of(EnrolmentStatus::used)},
        {EventKind::enrolment_attested, name_of(EnrolmentStatus::used)},
        {EventKind::enrolment_ended, name_of(EnrolmentStatus::ended)},
        {EventKind::credential_offered, name_of(CredentialStatus::unproven)},
        {EventKind::credential_registered, name_of(CredentialStatus::active)},
        {EventKind::credential_proven, name_of(CredentialStatus::active)},
        {EventKind::credential_claimed, name_of(CredentialStatus::active)},
        {EventKind::credential_revoked, name_of(CredentialStatus::revoked)},
        {EventKind::proposal_made, name_of(ProposalStatus::waiting)},
        {EventKind::proposal_scheduled, name_of(ProposalStatus::scheduled)},
        {EventKind::proposal_declined, name_of(ProposalStatus::declined)},
        {EventKind::proposal_ended, name_of(ProposalStatus::ended)},
        {EventKind::proposal_confirmed, name_of(ProposalStatus::confirmed)},
    };
    for (const auto& [each, status] : statuses)
        if (domain::row_of(each).name == kind)
            return status;
    return {};
}

void check_row(store::Connection& db, Subject subject, const store::NumberedRow& row, const store::LastEntry& last, Findings& findings)
{
    const auto name = "the " + std::string(domain::name_of(subject)) + " " + row.id;
    if (row.seq != last.seq)
        findings.fault(last.seq, name + " names another entry as its last" + (row.seq ? ": " + std::to_string(*row.seq) : std::string()));
    if (row.version != last.version)
        findings.fault(last.seq,
                       name + " has version " + std::to_string(row.version) + ", its last entry says " + std::to_string(last.version));
    const auto record = current_record(db, subject, row.id);
    if (last.content && record != *last.content)
        findings.fault(last.seq, name + " is not what its last entry commits to");
    if (const auto status = status_after(last.kind);
        !last.content && !status.empty() && nlohmann::json::parse(record).at("status") != status)
        findings.fault(last.seq, name + " is not " + std::string(status) + ", as its last entry leaves it");
}

// A row that holds what no portal writes is named like any other, and hides no other.
void judge_row(store::Connection& db, Subject subject, const store::NumberedRow& row, const store::LastEntry& last, Findings& findings)
{
    try {
        check_row(db, subject, row, last, findings);
    } catch (const std::exception& malformed) {
        findings.fault(last.seq,
                       "the " + std::string(domain::name_of(subject)) + " " + row.id + " holds what no portal writes: " + malformed.what());
    }
}

void check_table(store::Connection& db, Subject subject, Findings& findings)
{
    const auto rows = store::numbered_rows(db, subject);
    const auto entries = store::last_entries(db, subject);
    const std::string kind(domain::name_of(subject));
    auto entry = entries.begin();
    for (const auto& row : rows) {
        for (; entry != entries.end() && entry->subject < row.id; ++entry)
            findings.fault(entry->seq, "the " + kind + " " + entry->subject + " that it is about has no row");
        if (entry != entries.end() && entry->subject == row.id)
            judge_row(db, subject, row, *entry++, findings);
        else if (row.seq)
            findings.fault(row.seq, "the " + kind + " " + row.id + " has no entry");
    }
    for (; entry != entries.end(); ++entry)
        findings.fault(entry->seq, "the " + kind + " " + entry->subject + " that it is about has no row");
}

void check_portal(store::Connection& db, Findings& findings)
{
    const auto row = store::portal_row(db);
    for (const auto& last : store::last_entries(db, Subject::portal)) {
        if (!row || row->version != last.version || (last.content && row->record != *last.content))
            findings.fault(last.seq, "what the portal says of itself is not what its last entry commits to");
    }
    if (const auto count = store::portal_values(db); count != store::portal_keys)
        findings.fault(std::nullopt,
                       "table portal holds " + std::to_string(count) + " values instead of " + std::to_string(store::portal_keys));
}

// The log's first key is the one that entry 0 names; the one that signs now is the one that the portal names.
void check_log_keys(store::Connection& db, Findings& findings)
{
    const auto opening = store::opening(db, 0);
    const auto row = store::portal_row(db);
    const auto object_of = [](const std::string& record) {
        const auto parsed = json::parse(record);
        return parsed && parsed->is_object() ? *parsed : nlohmann::json::object();
    };
    const auto said = object_of(row ? row->record : std::string());
    const auto first = object_of(opening && opening->content ? *opening->content : std::string()).value("key", "");
    const auto present = said.value("key", ""), overlapping = said.value("overlap", false)
                                                                  ? said.value("key_before", "")
                                                                  : std::string();  // both sign while one follows the other
    for (const auto& key : store::log_keys(db)) {
        const auto text = ledger::verifier_key_text({key.name, key.public_key});
        if ((key.from_seq == 0) != (text == first))
            findings.fault(0, "table log_key says that " + text + " signs from entry " + std::to_string(key.from_seq) + " on");
        if (key.until_seq.has_value() == (text == present || text == overlapping))
            findings.fault(std::nullopt, "table log_key says that " + text + (key.until_seq ? " signs no more" : " signs now") +
                                             ", the portal's last entry does not");
    }
}

void check_repeated_columns(store::Connection& db, Subject subject, Findings& findings)
{
    for (const auto& row : store::repeated_columns(db, subject)) {
        const auto record = nlohmann::json::parse(row.record, nullptr, false);
        const auto columns = nlohmann::json::parse(row.columns, nullptr, false);
        for (const auto& [name, value] : columns.items())
            if (!record.is_object() || record.value(name, nlohmann::json()) != value)
                findings.fault(row.seq, "column " + name + " of the " + std::string(domain::name_of(subject)) + " " + row.id +
                                            " does not repeat what its record says");
    }
}

// The same said in other bytes is no other record, and still nothing that a portal wrote.
void check_json_texts(store::Connection& db, Findings& findings)
{
    for (const auto& subject : domain::subject_table)
        for (const auto& row : store::json_texts(db, subject.subject)) {
            const auto parsed = json::parse(row.text);
            if (!parsed || json::canonical(*parsed) != row.text)
                findings.fault(std::nullopt, "the " + std::string(subject.name) + " " + row.id + " holds JSON that no portal writes");
        }
}

// Each follows from the record that it is about: one that is missing would never be done, one too many would.
void check_due(store::Connection& db, Findings& findings)
{
    const auto stored = store::stored_due(db);
    std::vector<store::StoredDue> expected;
    for (const auto& row : store::expected_due(db))
        expected.push_back({std::string(domain::name_of(row.what)), row.subject, row.at});
    const auto tell = [&findings](const std::vector<store::StoredDue>& rows, const std::vector<store::StoredDue>& others,
                                  const char* what) {
        for (const auto& row : rows)
            if (std::find(others.begin(), others.end(), row) == others.end())
                findings.fault(std::nullopt, "table due_at " + std::string(what) + " " + row.what + " of " + row.subject + " at " + row.at);
    };
    tell(stored, expected, "holds what its record does not ask for: the");
    tell(expected, stored, "lacks the");
}

// One that is too high would keep a State from what every State may do.
void check_quota_use(store::Connection& db, Findings& findings)
{
    const auto stored = store::stored_quota_use(db), counted = store::counted_quota_use(db);
    const auto tell = [&findings](const std::vector<store::QuotaUse>& rows, const std::vector<store::QuotaUse>& others, const char* what) {
        const auto in_order = [](const store::QuotaUse& a, const store::QuotaUse& b) {
            return std::tie(a.holder, a.quota, a.day) < std::tie(b.holder, b.quota, b.day);
        };
        for (const auto& row : rows) {
            const auto other = std::lower_bound(others.begin(), others.end(), row, in_order);
            if (other == others.end() || *other != row)
                findings.fault(std::nullopt, "table quota_use " + std::string(what) + " " + row.holder + ": " + row.quota + " " + row.day +
                                                 " " + std::to_string(row.used));
        }
    };
    tell(stored, counted, "says what is not so of");
    tell(counted, stored, "does not say of");
}

// A proposal that is neither about an audience nor recorded by an entry would take effect without a trace.
void check_untold_proposals(store::Connection& db, Findings& findings)
{
    for (const auto& id : store::untold_proposals(db))
        findings.fault(std::nullopt, "the proposal " + id + " is not about a report's audience and has no entry");
}

// What is said to stand behind an account does: a founding names the account and cites the note.
void check_authority(store::Connection& db, const store::AccountRow& account, Findings& findings)
{
    const auto wrong = [&](const std::string& what) { findings.fault(account.seq, "the account " + account.id.value + ": " + what); };
    if (account.authority != domain::Authority::note)
        return;
    const auto body = nlohmann::json::parse(store::founding_of(db, account.home, account.id).value_or("null"));
    if (body.is_null())
        return wrong("no confirmed founding names it");
    const auto note = nlohmann::json::parse(account.authority_note.value_or("{}"));
    for (const char* member : {"number", "date"})
        if (!body.empty() && body.at("decision").at(member) != note.at(member))
            wrong(std::string("its founding cites a note verbale of another ") + member);
}

// Also of one that a nominator has confirmed since: what it did before says so.
void check_demonstrations(store::Connection& db, Findings& findings)
{
    if (is_demo(db))
        return;
    const auto demonstration = store::authority_text(domain::Authority::demonstration, std::nullopt);
    for (const auto& [account, history] : store::authority_history(db))
        for (const auto& own : history)
            if (own.text == demonstration)
                findings.fault(own.seq,
                               "the account " + account + ": the operator made it as for a demonstration, which this portal is not");
}

void check_authorities(store::Connection& db, Findings& findings)
{
    for (const auto& row : store::numbered_rows(db, Subject::account))
        try {
            if (const auto account = store::find_account(db, domain::AccountId(row.id)))
                check_authority(db, *account, findings);
        } catch (const std::exception& malformed) {  // hides no other account
            findings.fault(row.seq, "the row " + row.id + " of table account holds what no portal writes: " + malformed.what());
        }
}

// Each document is the one that its hash names, is of the type that it begins as, and is cited; each that is cited is there.
void check_decisions(store::Connection& db, Findings& findings)
{
    const auto cited = store::cited_decision_files(db), kept = store::decision_files(db);
    for (const auto& sha256 : kept) {
        const auto file = store::decision_file(db, sha256);
        const std::string name = "the decision_file " + sha256;
        if (base::hex(base::sha256(file->bytes)) != sha256 || media_type_of(file->bytes) != file->media_type)
            findings.fault(std::nullopt, name + " is not the document that was cited");
        if (std::find(cited.begin(), cited.end(), sha256) == cited.end())
            findings.fault(std::nullopt, name + " is cited by nothing");
    }
    for (const auto& sha256 : cited)
        if (std::find(kept.begin(), kept.end(), sha256) == kept.end())
            findings.fault(std::nullopt, "the decision_file " + sha256 + ", which is cited, is missing");
}

}  // namespace

void check_rows(store::Connection& db, Findings& findings)
{
    // Each by itself: one that comes upon a malformed value hides nothing of the others.
    const auto each = [&](const char* what, void (*check)(store::Connection&, Findings&)) {
        check_guarded(findings, what, [&] { check(db, findings); });
    };
    each("the kinds of entries", check_kinds);
    each("the authority of accounts", check_authorities);
    each("the accounts of a demonstration", check_demonstrations);
    each("who lost sight of what", check_losses);
    each("whose hands were in what", check_hands);
    each("the portal's own row", check_portal);
    each("the keys of the log", check_log_keys);
    each("the JSON texts", check_json_texts);
    each("the proposals", check_untold_proposals);
    each("what is due", check_due);
    each("how far quotas are used", check_quota_use);
    each("the documents of decisions", check_decisions);
    for (const auto subject : store::subjects_with_numbered_rows())
        check_guarded(findings, "the table of " + std::string(domain::name_of(subject)), [&] {
            check_table(db, subject, findings);
            check_repeated_columns(db, subject, findings);
        });
}

}  // namespace cbmx::service
