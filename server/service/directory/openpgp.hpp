// Reads one OpenPGP key with GnuPG, without importing it. Used by inspection.cpp, which holds the rules.
#pragma once
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

namespace cbmx::service {

struct OpenPgpKey {
    std::string fingerprint;                          // upper-case hex, as gpg prints it
    std::optional<std::chrono::sys_seconds> expires;  // of the primary key
    bool ended = false;                               // revoked or disabled; whether expired is the caller's to say
    bool invalid = false;                             // no user id that the key itself has signed: damaged or put together by others
};

struct OpenPgpListing {
    std::size_t primary_keys = 0;
    OpenPgpKey first;     // when primary_keys > 0
    bool secret = false;  // there was secret key material, in whichever of them
};

// What gpg finds in the text; nothing when it is no key. Starts gpg in a new empty home that only this user may enter, offline and
// without agent, and removes the home. Any thread. Throws std::runtime_error when gpg cannot be started, fails, or the deadline passes.
OpenPgpListing list_openpgp(const std::string& armored, std::chrono::steady_clock::time_point deadline);

}  // namespace cbmx::service
