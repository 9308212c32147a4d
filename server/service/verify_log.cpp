// Entries, openings, tree, checkpoints, in one pass by number. Where an entry does not hash to its stored leaf, the
// pass goes on with the stored leaf, so that one changed entry is one fault and not a fault in everything after it.
#include "ledger/entry.hpp"
#include "ledger/note.hpp"
#include "ledger/receipt.hpp"
#include "service/verify_parts.hpp"
#include <algorithm>
#include <nlohmann/json.hpp>

namespace cbmx::service {
namespace {

std::string home_of(const ledger::Entry& entry)
{
    if (entry.state)
        return "state:" + *entry.state;
    return entry.office ? "office:" + *entry.office : std::string();
}

// The first column that does not repeat what the body says; empty: all do.
std::string wrong_column(const store::EntryRow& row, const ledger::Entry& entry)
{
    if (row.kind != entry.kind)
        return "kind";
    if (row.at != entry.at)
        return "at";
    if (row.actor_role != entry.actor_role)
        return "actor_role";
    if (row.home.value_or("") != home_of(entry))
        return "home";
    if (row.subject_kind != entry.subject_kind)
        return "subject_kind";
    if (row.subject != entry.subject)
        return "subject";
    if (row.version != entry.version)
        return "version";
    return row.revision != entry.revision ? "revision" : "";
}

struct Blank {
    std::int64_t seq;
    std::string subject_kind, subject;
    bool content, actor, recipients;  // what is missing
};

class LogCheck {
public:
    LogCheck(store::Connection& db, const std::vector<ledger::VerifierKey>& keys, Findings& findings) : db_(db), keys_(keys), findings_(findings)
    {
        store::scan_checkpoints(db_, [this](const store::CheckpointRow& row) { checkpoints_.push_back(row); });
    }

    void run()
    {
        store::scan_entries(db_, [this](const store::EntryRow& row, const std::optional<store::OpeningRow>& opening) {
            fill_gap(row.seq);
            check_entry(row, opening);
        });
        finish();
    }

private:
    std::int64_t next() const { return static_cast<std::int64_t>(frontier_.size()); }

    void fill_gap(std::int64_t seq)
    {
        while (!is_lost_ && next() < seq) {
            findings_.fault(next(), "the entry is missing");
            const auto leaf = store::stored_node(db_, 0, frontier_.size());
            if (leaf)
                append(*leaf);
            else
                is_lost_ = true;  // the tree from here on cannot be computed
        }
    }

    void check_entry(const store::EntryRow& row, const std::optional<store::OpeningRow>& opening)
    {
        ++findings_.report().entries;
        check_body(row, opening);
        if (is_lost_)
            return;
        const auto computed = ledger::leaf_hash(row.body);
        const auto stored = store::stored_node(db_, 0, static_cast<std::uint64_t>(row.seq));
        if (!stored)
            findings_.fault(row.seq, "its leaf hash is missing from the tree");
        else if (*stored != computed)
            findings_.fault(row.seq, "it does not hash to the leaf that stands in the tree");
        append(stored.value_or(computed));
    }

    void check_body(const store::EntryRow& row, const std::optional<store::OpeningRow>& opening)
    {
        const auto entry = ledger::parse_entry(row.body);
        if (!entry) {
            findings_.fault(row.seq, "its body is not a canonical entry");
            return;
        }
        if (entry->seq != row.seq)
            findings_.fault(row.seq, "its body carries the number " + std::to_string(entry->seq));
        if (const auto column = wrong_column(row, *entry); !column.empty())
            findings_.fault(row.seq, "column " + column + " does not repeat what the body says");
        const auto kind = domain::event_kind_from(entry->kind);
        if (!kind)
            findings_.fault(row.seq, "its kind is unknown: " + entry->kind);
        else if (domain::name_of(domain::row_of(*kind).subject) != entry->subject_kind)
            findings_.fault(row.seq, "an entry of kind " + entry->kind + " cannot be about a " + entry->subject_kind);
        if ((kind == domain::EventKind::genesis) != (row.seq == 0))
            findings_.fault(row.seq, row.seq == 0 ? "entry 0 is not the genesis entry" : "a genesis entry that is not entry 0");
        // A batch has one time and one checkpoint: between two times there is one, which the receipts of the batch need.
        if (row.seq > 0 && entry->at != last_at_ && signed_size_ < row.seq && !is_lost_)
            findings_.fault(row.seq - 1, "no checkpoint ends with it, although the entry after it is of a later batch");
        if (entry->at < last_at_)
            findings_.remark(row.seq, "its time runs backwards: " + entry->at + " after " + last_at_);
        last_at_ = entry->at;
        if (kind && domain::is_erasure(*kind))
            erased_[entry->subject_kind + "/" + entry->subject] = row.seq;
        if (kind == domain::EventKind::account_erased)
            last_account_erased_ = row.seq;
        check_opening(row.seq, *entry, opening);
    }

    void check_opening(std::int64_t seq, const ledger::Entry& entry, const std::optional<store::OpeningRow>& opening)
    {
        if (!opening) {
            findings_.fault(seq, "its opening is missing");
            return;
        }
        const Blank blank{seq, entry.subject_kind, entry.subject, !opening->salt && !opening->content, entry.actor_handle && !opening->actor && !opening->actor_salt,
                          entry.recipients && !opening->recipients && !opening->recipients_salt};
        if (!blank.content && !opens(opening->salt, opening->content, entry.commitment))
            findings_.fault(seq, "salt and content do not give its commitment");
        if (entry.actor_handle && !blank.actor && !opens(opening->actor_salt, opening->actor, *entry.actor_handle))
            findings_.fault(seq, "salt and account do not give the actor's handle");
        if (!entry.actor_handle && opening->actor)
            findings_.fault(seq, "an account stands beside an entry without an actor's handle");
        if (entry.recipients && !blank.recipients && !opens(opening->recipients_salt, opening->recipients, *entry.recipients))
            findings_.fault(seq, "salt and list do not give the hash of the recipients");
        if (!entry.recipients && opening->recipients)
            findings_.fault(seq, "recipients stand beside an entry without an audience");
        if (blank.content || blank.actor || blank.recipients)
            blanks_.push_back(blank);
    }

    void append(const base::Hash& leaf)
    {
        for (const auto& node : frontier_.append(leaf)) {
            ++nodes_;
            if (node.level == 0)
                continue;  // compared by check_entry
            const auto stored = store::stored_node(db_, node.level, node.index);
            if (stored != node.hash)  // named at the entry that completed it: what is wrong below it has been named before
                findings_.fault(next() - 1, "the tree's node at level " + std::to_string(node.level) + ", position "
                                                                                         + std::to_string(node.index) + (stored ? " is wrong" : " is missing"));
        }
        while (next_checkpoint_ < checkpoints_.size() && checkpoints_[next_checkpoint_].size <= frontier_.size())
            check_checkpoint(checkpoints_[next_checkpoint_++]);
    }

    void check_checkpoint(const store::CheckpointRow& row)
    {
        ++findings_.report().checkpoints;
        const auto last = static_cast<std::int64_t>(row.size) - 1;
        const auto name = "the checkpoint of size " + std::to_string(row.size);
        const auto checkpoint = ledger::open_checkpoint(row.note, keys_);
        if (!checkpoint)
            findings_.fault(last, name + " carries no valid signature by a known log key whose time it was");
        else if (const auto* silent = silent_key(row))
            findings_.fault(last, name + " is not signed by " + ledger::verifier_key_text(*silent) + ", whose time it was");
        else if (checkpoint->size != row.size)
            findings_.fault(last, name + " says size " + std::to_string(checkpoint->size));
        else if (checkpoint->root != frontier_.root() && !std::exchange(is_forked_, true))
            findings_.fault(names_entry_from(signed_size_) ? last : signed_size_,
                            name + " signs another tree: an entry from " + std::to_string(signed_size_) + " to " + std::to_string(last) + " is not what was signed");
        if (row.at != last_at_)
            findings_.fault(last, name + " carries another time than its last entry");
        signed_size_ = static_cast<std::int64_t>(row.size);
        findings_.report().last_checkpoint = row.note;
    }

    // In an overlap all keys sign: one that did not; nullptr: all did. (That one did has been looked at.)
    const ledger::VerifierKey* silent_key(const store::CheckpointRow& row) const
    {
        const auto is_due = [&row](const ledger::VerifierKey& key) { return key.signs(row.size); };
        if (std::count_if(keys_.begin(), keys_.end(), is_due) < 2)
            return nullptr;
        const auto silent = std::find_if(keys_.begin(), keys_.end(), [&](const ledger::VerifierKey& key) { return is_due(key) && !ledger::open_checkpoint(row.note, {key}); });
        return silent == keys_.end() ? nullptr : &*silent;
    }

    bool names_entry_from(std::int64_t seq) const
    {
        const auto& faults = findings_.report().faults;
        return std::any_of(faults.begin(), faults.end(), [seq](const Fault& fault) { return fault.seq && *fault.seq >= seq; });
    }

    void finish()
    {
        if (findings_.report().entries == 0)
            findings_.fault(std::nullopt, "the ledger is empty: it lacks the genesis entry");
        if (next_checkpoint_ < checkpoints_.size() && !is_lost_)
            findings_.fault(next(), "the log was signed up to size " + std::to_string(checkpoints_.back().size) + ", but its entries end here");
        if (signed_size_ < next() && !is_lost_)
            findings_.fault(signed_size_, "no checkpoint covers the entries from here on");
        if (const auto stored = store::node_count(db_); stored != nodes_ && !is_lost_)
            findings_.fault(std::nullopt, "the tree holds " + std::to_string(stored) + " nodes instead of " + std::to_string(nodes_));
        check_blanks();
    }

    // Nothing may be missing without an entry that says so.
    void check_blanks()
    {
        const auto traces = store::erased_traces(db_);
        for (const auto& blank : blanks_) {
            const auto erased = erased_.find(blank.subject_kind + "/" + blank.subject);
            const bool own = erased != erased_.end() && erased->second > blank.seq;
            const bool later_account = last_account_erased_ > blank.seq;
            const auto& list = blank.subject_kind == "credential" ? traces.credentials : traces.proposals;
            const bool may_be_trace = blank.subject_kind == "credential" || blank.subject_kind == "proposal";
            const bool trace = later_account && may_be_trace && std::binary_search(list.begin(), list.end(), blank.subject);
            if (blank.content && !own && !trace)
                findings_.fault(blank.seq, "its content is gone without an entry that says it was erased");
            if (blank.recipients && !own)
                findings_.fault(blank.seq, "its recipients are gone without an entry that says they were erased");
            if (blank.actor && !own && !later_account)
                findings_.fault(blank.seq, "its actor is gone without an entry that says an account was erased");
        }
    }

    store::Connection& db_;
    const std::vector<ledger::VerifierKey>& keys_;
    Findings& findings_;
    std::vector<store::CheckpointRow> checkpoints_;
    std::size_t next_checkpoint_ = 0;
    ledger::Frontier frontier_;
    std::uint64_t nodes_ = 0;
    std::int64_t signed_size_ = 0;
    std::string last_at_;
    std::map<std::string, std::int64_t> erased_;  // "report/<id>": the entry that says so
    std::int64_t last_account_erased_ = -1;
    std::vector<Blank> blanks_;
    bool is_lost_ = false, is_forked_ = false;
};

}  // namespace

void check_log(store::Connection& db, const std::vector<ledger::VerifierKey>& keys, Findings& findings) { LogCheck(db, keys, findings).run(); }

}  // namespace cbmx::service
