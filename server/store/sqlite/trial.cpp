// See trial.hpp. A reader's transaction keeps the WAL from being restarted, and the frames that it reads from being overwritten. But
// where all of the WAL stood in the database file when it began, SQLite lets it read that file alone, and the WAL goes on without it:
// then the file is the state, which nobody changes under that reader. Which of the two it is, is told by the WAL-index before and after.
#include "store/sqlite/trial.hpp"
#include "store/sqlite/faults.hpp"

namespace cbmx::store {
namespace {

constexpr int max_attempts = 1'000;  // each takes some microseconds; a commit waits for the disk

}  // namespace

std::vector<std::uint32_t> hold_state(Connection& reader, std::optional<ReadScope>& scope)
{
    scope.reset();
    check_is_database(reader);  // reads: what is looked at below is there
    for (int attempt = 0; attempt < max_attempts; ++attempt) {
        scope.reset();
        const auto before = wal_state(reader);
        scope.emplace(reader);
        check_is_database(reader);  // the state is fixed from here on
        const auto after = wal_state(reader);
        if (!before || !after || before->header != after->header)
            continue;
        if (after->copied < after->frames)
            return wal_index_of(reader, *after, false);
        if (before->copied == before->frames)
            return wal_index_of(reader, *after, true);
    }
    scope.reset();
    throw StoreError(StoreFault::busy, 0, "the database is never at rest for long enough to try something out");
}

}  // namespace cbmx::store
