// SQL of signing keys.
#include "store/signing_keys.hpp"

namespace cbmx::store {
namespace {

SigningKeyRow row_from(const Rows& rows)
{
    return {rows.text(0), rows.text(1), rows.text(2), rows.hash(3), rows.text(4), rows.text(5), rows.text(6), rows.integer(7), rows.integer(8)};
}

std::optional<SigningKeyRow> first_of(Rows rows)
{
    return rows.next() ? std::optional(row_from(rows)) : std::nullopt;
}

}  // namespace

std::optional<SigningKeyRow> find_signing_key(Connection& connection, const std::string& id)
{
    return first_of(connection.query("SELECT id, state, public_key, fingerprint, label, status, created_at, version, seq FROM signing_key WHERE id = ?1", id));
}

std::optional<SigningKeyRow> find_signing_key(Connection& connection, const std::string& state, const std::string& id)
{
    return first_of(connection.query("SELECT id, state, public_key, fingerprint, label, status, created_at, version, seq FROM signing_key"
                                     " WHERE id = ?1 AND state = ?2",
                                     id, state));
}

std::optional<SigningKeyRow> find_signing_key(Connection& connection, const std::string& state, const base::Hash& fingerprint)
{
    return first_of(connection.query("SELECT id, state, public_key, fingerprint, label, status, created_at, version, seq FROM signing_key"
                                     " WHERE state = ?1 AND fingerprint = ?2",
                                     state, fingerprint));
}

std::vector<SigningKeyRow> signing_keys_after(Connection& connection, const std::string& state, const std::string& id, std::int64_t limit)
{
    auto rows = connection.query("SELECT id, state, public_key, fingerprint, label, status, created_at, version, seq FROM signing_key"
                                 " WHERE state = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
                                 state, id, limit);
    std::vector<SigningKeyRow> found;
    while (rows.next())
        found.push_back(row_from(rows));
    return found;
}

void insert_signing_key(Connection& connection, const SigningKeyRow& row)
{
    connection.run("INSERT INTO signing_key (id, state, public_key, fingerprint, label, status, created_at, version, seq)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                   row.id, row.state, row.public_key, row.fingerprint, row.label, row.status, row.created_at, row.version, row.seq);
}

bool update_signing_key(Connection& connection, const SigningKeyRow& row)
{
    return connection.run("UPDATE signing_key SET status = ?2, version = ?3, seq = ?4 WHERE id = ?1 AND version = ?3 - 1", row.id, row.status,
                          row.version, row.seq) == 1;
}

}  // namespace cbmx::store
