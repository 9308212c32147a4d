// Several connections to one database that all see one state of it, while others go on writing: what is read side by side fits
// together.
#pragma once
#include "store/sqlite/sqlite.hpp"
#include <memory>
#include <vector>

namespace cbmx::store {

// Read-only, each in a transaction of its own; as many as asked for, or one where the database is never at rest for long enough.
// cache_kib: of pages, for each. Throws StoreError when the file cannot be opened or is not a database.
std::vector<std::unique_ptr<Connection>> open_in_one_state(const std::string& path, std::size_t count, std::size_t cache_kib);

}  // namespace cbmx::store
