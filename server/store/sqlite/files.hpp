// The files that a database consists of: the database itself, and what SQLite keeps beside it (WAL, its index, a journal).
#pragma once
#include <filesystem>
#include <optional>
#include <string>

namespace cbmx::store {

bool is_database_file(const std::filesystem::path& file);  // by its first bytes
void remove_database(const std::filesystem::path& file);   // with what stands beside it; what cannot be removed stays

// What would be taken for a database of this name, or for changes to one: the first that exists; nullopt: nothing does.
std::optional<std::filesystem::path> remains_of_database(const std::filesystem::path& file);

// No other connection, of this process or another, has the database open. The next one to open it recovers it from its WAL.
// Throws StoreError when it cannot be read.
bool is_open_nowhere_else(const std::string& path);

}  // namespace cbmx::store
