// What a State's key signed, compared with its entry (rules.md 27c): each statement by its signature, its key and the entry's own hashes;
// and where a State wants its words signed, that none of them came without.
#include "store/log/statements.hpp"
#include "base/ed25519.hpp"
#include "ledger/statement.hpp"
#include "store/log/entries.hpp"
#include "verify/parts.hpp"
#include <limits>
#include <map>
#include <nlohmann/json.hpp>

namespace cbmx::service {
namespace {

using Json = nlohmann::json;

class StatementsCheck {
public:
    StatementsCheck(store::Connection& db, Findings& findings) : db_(db), findings_(findings)
    {
        for (const auto& key : store::log_keys(db))
            origin_ = key.name;
    }

    void run()
    {
        store::scan_statements(db_, [this](const store::SpokenRow& row) { check(row); });
        check_due();
    }

private:
    void check(const store::SpokenRow& row)
    {
        const auto entry = ledger::parse_entry(row.entry);
        const auto word = row.statement ? ledger::parse_signed_statement(*row.statement) : std::nullopt;
        if (!entry || !entry->statement)
            return;  // said with the entry
        if (!word)
            return findings_.fault(row.seq, "its statement has not the form of one");
        const auto& said = word->statement;
        const auto wrong = [this, &row](const char* what) { findings_.fault(row.seq, std::string("its statement ").append(what)); };
        if (said.origin != origin_)
            wrong("is about another log");
        if (said.kind != entry->kind || said.subject_kind != entry->subject_kind || said.subject != entry->subject)
            wrong("is about something else");
        if (said.version != entry->version)
            wrong("is about another version");
        if (said.label != entry->label)
            wrong("names another label");
        if (said.recipients.has_value() != entry->recipients.has_value() || !gives(row.recipients_salt, row.recipients, said.recipients))
            wrong("names other recipients");
        if (!gives(row.content_salt, row.content, said.content))
            wrong("is about another content");
        if (!is_in_time(said.time, entry->at))
            wrong("is of another time");
        if (!is_signed(*entry, *word))
            wrong("is not signed with a key of its State");
    }

    // What is erased is compared with nothing.
    static bool gives(const std::optional<std::string>& salt, const std::optional<std::string>& value,
                      const std::optional<base::Hash>& hash)
    {
        const auto bytes = salt ? base::to_hash(*salt) : std::nullopt;
        return !hash || !bytes || !value || ledger::salted(*bytes, *value) == *hash;
    }

    static bool is_in_time(const std::string& said, const std::string& accepted)
    {
        const auto from = domain::from_rfc3339(said), to = domain::from_rfc3339(accepted);
        return from && to && *from <= *to && *to - *from <= store::oldest_statement;
    }

    // One that was revoked since has signed what it signed; one that came later has not.
    bool is_signed(const ledger::Entry& entry, const ledger::SignedStatement& word)
    {
        const auto key = store::key_that_could_sign(db_, domain::StateCode(entry.state.value_or("")), word.statement.key, entry.seq);
        return key && base::verify_detached(*key, word.text, word.signature);
    }

    // A State asks for it from the change of its settings that says so up to the one that no longer does, that one included.
    void check_due()
    {
        std::map<std::string, domain::Seq> asked_since;
        for (const auto& change : store::settings_changes(db_)) {
            const auto settings = Json::parse(change.content.value_or(""), nullptr, false);
            const bool asks = settings.is_object() && settings.value("require_signature", false);
            const auto since = asked_since.find(change.state);
            if (asks && since == asked_since.end())
                asked_since.emplace(change.state, change.seq);
            if (asks || since == asked_since.end())
                continue;
            check_words(change.state, since->second, change.seq + 1);
            asked_since.erase(since);
        }
        for (const auto& [state, since] : asked_since)
            check_words(state, since, std::numeric_limits<domain::Seq>::max());
    }

    // The first of a request is signed, and those that follow from it stand behind it at the same time by the same account.
    void check_words(const std::string& state, domain::Seq after, domain::Seq before)
    {
        std::optional<ledger::Entry> last_signed;
        for (const auto& text : store::words_between(db_, domain::Home::of_state(domain::StateCode(state)), after, before)) {
            auto entry = ledger::parse_entry(text);
            const auto kind = entry ? domain::event_kind_from(entry->kind) : std::nullopt;
            if (!kind || !entry->actor_handle || !entry->authority)
                continue;  // nobody of the State said it
            const bool follows = last_signed && last_signed->at == entry->at;
            if (!entry->statement && !follows && store::is_signature_due(db_, *entry, *kind))
                findings_.fault(entry->seq, "the State wanted it signed, and it carries no statement");
            if (entry->statement)
                last_signed = std::move(entry);
        }
    }

    store::Connection& db_;
    Findings& findings_;
    std::string origin_;
};

}  // namespace

void check_statements(store::Connection& db, Findings& findings) { StatementsCheck(db, findings).run(); }

}  // namespace cbmx::service
