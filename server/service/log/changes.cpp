// See changes.hpp. Positions of others are passed over without a trace: how far the answer reaches depends on what the
// caller has seen and on the published size alone, never by the present length of the log.
#include "service/log/changes.hpp"
#include "ledger/merkle.hpp"
#include "service/directory/contacts.hpp"
#include "service/log/receipts.hpp"
#include "service/reports/reports.hpp"
#include <algorithm>
#include <iterator>
#include <set>

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

std::string leaf_hash_of(const store::EntryRow& entry) { return base::base64(ledger::leaf_hash(entry.body)); }

std::string tombstone(const store::EntryRow& entry)
{
    std::string text = "{\"leaf_hash\":\"";
    text.append(leaf_hash_of(entry))
        .append("\",\"seq\":")
        .append(std::to_string(entry.seq))
        .append(",\"subject\":{\"id\":")
        .append(json_string(entry.subject));
    return text.append(",\"kind\":").append(json_string(entry.subject_kind)).append("},\"tombstone\":true}");
}

// beside: a member whose name stands between "opening" and "seq".
std::string item(const store::EntryRow& entry, const std::string& opening, std::string_view beside, const std::string& value)
{
    constexpr std::size_t other_bytes = 128;
    std::string text;
    text.reserve(entry.body.size() + opening.size() + value.size() + other_bytes);
    text.append("{\"entry\":").append(entry.body).append(",\"leaf_hash\":\"").append(leaf_hash_of(entry));
    text.append("\",\"opening\":").append(opening).append(",\"").append(beside).append("\":").append(value);
    return text.append(",\"seq\":").append(std::to_string(entry.seq)).append("}");
}

// What the entries are about as it stands now, where it goes with them.
class Records {
public:
    Records(Connection& db, const Principal& principal, i18n::Language language, const Entries& entries, domain::Instant now)
    {
        std::set<std::string> reports, contacts;
        for (const auto& entry : entries) {
            if (!entry.tombstone && shows_record(entry.kind))
                reports.insert(entry.subject);
            if (!entry.tombstone && shows_contact(entry.kind) && !principal.visibility.auditor)
                contacts.insert(entry.subject);
        }
        reports_ = render_reports(db, principal, language, {reports.begin(), reports.end()});
        contacts_ = render_contacts(db, principal, language, {contacts.begin(), contacts.end()}, now);
    }
    const std::string& of(const store::EntryRow& entry) const
    {
        if (shows_record(entry.kind))
            return found(reports_, entry.subject);
        return shows_contact(entry.kind) ? found(contacts_, entry.subject) : none_;
    }

private:
    const std::string& found(const std::map<std::string, std::string>& texts, const std::string& id) const
    {
        const auto text = texts.find(id);
        return text == texts.end() ? none_ : text->second;
    }
    std::map<std::string, std::string> reports_, contacts_;
    std::string none_ = "null";
};

// What a reader sees of a report or a contact may have grown with an entry about it, so that the earlier ones about the same are looked
// at again; all others stay as they were seen.
Seq begin_of_look(Connection& db, const Principal& principal, Seq from, Seq seen, Seq before)
{
    if (seen <= from)
        return from;
    const auto first = store::first_concerned(db, principal.visibility, from, seen, before);
    return first ? std::min(seen, *first - 1) : seen;
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

std::string Changes::text() const
{
    std::size_t bytes = 0;
    for (const auto& change : items)
        bytes += change.text.size() + 1;
    constexpr std::size_t frame_bytes = 96;
    std::string text;
    text.reserve(bytes + frame_bytes);
    text.append("{\"complete_up_to\":").append(std::to_string(complete_up_to)).append(",\"items\":[");
    for (const auto& change : items)
        text.append(text.ends_with('[') ? "" : ",").append(change.text);
    return text.append("],\"next\":").append(items.empty() ? "null" : std::to_string(items.back().seq)).append("}");
}

std::vector<std::string> proven_changes(Connection& db, const Principal& principal, const std::vector<store::EntryRow>& entries)
{
    Entries shown;
    std::copy_if(entries.begin(), entries.end(), std::back_inserter(shown), [](const auto& entry) { return !entry.tombstone; });
    const auto openings = opening_texts(db, principal, shown);
    const auto receipts = receipt_texts(db, shown);
    std::vector<std::string> texts;
    texts.reserve(entries.size());
    std::size_t next = 0;
    for (const auto& entry : entries) {
        texts.push_back(entry.tombstone ? tombstone(entry) : item(entry, openings[next], "receipt", receipts[next]));
        next += entry.tombstone ? 0 : 1;
    }
    return texts;
}

Result<Changes> list_changes(const Portal& portal, Connection& db, const Principal& principal, i18n::Language language,
                             std::optional<Seq> after, std::int64_t limit, std::optional<Seq> seen_to)
{
    const auto published = static_cast<Seq>(published_size(portal, db, principal));
    const Seq from = after.value_or(-1);
    if (principal.is_anonymous() && from >= std::max<Seq>(published, 1))
        return Error{ErrorCode::beyond_published_size};
    const Seq end = principal.is_anonymous() ? published : static_cast<Seq>(store::ledger_size(db));
    const Seq seen = std::max(from, seen_to.value_or(from));
    const Seq before = std::min(end, std::min(seen, end) + 1 + max_scanned_entries);
    const auto entries = store::feed(db, principal.visibility, begin_of_look(db, principal, from, seen, before), before, limit);
    const auto openings = opening_texts(db, principal, entries);
    const Records records(db, principal, language, entries, portal.clock());
    Changes changes;
    changes.complete_up_to = complete_up_to(db, principal, from, before - 1, published, entries, limit);
    changes.seen_to = static_cast<std::int64_t>(entries.size()) == limit ? entries.back().seq : std::max(from, before - 1);
    changes.items.reserve(entries.size());
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const auto& entry = entries[i];
        changes.items.push_back({entry.seq, entry.tombstone ? tombstone(entry) : item(entry, openings[i], "record", records.of(entry))});
    }
    return changes;
}

}  // namespace cbmx::service
