// SQL of signing keys.
#include "store/rows/signing_keys.hpp"

namespace cbmx::store {
namespace {

constexpr SqlText select_keys =
    "SELECT id, state, public_key, fingerprint, label, status, created_at, version, seq, use, name, revoked_at, shown_by, shown,"
    " (SELECT MIN(e.seq) FROM ledger_entry e WHERE e.subject_kind = 'signing_key' AND e.subject = signing_key.id) FROM signing_key";

SigningKeyRow row_from(const Rows& rows)
{
    return {.id = rows.id<domain::SigningKeyId>(0),
            .state = rows.id<domain::StateCode>(1),
            .public_key = rows.text(2),
            .fingerprint = rows.hash(3),
            .label = rows.text(4),
            .status = rows.named<domain::SigningKeyStatus>(5),
            .created_at = rows.text(6),
            .version = rows.integer(7),
            .seq = rows.integer(8),
            .use = rows.named<domain::SigningKeyUse>(9),
            .name = rows.optional_text(10),
            .revoked_at = rows.optional_text(11),
            .shown_by = rows.is_null(12) ? std::nullopt : std::optional(rows.named<domain::KeyShownBy>(12)),
            .shown = rows.optional_text(13),
            .registered_seq = rows.optional_integer(14).value_or(0)};
}

std::optional<SigningKeyRow> first_of(Rows rows) { return rows.next() ? std::optional(row_from(rows)) : std::nullopt; }

std::vector<SigningKeyRow> all_of(Rows rows)
{
    std::vector<SigningKeyRow> found;
    while (rows.next())
        found.push_back(row_from(rows));
    return found;
}

}  // namespace

std::optional<SigningKeyRow> find_signing_key(Connection& connection, const domain::SigningKeyId& id)
{
    static constexpr auto statement = select_keys + " WHERE id = ?1";
    return first_of(connection.query(statement, id));
}

std::optional<SigningKeyRow> find_signing_key(Connection& connection, const domain::StateCode& state, const domain::SigningKeyId& id)
{
    static constexpr auto statement = select_keys + " WHERE id = ?1 AND state = ?2";
    return first_of(connection.query(statement, id, state));
}

std::optional<SigningKeyRow> find_signing_key(Connection& connection, const domain::StateCode& state, const base::Hash& fingerprint)
{
    static constexpr auto statement = select_keys + " WHERE state = ?1 AND fingerprint = ?2";
    return first_of(connection.query(statement, state, fingerprint));
}

std::vector<SigningKeyRow> public_keys_after(Connection& connection, const std::optional<domain::StateCode>& state,
                                             const std::string& after, std::int64_t limit)
{
    static constexpr auto of_one = select_keys + " WHERE state = ?1 AND id > ?2 ORDER BY id LIMIT ?3";
    static constexpr auto of_all = select_keys + " WHERE id > ?1 ORDER BY id LIMIT ?2";
    return all_of(state ? connection.query(of_one, *state, after, limit) : connection.query(of_all, after, limit));
}

std::int64_t active_statement_keys(Connection& connection, const domain::StateCode& state)
{
    auto rows = connection.query("SELECT COUNT(*) FROM signing_key WHERE state = ?1 AND use = 'statements' AND status = 'active'", state);
    rows.next();
    return rows.integer(0);
}

void insert_signing_key(Connection& connection, const SigningKeyRow& row)
{
    connection.run(
        "INSERT INTO signing_key (id, state, public_key, fingerprint, label, status, created_at, version, seq, use, name, revoked_at,"
        " shown_by, shown) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        row.id, row.state, row.public_key, row.fingerprint, row.label, row.status, row.created_at, row.version, row.seq, row.use, row.name,
        row.revoked_at, row.shown_by, row.shown);
}

bool update_signing_key(Connection& connection, const SigningKeyRow& row)
{
    return connection.run("UPDATE signing_key SET status = ?2, version = ?3, seq = ?4, revoked_at = ?5 WHERE id = ?1 AND version = ?3 - 1",
                          row.id, row.status, row.version, row.seq, row.revoked_at) == 1;
}

std::vector<SigningKeyRow> witnesses_of(Connection& connection, const domain::StateCode& state)
{
    static constexpr auto statement = select_keys + " WHERE use = 'witness' AND state = ?1 ORDER BY seq, id";
    return all_of(connection.query(statement, state));
}

std::vector<SigningKeyRow> witnesses_named(Connection& connection, const std::string& name)
{
    static constexpr auto statement = select_keys + " WHERE use = 'witness' AND name = ?1 ORDER BY seq, id";
    return all_of(connection.query(statement, name));
}

bool has_witness_key(Connection& connection, const base::Hash& fingerprint)
{
    return connection.query("SELECT 1 FROM signing_key WHERE use = 'witness' AND fingerprint = ?1", fingerprint).next();
}

std::vector<SigningKeyRow> witnesses_after(Connection& connection, const std::string& key, std::int64_t limit)
{
    static constexpr auto statement = select_keys + " WHERE use = 'witness' AND name || ' ' || id > ?1 ORDER BY name || ' ' || id LIMIT ?2";
    return all_of(connection.query(statement, key, limit));
}

std::string witness_key(const SigningKeyRow& row) { return row.name.value_or("") + " " + row.id.value; }

}  // namespace cbmx::store
