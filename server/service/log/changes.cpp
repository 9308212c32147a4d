// See changes.hpp. Positions of others are passed over without a trace: how far the answer reaches depends on what the
// caller has seen and on the published size alone, never by the present length of the log.
#include "service/log/changes.hpp"
#include "ledger/merkle.hpp"
#include "service/directory/contacts.hpp"
#include "service/log/receipts.hpp"
#include "service/reports/reports.hpp"
#include <algorithm>

namespace cbmx::service {
namespace {

bool shows_record(const std::string& kind)
{
    using domain::EventKind;
    return kind == domain::row_of(EventKind::report_published).name || kind == domain::row_of(EventKind::report_label_changed).name ||
           kind == domain::row_of(EventKind::report_recipients_changed).name || kind == domain::row_of(EventKind::report_restored).name;
}

bool shows_contact(const std::string& kind)
{
    const auto known = domain::event_kind_from(kind);
    return known && domain::row_of(*known).subject == domain::Subject::contact;
}

nlohmann::json tombstone(const store::EntryRow& entry)
{
    return {{"seq", entry.seq},
            {"tombstone", true},
            {"subject", {{"kind", entry.subject_kind}, {"id", entry.subject}}},
            {"leaf_hash", base::base64(ledger::leaf_hash(entry.body))}};
}

nlohmann::json item(Connection& db, const Principal& principal, i18n::Language language, const store::EntryRow& entry, domain::Instant now)
{
    auto change = change_of(db, principal, entry);
    if (entry.tombstone)
        return change;
    nlohmann::json record;
    if (shows_record(entry.kind))
        if (const auto report = get_report(db, principal, language, entry.subject))
            record = report->body;
    if (shows_contact(entry.kind))
        if (const auto contact = get_contact(db, principal, language, entry.subject, now); contact && !principal.visibility.auditor)
            record = contact->body;
    change["record"] = std::move(record);
    return change;
}

// The last number up to which everything visible has been delivered once this page is dealt with.
Seq complete_up_to(Connection& db, const Principal& principal, Seq after, Seq scanned_to, Seq published,
                   const std::vector<store::EntryRow>& entries, std::int64_t limit)
{
    if (static_cast<std::int64_t>(entries.size()) == limit)
        return entries.back().seq;
    const Seq known = std::min(scanned_to, published - 1);  // hidden entries beyond are not to be timed
    if (!entries.empty())
        return std::max(known, entries.back().seq);
    if (after <= known)
        return known;
    return store::last_fed(db, principal.visibility, published, after).value_or(published - 1);
}

}  // namespace

nlohmann::json change_of(Connection& db, const Principal& principal, const store::EntryRow& entry)
{
    if (entry.tombstone)
        return tombstone(entry);
    return {{"seq", entry.seq},
            {"entry", nlohmann::json::parse(entry.body)},
            {"leaf_hash", base::base64(ledger::leaf_hash(entry.body))},
            {"opening", opening_of(db, principal, entry)}};
}

Result<nlohmann::json> list_changes(const Portal& portal, Connection& db, const Principal& principal, i18n::Language language,
                                    std::optional<Seq> after, std::int64_t limit)
{
    const auto published = static_cast<Seq>(published_size(portal, db, principal));
    const Seq from = after.value_or(-1);
    if (principal.is_anonymous() && from >= std::max<Seq>(published, 1))
        return Error{ErrorCode::beyond_published_size};
    const Seq end = principal.is_anonymous() ? published : static_cast<Seq>(store::ledger_size(db));
    const Seq before = std::min(end, std::min(from, end) + 1 + max_scanned_entries);
    const auto entries = store::feed(db, principal.visibility, from, before, limit);
    const auto now = portal.clock();
    auto items = nlohmann::json::array();
    for (const auto& entry : entries)
        items.push_back(item(db, principal, language, entry, now));
    return json_result({{"items", std::move(items)},
                        {"complete_up_to", complete_up_to(db, principal, from, before - 1, published, entries, limit)},
                        {"next", entries.empty() ? nlohmann::json() : nlohmann::json(entries.back().seq)}});
}

}  // namespace cbmx::service
