// See same_state.hpp. Nobody can hold the writer up from a read-only connection; but SQLite shows whether it has written in between.
#include "store/sqlite/same_state.hpp"
#include "store/sqlite/faults.hpp"

namespace cbmx::store {
namespace {

constexpr int max_attempts = 1'000;  // each takes less than a millisecond; a commit waits for the disk

// Another value than before: another connection has committed something.
std::int64_t data_version(Connection& connection)
{
    auto rows = connection.query("PRAGMA data_version");
    rows.next();
    return rows.integer(0);
}

}  // namespace

std::vector<std::unique_ptr<Connection>> open_in_one_state(const std::string& path, std::size_t count, std::size_t cache_kib)
{
    std::vector<std::unique_ptr<Connection>> list;
    for (std::size_t i = 0; i < count; ++i) {
        list.push_back(std::make_unique<Connection>(path, OpenMode::read_only));
        list.back()->run_script("PRAGMA cache_size = -" + std::to_string(cache_kib));
    }
    Connection watch(path, OpenMode::read_only);
    for (int attempt = 0; attempt < max_attempts; ++attempt) {
        check_is_database(watch);
        const auto before = data_version(watch);
        for (const auto& connection : list) {
            connection->run_script("BEGIN");
            check_is_database(*connection);  // reads: the state that it sees is fixed from here on
        }
        if (data_version(watch) == before)
            return list;
        for (const auto& connection : list)
            connection->run_script("COMMIT");
    }
    list.resize(1);
    list.front()->run_script("BEGIN");
    return list;
}

}  // namespace cbmx::store
