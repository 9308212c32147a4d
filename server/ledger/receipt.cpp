// Receipts: writing and verifying them. The contract is ledger/receipt.hpp, the tree merkle.hpp, the signature note.hpp.
#include "ledger/receipt.hpp"
#include "json/closed.hpp"
#include "json/parse.hpp"
#include "ledger/entry.hpp"
#include "ledger/opening.hpp"
#include "ledger/quoted.hpp"
#include <exception>

namespace cbmx::ledger {
namespace {

constexpr int receipt_version = 1;
constexpr std::size_t max_proof_hashes = 64;  // the height of a tree of 2^64 leaves

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
        const auto hash = hash_in(text);
        if (!hash)
            return std::nullopt;
        proof.push_back(*hash);
    }
    return proof;
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
    if (!json::is_closed(receipt, {"checkpoint", "entry", "index", "proof", "v"}) || number_from(receipt, "v") != receipt_version)
        return std::nullopt;
    const auto index = number_from(receipt, "index");
    const auto& checkpoint = receipt.at("checkpoint");
    auto text = committed_text(receipt.at("entry"));
    const auto entry = text ? parse_entry(*text) : std::nullopt;  // its form is closed as well
    auto proof = proof_from(receipt.at("proof"));
    if (!index || !checkpoint.is_string() || !entry || entry->seq < 0 || !proof)
        return std::nullopt;
    return Parts{.entry = std::move(*text),
                 .seq = static_cast<std::uint64_t>(entry->seq),
                 .index = *index,
                 .proof = std::move(*proof),
                 .checkpoint_note = checkpoint.get<std::string>()};
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
    if (!opening.is_null() && !faults_of_opening(receipt.at("entry"), opening).empty())
        return ReceiptFault::wrong_opening;
    return ReceiptFault::none;
}

}  // namespace cbmx::ledger
