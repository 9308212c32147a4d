// C2SP tlog-cosignature v1 with Ed25519 (key type 4): what a witness says about a checkpoint, in a line below the log's own.
// It says: at that time this was the largest tree of the log that I had seen, and all smaller ones that I had seen are
// beginnings of it. Pure, any thread.
#pragma once
#include "ledger/note.hpp"

namespace cbmx::ledger {

inline constexpr std::size_t cosignature_bytes = 4 + 8 + 64;
inline constexpr std::uint64_t max_cosignature_time = (std::uint64_t{1} << 63) - 1;

// A line's bytes: key ID, time, signature, in this order.
struct Cosignature {
    std::uint32_t key_id = 0;
    std::uint64_t time = 0;  // POSIX seconds
    base::Ed25519Signature signature{};
};

std::string bytes_of(const Cosignature& cosignature);
std::optional<Cosignature> parse_cosignature(std::string_view bytes);  // nullopt: another length, or a time that the specification forbids
std::string cosignature_line(std::string_view name, std::string_view bytes);  // with its newline: appended to a checkpoint's note

std::uint32_t cosigner_key_id(std::string_view name, const base::Ed25519Public& key);  // first 4 bytes of SHA-256(name "\n" 0x04 key)
std::string cosigner_key_text(const VerifierKey& key);                                 // "<name>+<hex id>+<base64(0x04 key)>"
std::optional<VerifierKey> parse_cosigner_key(std::string_view text);                  // its inverse, for tests

// What is signed: text is the whole body of the checkpoint, with its last newline.
std::string cosigned_message(std::string_view checkpoint_text, std::uint64_t time);
bool verify_cosignature(const VerifierKey& witness, std::string_view checkpoint_text, const Cosignature& cosignature);

// What the lines of a note say about one witness: those that carry its name and key ID are its own.
struct Witnessed {
    bool is_wrong = false;          // a line of its own does not verify: no line of it counts
    std::optional<Cosignature> by;  // the first of its own; no value: there is none, or is_wrong
};
Witnessed witnessed_by(std::string_view note, const VerifierKey& witness);

}  // namespace cbmx::ledger
