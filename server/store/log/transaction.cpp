// Appending: entry, opening, losses and the tree nodes that became complete, in the caller's transaction.
#include "store/log/transaction.hpp"
#include "ledger/entry.hpp"
#include "ledger/receipt.hpp"
#include "store/log/authority.hpp"

namespace cbmx::store {

using ledger::Part;

domain::Seq Transaction::append(const domain::Principal& actor, const NewEntry& fresh)
{
    const auto& row = domain::row_of(fresh.kind);
    ledger::Entry entry;
    entry.seq = next_seq();
    entry.at = now_text();
    entry.kind = std::string(row.name);
    entry.actor_role = std::string(fresh.acting_role.name());
    entry.subject_kind = std::string(domain::name_of(row.subject));
    entry.subject = fresh.subject;
    entry.version = fresh.version;
    entry.revision = fresh.revision;
    if (fresh.home.is_state())
        entry.state = fresh.home.state().value;
    if (fresh.home.office())
        entry.office = fresh.home.text().substr(std::string_view("office:").size());

    const auto salt = base::random_salt(random_);
    const auto actor_salt = base::random_salt(random_);
    const auto recipients_salt = base::random_salt(random_);
    entry.commitment = ledger::commitment(Part::commitment, entry.kind, entry.seq, salt, fresh.content);
    const auto authority_salt = base::random_salt(random_);  // drawn for every entry: what others draw says nothing of who acted
    if (!actor.account.empty())
        entry.actor_handle = ledger::actor_handle(entry.kind, entry.seq, actor_salt, actor.account.value);
    const auto authority = authority_of(connection_, actor.account);
    if (authority)
        entry.authority = ledger::commitment(Part::authority, entry.kind, entry.seq, authority_salt, *authority);
    std::optional<std::string> recipients;
    if (fresh.audience) {
        recipients = domain::recipients_as_json(fresh.audience->recipients);
        entry.label = std::string(domain::name_of(fresh.audience->label));
        entry.recipients = ledger::commitment(Part::recipients, entry.kind, entry.seq, recipients_salt, *recipients);
    }
    const auto hands_salt = base::random_salt(random_);
    if (fresh.hands)
        entry.hands = ledger::commitment(Part::hands, entry.kind, entry.seq, hands_salt, fresh.hands->text);

    const auto body = ledger::canonical_entry(entry);
    const std::optional<std::string> home = fresh.home.text().empty() ? std::nullopt : std::optional(fresh.home.text());
    connection_.run("INSERT INTO ledger_entry (seq, kind, at, actor_role, home, subject_kind, subject, version, revision, body)"
                    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                    entry.seq, entry.kind, entry.at, entry.actor_role, home, entry.subject_kind, entry.subject, entry.version,
                    entry.revision, Blob{body});
    const auto account = actor.account.empty() ? std::nullopt : std::optional(actor.account.value);
    const auto credential = actor.credential.empty() ? std::nullopt : std::optional(actor.credential.value);
    connection_.run("INSERT INTO ledger_opening (seq, salt, content, actor, credential, actor_salt, recipients, recipients_salt, authority,"
                    " authority_salt) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                    entry.seq, salt, fresh.content, account, credential, actor_salt, recipients, recipients_salt, authority,
                    authority ? std::optional(authority_salt) : std::nullopt);
    if (fresh.hands)
        connection_.run("INSERT INTO ledger_hands (seq, salt, hands, proposer, credential, proposer_salt) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                        entry.seq, hands_salt, fresh.hands->text, fresh.hands->proposer, fresh.hands->credential,
                        fresh.hands->proposer_salt);
    for (const auto& recipient : fresh.lost)
        connection_.run("INSERT INTO ledger_loss (seq, recipient) VALUES (?1, ?2)", entry.seq, recipient);
    for (const auto& node : frontier_.append(ledger::leaf_hash(body)))
        connection_.run("INSERT INTO ledger_node (level, position, hash) VALUES (?1, ?2, ?3)", static_cast<int>(node.level),
                        static_cast<std::int64_t>(node.index), node.hash);
    return entry.seq;
}

bool Transaction::attempt(const std::function<bool(Transaction&)>& work)
{
    ledger::Frontier frontier = frontier_;
    Savepoint savepoint(connection_);
    Transaction part(connection_, now_, random_, frontier);
    if (!work(part)) {
        savepoint.roll_back();
        return false;
    }
    savepoint.commit();
    frontier_ = std::move(frontier);
    changed_principals_.merge(part.changed_principals_);
    erased_ = erased_ || part.erased_;
    return true;
}

}  // namespace cbmx::store
