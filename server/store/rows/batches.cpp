// The SQL of batches.
#include "store/rows/batches.hpp"

namespace cbmx::store {

std::optional<BatchRow> batch_of(Connection& db, const std::string& account, const std::string& id)
{
    auto rows = db.query("SELECT at, result FROM batch WHERE account = ?1 AND id = ?2", account, id);
    if (!rows.next())
        return std::nullopt;
    return BatchRow{.id = id, .account = account, .at = rows.text(0), .result = rows.text(1)};
}

void insert_batch(Connection& db, const BatchRow& row)
{
    db.run("INSERT INTO batch (id, account, at, result) VALUES (?1, ?2, ?3, ?4)", row.id, row.account, row.at, row.result);
}

std::int64_t forget_batches(Connection& db, const std::string& before)
{
    return db.run("DELETE FROM batch WHERE id IN (SELECT id FROM batch WHERE at < ?1 LIMIT 1000)", before);
}

}  // namespace cbmx::store
