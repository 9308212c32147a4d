// A log of a few entries with keys that are always the same, so that its receipts can stand in the corpus: what
// ledger_fuzz.cpp changes.
#pragma once
#include "json/parse.hpp"
#include "ledger/cosignature.hpp"
#include "ledger/entry.hpp"
#include "ledger/merkle.hpp"
#include "ledger/note.hpp"
#include "ledger/receipt.hpp"
#include <algorithm>
#include <map>

namespace cbmx::fuzz {

inline base::Ed25519Key key_of(std::uint8_t seed)
{
    return base::Ed25519Key::generate([seed](std::span<std::uint8_t> bytes) { std::fill(bytes.begin(), bytes.end(), seed); });
}

struct SmallLog {
    static constexpr std::uint64_t size = 11;
    static constexpr std::uint64_t cosigned_at = 1'769'860'800;  // POSIX seconds

    SmallLog()
    {
        const auto key = key_of(1), witness_key = key_of(2);
        const ledger::Signer signer{"fuzz.example/log", key.public_key(), [&key](std::string_view message) { return key.sign(message); }};
        keys = {{signer.name, signer.public_key}};
        witness = {"witness.example/fuzz", witness_key.public_key()};
        ledger::Frontier frontier;
        std::vector<std::string> entries;
        for (std::uint64_t seq = 0; seq < size; ++seq) {
            contents.push_back({{"state", "PE"}, {"narrative", "Misi\u00f3n"}, {"year", 2015 + seq}});
            entries.push_back(entry(seq));
            leaves.push_back(ledger::leaf_hash(entries.back()));
            for (const auto& node : frontier.append(leaves.back()))
                stored[{node.level, node.index}] = node.hash;
        }
        nodes = [this](unsigned level, std::uint64_t index) { return stored.at({level, index}); };
        root = frontier.root();
        text = ledger::checkpoint_text({signer.name, size, root});
        note = ledger::sign_checkpoint({signer.name, size, root}, signer);
        const ledger::Cosignature cosignature{ledger::cosigner_key_id(witness.name, witness.public_key), cosigned_at,
                                              witness_key.sign(ledger::cosigned_message(text, cosigned_at))};
        cosigned = note + ledger::cosignature_line(witness.name, ledger::bytes_of(cosignature));
        for (std::uint64_t seq = 0; seq < size; ++seq)
            receipts.push_back(nlohmann::json::parse(ledger::receipt(entries[seq], seq, ledger::inclusion_proof(seq, size, nodes), note)));
        entry_text = entries.back();
    }

    base::Hash salt() const
    {
        base::Hash bytes{};
        bytes.fill(0x5a);
        return bytes;
    }
    nlohmann::json opening(std::size_t index) const { return {{"salt", base::base64(salt())}, {"content", contents[index]}}; }

    std::vector<nlohmann::json> contents, receipts;
    std::vector<base::Hash> leaves;
    std::map<std::pair<unsigned, std::uint64_t>, base::Hash> stored;
    ledger::NodeReader nodes;
    base::Hash root{};
    std::string text, note, cosigned, entry_text;
    std::vector<ledger::VerifierKey> keys;
    ledger::VerifierKey witness;

private:
    std::string entry(std::uint64_t seq) const
    {
        ledger::Entry one;
        one.seq = static_cast<std::int64_t>(seq);
        one.at = "2026-01-31T12:00:00.000Z";
        one.kind = "report_published";
        one.actor_role = "approver";
        one.actor_handle = ledger::actor_handle(one.kind, one.seq, salt(), "account");
        one.state = "PE";
        one.subject_kind = "report";
        one.subject = "3f2c8f0a-5b1d-4c7e-9a51-0d6f4b7c2e11";
        one.version = 1;
        one.revision = 1;
        one.label = "TLP:CLEAR";
        one.recipients = ledger::commitment(ledger::Part::recipients, one.kind, one.seq, salt(), "[\"public\"]");
        one.commitment = ledger::commitment(ledger::Part::commitment, one.kind, one.seq, salt(), json::canonical(contents.back()));
        return ledger::canonical_entry(one);
    }
};

}  // namespace cbmx::fuzz
