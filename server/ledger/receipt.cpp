// Receipts: writing and verifying them. The contract is ledger/receipt.hpp, the tree merkle.hpp, the signature note.hpp.
#include "ledger/receipt.hpp"
#include "json/parse.hpp"
#include "ledger/quoted.hpp"
#include <exception>
#include <stdexcept>

namespace cbmx::ledger {
namespace {

constexpr int receipt_version = 1;
constexpr std::size_t receipt_members = 5;
constexpr std::size_t max_proof_hashes = 64;  // the height of a tree of 2^64 leaves

std::optional<Hash> hash_from(const nlohmann::json& object, const char* member)
{
    const auto text = object.find(member);
    if (text == object.end() || !text->is_string())
        return std::nullopt;
    const auto bytes = base::from_base64(text->get_ref<const std::string&>());
    return bytes ? base::to_hash(*bytes) : std::nullopt;
}

std::optional<std::uint64_t> number_from(const nlohmann::json& object, const char* member)
{
    const auto number = object.find(member);
    if (number == object.end() || !number->is_number_integer() || *number < 0)
        return std::nullopt;
    return number->get<std::uint64_t>();
}

std::optional<std::vector<Hash>> proof_from(const nlohmann::json& texts)
{
    if (!texts.is_array() || texts.size() > max_proof_hashes)
        return std::nullopt;
    std::vector<Hash> proof;
    for (const auto& text : texts) {
        const auto bytes = text.is_string() ? base::from_base64(text.get_ref<const std::string&>()) : std::nullopt;
        const auto hash = bytes ? base::to_hash(*bytes) : std::nullopt;
        if (!hash)
            return std::nullopt;
        proof.push_back(*hash);
    }
    return proof;
}

// nullopt when the value is outside our JSON profile, and so cannot have been hashed by us.
std::optional<std::string> canonical_of(const nlohmann::json& value)
{
    try {
        return json::canonical(value);
    } catch (const std::logic_error&) {
        return std::nullopt;
    }
}

struct Parts {
    std::string entry;  // canonical
    std::uint64_t seq = 0;
    std::uint64_t index = 0;
    std::vector<Hash> proof;
    std::string checkpoint_note;
};

std::optional<Parts> parts_of(const nlohmann::json& receipt)
{
    if (!receipt.is_object() || receipt.size() != receipt_members || number_from(receipt, "v") != receipt_version)
        return std::nullopt;
    const auto index = number_from(receipt, "index");
    const auto entry = receipt.find("entry");
    const auto checkpoint = receipt.find("checkpoint");
    const auto texts = receipt.find("proof");
    if (!index || entry == receipt.end() || !entry->is_object() || checkpoint == receipt.end() || !checkpoint->is_string() ||
        texts == receipt.end())
        return std::nullopt;
    const auto seq = number_from(*entry, "seq");
    auto text = canonical_of(*entry);
    auto proof = proof_from(*texts);
    if (!seq || !text || !proof)
        return std::nullopt;
    return Parts{.entry = std::move(*text),
                 .seq = *seq,
                 .index = *index,
                 .proof = std::move(*proof),
                 .checkpoint_note = checkpoint->get<std::string>()};
}

bool commits(const nlohmann::json& entry, Part part, const std::optional<Hash>& salt, const nlohmann::json& opened)
{
    const auto expected = hash_from(entry, std::string(name_of(part)).c_str());
    const auto text = opened.is_object() ? canonical_of(opened) : std::nullopt;
    const auto kind = entry.find("kind");
    const auto seq = number_from(entry, "seq");
    return salt && expected && text && seq && kind != entry.end() && kind->is_string() &&
           commitment(part, kind->get_ref<const std::string&>(), static_cast<std::int64_t>(*seq), *salt, *text) == *expected;
}

bool opens(const nlohmann::json& entry, const nlohmann::json& opening)
{
    if (!opening.is_object() || opening.contains("content") == opening.contains("record") ||
        opening.contains("authority") != opening.contains("authority_salt"))
        return false;
    const auto& opened = opening.contains("content") ? opening.at("content") : opening.at("record");
    return commits(entry, Part::commitment, hash_from(opening, "salt"), opened) &&
           (!opening.contains("authority") ||
            commits(entry, Part::authority, hash_from(opening, "authority_salt"), opening.at("authority")));
}

}  // namespace

std::string_view name_of(Part part)
{
    switch (part) {
    case Part::commitment: return "commitment";
    case Part::actor: return "actor";
    case Part::recipients: return "recipients";
    case Part::authority: return "authority";
    case Part::hands: return "hands";
    case Part::statement: return "statement";
    }
    std::terminate();
}

Hash commitment(Part part, std::string_view kind, std::int64_t seq, const Hash& salt, std::string_view canonical_value)
{
    std::string before = "cbmx/commitment/v1\n";
    before.append(name_of(part)).append("\n").append(kind).append("\n").append(std::to_string(seq)).append("\n");
    return base::sha256(before.append(base::as_chars(salt)), canonical_value);
}

Hash actor_handle(std::string_view kind, std::int64_t seq, const Hash& salt, std::string_view account)
{
    return commitment(Part::actor, kind, seq, salt, quoted(std::string(account)));
}

Hash salted(const Hash& salt, std::string_view canonical_value) { return base::sha256(base::as_chars(salt), canonical_value); }

std::string receipt(std::string_view entry, std::uint64_t index, const std::vector<Hash>& proof, std::string_view checkpoint_note)
{
    // Put together by hand, in canonical order, so that the entry's bytes stay those that were hashed.
    std::string text = R"({"checkpoint":)" + json::canonical(std::string(checkpoint_note)) + R"(,"entry":)";
    text.append(entry).append(R"(,"index":)").append(std::to_string(index)).append(R"(,"proof":[)");
    for (const Hash& hash : proof)
        text.append(text.back() == '[' ? "\"" : ",\"").append(base::base64(hash)).append("\"");
    return text.append(R"(],"v":)").append(std::to_string(receipt_version)).append("}");
}

std::string tlog_proof(std::uint64_t index, const std::vector<Hash>& proof, std::string_view checkpoint_note)
{
    std::string text = "c2sp.org/tlog-proof@v1\nindex " + std::to_string(index) + "\n";
    for (const Hash& hash : proof)
        text += base::base64(hash) + "\n";
    return text + "\n" + std::string(checkpoint_note);
}

std::string_view name_of(ReceiptFault fault)
{
    switch (fault) {
    case ReceiptFault::none: return "none";
    case ReceiptFault::malformed: return "malformed";
    case ReceiptFault::wrong_index: return "wrong_index";
    case ReceiptFault::bad_signature: return "bad_signature";
    case ReceiptFault::not_included: return "not_included";
    case ReceiptFault::wrong_opening: return "wrong_opening";
    }
    std::terminate();
}

ReceiptFault verify_receipt(const nlohmann::json& receipt, const nlohmann::json& opening, const std::vector<VerifierKey>& keys)
{
    const auto parts = parts_of(receipt);
    if (!parts)
        return ReceiptFault::malformed;
    if (parts->seq != parts->index)
        return ReceiptFault::wrong_index;
    const auto checkpoint = open_checkpoint(parts->checkpoint_note, keys);
    if (!checkpoint)
        return ReceiptFault::bad_signature;
    if (!verify_inclusion(leaf_hash(parts->entry), parts->index, checkpoint->size, parts->proof, checkpoint->root))
        return ReceiptFault::not_included;
    if (!opening.is_null() && !opens(receipt.at("entry"), opening))
        return ReceiptFault::wrong_opening;
    return ReceiptFault::none;
}

}  // namespace cbmx::ledger
