// Signed notes (c2sp.org/signed-note) and checkpoints (c2sp.org/tlog-checkpoint). The contract is ledger/note.hpp.
// Parsing is strict: whatever would not come out of the writing side again is refused.
#include "ledger/note.hpp"
#include "json/text.hpp"
#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace cbmx::ledger {
namespace {

constexpr std::size_t max_note_bytes = 1'000'000;
constexpr std::size_t max_signatures = 100;
constexpr std::size_t key_id_bytes = 4;
constexpr char ed25519_type = 0x01;
constexpr std::string_view dash = "\u2014 ";  // em dash, space: opens a signature line

std::string id_bytes(std::uint32_t id)
{
    return {static_cast<char>(id >> 24), static_cast<char>(id >> 16), static_cast<char>(id >> 8), static_cast<char>(id)};
}

std::string typed_key(const base::Ed25519Public& key)
{
    return ed25519_type + std::string(base::as_chars(key));
}

bool is_note_text(std::string_view text)
{
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n'; };
    return text.ends_with('\n') && json::is_utf8(text) && std::none_of(text.begin(), text.end(), is_control);
}

// UTF-8, without '+', Unicode white space or control characters.
bool is_key_name(std::string_view name)
{
    static constexpr std::string_view spaces[]{"\u0085", "\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006",
                                               "\u2007", "\u2008", "\u2009", "\u200a", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000"};
    const auto is_refused = [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == '+'; };
    const auto occurs = [name](std::string_view space) { return name.find(space) != std::string_view::npos; };
    return !name.empty() && json::is_utf8(name) && std::none_of(name.begin(), name.end(), is_refused)
        && std::none_of(std::begin(spaces), std::end(spaces), occurs);
}

struct Signature {
    std::string_view name;
    std::string id;
    std::string bytes;
};

// A line without its newline.
std::optional<Signature> parse_signature_line(std::string_view line)
{
    if (!line.starts_with(dash))
        return std::nullopt;
    line.remove_prefix(dash.size());
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos || !is_key_name(line.substr(0, space)))
        return std::nullopt;
    const auto decoded = base::from_base64(line.substr(space + 1));
    if (!decoded || decoded->size() <= key_id_bytes)
        return std::nullopt;
    return Signature{line.substr(0, space), decoded->substr(0, key_id_bytes), decoded->substr(key_id_bytes)};
}

// The lines of a text in which each, the last too, ends with a newline.
std::vector<std::string_view> lines_of(std::string_view text)
{
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        lines.push_back(text.substr(0, end));
        text.remove_prefix(end + 1);
    }
    return lines;
}

enum class Verdict { unknown_key, valid, wrong };

Verdict judge(std::string_view text, const Signature& signature, const std::vector<VerifierKey>& keys)
{
    Verdict verdict = Verdict::unknown_key;
    for (const VerifierKey& key : keys) {
        if (key.name != signature.name || id_bytes(key_id(key.name, key.public_key)) != signature.id)
            continue;
        if (base::ed25519_verify(key.public_key, text, signature.bytes))
            return Verdict::valid;
        verdict = Verdict::wrong;
    }
    return verdict;
}

std::optional<std::uint64_t> parse_size(std::string_view text)
{
    std::uint64_t size = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
    if (error != std::errc{} || std::to_string(size) != text)  // refuses leading zeros and whatever follows the digits
        return std::nullopt;
    return size;
}

}  // namespace

std::uint32_t key_id(std::string_view name, const base::Ed25519Public& key)
{
    const Hash hash = base::sha256(std::string(name) + "\n", typed_key(key));
    return std::uint32_t{hash[0]} << 24 | std::uint32_t{hash[1]} << 16 | std::uint32_t{hash[2]} << 8 | hash[3];
}

std::string verifier_key_text(const VerifierKey& key)
{
    return key.name + "+" + base::hex(id_bytes(key_id(key.name, key.public_key))) + "+" + base::base64(typed_key(key.public_key));
}

std::optional<VerifierKey> parse_verifier_key(std::string_view text)
{
    const std::size_t name_end = text.find('+');
    const std::size_t id_end = name_end == std::string_view::npos ? name_end : text.find('+', name_end + 1);
    if (id_end == std::string_view::npos || !is_key_name(text.substr(0, name_end)))
        return std::nullopt;
    const auto typed = base::from_base64(text.substr(id_end + 1));
    if (!typed || !typed->starts_with(ed25519_type))
        return std::nullopt;
    const auto bytes = base::to_hash(std::string_view(*typed).substr(1));
    if (!bytes)
        return std::nullopt;
    VerifierKey key{std::string(text.substr(0, name_end)), *bytes};
    return verifier_key_text(key) == text ? std::optional(std::move(key)) : std::nullopt;
}

std::string sign_note(std::string_view text, const Signer& signer)
{
    if (!is_note_text(text) || !is_key_name(signer.name))
        throw std::logic_error("not the text of a note, or not the name of a key");
    const base::Ed25519Signature signature = signer.sign(text);
    const std::string bytes = id_bytes(key_id(signer.name, signer.public_key)) + std::string(base::as_chars(signature));
    return std::string(text) + "\n" + std::string(dash) + signer.name + " " + base::base64(bytes) + "\n";
}

std::optional<std::string> open_note(std::string_view note, const std::vector<VerifierKey>& keys)
{
    const std::size_t split = note.rfind("\n\n");  // the last empty line
    if (note.size() > max_note_bytes || split == std::string_view::npos || !is_note_text(note))
        return std::nullopt;
    const std::string_view text = note.substr(0, split + 1);
    const auto lines = lines_of(note.substr(split + 2));
    if (lines.size() > max_signatures)
        return std::nullopt;
    bool is_signed = false;
    for (const std::string_view line : lines) {
        const auto signature = parse_signature_line(line);
        if (!signature)
            return std::nullopt;
        switch (judge(text, *signature, keys)) {
        case Verdict::unknown_key: break;
        case Verdict::valid: is_signed = true; break;
        case Verdict::wrong: return std::nullopt;
        }
    }
    return is_signed ? std::optional(std::string(text)) : std::nullopt;
}

std::string checkpoint_text(const Checkpoint& checkpoint)
{
    return checkpoint.origin + "\n" + std::to_string(checkpoint.size) + "\n" + base::base64(checkpoint.root) + "\n";
}

std::optional<Checkpoint> parse_checkpoint_text(std::string_view text)
{
    if (!is_note_text(text))
        return std::nullopt;
    const auto lines = lines_of(text);
    const bool has_empty_line = std::any_of(lines.begin(), lines.end(), [](std::string_view line) { return line.empty(); });
    if (lines.size() < 3 || has_empty_line)
        return std::nullopt;
    const auto size = parse_size(lines[1]);
    const auto root_bytes = base::from_base64(lines[2]);
    const auto root = root_bytes ? base::to_hash(*root_bytes) : std::nullopt;
    if (!size || !root)
        return std::nullopt;
    return Checkpoint{std::string(lines[0]), *size, *root};
}

std::string sign_checkpoint(const Checkpoint& checkpoint, const Signer& signer)
{
    if (signer.name != checkpoint.origin)
        throw std::logic_error("a log signs its own checkpoints only");
    return sign_note(checkpoint_text(checkpoint), signer);
}

std::optional<Checkpoint> open_checkpoint(std::string_view note, const std::vector<VerifierKey>& keys)
{
    // Only keys of the log that the first line names: a key of one log says nothing about another's tree.
    const std::string_view origin = note.substr(0, note.find('\n'));
    std::vector<VerifierKey> own;
    std::copy_if(keys.begin(), keys.end(), std::back_inserter(own), [origin](const VerifierKey& key) { return key.name == origin; });
    const auto text = open_note(note, own);
    return text ? parse_checkpoint_text(*text) : std::nullopt;
}

}  // namespace cbmx::ledger
