// The feed, the audit and receipts made the long way: row by row, parsed, built of JSON values and written. What the portal puts together
// as text is exactly this.
#pragma once
#include "ledger/merkle.hpp"
#include "service/directory/contacts.hpp"
#include "service/log/receipts.hpp"
#include "service/registry/registry.hpp"
#include "service/reports/reports.hpp"
#include "store/log/hands.hpp"
#include "store/rows/contacts.hpp"
#include "store/rows/touches.hpp"

namespace cbmx::test {

class TheLongWay {
public:
    TheLongWay(store::Connection& db, const domain::Principal& reader, domain::Instant now) : db_(db), reader_(reader), now_(now) {}

    nlohmann::json item_of_feed(const store::EntryRow& entry)
    {
        if (entry.tombstone)
            return tombstone(entry);
        auto item = change(entry);
        item["record"] = record(entry);
        return item;
    }
    nlohmann::json item_of_export(const store::EntryRow& entry)
    {
        if (entry.tombstone)
            return tombstone(entry);
        auto item = change(entry);
        item["receipt"] = receipt(entry);
        return item;
    }
    nlohmann::json item_of_audit(const store::EntryRow& entry)
    {
        auto item = change(entry);
        item["actor"] = actor(entry);
        item["hands"] = hands(entry);
        return item;
    }
    nlohmann::json receipt_answer(const store::EntryRow& entry)
    {
        auto answer = with_opening(entry);
        if (entry.kind == "report_label_changed" || entry.kind == "report_recipients_changed")
            if (const auto seq = store::publication_of(db_, entry.subject))
                if (const auto publication = store::visible_entry(db_, reader_.visibility, *seq);
                    publication && publication->revision == entry.revision)
                    answer["publication"] = with_opening(*publication);
        return answer;
    }

private:
    using Json = nlohmann::json;

    static Json tombstone(const store::EntryRow& entry)
    {
        return {{"seq", entry.seq},
                {"tombstone", true},
                {"subject", {{"kind", entry.subject_kind}, {"id", entry.subject}}},
                {"leaf_hash", base::base64(ledger::leaf_hash(entry.body))}};
    }
    Json change(const store::EntryRow& entry)
    {
        return {{"seq", entry.seq},
                {"entry", Json::parse(entry.body)},
                {"leaf_hash", base::base64(ledger::leaf_hash(entry.body))},
                {"opening", opening(entry)}};
    }
    Json receipt(const store::EntryRow& entry) { return service::receipt_json(db_, entry.seq).value(); }
    Json with_opening(const store::EntryRow& entry) { return {{"receipt", receipt(entry)}, {"opening", opening(entry)}}; }

    Json record(const store::EntryRow& entry)
    {
        for (const char* kind : {"report_published", "report_label_changed", "report_recipients_changed", "report_restored"})
            if (entry.kind == kind)
                if (const auto report = service::get_report(db_, reader_, i18n::Language::en, entry.subject))
                    return report->body;
        if (entry.subject_kind == "contact" && !reader_.visibility.auditor)
            if (const auto contact = service::get_contact(db_, reader_, i18n::Language::en, entry.subject, now_))
                return contact->body;
        return nullptr;
    }

    bool is_own(const store::EntryRow& entry) const
    {
        return reader_.is_operator || (!reader_.visibility.home.empty() && entry.home == reader_.visibility.home);
    }
    bool may_open(const store::EntryRow& entry, const std::string& content)
    {
        if (reader_.is_operator)
            return true;
        if (reader_.visibility.auditor)
            return false;
        if (entry.kind == "report_published" && !is_own(entry) &&
            db_.query("SELECT 1 FROM report WHERE id = ?1 AND record_state = 'withdrawn'", entry.subject).next())
            return false;
        if (entry.subject_kind == "contact") {
            const auto contact = store::visible_contact(db_, reader_.visibility, entry.subject);
            if (entry.kind == "contact_listed" || entry.kind == "contact_amended")
                return contact && (contact->own || (contact->full && contact->content_seq == entry.seq));
            return contact && contact->full;
        }
        return entry.subject_kind != "state" || !service::shown_state_record(reader_, Json::parse(content)).redacted;
    }
    Json opening(const store::EntryRow& entry)
    {
        const auto row = store::opening(db_, entry.seq);
        if (!row || !row->salt || !row->content || !may_open(entry, *row->content))
            return nullptr;
        const bool is_content = domain::is_content_kind(domain::event_kind_from(entry.kind).value());
        Json shown{{"salt", base::base64(*row->salt)}, {is_content ? "content" : "record", Json::parse(*row->content)}};
        if (row->authority && row->authority_salt) {
            shown["authority"] = Json::parse(*row->authority);
            shown["authority_salt"] = base::base64(*row->authority_salt);
        }
        if (row->statement && row->statement_salt) {
            shown["statement"] = Json::parse(*row->statement);
            shown["statement"]["salt"] = base::base64(*row->statement_salt);
        }
        if (is_own(entry) && row->recipients && row->recipients_salt)
            shown["recipients"] = {{"salt", base::base64(*row->recipients_salt)}, {"list", Json::parse(*row->recipients)}};
        if (is_own(entry) && row->actor && row->actor_salt)
            shown["actor"] = {{"salt", base::base64(*row->actor_salt)}, {"account", *row->actor}};
        return shown;
    }
    Json actor(const store::EntryRow& entry)
    {
        const auto row = store::opening(db_, entry.seq);
        if ((!reader_.visibility.auditor && !is_own(entry)) || !row || !row->actor || !row->actor_salt)
            return nullptr;
        return {{"salt", base::base64(*row->actor_salt)},
                {"account", *row->actor},
                {"credential", row->credential ? Json(*row->credential) : Json()}};
    }
    static Json person(const std::optional<base::Hash>& salt, const std::optional<std::string>& account,
                       const std::optional<std::string>& credential)
    {
        if (!salt || !account || !credential)
            return nullptr;
        return {{"salt", base::base64(*salt)}, {"account", *account}, {"credential", *credential}};
    }
    Json hands(const store::EntryRow& entry)
    {
        const auto row = store::hands_at(db_, entry.seq);
        if ((!reader_.visibility.auditor && !is_own(entry)) || !row || !row->hands || !row->salt)
            return nullptr;
        auto stored = Json::parse(*row->hands);
        auto touches = Json::array();
        if (const auto& named = stored.at("touches"); !named.empty())
            for (const auto& touch : store::touches_numbered(db_, entry.subject, named.front().at("number").get<std::int64_t>(),
                                                             named.back().at("number").get<std::int64_t>()))
                touches.push_back({{"number", touch.number},
                                   {"at", touch.at},
                                   {"by", touch.by ? person(touch.salt, touch.by->account.value, touch.by->credential.value) : Json()}});
        return {{"salt", base::base64(*row->salt)},
                {"hands", std::move(stored)},
                {"touches", std::move(touches)},
                {"proposer", person(row->proposer_salt, row->proposer, row->credential)}};
    }

    store::Connection& db_;
    const domain::Principal& reader_;
    domain::Instant now_;
};

}  // namespace cbmx::test
