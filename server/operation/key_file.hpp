// The file with the log's keys, outside the data directory and its backups: PEM, a block a key. Private keys first: the
// present one, then others that sign with it or are about to. Public ones below them signed before, and may not any more;
// what they signed is still believed by everyone who has this file. A file with one private key, as init makes it, is the simplest.
// Which keys sign is in the database alone (table log_key): the order here is for people, and for a new epoch.
#pragma once
#include "base/ed25519.hpp"
#include "ledger/key_ring.hpp"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cbmx::service {

struct KeyFile {
    std::vector<base::Ed25519Key> keys;  // at least one
    std::vector<base::Ed25519Public> former;

    void add_to(const ledger::KeyRing& ring, const std::string& origin) const;
    ledger::KeyRing ring(const std::string& origin) const;
    std::vector<ledger::VerifierKey> verifiers(const std::string& origin) const;  // private and public
};

std::optional<KeyFile> parse_key_file(std::string_view pem);  // nullopt: not Ed25519 keys in PEM, or no private one
std::string text_of(const KeyFile& file);
// Throws std::runtime_error with one sentence.
KeyFile read_key_file(const std::string& path);
// As a whole or not at all, mode 0600; it stays its owner's. Throws std::system_error.
void write_key_file(const std::string& path, const KeyFile& file);

// The file in order, as the log's keys stand (store::log_keys): of what has ended nothing but its public half. Keys that the log
// does not know stay at the end: a database that was put back knows less than the file.
KeyFile in_order(const KeyFile& file, const std::vector<ledger::VerifierKey>& of_log);

}  // namespace cbmx::service
