// A range of the log, looked at by itself: what can be said of an entry and of a checkpoint without what stands before them. What
// remains (time, tree, erasures) is verify_log.cpp's.
#pragma once
#include "domain/event.hpp"
#include "ledger/note.hpp"
#include "store/log/authority.hpp"
#include "store/log/ranges.hpp"
#include <exception>
#include <map>
#include <string>
#include <vector>

namespace cbmx::service {

// One thing that is wrong; stands before or after what verify/log.cpp reports about the same entry.
struct EntryFault {
    std::size_t entry = 0;  // place in the range
    bool of_opening = false;
    std::string what;
};

enum class LeafState { right, missing, wrong };

struct CheckedEntry {
    domain::Seq seq = 0;
    base::Hash leaf{};  // the stored one where there is one: so that one changed entry is one fault
    LeafState leaf_state = LeafState::right;
    bool is_canonical = false;  // if not, nothing below
    std::string at;
    std::optional<domain::EventKind> kind;
    bool lacks_content = false, lacks_actor = false, lacks_recipients = false;
    std::string subject_kind, subject;  // where something is lacking, or was erased
};

struct CheckedCheckpoint {
    store::CheckpointRow row;
    std::optional<ledger::Checkpoint> opened;       // signed as it must be
    std::optional<ledger::VerifierKey> silent_key;  // whose time it was, and which did not sign
};

struct CheckedRange {
    std::vector<CheckedCheckpoint> checkpoints;
    std::vector<CheckedEntry> entries;
    std::vector<EntryFault> faults;  // in order of the entries
    std::exception_ptr broken_off;   // what is above is what could be read
};

struct LogRange {
    domain::Seq first = 0, last = 0;                         // both included
    std::int64_t first_checkpoint = 0, last_checkpoint = 0;  // their sizes, likewise
};

// What the rows and the entries say of accounts; with it each entry's actor is compared.
struct KnownAccounts {
    std::map<std::string, std::string, std::less<>> of_credential;
    store::AuthorityHistory authorities;
};

// accounts: nullptr where the rows beside the log are not looked at.
CheckedRange check_range(store::Connection& db, const LogRange& range, const std::vector<ledger::VerifierKey>& keys,
                         const KnownAccounts* accounts);

}  // namespace cbmx::service
