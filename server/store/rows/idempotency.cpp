// The SQL of idempotency records.
#include "store/rows/idempotency.hpp"

namespace cbmx::store {

std::optional<IdempotencyRow> idempotency(Connection& db, const std::string& account, const std::string& key)
{
    auto rows = db.query("SELECT fingerprint, at, status, seq, subject_kind, subject FROM idempotency WHERE account = ?1 AND key = ?2",
                         account, key);
    if (!rows.next())
        return std::nullopt;
    return IdempotencyRow{
        account, key, rows.hash(0), rows.text(1), static_cast<int>(rows.integer(2)), rows.optional_integer(3), rows.text(4), rows.text(5)};
}

void insert_idempotency(Connection& db, const IdempotencyRow& row)
{
    db.run("INSERT INTO idempotency (account, key, fingerprint, at, status, seq, subject_kind, subject) VALUES (?1, ?2, ?3, ?4, ?5, ?6, "
           "?7, ?8)",
           row.account, row.key, row.fingerprint, row.at, row.status, row.seq, row.subject_kind, row.subject);
}

std::int64_t forget_idempotency(Connection& db, const std::string& before)
{
    return db.run("DELETE FROM idempotency WHERE (account, key) IN (SELECT account, key FROM idempotency WHERE at < ?1 LIMIT 1000)",
                  before);
}

std::optional<ClientReference> client_reference(Connection& db, const std::string& account, const std::string& reference)
{
    auto rows = db.query("SELECT fingerprint, subject FROM client_reference WHERE account = ?1 AND reference = ?2", account, reference);
    if (!rows.next())
        return std::nullopt;
    return ClientReference{rows.hash(0), rows.text(1)};
}

void insert_client_reference(Connection& db, const std::string& account, const std::string& reference, const ClientReference& value)
{
    db.run("INSERT INTO client_reference (account, reference, fingerprint, subject) VALUES (?1, ?2, ?3, ?4)", account, reference,
           value.fingerprint, value.subject);
}

}  // namespace cbmx::store
