// See openings.hpp. Who may see an entry is the SQL of store/log/entries.cpp; who may read what it commits to is decided here.
#include "service/log/openings.hpp"
#include "service/registry/registry.hpp"
#include "store/log/pages.hpp"
#include "store/rows/contacts.hpp"
#include <set>

namespace cbmx::service {
namespace {

using OpeningRows = std::map<Seq, store::OpeningRow>;
using Contacts = std::map<std::string, store::ContactRow>;

constexpr std::string_view nothing = "null";

bool is_of(const store::EntryRow& entry, domain::EventKind kind) { return entry.kind == domain::row_of(kind).name; }
bool is_about(const store::EntryRow& entry, domain::Subject subject) { return entry.subject_kind == domain::name_of(subject); }
bool has_content(const store::EntryRow& entry)
{
    const auto kind = domain::event_kind_from(entry.kind);
    return kind && domain::is_content_kind(*kind);
}
// Only for the author's own State; the operator of the machine can read it anyway.
bool is_own(const Principal& principal, const store::EntryRow& entry)
{
    return principal.is_operator || (!principal.visibility.home.empty() && entry.home == principal.visibility.home);
}
bool is_audited_by(const Principal& principal, const store::EntryRow& entry)
{
    return principal.visibility.auditor || is_own(principal, entry);
}
bool opens_nothing(const Principal& principal) { return principal.visibility.auditor && !principal.is_operator; }

// What decides about entries that are about contacts: those that the caller sees.
Contacts contacts_of(Connection& db, const Principal& principal, const Entries& entries)
{
    std::set<std::string> ids;
    for (const auto& entry : entries)
        if (is_about(entry, domain::Subject::contact) && !entry.tombstone)
            ids.insert(entry.subject);
    if (principal.is_operator || opens_nothing(principal))
        return {};
    return store::visible_contacts(db, principal.visibility, {ids.begin(), ids.end()});
}

bool may_open_contact(const store::EntryRow& entry, const Contacts& contacts)
{
    const auto contact = contacts.find(entry.subject);
    if (contact == contacts.end())
        return false;
    const auto& row = contact->second;
    // Of a contact others are shown what is in the directory now, and only those who see the whole of it.
    if (is_of(entry, domain::EventKind::contact_listed) || is_of(entry, domain::EventKind::contact_amended))
        return row.own || (row.full && row.content_seq == entry.seq);
    return row.full;
}

// The caller sees the entry; this is about the bytes behind its commitment.
bool may_open(const Principal& principal, const store::EntryRow& entry, const store::OpeningRow& row, const Contacts& contacts)
{
    if (principal.is_operator)
        return true;
    if (opens_nothing(principal))
        return false;
    if (row.is_withdrawn && !is_own(principal, entry))
        return false;
    if (is_about(entry, domain::Subject::contact))
        return may_open_contact(entry, contacts);
    if (is_about(entry, domain::Subject::state))
        return !shown_state_record(principal, nlohmann::json::parse(*row.content)).redacted;
    return true;
}

void put_salt(std::string& text, std::string_view member, const std::string& salt)
{
    text.append("\"").append(member).append("\":\"").append(base::base64(salt)).append("\"");
}

std::string opening_of(const Principal& principal, const store::EntryRow& entry, const OpeningRows& rows, const Contacts& contacts)
{
    const auto found = rows.find(entry.seq);
    if (entry.tombstone || found == rows.end())
        return std::string(nothing);
    const auto& row = found->second;
    if (!row.salt || !row.content || !may_open(principal, entry, row, contacts))
        return std::string(nothing);
    const bool own = is_own(principal, entry);
    std::string text = "{";
    if (own && row.actor && row.actor_salt) {
        text.append("\"actor\":{\"account\":").append(json_string(*row.actor)).append(",");
        put_salt(text, "salt", *row.actor_salt);
        text.append("},");
    }
    if (row.authority && row.authority_salt) {
        text.append("\"authority\":").append(*row.authority).append(",");
        put_salt(text, "authority_salt", *row.authority_salt);
        text.append(",");
    }
    // The members in the order of their names, as everywhere.
    if (has_content(entry))
        text.append("\"content\":").append(*row.content).append(",");
    if (own && row.recipients && row.recipients_salt) {
        text.append("\"recipients\":{\"list\":").append(*row.recipients).append(",");
        put_salt(text, "salt", *row.recipients_salt);
        text.append("},");
    }
    if (!has_content(entry))
        text.append("\"record\":").append(*row.content).append(",");
    put_salt(text, "salt", *row.salt);
    if (row.statement && row.statement_salt) {  // canonical, with the members "signature" and "statement": the salt comes before them
        text.append(",\"statement\":{");
        put_salt(text, "salt", *row.statement_salt);
        text.append(",").append(*row.statement, 1);
    }
    return text.append("}");
}

std::string actor_of(const Principal& principal, const store::EntryRow& entry, const OpeningRows& rows)
{
    const auto found = rows.find(entry.seq);
    if (!is_audited_by(principal, entry) || found == rows.end() || !found->second.actor || !found->second.actor_salt)
        return std::string(nothing);
    const auto& row = found->second;
    std::string text = "{\"account\":";
    text.append(json_string(*row.actor))
        .append(",\"credential\":")
        .append(row.credential ? json_string(*row.credential) : nothing)
        .append(",");
    put_salt(text, "salt", *row.actor_salt);
    return text.append("}");
}

std::string person(const std::optional<base::Hash>& salt, const std::optional<std::string>& account,
                   const std::optional<std::string>& credential)
{
    if (!salt || !account || !credential)
        return std::string(nothing);
    std::string text = "{\"account\":";
    text.append(json_string(*account))
        .append(",\"credential\":")
        .append(json_string(*credential))
        .append(",\"salt\":\"")
        .append(base::base64(*salt));
    return text.append("\"}");
}

std::string touch_text(const store::TouchRow& touch)
{
    std::string text = "{\"at\":";
    text.append(json_string(touch.at))
        .append(",\"by\":")
        .append(touch.by ? person(touch.salt, touch.by->account.value, touch.by->credential.value) : nothing)
        .append(",\"number\":");
    return text.append(std::to_string(touch.number)).append("}");
}

std::string hands_text(const store::HandsRow& row, const std::vector<store::TouchRow>& touches)
{
    std::string text = "{\"hands\":";
    text.append(*row.hands).append(",\"proposer\":").append(person(row.proposer_salt, row.proposer, row.credential));
    text.append(",\"salt\":\"").append(base::base64(*row.salt)).append("\",\"touches\":[");
    for (const auto& touch : touches)
        text.append(text.ends_with('[') ? "" : ",").append(touch_text(touch));
    return text.append("]}");
}

// Of those entries that the caller audits and that have any.
std::map<Seq, std::string> hands_of(Connection& db, const Principal& principal, const Entries& entries)
{
    std::vector<Seq> audited;
    for (const auto& entry : entries)
        if (is_audited_by(principal, entry))
            audited.push_back(entry.seq);
    const auto rows = store::hands(db, audited);
    std::vector<store::TouchRange> ranges;
    std::map<Seq, std::size_t> range_of;
    for (const auto& entry : entries) {
        const auto row = rows.find(entry.seq);
        if (row == rows.end() || !row->second.hands || !row->second.salt)
            continue;
        const auto hands = nlohmann::json::parse(*row->second.hands);
        if (const auto& named = hands.at("touches"); !named.empty()) {
            range_of.emplace(entry.seq, ranges.size());
            ranges.push_back(
                {entry.subject, named.front().at("number").get<std::int64_t>(), named.back().at("number").get<std::int64_t>()});
        }
    }
    const auto touches = store::touches_of(db, ranges);
    std::map<Seq, std::string> texts;
    for (const auto& [seq, row] : rows)
        if (row.hands && row.salt) {
            const auto range = range_of.find(seq);
            texts.emplace(seq, hands_text(row, range == range_of.end() ? std::vector<store::TouchRow>() : touches.at(range->second)));
        }
    return texts;
}

}  // namespace

std::string json_string(std::string_view text) { return nlohmann::json(text).dump(); }

std::vector<std::string> opening_texts(Connection& db, const Principal& principal, const Entries& entries)
{
    const auto rows = opens_nothing(principal) ? OpeningRows() : store::openings(db, store::numbers_of(entries));
    const auto contacts = contacts_of(db, principal, entries);
    std::vector<std::string> texts;
    texts.reserve(entries.size());
    for (const auto& entry : entries)
        texts.push_back(opening_of(principal, entry, rows, contacts));
    return texts;
}

std::string opening_text(Connection& db, const Principal& principal, Seq seq)
{
    const auto entry = store::visible_entry(db, principal.visibility, seq);
    return entry ? opening_texts(db, principal, {*entry}).front() : std::string(nothing);
}

std::vector<AuditTexts> audit_texts(Connection& db, const Principal& principal, const Entries& entries)
{
    const auto rows = store::openings(db, store::numbers_of(entries));
    const auto contacts = contacts_of(db, principal, entries);
    auto hands = hands_of(db, principal, entries);
    std::vector<AuditTexts> texts;
    texts.reserve(entries.size());
    for (const auto& entry : entries) {
        const auto with = hands.find(entry.seq);
        texts.push_back({.actor = actor_of(principal, entry, rows),
                         .hands = with == hands.end() ? std::string(nothing) : std::move(with->second),
                         .opening = opening_of(principal, entry, rows, contacts)});
    }
    return texts;
}

}  // namespace cbmx::service
