// The private keys of a log that are at hand. Which of them sign is not theirs to say: the table of the log's keys does.
// Copies share what is in them. Any thread.
#pragma once
#include "ledger/note.hpp"
#include <memory>
#include <mutex>

namespace cbmx::ledger {

class KeyRing {
public:
    KeyRing() = default;
    KeyRing(Signer only) { add(std::move(only)); }
    void add(Signer signer) const;  // one that is there already is left as it is
    bool holds(const base::Ed25519Public& key) const;
    // Those of the log's keys that have not ended, in their order and under their names; for a log that names none yet, the
    // first at hand. Throws std::runtime_error when one of them is not at hand.
    std::vector<Signer> signing(const std::vector<VerifierKey>& keys) const;

private:
    struct Shared {
        std::mutex mutex;
        std::vector<Signer> signers;
    };
    std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
};

}  // namespace cbmx::ledger
