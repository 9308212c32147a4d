// Appending: entry, opening, losses and the tree nodes that became complete, in the caller's transaction.
#include "store/log/transaction.hpp"
#include "ledger/entry.hpp"
#include "ledger/receipt.hpp"
#include "store/log/authority.hpp"

namespace cbmx::store {

using ledger::Part;

namespace {

struct Salts {
    base::Hash content, actor, recipients, authority, hands, statement;
};

// All of them for every entry: what others draw says nothing of who acted, or whether it was signed.
Salts draw(const base::RandomSource& random)
{
    Salts salts{};
    for (auto* salt : {&salts.content, &salts.actor, &salts.recipients, &salts.authority, &salts.hands, &salts.statement})
        *salt = base::random_salt(random);
    return salts;
}

// Without the hashes.
ledger::Entry entry_of(const NewEntry& fresh, domain::Seq seq, std::string at)
{
    const auto& row = domain::row_of(fresh.kind);
    ledger::Entry entry;
    entry.seq = seq;
    entry.at = std::move(at);
    entry.kind = std::string(row.name);
    entry.actor_role = std::string(fresh.acting_role.name());
    entry.subject_kind = std::string(domain::name_of(row.subject));
    entry.subject = fresh.subject;
    entry.version = fresh.version;
    entry.revision = fresh.revision;
    if (fresh.audience)
        entry.label = std::string(domain::name_of(fresh.audience->label));
    if (fresh.home.is_state())
        entry.state = fresh.home.state().value;
    if (fresh.home.office())
        entry.office = fresh.home.text().substr(std::string_view("office:").size());
    return entry;
}

// What the entry's hashes are of, besides its content.
struct Hashed {
    std::optional<std::string> recipients, authority, statement;
};

void insert(Connection& db, const ledger::Entry& entry, const std::string& body, const domain::Home& home)
{
    const std::optional<std::string> text = home.text().empty() ? std::nullopt : std::optional(home.text());
    db.run("INSERT INTO ledger_entry (seq, kind, at, actor_role, home, subject_kind, subject, version, revision, body)"
           " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
           entry.seq, entry.kind, entry.at, entry.actor_role, text, entry.subject_kind, entry.subject, entry.version, entry.revision,
           Blob{body});
}

void insert_opening(Connection& db, domain::Seq seq, const domain::Principal& actor, const NewEntry& fresh, const Salts& salts,
                    const Hashed& hashed)
{
    const auto account = actor.account.empty() ? std::nullopt : std::optional(actor.account.value);
    const auto credential = actor.credential.empty() ? std::nullopt : std::optional(actor.credential.value);
    db.run("INSERT INTO ledger_opening (seq, salt, content, actor, credential, actor_salt, recipients, recipients_salt, authority,"
           " authority_salt, statement, statement_salt) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
           seq, salts.content, fresh.content, account, credential, salts.actor, hashed.recipients, salts.recipients, hashed.authority,
           hashed.authority ? std::optional(salts.authority) : std::nullopt, hashed.statement,
           hashed.statement ? std::optional(salts.statement) : std::nullopt);
    if (fresh.hands)
        db.run("INSERT INTO ledger_hands (seq, salt, hands, proposer, credential, proposer_salt) VALUES (?1, ?2, ?3, ?4, ?5, ?6)", seq,
               salts.hands, fresh.hands->text, fresh.hands->proposer, fresh.hands->credential, fresh.hands->proposer_salt);
    for (const auto& recipient : fresh.lost)
        db.run("INSERT INTO ledger_loss (seq, recipient) VALUES (?1, ?2)", seq, recipient);
}

}  // namespace

domain::Seq Transaction::append(const domain::Principal& actor, const NewEntry& fresh)
{
    auto entry = entry_of(fresh, next_seq(), now_text());
    auto salts = draw(random_);
    const bool is_said = !speech_.has_spoken && is_word(fresh.kind, actor, fresh.home);
    if (is_said && speech_.brought) {
        salts.content = speech_.brought->content_salt;
        salts.recipients = speech_.brought->recipients_salt.value_or(salts.recipients);
    }
    const auto hash = [&entry](Part part, const base::Hash& salt, const std::string& value) {
        return ledger::commitment(part, entry.kind, entry.seq, salt, value);
    };
    Hashed hashed;
    entry.commitment = hash(Part::commitment, salts.content, fresh.content);
    if (!actor.account.empty())
        entry.actor_handle = ledger::actor_handle(entry.kind, entry.seq, salts.actor, actor.account.value);
    hashed.authority = authority_of(connection_, actor.account);
    if (hashed.authority)
        entry.authority = hash(Part::authority, salts.authority, *hashed.authority);
    if (fresh.audience) {
        hashed.recipients = domain::recipients_as_json(fresh.audience->recipients);
        entry.recipients = hash(Part::recipients, salts.recipients, *hashed.recipients);
    }
    if (fresh.hands)
        entry.hands = hash(Part::hands, salts.hands, fresh.hands->text);
    if (is_said) {
        speech_.has_spoken = true;
        const WordParts parts{fresh.content, hashed.recipients, salts.content, salts.recipients};
        hashed.statement = signed_word(connection_, speech_, entry, fresh.kind, parts, now_);
    }
    if (hashed.statement)
        entry.statement = hash(Part::statement, salts.statement, *hashed.statement);

    const auto body = ledger::canonical_entry(entry);
    insert(connection_, entry, body, fresh.home);
    insert_opening(connection_, entry.seq, actor, fresh, salts, hashed);
    for (const auto& node : frontier_.append(ledger::leaf_hash(body)))
        connection_.run("INSERT INTO ledger_node (level, position, hash) VALUES (?1, ?2, ?3)", static_cast<int>(node.level),
                        static_cast<std::int64_t>(node.index), node.hash);
    return entry.seq;
}

std::string Transaction::new_record_id(domain::Subject subject, const domain::Home& home, bool is_second)
{
    auto random = new_uuid();  // drawn in any case
    if (!speech_.brought)
        return random;
    auto id = ledger::record_id(home.text(), speech_.brought->content_salt, is_second);
    if (!connection_.query("SELECT 1 FROM ledger_entry WHERE subject_kind = ?1 AND subject = ?2", domain::name_of(subject), id).next())
        return id;
    speech_.refusal = domain::invalid("/statement/content_salt", domain::Rule::statement_salt);  // it has named a record before
    return random;
}

std::string Transaction::said_at_text() const
{
    const auto said = speech_.brought ? domain::from_rfc3339(speech_.brought->said.time) : std::nullopt;
    return domain::to_rfc3339(said.value_or(now_));
}

bool Transaction::attempt(const std::function<bool(Transaction&)>& work)
{
    ledger::Frontier frontier = frontier_;
    Savepoint savepoint(connection_);
    Transaction part(connection_, now_, random_, frontier);
    part.speech_ = speech_;
    if (!work(part)) {
        savepoint.roll_back();
        return false;
    }
    savepoint.commit();
    frontier_ = std::move(frontier);
    speech_ = std::move(part.speech_);
    changed_principals_.merge(part.changed_principals_);
    erased_ = erased_ || part.erased_;
    return true;
}

}  // namespace cbmx::store
