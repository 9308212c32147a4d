// See new_portal.hpp. The policy's hash is that of its table as people read it: a changed right shows in the ledger.
#include "operation/new_portal.hpp"
#include "base/digest.hpp"
#include "base/embedded.hpp"
#include "json/parse.hpp"
#include "service/accounts/accounts.hpp"
#include "service/accounts/credentials.hpp"
#include "service/registry/seed.hpp"
#include "store/engine.hpp"
#include "store/rows/portal.hpp"
#include <fstream>

namespace cbmx::service {
namespace {

constexpr const char* first_account_name = "Secretariat";
constexpr const char* own_file = "/proc/self/exe";
constexpr std::size_t file_piece_bytes = 64 * 1024;

// Which verifiers this release gives away, by name: whoever has one can tell from the log that it is what everybody got.
nlohmann::json verifier_hashes()
{
    auto hashes = nlohmann::json::object();
    for (const auto& file : base::embedded::verifiers())
        hashes[std::string(file.name)] = base::hex(base::sha256(file.bytes));
    return hashes;
}

std::string policy_hash() { return base::hex(base::sha256(domain::policy_table_as_markdown())); }

void describe(nlohmann::json& record, const Software& software)
{
    record["policy"] = policy_hash();
    record["schema"] = software.schema_hash;
    record["software"] = software.version;
    record["verifiers"] = verifier_hashes();
    record.erase("program");
    if (!software.program.empty())
        record["program"] = software.program;
}

std::string hash_of_file(const char* path)
{
    std::ifstream file(path, std::ios::binary);
    base::Sha256 hash;
    std::vector<char> piece(file_piece_bytes);
    while (file.read(piece.data(), static_cast<std::streamsize>(piece.size())) || file.gcount() > 0)
        hash.add({piece.data(), static_cast<std::size_t>(file.gcount())});
    if (!file.eof())
        throw std::runtime_error("the program cannot read its own file");
    return base::hex(hash.end());
}

}  // namespace

Software this_software(const std::string& version)
{
    static const std::string program = hash_of_file(own_file);
    return {version, program, store::schema_hash(store::embedded_migrations())};
}

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
    nlohmann::json record{
        {"origin", portal.origin}, {"key", ledger::verifier_key_text({portal.origin, portal.log_key})}, {"demo", portal.demo}};
    describe(record, portal.software);
    record_portal(transaction, domain::EventKind::genesis, record, 1);
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

bool note_software(Transaction& transaction, const Software& software)
{
    auto& db = transaction.db();
    const auto row = store::portal_row(db);
    if (!row)
        throw std::runtime_error("the database holds no portal: run cbmx init first");
    auto record = json::parse(row->record);
    if (!record)
        throw std::runtime_error("the portal's own record is not canonical JSON");
    auto changed = *record;
    describe(changed, software);
    store::refresh_event_kinds(db);
    if (changed == *record)
        return false;
    record_portal(transaction, domain::EventKind::portal_changed, changed, row->version + 1);
    return true;
}

}  // namespace cbmx::service
