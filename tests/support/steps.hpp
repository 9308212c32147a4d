// How the database runs a statement: its plan, and the instructions of SQLite's machine that some work takes.
#pragma once
#include "store/connection.hpp"
#include <sqlite3.h>
#include <string>
#include <vector>

namespace cbmx::test {

template <class Work>
std::int64_t steps_of(store::Connection& db, const Work& work)
{
    std::int64_t steps = 0;
    sqlite3_progress_handler(
        db.handle(), 1,
        [](void* count) {
            ++*static_cast<std::int64_t*>(count);
            return 0;
        },
        &steps);
    work();
    sqlite3_progress_handler(db.handle(), 0, nullptr, nullptr);
    return steps;
}

// What a walk along an index may cost more where another caller's row stands behind its last instead of nothing: that row is compared
// once, at the end of each index that is read.
inline constexpr std::int64_t steps_at_the_ends = 10;

// The lines of EXPLAIN QUERY PLAN.
inline std::vector<std::string> plan_of(store::Connection& db, store::Sql statement)
{
    std::vector<std::string> lines;
    sqlite3_stmt* plan = nullptr;
    const auto text = std::string("EXPLAIN QUERY PLAN ").append(statement.text);
    if (sqlite3_prepare_v2(db.handle(), text.c_str(), -1, &plan, nullptr) != SQLITE_OK)
        return {"TEMP B-TREE of what cannot be prepared: " + text};
    while (sqlite3_step(plan) == SQLITE_ROW)
        lines.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(plan, 3)));
    sqlite3_finalize(plan);
    return lines;
}

}  // namespace cbmx::test
