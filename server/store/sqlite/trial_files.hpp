// The files of a database as one trial is shown them: the database and as much of its WAL as is given, both readable, nothing beside
// them, and nothing ever written. No lock is taken: somebody else keeps what is read from being changed (trial.cpp).
#pragma once
#include <cstdint>
#include <memory>

namespace cbmx::store {

class TrialFiles {
public:
    static constexpr std::uint32_t memory_kib = 64 * 1024;  // of pages, read and written, that a trial may hold

    // wal_bytes: where the WAL ends; 0: there is none.
    explicit TrialFiles(std::int64_t wal_bytes);
    ~TrialFiles();  // after the connection
    TrialFiles(const TrialFiles&) = delete;
    TrialFiles& operator=(const TrialFiles&) = delete;

    const char* name() const;        // under which SQLite knows them
    bool has_refused_write() const;  // the trial held more than its memory

private:
    struct Shown;
    std::unique_ptr<Shown> shown_;
};

}  // namespace cbmx::store
