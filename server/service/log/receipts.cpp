// See receipts.hpp. Who may see an entry is the SQL of store/log/entries.cpp; who may read what it commits to is decided here.
#include "service/log/receipts.hpp"
#include "ledger/receipt.hpp"
#include "service/registry/registry.hpp"
#include "store/log/entries.hpp"
#include "store/log/hands.hpp"
#include "store/rows/contacts.hpp"
#include "store/rows/touches.hpp"

namespace cbmx::service {
namespace {

struct Proven {
    std::uint64_t index;
    std::vector<base::Hash> proof;
    std::string checkpoint;
    std::string entry;  // canonical text
};

// Always to the checkpoint of the entry's own batch: a receipt never changes.
std::optional<Proven> prove(Connection& db, Seq seq, std::string entry)
{
    const auto checkpoint = store::checkpoint_over(db, seq);
    if (!checkpoint)
        return std::nullopt;
    const auto index = static_cast<std::uint64_t>(seq);
    return Proven{.index = index,
                  .proof = ledger::inclusion_proof(index, checkpoint->size, store::path_reader(db)),
                  .checkpoint = checkpoint->note,
                  .entry = std::move(entry)};
}

std::string text_of(const Proven& proven) { return ledger::receipt(proven.entry, proven.index, proven.proof, proven.checkpoint); }

bool is_of(const store::EntryRow& entry, domain::EventKind kind) { return entry.kind == domain::row_of(kind).name; }
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

// The caller sees the entry; this is about the bytes behind its commitment.
bool may_open(Connection& db, const Principal& principal, const store::EntryRow& entry, const std::string& content)
{
    if (principal.is_operator)
        return true;
    if (principal.visibility.auditor)
        return false;
    if (is_of(entry, domain::EventKind::report_published) && !is_own(principal, entry) && store::is_withdrawn(db, entry.subject))
        return false;
    // Of a contact others are shown what is in the directory now, and only those who see the whole of it.
    if (is_of(entry, domain::EventKind::contact_listed) || is_of(entry, domain::EventKind::contact_amended)) {
        const auto contact = store::visible_contact(db, principal.visibility, entry.subject);
        return contact && (contact->own || (contact->full && contact->content_seq == entry.seq));
    }
    if (entry.subject_kind == domain::name_of(domain::Subject::contact)) {
        const auto contact = store::visible_contact(db, principal.visibility, entry.subject);
        return contact && contact->full;
    }
    if (entry.subject_kind == domain::name_of(domain::Subject::state))
        return !shown_state_record(principal, nlohmann::json::parse(content)).redacted;
    return true;
}

bool is_within_reach(const Portal& portal, Connection& db, const Principal& principal, Seq seq)
{
    return seq >= 0 && (!principal.is_anonymous() || static_cast<std::uint64_t>(seq) < published_size(portal, db, principal));
}

std::optional<store::EntryRow> reachable_entry(const Portal& portal, Connection& db, const Principal& principal, Seq seq)
{
    return is_within_reach(portal, db, principal, seq) ? store::visible_entry(db, principal.visibility, seq) : std::nullopt;
}

// The members in the order of their names; what is stored is canonical JSON text and goes in as it is.
std::string opening_text_of(Connection& db, const Principal& principal, const store::EntryRow& entry)
{
    const auto row = entry.tombstone ? std::nullopt : store::opening(db, entry.seq);
    if (!row || !row->salt || !row->content || !may_open(db, principal, entry, *row->content))
        return "null";
    const bool own = is_own(principal, entry);
    std::string text = "{";
    if (own && row->actor && row->actor_salt)
        text.append("\"actor\":")
            .append(nlohmann::json{{"salt", base::base64(*row->actor_salt)}, {"account", *row->actor}}.dump())
            .append(",");
    if (row->authority && row->authority_salt)
        text.append("\"authority\":")
            .append(*row->authority)
            .append(",\"authority_salt\":\"")
            .append(base::base64(*row->authority_salt))
            .append("\",");
    text.append(has_content(entry) ? "\"content\":" : "\"record\":").append(*row->content);
    if (own && row->recipients && row->recipients_salt)
        text.append(",\"recipients\":{\"list\":")
            .append(*row->recipients)
            .append(",\"salt\":\"")
            .append(base::base64(*row->recipients_salt))
            .append("\"}");
    return text.append(",\"salt\":\"").append(base::base64(*row->salt)).append("\"}");
}

nlohmann::json with_opening(Connection& db, const Principal& principal, const store::EntryRow& entry, const Proven& proven)
{
    return {{"receipt", nlohmann::json::parse(text_of(proven))}, {"opening", opening_of(db, principal, entry)}};
}

// A reader who gains access by a change of audience also gets the receipt of the publication that can now be read.
void add_publication(const Portal& portal, Connection& db, const Principal& principal, const store::EntryRow& change,
                     nlohmann::json& answer)
{
    if (!is_of(change, domain::EventKind::report_label_changed) && !is_of(change, domain::EventKind::report_recipients_changed))
        return;
    const auto seq = store::publication_of(db, change.subject);
    const auto entry = seq ? reachable_entry(portal, db, principal, *seq) : std::nullopt;
    const auto proven = entry ? prove(db, *seq, entry->body) : std::nullopt;
    if (proven)
        answer["publication"] = with_opening(db, principal, *entry, *proven);
}

}  // namespace

Result<std::string> receipt_text(Connection& db, Seq seq)
{
    auto body = store::entry_body(db, seq);
    const auto proven = body ? prove(db, seq, std::move(*body)) : std::nullopt;
    if (!proven)
        return domain::not_found();
    return text_of(*proven);
}

Result<nlohmann::json> receipt_json(Connection& db, Seq seq)
{
    const auto text = receipt_text(db, seq);
    return text ? json_result(nlohmann::json::parse(*text)) : text.error();
}

std::string opening_text(Connection& db, const Principal& principal, Seq seq)
{
    const auto entry = store::visible_entry(db, principal.visibility, seq);
    return entry ? opening_text_of(db, principal, *entry) : "null";
}

nlohmann::json opening_of(Connection& db, const Principal& principal, const store::EntryRow& entry)
{
    return nlohmann::json::parse(opening_text_of(db, principal, entry));
}

nlohmann::json actor_of(Connection& db, const Principal& principal, const store::EntryRow& entry)
{
    if (!principal.visibility.auditor && !is_own(principal, entry))
        return nullptr;
    const auto row = store::opening(db, entry.seq);
    if (!row || !row->actor || !row->actor_salt)
        return nullptr;
    return {{"salt", base::base64(*row->actor_salt)},
            {"account", *row->actor},
            {"credential", row->credential ? nlohmann::json(*row->credential) : nlohmann::json()}};
}

nlohmann::json hands_of(Connection& db, const Principal& principal, const store::EntryRow& entry)
{
    if (!principal.visibility.auditor && !is_own(principal, entry))
        return nullptr;
    const auto row = store::hands_at(db, entry.seq);
    if (!row || !row->hands || !row->salt)
        return nullptr;
    const auto person = [](const std::optional<base::Hash>& salt, const std::optional<std::string>& account,
                           const std::optional<std::string>& credential) {
        return salt && account && credential
                   ? nlohmann::json{{"salt", base::base64(*salt)}, {"account", *account}, {"credential", *credential}}
                   : nlohmann::json();
    };
    auto hands = nlohmann::json::parse(*row->hands);
    auto touches = nlohmann::json::array();
    if (const auto& named = hands.at("touches"); !named.empty())
        for (const auto& touch : store::touches_numbered(db, entry.subject, named.front().at("number"), named.back().at("number")))
            touches.push_back(
                {{"number", touch.number},
                 {"at", touch.at},
                 {"by", touch.by ? person(touch.salt, touch.by->account.value, touch.by->credential.value) : nlohmann::json()}});
    return {{"salt", base::base64(*row->salt)},
            {"hands", std::move(hands)},
            {"touches", std::move(touches)},
            {"proposer", person(row->proposer_salt, row->proposer, row->credential)}};
}

Result<nlohmann::json> get_receipt(const Portal& portal, Connection& db, const Principal& principal, Seq seq)
{
    const auto entry = reachable_entry(portal, db, principal, seq);
    const auto proven = entry ? prove(db, seq, entry->body) : std::nullopt;
    if (!proven)
        return domain::not_found();
    auto answer = with_opening(db, principal, *entry, *proven);
    add_publication(portal, db, principal, *entry, answer);
    return json_result(std::move(answer));
}

nlohmann::json openings_about(const Portal& portal, Connection& db, const Principal& principal, const std::string& subject)
{
    constexpr std::int64_t entries_at_once = 100;
    auto list = nlohmann::json::array();
    store::AuditFilter filter{.subject = subject, .limit = entries_at_once};
    for (auto entries = store::audit(db, principal.visibility, filter); !entries.empty();
         entries = store::audit(db, principal.visibility, filter)) {
        for (const auto& entry : entries)
            if (auto proven = get_receipt(portal, db, principal, entry.seq); proven && !proven->at("opening").is_null())
                list.push_back({{"receipt", std::move(proven->at("receipt"))}, {"opening", std::move(proven->at("opening"))}});
        filter.after = entries.back().seq;
    }
    return list;
}

Result<std::string> get_tlog_proof(const Portal& portal, Connection& db, const Principal& principal, Seq seq)
{
    const auto entry = reachable_entry(portal, db, principal, seq);
    const auto proven = entry ? prove(db, seq, entry->body) : std::nullopt;
    if (!proven)
        return domain::not_found();
    return ledger::tlog_proof(proven->index, proven->proof, proven->checkpoint);
}

}  // namespace cbmx::service
