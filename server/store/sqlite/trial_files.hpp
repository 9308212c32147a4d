// The files of a database as one trial is shown them: database and WAL, both readable, an index of the WAL that is its own, nothing
// beside them, and nothing ever written. No lock is taken: somebody else keeps what is read from being changed (trial.cpp).
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

namespace cbmx::store {

class TrialFiles {
public:
    static constexpr std::uint32_t memory_kib = 64 * 1024;  // of pages, read and written, that a trial may hold

    explicit TrialFiles(std::vector<std::uint32_t> wal_index);  // as wal_index_of makes it
    ~TrialFiles();                                              // after the connection
    TrialFiles(const TrialFiles&) = delete;
    TrialFiles& operator=(const TrialFiles&) = delete;

    const char* name() const;        // under which SQLite knows them
    bool has_refused_write() const;  // the trial held more than its memory

private:
    struct Shown;
    std::unique_ptr<Shown> shown_;
};

}  // namespace cbmx::store
