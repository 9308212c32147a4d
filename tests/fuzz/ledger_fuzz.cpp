// What proves an entry: a receipt, a checkpoint or a cosignature that was changed does not verify unless it says the same;
// keys and entries are accepted in one spelling only. The first byte chooses. See server/ledger.
#include "fuzz/small_log.hpp"
#include "fuzz/target.hpp"
#include "json/parse.hpp"
#include "ledger/statement.hpp"
#include "support/entry_the_long_way.hpp"
#include <filesystem>
#include <fstream>

using cbmx::fuzz::must;
using nlohmann::json;
using namespace cbmx::ledger;

namespace {

const cbmx::fuzz::SmallLog& small_log()
{
    static const cbmx::fuzz::SmallLog log;
    return log;
}

// The log's own signature line, and lines of others, may stand in a note in any number: what was signed may not change.
void check_receipt(std::string_view text)
{
    const auto value = json::parse(text, nullptr, false);
    if (!value.is_object() || !value.contains("receipt"))
        return;
    const auto& log = small_log();
    const auto opening = value.value("opening", json());
    if (verify_receipt(value.at("receipt"), opening, log.keys) != ReceiptFault::none)
        return;
    const auto& receipt = value.at("receipt");
    const auto& honest = log.receipts.at(receipt.at("index").get<std::size_t>());
    must(receipt.at("entry") == honest.at("entry") && receipt.at("proof") == honest.at("proof"),
         "a receipt that verifies is one that the log gave", text);
    const auto note = receipt.at("checkpoint").get<std::string>();
    must(note.starts_with(log.text), "its checkpoint is one that the log signed", note);
    if (!opening.is_null()) {
        const auto content = opening.contains("content") ? opening.at("content") : opening.at("record");
        must(content == log.contents.at(receipt.at("index").get<std::size_t>()), "an opening that verifies is what was committed to", text);
    }
}

void check_note(std::string_view note)
{
    const auto& log = small_log();
    if (const auto text = open_note(note, log.keys))
        must(*text == log.text, "no note verifies that the log did not sign", note);
    const auto checkpoint = open_checkpoint(note, log.keys);
    must(!checkpoint || (checkpoint->size == log.size && checkpoint->root == log.root), "no checkpoint verifies that the log did not sign",
         note);
    const auto witnessed = witnessed_by(note, log.witness);
    if (witnessed.by)
        must(note.starts_with(log.text) && witnessed.by->time == log.cosigned_at, "no cosignature verifies that the witness did not make",
             note);
}

void check_spelling(std::string_view text)
{
    const auto entry = parse_entry(text);
    must(!entry || canonical_entry(*entry) == text, "an entry has one spelling", text);
    must(entry.has_value() == cbmx::test::entry_the_long_way(text).has_value(), "an entry is read in one pass as it is the long way", text);
    if (const auto key = parse_verifier_key(text))
        must(verifier_key_text(*key) == text, "a key of a log has one spelling", text);
    if (const auto key = parse_cosigner_key(text))
        must(cosigner_key_text(*key) == text, "a key of a witness has one spelling", text);
    if (const auto cosignature = parse_cosignature(text))
        must(bytes_of(*cosignature) == text, "a cosignature has one spelling", text);
    if (const auto statement = parse_statement(text))
        must(statement_text(*statement) == text, "a statement has one spelling", text);
    if (const auto word = parse_signed_statement(text))
        must(signed_statement(statement_object(word->statement), word->signature) == text, "a signed statement has one spelling", text);
    if (const auto checkpoint = parse_checkpoint_text(text))
        must(text.starts_with(checkpoint_text(*checkpoint)), "a checkpoint has one spelling", text);
}

// index, size, which hash of the proof to change and how: a proof verifies at its own place and nowhere else.
void check_proof(std::string_view text)
{
    if (text.size() < 4)
        return;
    const auto& log = small_log();
    const auto byte = [text](std::size_t at) { return static_cast<std::uint8_t>(text[at]); };
    const std::uint64_t index = byte(0) % log.size, size = log.size, other = byte(1) % log.size;
    auto proof = inclusion_proof(index, size, log.nodes);
    must(verify_inclusion(log.leaves[index], index, size, proof, log.root), "an honest proof verifies");
    must(other == index || !verify_inclusion(log.leaves[index], other, size, proof, log.root), "a proof is of one place");
    const auto first = byte(1) % size + 1;
    const auto grown = consistency_proof(first, size, log.nodes);
    must(verify_consistency(first, root_of(first, log.nodes), size, log.root, grown), "an honest consistency proof verifies");
    if (proof.empty() || byte(3) == 0)
        return;
    proof[byte(2) % proof.size()][byte(2) % 32] ^= byte(3);
    must(!verify_inclusion(log.leaves[index], index, size, proof, log.root), "a changed proof does not verify");
}

}  // namespace

// Seeds need the log's keys: they are written when one.sh names a folder for them.
extern "C" int LLVMFuzzerInitialize(int*, char***)
{
    const char* folder = std::getenv("CBMX_SEEDS");
    if (folder == nullptr)
        return 0;
    const auto& log = small_log();
    const auto write = [folder](const std::string& name, char choice, const std::string& text) {
        std::ofstream(std::filesystem::path(folder) / name, std::ios::binary) << choice << text;
    };
    for (const std::size_t index : {std::size_t{0}, std::size_t{5}, std::size_t{10}})
        write("receipt-" + std::to_string(index), 0, json{{"receipt", log.receipts[index]}, {"opening", log.opening(index)}}.dump());
    write("note", 1, log.note);
    write("cosigned", 1, log.cosigned);
    write("entry", 2, log.entry_text);
    write("key", 2, verifier_key_text(log.keys.front()));
    write("witness", 2, cosigner_key_text(log.witness));
    write("checkpoint", 2, log.text);
    write("proof", 3, {5, 6, 0, 1});
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    const auto [choice, text] = cbmx::fuzz::chosen(bytes, size);
    switch (choice % 4) {
    case 0: check_receipt(text); break;
    case 1: check_note(text); break;
    case 2: check_spelling(text); break;
    default: check_proof(text); break;
    }
    return 0;
}
