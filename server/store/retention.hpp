// THE RETENTION TABLE: for every table, what is kept how long and what erasure removes. A test compares it with the
// schema: a table without a row does not pass.
#pragma once
#include <span>
#include <string>
#include <string_view>

namespace cbmx::store {

struct RetentionRow {
    std::string_view table;
    std::string_view kept;
    std::string_view erasure;
};

std::span<const RetentionRow> retention();
std::string retention_as_markdown();

}  // namespace cbmx::store
