// The parts of a signed note that every type of key shares: names, key IDs, signature lines. What the lines of a log's own
// key say is ledger/note.hpp, what those of witnesses say ledger/cosignature.hpp. Pure, any thread.
#pragma once
#include "base/ed25519.hpp"
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cbmx::ledger {

// The byte that says what a key signs (c2sp.org/signed-note, signature types).
enum class KeyType : char { ed25519 = 0x01, cosigner = 0x04 };

struct SignatureLine {
    std::string_view name;
    std::string id;     // 4 bytes
    std::string bytes;  // what the key's type makes of them
};

struct SplitNote {
    std::string_view text;  // ends with a newline
    std::vector<SignatureLine> lines;
};

// A whole note in its two parts, views into it; nullopt unless every line below the last empty one is a signature.
std::optional<SplitNote> split_note(std::string_view note);

std::vector<std::string_view> lines_of(std::string_view text);  // of a text in which each, the last too, ends with a newline

bool is_note_text(std::string_view text);
bool is_key_name(std::string_view name);  // UTF-8, without '+', Unicode white space or control characters
std::string id_bytes(std::uint32_t id);   // big-endian
std::string signature_line(std::string_view name, std::string_view id_and_bytes);  // with its newline

std::uint32_t typed_key_id(std::string_view name, KeyType type, const base::Ed25519Public& key);
std::string typed_key_text(std::string_view name, KeyType type, const base::Ed25519Public& key);  // "<name>+<hex id>+<base64(type key)>"
struct NamedKey {
    std::string name;
    base::Ed25519Public public_key{};
};
std::optional<NamedKey> parse_typed_key(std::string_view text, KeyType type);

}  // namespace cbmx::ledger
