// The SQL of batches.
#include "store/rows/batches.hpp"

namespace cbmx::store {

std::optional<BatchRow> batch_of(Connection& db, const std::string& account, const std::string& id)
{
    auto rows = db.query("SELECT at, goal, mode, items FROM batch WHERE account = ?1 AND id = ?2", account, id);
    if (!rows.next())
        return std::nullopt;
    return BatchRow{.id = id, .account = account, .at = rows.text(0), .goal = rows.text(1), .mode = rows.text(2), .items = rows.integer(3)};
}

std::int64_t items_done(Connection& db, const std::string& batch)
{
    auto rows = db.query("SELECT coalesce(sum(items), 0) FROM batch_part WHERE batch = ?1", batch);
    return rows.next() ? rows.integer(0) : 0;
}

std::vector<std::string> results_of(Connection& db, const std::string& batch)
{
    std::vector<std::string> results;
    auto rows = db.query("SELECT result FROM batch_part WHERE batch = ?1 ORDER BY first", batch);
    while (rows.next())
        results.push_back(rows.text(0));
    return results;
}

void insert_batch(Connection& db, const BatchRow& row)
{
    db.run("INSERT INTO batch (id, account, at, goal, mode, items) VALUES (?1, ?2, ?3, ?4, ?5, ?6)", row.id, row.account, row.at, row.goal,
           row.mode, row.items);
}

void insert_batch_part(Connection& db, const BatchPart& part)
{
    db.run("INSERT INTO batch_part (batch, first, items, result) VALUES (?1, ?2, ?3, ?4)", part.batch, part.first, part.items, part.result);
}

std::int64_t forget_batches(Connection& db, const std::string& before)
{
    return db.run("DELETE FROM batch WHERE id IN (SELECT id FROM batch WHERE at < ?1 LIMIT 1000)", before);
}

}  // namespace cbmx::store
