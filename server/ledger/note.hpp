// C2SP signed-note with Ed25519 keys (type 1), and the checkpoint (C2SP tlog-checkpoint) that is its usual text.
// Pure, any thread.
#pragma once
#include "base/ed25519.hpp"
#include "ledger/merkle.hpp"
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cbmx::ledger {

// The log's key behind a function, so that it may live in another process or in hardware.
struct Signer {
    std::string name;  // key name = the log's origin; no space, no '+'
    base::Ed25519Public public_key{};
    std::function<base::Ed25519Signature(std::string_view message)> sign;
};

struct VerifierKey {
    std::string name;
    base::Ed25519Public public_key{};
    // The entries, by number, whose checkpoints it signs: those that end with one of them. Unless the log says otherwise: all.
    std::int64_t from_seq = 0;
    std::optional<std::int64_t> until_seq = {};

    bool signs(std::uint64_t size) const
    {
        const auto last = static_cast<std::int64_t>(size) - 1;
        return (from_seq == 0 || last >= from_seq) && (!until_seq || last <= *until_seq);
    }
    bool operator==(const VerifierKey&) const = default;
};

std::uint32_t key_id(std::string_view name, const base::Ed25519Public& key);  // first 4 bytes of SHA-256(name "\n" 0x01 key)
std::string verifier_key_text(const VerifierKey& key);                        // "<name>+<hex id>+<base64(0x01 key)>"
std::optional<VerifierKey> parse_verifier_key(std::string_view text);

// text ends with a newline; the result is a whole note.
std::string sign_note(std::string_view text, const std::vector<Signer>& signers);  // a line each, in their order
std::string sign_note(std::string_view text, const Signer& signer);
// The text when at least one signature is by one of the keys and no signature by one of them is wrong; else nullopt.
std::optional<std::string> open_note(std::string_view note, const std::vector<VerifierKey>& keys);

struct Checkpoint {
    std::string origin;
    std::uint64_t size = 0;
    Hash root{};
};

std::string checkpoint_text(const Checkpoint& checkpoint);
std::optional<Checkpoint> parse_checkpoint_text(std::string_view text);  // extension lines allowed and ignored
std::string sign_checkpoint(const Checkpoint& checkpoint, const std::vector<Signer>& signers);
std::string sign_checkpoint(const Checkpoint& checkpoint, const Signer& signer);
// As open_note; nor may one of the keys have signed it before its time or after.
std::optional<Checkpoint> open_checkpoint(std::string_view note, const std::vector<VerifierKey>& keys);

}  // namespace cbmx::ledger
