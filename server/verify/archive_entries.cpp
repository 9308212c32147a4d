// The entries of an export: each stands at its position in the tree, opens as it says, and has a receipt that proves it alone.
#include "domain/event.hpp"
#include "json/closed.hpp"
#include "ledger/entry.hpp"
#include "ledger/key_history.hpp"
#include "ledger/merkle.hpp"
#include "ledger/opening.hpp"
#include "verify/archive_parts.hpp"
#include "verify/parts.hpp"
#include "verify/word.hpp"
#include <set>

namespace cbmx::service {
namespace {

using Json = nlohmann::json;
using domain::EventKind;

constexpr std::size_t receipt_members = 5;

// Only with those keys that sign for the checkpoint's own log.
struct SignedTree {
    std::uint64_t size = 0;
    base::Hash root{};
};

class EntriesCheck {
public:
    explicit EntriesCheck(ExportCheck& check) : check_(check) {}

    void run()
    {
        std::size_t number = 0;
        check_.archive.lines("changes.ndjson", max_change_bytes, [&](std::string_view line) {
            ++number;
            place_ = "changes.ndjson, line " + std::to_string(number);  // more exact once the line has been read
            check_.at(place_, [&] { check_change(portal_line(line)); });
        });
    }

private:
    void wrong(const std::string& what) { check_.fault(place_, what); }

    void check_change(const Json& change)
    {
        const auto seq = change.at("seq").get<std::int64_t>();
        const bool is_tombstone = change.value("tombstone", false);
        const auto subject = is_tombstone ? change.at("subject") : change.at("entry").at("subject");
        place_ = "changes.ndjson, entry " + std::to_string(seq) + " (" + subject.at("kind").get<std::string>() + " " +
                 subject.at("id").get<std::string>() + ")";
        if (seq < 0 || static_cast<std::uint64_t>(seq) >= check_.report.size)
            return wrong("it lies beyond the size");
        if (seq <= last_seq_)
            return wrong("its position was there before");
        last_seq_ = seq;
        if (!is_tombstone
                ? !json::is_closed(change, {"entry", "leaf_hash", "opening", "receipt", "seq"})
                : !json::is_closed(change, {"leaf_hash", "seq", "subject", "tombstone"}) || !json::is_closed(subject, {"id", "kind"}))
            return wrong("it has not the form of one");
        if (static_cast<std::uint64_t>(seq) >= check_.report.after)
            ++(is_tombstone ? check_.report.tombstones : check_.report.entries);
        if (const auto* known = check_.leaf(seq); known != nullptr && hash_from_base64(change.at("leaf_hash")) != *known)
            wrong("its leaf hash is not the one at its position");
        if (!is_tombstone)
            check_entry(change, seq);
    }

    void check_entry(const Json& change, std::int64_t seq)
    {
        const auto& entry = change.at("entry");
        const auto text = ledger::committed_text(entry).value_or("");
        const auto leaf = ledger::leaf_hash(text);
        if (!ledger::parse_entry(text))
            wrong("it has not the form of one");
        if (const auto* known = check_.leaf(seq); known != nullptr && leaf != *known)
            wrong("it is not what stands at its position in the tree");
        if (entry.at("seq") != seq)
            wrong("it bears another number");
        const auto& actor = entry.at("actor");
        const auto kind = domain::event_kind_from(entry.at("kind").get<std::string>());
        if (const auto fault = wrong_of_portal(actor.at("role").get<std::string>(), kind, !actor.at("handle").is_null()); !fault.empty())
            wrong(std::string(fault));
        if (const auto fault = wrong_of_authority(actor.at("role").get<std::string>(), entry.contains("authority")); !fault.empty())
            wrong(std::string(fault));
        const auto& opening = change.at("opening");
        if (!opening.is_null())
            check_opening(entry, opening);
        check_receipt(change.at("receipt"), entry, seq, leaf);
        note(entry, seq, opening);
    }

    void check_opening(const Json& entry, const Json& opening)
    {
        const auto faults = faults_in_opening(entry, opening, check_.report.origin, check_.state_keys);
        for (const auto& fault : faults)
            wrong(fault);
        const auto word = faults.empty() ? state_word(entry, opening, check_.state_keys) : std::string();
        if (!word.empty() && entry.at("seq") >= check_.report.after)
            ++check_.report.words[word];
    }

    void check_receipt(const Json& receipt, const Json& entry, std::int64_t seq, const base::Hash& leaf)
    {
        if (receipt.size() != receipt_members || receipt.at("v") != 1 || receipt.at("index") != seq || receipt.at("entry") != entry)
            return wrong("its receipt is of another entry");
        const auto tree = tree_of(receipt.at("checkpoint").get<std::string>());
        if (!tree)
            return wrong("its receipt's checkpoint is not signed by the log's key");
        std::vector<base::Hash> proof;
        for (const auto& text : receipt.at("proof"))
            if (const auto hash = hash_from_base64(text))
                proof.push_back(*hash);
        if (proof.size() != receipt.at("proof").size() ||
            !ledger::verify_inclusion(leaf, static_cast<std::uint64_t>(seq), tree->size, proof, tree->root))
            wrong("its receipt does not prove that it stands in the tree");
        const bool is_comparable = check_.has_leaves() && tree->size >= check_.report.after;  // older ones prove the entry by themselves
        if (is_comparable && (tree->size > check_.report.size || root_at(tree->size) != tree->root))
            wrong("its receipt's checkpoint signs another tree");
    }

    // Those of one batch share their checkpoint, and lie beside each other.
    std::optional<SignedTree> tree_of(const std::string& note)
    {
        if (note == last_note_)
            return last_tree_;
        const auto checkpoint = ledger::open_checkpoint(note, check_.all_keys);
        last_note_ = note;
        last_tree_ = checkpoint ? std::optional(SignedTree{checkpoint->size, checkpoint->root}) : std::nullopt;
        return last_tree_;
    }

    // Sizes come in order, unless somebody changed them.
    base::Hash root_at(std::uint64_t size)
    {
        if (frontier_.size() > size || frontier_.size() < check_.report.after)
            frontier_ = check_.edge;
        while (frontier_.size() < size)
            frontier_.append(check_.leaves[static_cast<std::size_t>(frontier_.size() - check_.report.after)]);
        return frontier_.root();
    }

    // What the records will be compared with.
    void note(const Json& entry, std::int64_t seq, const Json& opening)
    {
        EntryFacts facts{.kind = entry.at("kind").get<std::string>(),
                         .subject_kind = entry.at("subject").at("kind").get<std::string>(),
                         .subject = entry.at("subject").at("id").get<std::string>(),
                         .version = entry.at("version").get<std::int64_t>(),
                         .revision = {},
                         .label = {},
                         .commitment = hash_from_base64(entry.at("commitment")).value_or(base::Hash{}),
                         .salt = {}};
        if (entry.contains("revision"))
            facts.revision = entry.at("revision").get<std::int64_t>();
        if (entry.contains("audience"))
            facts.label = entry.at("audience").at("label").get<std::string>();
        auto& subject = check_.subjects[{facts.subject_kind, facts.subject}];
        subject.last = seq;
        if (!opening.is_null())
            subject.opened = seq, facts.salt = opening.at("salt");
        if (const auto kind = domain::event_kind_from(facts.kind)) {
            if (*kind == EventKind::report_submitted)
                subject.submission = seq;
            else if (domain::is_content_kind(*kind))
                subject.content = seq;
            if (domain::row_of(*kind).audience == domain::EntryAudience::readers)
                subject.readers = seq;
            const bool is_about_keys = *kind == EventKind::genesis || *kind == EventKind::log_key_changed;
            if (is_about_keys && opening.is_null())
                check_.are_keys_named = false;
            else if (is_about_keys && !ledger::change_keys(check_.named_keys, seq, opening.at("record")))
                wrong("it names no key of the log");
        }
        check_.entries.emplace(seq, std::move(facts));
    }

    ExportCheck& check_;
    std::string place_;
    std::int64_t last_seq_ = -1;
    std::string last_note_;
    std::optional<SignedTree> last_tree_;
    ledger::Frontier frontier_;
};

}  // namespace

void check_entries(ExportCheck& check) { EntriesCheck(check).run(); }

}  // namespace cbmx::service
