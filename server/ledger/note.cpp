// Signed notes (c2sp.org/signed-note) and checkpoints (c2sp.org/tlog-checkpoint). The contract is ledger/note.hpp.
// Parsing is strict: whatever would not come out of the writing side again is refused.
#include "ledger/note.hpp"
#include "base/text.hpp"
#include "ledger/note_lines.hpp"
#include <algorithm>
#include <stdexcept>

namespace cbmx::ledger {
namespace {

enum class Verdict { unknown_key, valid, wrong };

Verdict judge(std::string_view text, const SignatureLine& signature, const std::vector<VerifierKey>& keys)
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
    const auto size = base::whole_number<std::uint64_t>(text);
    return size && std::to_string(*size) == text ? size : std::nullopt;  // without leading zeros
}

}  // namespace

std::uint32_t key_id(std::string_view name, const base::Ed25519Public& key) { return typed_key_id(name, KeyType::ed25519, key); }

std::string verifier_key_text(const VerifierKey& key) { return typed_key_text(key.name, KeyType::ed25519, key.public_key); }

std::optional<VerifierKey> parse_verifier_key(std::string_view text)
{
    auto key = parse_typed_key(text, KeyType::ed25519);
    return key ? std::optional(VerifierKey{std::move(key->name), key->public_key}) : std::nullopt;
}

std::string sign_note(std::string_view text, const std::vector<Signer>& signers)
{
    std::string note = std::string(text) + "\n";
    for (const Signer& signer : signers) {
        if (!is_note_text(text) || !is_key_name(signer.name))
            throw std::logic_error("not the text of a note, or not the name of a key");
        const base::Ed25519Signature signature = signer.sign(text);
        note += signature_line(signer.name, id_bytes(key_id(signer.name, signer.public_key)) + std::string(base::as_chars(signature)));
    }
    return note;
}

std::string sign_note(std::string_view text, const Signer& signer) { return sign_note(text, std::vector{signer}); }

std::optional<std::string> open_note(std::string_view note, const std::vector<VerifierKey>& keys)
{
    const auto parts = split_note(note);
    if (!parts)
        return std::nullopt;
    bool is_signed = false;
    for (const auto& signature : parts->lines) {
        switch (judge(parts->text, signature, keys)) {
        case Verdict::unknown_key: break;
        case Verdict::valid: is_signed = true; break;
        case Verdict::wrong: return std::nullopt;
        }
    }
    return is_signed ? std::optional(std::string(parts->text)) : std::nullopt;
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

std::string sign_checkpoint(const Checkpoint& checkpoint, const std::vector<Signer>& signers)
{
    if (std::any_of(signers.begin(), signers.end(), [&checkpoint](const Signer& signer) { return signer.name != checkpoint.origin; }))
        throw std::logic_error("a log signs its own checkpoints only");
    return sign_note(checkpoint_text(checkpoint), signers);
}

std::string sign_checkpoint(const Checkpoint& checkpoint, const Signer& signer) { return sign_checkpoint(checkpoint, std::vector{signer}); }

std::optional<Checkpoint> open_checkpoint(std::string_view note, const std::vector<VerifierKey>& keys)
{
    // Only keys of the log that the first line names: a key of one log says nothing about another's tree.
    const std::string_view origin = note.substr(0, note.find('\n'));
    std::vector<VerifierKey> own;
    std::copy_if(keys.begin(), keys.end(), std::back_inserter(own), [origin](const VerifierKey& key) { return key.name == origin; });
    const auto text = open_note(note, own);
    auto checkpoint = text ? parse_checkpoint_text(*text) : std::nullopt;
    if (!checkpoint)
        return std::nullopt;
    std::erase_if(own, [&checkpoint](const VerifierKey& key) { return key.signs(checkpoint->size); });
    const bool is_out_of_time = !own.empty() && open_note(note, own);
    return is_out_of_time ? std::nullopt : std::move(checkpoint);
}

}  // namespace cbmx::ledger
