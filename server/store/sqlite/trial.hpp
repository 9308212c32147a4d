// A private copy of the last committed state, which may be written to: nothing of it is kept, nobody waits for it, and it waits for
// nobody. It costs what it reads and changes, and never the whole database.
#pragma once
#include "store/sqlite/scopes.hpp"
#include "store/sqlite/trial_files.hpp"
#include "store/sqlite/wal_state.hpp"
#include <optional>

namespace cbmx::store {

// Begins a read transaction, ending the one before, and gives the index by which a trial finds its state (wal_index_of). As long as the
// transaction lasts, nothing of that state is overwritten. Throws StoreError.
std::vector<std::uint32_t> hold_state(Connection& reader, std::optional<ReadScope>& scope);

class Trial {
public:
    // wal_index: hold_state's of a reader of this file, whose transaction outlives the trial.
    Trial(const std::string& path, std::vector<std::uint32_t> wal_index) : files_(std::move(wal_index)), connection_(path, files_) {}
    Connection& db() { return connection_; }
    bool is_too_large() const { return files_.has_refused_write(); }  // it held more than TrialFiles::memory_kib, and has failed

private:
    TrialFiles files_;
    Connection connection_;
};

}  // namespace cbmx::store
