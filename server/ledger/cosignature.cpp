// c2sp.org/tlog-cosignature. The contract is ledger/cosignature.hpp.
#include "ledger/cosignature.hpp"
#include "ledger/note_lines.hpp"
#include <algorithm>

namespace cbmx::ledger {
namespace {

constexpr std::size_t key_id_bytes = 4, time_bytes = 8;

std::uint64_t big_endian(std::string_view bytes)
{
    std::uint64_t value = 0;
    for (const char byte : bytes)
        value = value << 8 | static_cast<unsigned char>(byte);
    return value;
}

}  // namespace

std::string bytes_of(const Cosignature& cosignature)
{
    std::string bytes = id_bytes(cosignature.key_id);
    for (int shift = 56; shift >= 0; shift -= 8)
        bytes += static_cast<char>(cosignature.time >> shift);
    return bytes + std::string(base::as_chars(cosignature.signature));
}

std::optional<Cosignature> parse_cosignature(std::string_view bytes)
{
    if (bytes.size() != cosignature_bytes)
        return std::nullopt;
    Cosignature cosignature;
    cosignature.key_id = static_cast<std::uint32_t>(big_endian(bytes.substr(0, key_id_bytes)));
    cosignature.time = big_endian(bytes.substr(key_id_bytes, time_bytes));
    const auto signature = bytes.substr(key_id_bytes + time_bytes);
    std::copy(signature.begin(), signature.end(), cosignature.signature.begin());
    return cosignature.time <= max_cosignature_time ? std::optional(cosignature) : std::nullopt;
}

std::string cosignature_line(std::string_view name, std::string_view bytes) { return signature_line(name, bytes); }

std::uint32_t cosigner_key_id(std::string_view name, const base::Ed25519Public& key) { return typed_key_id(name, KeyType::cosigner, key); }

std::string cosigner_key_text(const VerifierKey& key) { return typed_key_text(key.name, KeyType::cosigner, key.public_key); }

std::optional<VerifierKey> parse_cosigner_key(std::string_view text)
{
    auto key = parse_typed_key(text, KeyType::cosigner);
    return key ? std::optional(VerifierKey{std::move(key->name), key->public_key}) : std::nullopt;
}

std::string cosigned_message(std::string_view checkpoint_text, std::uint64_t time)
{
    return "cosignature/v1\ntime " + std::to_string(time) + "\n" + std::string(checkpoint_text);
}

bool verify_cosignature(const VerifierKey& witness, std::string_view checkpoint_text, const Cosignature& cosignature)
{
    return cosignature.key_id == cosigner_key_id(witness.name, witness.public_key) &&
           base::ed25519_verify(witness.public_key, cosigned_message(checkpoint_text, cosignature.time),
                                base::as_chars(cosignature.signature));
}

Witnessed witnessed_by(std::string_view note, const VerifierKey& witness)
{
    Witnessed result;
    const auto parts = split_note(note);
    if (!parts)
        return result;
    const auto id = id_bytes(cosigner_key_id(witness.name, witness.public_key));
    for (const auto& line : parts->lines) {
        if (line.name != witness.name || line.id != id)
            continue;
        const auto cosignature = parse_cosignature(line.id + line.bytes);
        if (!cosignature || !verify_cosignature(witness, parts->text, *cosignature))
            return {true, std::nullopt};
        if (!result.by)
            result.by = cosignature;
    }
    return result;
}

}  // namespace cbmx::ledger
