// What must be read from bytes before a nomination is taken: the public keys (GnuPG, OpenSSL) and the signed note.
// Belongs on a worker's thread, away from the writer's and the I/O threads: it starts gpg and may wait for it. Nothing is
// written but a private directory that is gone afterwards, nothing asked over the network, no agent and no keyring involved.
// inspection.cpp looks at files and certificates, openpgp.cpp runs gpg.
#pragma once
#include "domain/clock.hpp"
#include "domain/error.hpp"
#include "service/paper.hpp"
#include <chrono>
#include <cstddef>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace cbmx::service {

inline constexpr std::chrono::milliseconds key_time_limit{5'000};  // for all OpenPGP keys of one nomination together

struct KeyFacts {
    std::string fingerprint;  // upper-case hex: of the OpenPGP primary key (40 or 64), or SHA-256 of the certificate's DER (64)
    std::optional<std::string> expires_at;  // RFC 3339; nullopt: never
};

struct Inspection {
    std::map<std::string, KeyFacts> keys;  // by the key's text as sent; those without a fault
    std::optional<FileFacts> file;
    std::vector<domain::Violation> violations;
};

bool takes_long_to_examine(const nlohmann::json& nomination);  // it carries keys or a file

// nomination: valid by nomination-create. All faults at once, at "/fields/keys/N/key" and "/note/file/content": key_unreadable,
// key_secret, key_ended; too_long (limit in bytes), file_type. Safe from many threads at once.
// Throws std::runtime_error when gpg cannot be used, or gpg gives no answer in time; whatever was started is then killed.
Inspection inspect_keys(const nlohmann::json& nomination, domain::Instant now, std::chrono::milliseconds time_limit = key_time_limit);

}  // namespace cbmx::service
