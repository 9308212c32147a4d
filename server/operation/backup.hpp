// Backup while writing goes on, and restore. Neither counts before the ledger has been verified.
#pragma once
#include "ledger/note.hpp"
#include "service/portal.hpp"
#include "verify/verify.hpp"
#include <filesystem>

namespace cbmx::service {

// Copies the database into a new file (named target only once it has been verified). Throws std::runtime_error with
// one clear sentence: target exists, or the copy does not verify.
VerifyReport backup(const std::filesystem::path& database, const std::filesystem::path& target, const VerifyOptions& options);

struct RestoreOptions {
    std::filesystem::path backup_file;
    std::filesystem::path database;           // to be made; must not exist
    std::filesystem::path outside_directory;  // empty: none is kept
    std::vector<ledger::VerifierKey> trusted_keys;
    bool new_epoch = false;  // when the backup is behind what is kept outside
    ledger::Signer signer;   // of the present log; the new epoch's name is made from its name
    domain::Clock clock;
    base::RandomSource random;
};
struct RestoreReport {
    std::uint64_t entries = 0;
    std::string origin;                              // of the log in the restored database: the name that its key has from now on
    std::optional<std::filesystem::path> old_epoch;  // where the old database file is kept, after a new epoch
};
// Throws std::runtime_error with one clear sentence when it refuses.
RestoreReport restore(const RestoreOptions& options);

std::string next_epoch(const std::string& origin);  // "cbm.example/log" -> "cbm.example/log/epoch-2" -> ".../epoch-3"

}  // namespace cbmx::service
