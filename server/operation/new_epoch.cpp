// See new_epoch.hpp. One transaction, one checkpoint; the caller verifies the new file.
#include "operation/new_epoch.hpp"
#include "domain/workflow.hpp"
#include "json/parse.hpp"
#include "ledger/entry.hpp"
#include "service/directory/contacts.hpp"
#include "service/directory/nominations.hpp"
#include "service/subjects.hpp"
#include "store/engine.hpp"
#include "store/log/scan.hpp"
#include "store/rows/due.hpp"
#include "store/rows/new_epoch.hpp"
#include "store/rows/portal.hpp"
#include "store/rows/reports.hpp"
#include "store/subjects.hpp"

namespace cbmx::service {
namespace {

const auto by_operator = domain::ActingRole::of_operator();

using domain::EventKind;
using domain::Subject;

class Rebuild {
public:
    Rebuild(Connection& old, Connection& fresh, const NewEpoch& epoch)
        : old_(old), fresh_(fresh), epoch_(epoch), now_(epoch.clock()), transaction_(fresh_, now_, epoch_.random, frontier_)
    {
    }

    std::uint64_t run()
    {
        enter_genesis();
        store::insert_log_key(fresh_, {epoch_.signer.name, epoch_.signer.public_key});
        store::refresh_event_kinds(fresh_);
        store::copy_rows(fresh_);
        for (const auto& row : store::expected_due(fresh_))
            store::set_due(fresh_, row);
        for (const auto subject : store::subjects_with_numbered_rows())
            enter_rows(subject);
        for (const auto subject : {Subject::nomination, Subject::contact})
            for (const auto& id : store::known_ids(fresh_, subject))
                enter_directory(subject, id);
        for (const auto& id : store::published_reports(fresh_))
            enter_report(id);
        for (const auto& draft : store::submitted_drafts(fresh_))
            enter_submission(draft);
        const ledger::Checkpoint checkpoint{epoch_.signer.name, frontier_.size(), frontier_.root()};
        store::insert_checkpoint(fresh_, frontier_.size(), domain::to_rfc3339(now_), ledger::sign_checkpoint(checkpoint, epoch_.signer));
        return frontier_.size();
    }

private:
    Seq append(const store::NewEntry& entry) { return transaction_.append(domain::machine_operator(), entry); }

    // The portal as it was, under the new log's name; entry 0 quotes what is known of the old log.
    void enter_genesis()
    {
        const auto old = store::portal_row(old_);
        auto record = nlohmann::json::parse(old ? old->record : "{}");
        record["origin"] = epoch_.signer.name;
        record["key"] = ledger::verifier_key_text({epoch_.signer.name, epoch_.signer.public_key});
        record.erase("key_before"), record.erase("overlap");
        record["previous"] = {{"checkpoint", epoch_.previous.checkpoint}, {"key", epoch_.previous.key}};
        const auto content = json::canonical(record);
        store::put_portal_row(fresh_, {content, 1});
        append({.kind = EventKind::genesis, .subject = domain::portal_id, .acting_role = by_operator, .version = 1, .content = content});
    }

    // Each row once, as the last entry about it left it.
    void enter_rows(Subject subject)
    {
        std::map<std::string, store::LastEntry> last;
        for (auto& entry : store::last_entries(old_, subject))
            last.emplace(entry.subject, entry);
        for (const auto& row : store::numbered_rows(fresh_, subject)) {
            const auto found = last.find(row.id);
            if (found == last.end())
                continue;  // workspace
            auto kind = domain::event_kind_from(found->second.kind).value();
            if (store::is_erased(fresh_, subject, row.id))
                kind = domain::kind_that(domain::Commits::erasure, subject).value();
            store::set_seq(fresh_, subject, row.id, transaction_.next_seq());
            append({.kind = kind,
                    .subject = row.id,
                    .home = domain::Home::from(found->second.home.value_or("")),
                    .acting_role = by_operator,
                    .version = row.version,
                    .content = current_record(fresh_, subject, row.id)});
        }
    }

    void enter_report(const std::string& id)
    {
        const auto row = store::report_state(fresh_, id).value();
        const auto home = domain::Home::of_state(domain::StateCode(row.state));
        const domain::Audience audience{domain::label_from(row.label).value(), store::readers_of(fresh_, id)};
        Seq changed = transaction_.next_seq();
        if (row.erased)
            store::forget_revisions(fresh_, id);
        else
            changed = enter_revisions(row, home, audience.recipients);
        if (row.record_state == name_of(domain::RecordState::withdrawn)) {
            changed = transaction_.next_seq();
            append({.kind = row.erased ? EventKind::report_erased : EventKind::report_withdrawn,
                    .subject = id,
                    .home = home,
                    .acting_role = by_operator,
                    .version = row.version,
                    .revision = row.revision,
                    .audience = audience,
                    .content = current_record(fresh_, Subject::report, id)});
        }
        store::set_changed_seq(fresh_, id, changed);
    }

    Seq enter_revisions(const store::ReportState& row, const domain::Home& home, const std::vector<domain::Recipient>& recipients)
    {
        Seq seq = 0;
        const auto labels = store::readers(fresh_, row.id).labels;
        for (const auto& old : store::entries_about(old_, Subject::report, row.id)) {
            const auto entry = ledger::parse_entry(old.body).value();
            if (entry.kind != domain::row_of(EventKind::report_published).name)
                continue;
            const auto revision = entry.revision.value();
            const bool is_present = revision == row.revision && row.record_state == name_of(domain::RecordState::published);
            seq = append({.kind = EventKind::report_published,
                          .subject = row.id,
                          .home = home,
                          .acting_role = by_operator,
                          .version = is_present ? row.version : entry.version,
                          .revision = revision,
                          .audience = domain::Audience{labels.at(static_cast<std::size_t>(revision) - 1), recipients},
                          .content = old.opening.content.value()});
            store::set_revision_seq(fresh_, row.id, revision, seq);
        }
        return seq;
    }

    // A nomination or contact: its content, and its change record where that says more.
    void enter_directory(Subject subject, const std::string& id)
    {
        const bool is_contact = subject == Subject::contact;
        const auto state = is_contact ? store::find_contact(fresh_, id)->state : store::find_nomination(fresh_, id)->state;
        const auto version = is_contact ? store::find_contact(fresh_, id)->version : store::find_nomination(fresh_, id)->version;
        store::NewEntry entry{.kind = domain::kind_that(domain::Commits::erasure, subject).value(),
                              .subject = id,
                              .home = domain::Home::of_state(domain::StateCode(state)),
                              .acting_role = by_operator,
                              .version = version};
        if (is_contact)
            entry.audience = contact_audience(*store::find_contact(fresh_, id), store::reductions_of(fresh_, id));
        entry.content = current_record(fresh_, subject, id);
        store::set_content_seq(fresh_, subject, id, transaction_.next_seq());
        if (store::is_erased(fresh_, subject, id)) {
            append(entry);
            return;
        }
        const auto record = entry.content;
        entry.content = is_contact ? store::find_contact(old_, id)->content.value() : store::find_nomination(old_, id)->content.value();
        const auto content = nlohmann::json::parse(entry.content);
        const bool recorded = content.at("entered_by") == "secretariat";
        entry.kind = is_contact ? EventKind::contact_listed : recorded ? EventKind::nomination_recorded : EventKind::nomination_made;
        append(entry);
        if (record == (is_contact ? contact_record_after(content) : nomination_record_after(content)))
            return;
        store::set_seq(fresh_, subject, id, transaction_.next_seq());
        entry.kind = is_contact ? EventKind::contact_confirmed : EventKind::nomination_confirmed;
        if (const auto last = last_kind(subject, id); last && !domain::is_content_kind(*last))
            entry.kind = *last;
        entry.content = record;
        if (is_contact && store::find_contact(fresh_, id)->status != domain::ContactStatus::listed)
            entry.lost = directory_readers();
        append(entry);
    }

    std::optional<EventKind> last_kind(Subject subject, const std::string& id)
    {
        const auto entries = store::entries_about(old_, subject, id);
        const auto last = entries.empty() ? std::nullopt : ledger::parse_entry(entries.back().body);
        return last ? domain::event_kind_from(last->kind) : std::nullopt;
    }

    void enter_submission(const store::SubmittedDraft& draft)
    {
        append({.kind = EventKind::report_submitted,
                .subject = draft.report,
                .home = domain::Home::of_state(domain::StateCode(draft.state)),
                .acting_role = by_operator,
                .version = draft.version,
                .revision = draft.revision,
                .audience = domain::Audience{domain::label_from(draft.label).value(), domain::recipients_from_json(draft.recipients)},
                .content = draft.content});
    }

    Connection& old_;
    Connection& fresh_;
    const NewEpoch& epoch_;
    domain::Instant now_;
    ledger::Frontier frontier_;
    Transaction transaction_;
};

}  // namespace

std::uint64_t build_new_epoch(const std::filesystem::path& old, const std::filesystem::path& fresh, const NewEpoch& epoch)
{
    Connection old_db(old.string(), store::OpenMode::read_only);
    Connection db(fresh.string(), store::OpenMode::read_write);
    store::migrate(db, store::embedded_migrations());
    store::attach_old(db, old.string());
    store::WriteScope scope(db);
    const auto size = Rebuild(old_db, db, epoch).run();
    scope.commit();
    store::detach_old(db);
    store::merge_pending_pages(db);
    return size;
}

}  // namespace cbmx::service
