// See retention.hpp. Erasing empties the write-ahead log too, and secure_delete overwrites the freed pages.
#include "store/retention.hpp"
#include <array>

namespace cbmx::store {
namespace {

using domain::Subject;

constexpr auto no_subject = std::nullopt;
constexpr std::string_view for_ever = "for ever";
constexpr std::string_view nothing_personal = "nothing: no personal data in it";

constexpr std::array table{
    RetentionRow{"portal", Subject::portal, for_ever, nothing_personal},
    RetentionRow{"schema_migration", no_subject, for_ever, nothing_personal},
    RetentionRow{"ledger_entry", no_subject, for_ever, nothing_personal},
    RetentionRow{"ledger_node", no_subject, for_ever, nothing_personal},
    RetentionRow{"ledger_checkpoint", no_subject, for_ever, nothing_personal},
    RetentionRow{"cosignature", Subject::cosignature, for_ever, nothing_personal},
    RetentionRow{"ledger_opening", no_subject, "until erased",
                 "content, statement and salts of every entry about the subject, but its authority"},
    RetentionRow{"ledger_hands", no_subject, "until erased", "hands and salts of a report's entries; of an account, that it proposed them"},
    RetentionRow{"ledger_loss", no_subject, for_ever, "nothing: States, offices and account ids"},
    RetentionRow{"event_kind", no_subject, "written again at every start", nothing_personal},
    RetentionRow{"log_key", no_subject, for_ever, nothing_personal},
    RetentionRow{"state", Subject::state, for_ever, nothing_personal},
    RetentionRow{"decision_file", Subject::state, "while a record cites it", "the note verbale that names an official, with his account"},
    RetentionRow{"measure", Subject::measure, for_ever, nothing_personal},
    RetentionRow{"period", Subject::period, for_ever, nothing_personal},
    RetentionRow{"office_term", Subject::office_term, for_ever, nothing_personal},
    RetentionRow{"document", Subject::document, for_ever, nothing_personal},
    RetentionRow{"state_settings", Subject::state_settings, for_ever, nothing_personal},
    RetentionRow{"state_quotas", Subject::state_quotas, for_ever, nothing_personal},
    RetentionRow{"quota_use", no_subject, "while it is used; of a day for ever", "nothing: counts for States, offices and account ids"},
    RetentionRow{"account", Subject::account, "until erased", "the name; the id stays"},
    RetentionRow{"enrolment", Subject::enrolment, "until its account is erased",
                 "the label, and the note verbale by which it was attested"},
    RetentionRow{"credential", Subject::credential, "until its account is erased",
                 "the label; the fingerprint stays, so that it is never registered again"},
    RetentionRow{"signing_key", Subject::signing_key, for_ever, "nothing: a State's key"},
    RetentionRow{"delegation", Subject::delegation, for_ever, "nothing: account ids"},
    RetentionRow{"proposal", Subject::proposal, "until its account or report is erased", "the body"},
    RetentionRow{"report", Subject::report, for_ever, "nothing: what it is about, not what it says"},
    RetentionRow{"report_recipient", Subject::report, for_ever, "nothing: recipient words"},
    RetentionRow{"report_revision", Subject::report, for_ever, "nothing: the text stands in ledger_opening"},
    RetentionRow{"report_tag", Subject::report, "until the report is erased", "all rows of the report"},
    RetentionRow{"report_draft", Subject::report, "until published, discarded or the report is erased", "the row"},
    RetentionRow{"report_draft_reader", Subject::report, "as the working copy", "the rows"},
    RetentionRow{"report_touch", Subject::report, "until discarded or erased", "all rows of the report; of an account, that they were its"},
    RetentionRow{"nomination", Subject::nomination, for_ever,
                 "the reason; its content and note verbale stand in ledger_opening and nomination_file"},
    RetentionRow{"nomination_file", Subject::nomination, "until the nomination or its contact is erased", "the row"},
    RetentionRow{"contact", Subject::contact, for_ever,
                 "account, time zone, dates, key's end, the text for search; State and category stay"},
    RetentionRow{"contact_reduction", Subject::contact, for_ever, "nothing: States"},
    RetentionRow{"contact_language", Subject::contact, "until the contact is erased", "all rows of the contact"},
    RetentionRow{"contact_hours", Subject::contact, "until the contact is erased", "all rows of the contact"},
    RetentionRow{"due_at", no_subject, "until it is done or taken back", "nothing: ids and times"},
    RetentionRow{"idempotency", no_subject, "idempotency_days (30)", "the rows of the account, report, nomination or contact"},
    RetentionRow{"batch", Subject::batch, "idempotency_days (30)", "the account's rows"},
    RetentionRow{"batch_part", Subject::batch, "with its batch", "all rows of the account's batches"},
    RetentionRow{"client_reference", Subject::account, "until its account is erased",
                 "the account's rows; the fingerprint of the report's or nomination's"},
    RetentionRow{"credential_use (operational)", no_subject, "the last use of each credential", "not copied by backup"},
    RetentionRow{"security_event (operational)", no_subject, "the newest 10,000", "not copied by backup"},
};

}  // namespace

std::span<const RetentionRow> retention() { return table; }

std::string retention_as_markdown()
{
    std::string text = "| table | kept | what erasure removes |\n|---|---|---|\n";
    for (const auto& row : table)
        text += "| `" + std::string(row.table) + "` | " + std::string(row.kept) + " | " + std::string(row.erasure) + " |\n";
    return text;
}

}  // namespace cbmx::store
