// See new_portal.hpp. The policy's hash is that of its table as people read it: a changed right shows in the ledger.
#include "operation/new_portal.hpp"
#include "base/embedded.hpp"
#include "json/parse.hpp"
#include "service/accounts/accounts.hpp"
#include "service/accounts/credentials.hpp"
#include "service/registry/seed.hpp"
#include "store/rows/portal.hpp"

namespace cbmx::service {
namespace {

constexpr const char* first_account_name = "Secretariat";

// Which verifiers this release gives away, by name: whoever has one can tell from the log that it is what everybody got.
nlohmann::json verifier_hashes()
{
    auto hashes = nlohmann::json::object();
    for (const auto& file : base::embedded::verifiers())
        hashes[std::string(file.name)] = base::hex(base::sha256(file.bytes));
    return hashes;
}

std::string policy_hash() { return base::hex(base::sha256(domain::policy_table_as_markdown())); }

}  // namespace

Seq record_portal(Transaction& transaction, domain::EventKind kind, const nlohmann::json& record, std::int64_t version)
{
    const auto content = json::canonical(record);
    store::put_portal_row(transaction.db(), {content, version});
    return transaction.append(domain::machine_operator(), {.kind = kind,
                                                           .subject = domain::portal_id,
                                                           .acting_role = domain::ActingRole::of_operator(),
                                                           .version = version,
                                                           .content = content});
}

Result<Outcome> create_portal(Transaction& transaction, const NewPortal& portal)
{
    auto& db = transaction.db();
    if (transaction.next_seq() != 0)
        return Error{ErrorCode::conflict, {{"", Rule::already_exists}}};
    store::refresh_event_kinds(db);
    store::insert_log_key(db, {portal.origin, portal.log_key});
    record_portal(transaction, domain::EventKind::genesis,
                  {{"origin", portal.origin},
                   {"key", ledger::verifier_key_text({portal.origin, portal.log_key})},
                   {"policy", policy_hash()},
                   {"schema", portal.schema_hash},
                   {"software", portal.software},
                   {"verifiers", verifier_hashes()},
                   {"demo", portal.demo}},
                  1);
    const auto machine = domain::machine_operator();
    seed_registry(transaction, machine);
    if (portal.demo && portal.with_terms)
        seed_demonstration_terms(transaction, machine);
    auto account = create_account(transaction, machine,
                                  {domain::Home::of_office(domain::Office::secretariat),
                                   first_account_name,
                                   {std::string(domain::name_of(domain::Role::secretariat))}});
    if (!account)
        return account.error();
    const TokenDraft token{.fingerprint = portal.first_token, .label = "first token", .scopes = all_token_scopes()};
    auto credential = issue_token(transaction, machine, domain::AccountId(account->id), token);
    if (!credential)
        return credential.error();
    return account;
}

bool note_software(Transaction& transaction, const std::string& software, const std::string& schema_hash)
{
    auto& db = transaction.db();
    const auto row = store::portal_row(db);
    if (!row)
        throw std::runtime_error("the database holds no portal: run cbmx init first");
    auto record = json::parse(row->record);
    if (!record)
        throw std::runtime_error("the portal's own record is not canonical JSON");
    auto changed = *record;
    changed["policy"] = policy_hash();
    changed["schema"] = schema_hash;
    changed["software"] = software;
    changed["verifiers"] = verifier_hashes();
    store::refresh_event_kinds(db);
    if (changed == *record)
        return false;
    record_portal(transaction, domain::EventKind::portal_changed, changed, row->version + 1);
    return true;
}

}  // namespace cbmx::service
