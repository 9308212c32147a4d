// THE RETENTION TABLE: for every table, what is kept how long and what erasure removes. A test compares it with the
// schema: a table without a row does not pass.
#pragma once
#include "domain/subject.hpp"
#include <span>
#include <string>
#include <string_view>

namespace cbmx::store {

struct RetentionRow {
    std::string_view table;
    domain::Cell<std::optional<domain::Subject>> subject;  // whose rows they are; nullopt: the log's or the machine's own
    std::string_view kept;
    std::string_view erasure;
};

std::span<const RetentionRow> retention();
std::string retention_as_markdown();

}  // namespace cbmx::store
