// Entries, openings, tree, checkpoints, in one pass by number over what the pool has found out about each range. Where an entry
// does not hash to its stored leaf, the pass goes on with the stored leaf, so that one changed entry is one fault and not a
// fault in everything after it.
#include "ledger/note.hpp"
#include "verify/entries.hpp"
#include "verify/parts.hpp"
#include "verify/pool.hpp"
#include <algorithm>
#include <limits>
#include <stdexcept>

namespace cbmx::service {
namespace {

constexpr domain::Seq entries_per_range = 2'048;
constexpr std::size_t max_ranges_ahead = 24;  // checked or under way while one is followed

struct Blank {
    std::int64_t seq;
    std::string subject_kind, subject;
    bool content, actor, recipients;  // what is missing
};

// The ranges of the log from its first entry to its last, whatever numbers are missing. Checkpoints belong to the range in which
// so many entries may have been seen; somebody may have made entries with numbers below 0.
class Ranges {
public:
    explicit Ranges(store::Connection& db)
        : db_(db),
          next_(store::first_entry_from(db, std::numeric_limits<domain::Seq>::min())),
          below_zero_(next_ && *next_ < 0 ? *next_ : 0)
    {
    }

    std::optional<LogRange> next()
    {
        if (is_done_)
            return std::nullopt;
        constexpr auto end = std::numeric_limits<domain::Seq>::max();
        if (!next_) {
            is_done_ = true;
            // no entry at all
            return LogRange{.first = 0, .last = -1, .first_checkpoint = std::numeric_limits<std::int64_t>::min(), .last_checkpoint = end};
        }
        LogRange range{.first = *next_,
                       .last = *next_ > end - entries_per_range ? end : *next_ + entries_per_range - 1,
                       .first_checkpoint = first_checkpoint_,
                       .last_checkpoint = end};
        next_ = range.last == end ? std::nullopt : store::first_entry_from(db_, range.last + 1);
        is_done_ = !next_;
        if (next_ && *next_ <= range.last)  // a damaged tree; followed, it would have no end
            throw std::runtime_error("the entries cannot be read in order");
        if (next_) {
            range.last_checkpoint = *next_ > end + below_zero_ ? end : *next_ - below_zero_;
            first_checkpoint_ = range.last_checkpoint == end ? end : range.last_checkpoint + 1;
        }
        return range;
    }

private:
    store::Connection& db_;
    std::optional<domain::Seq> next_;
    domain::Seq below_zero_;
    std::int64_t first_checkpoint_ = std::numeric_limits<std::int64_t>::min();
    bool is_done_ = false;
};

class LogCheck {
public:
    LogCheck(VerifyPool& pool, const std::vector<ledger::VerifierKey>& keys, const KnownAccounts* accounts, Findings& findings)
        : pool_(pool), db_(pool.own()), keys_(keys), accounts_(accounts), findings_(findings), nodes_in_order_(db_)
    {
    }

    void run()
    {
        Ranges ranges(db_);
        std::deque<std::future<CheckedRange>> ahead;
        const auto start_more = [&] {
            while (ahead.size() < max_ranges_ahead) {
                const auto range = ranges.next();
                if (!range)
                    return;
                ahead.push_back(pool_.start([range = *range, &keys = keys_, accounts = accounts_](store::Connection& db) {
                    return check_range(db, range, keys, accounts);
                }));
            }
        };
        for (start_more(); !ahead.empty(); start_more()) {
            const auto range = ahead.front().get();
            ahead.pop_front();
            follow(range);
        }
        finish();
    }

private:
    std::int64_t next() const { return static_cast<std::int64_t>(frontier_.size()); }

    void follow(const CheckedRange& range)
    {
        std::copy(range.checkpoints.begin(), range.checkpoints.end(), std::back_inserter(checkpoints_));
        auto fault = range.faults.begin();
        for (std::size_t i = 0; i < range.entries.size(); ++i) {
            const auto name_faults = [&](bool of_opening) {
                for (; fault != range.faults.end() && fault->entry == i && fault->of_opening == of_opening; ++fault)
                    findings_.fault(range.entries[i].seq, fault->what);
            };
            const auto& entry = range.entries[i];
            fill_gap(entry.seq);
            ++findings_.report().entries;
            name_faults(false);
            if (entry.is_canonical)
                follow_entry(entry);
            name_faults(true);
            follow_leaf(entry);
        }
        if (range.broken_off)
            std::rethrow_exception(range.broken_off);
    }

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

    void follow_entry(const CheckedEntry& entry)
    {
        // A batch has one time and one checkpoint: between two times there is one, which the receipts of the batch need.
        if (entry.seq > 0 && entry.at != last_at_ && signed_size_ < entry.seq && !is_lost_)
            findings_.fault(entry.seq - 1, "no checkpoint ends with it, although the entry after it is of a later batch");
        if (entry.at < last_at_)
            findings_.remark(entry.seq, "its time runs backwards: " + entry.at + " after " + last_at_);
        last_at_ = entry.at;
        if (entry.kind && domain::is_erasure(*entry.kind))
            erased_[entry.subject_kind + "/" + entry.subject] = entry.seq;
        if (entry.kind == domain::EventKind::account_erased)
            last_account_erased_ = entry.seq;
        if (entry.lacks_content || entry.lacks_actor || entry.lacks_recipients)
            blanks_.push_back({.seq = entry.seq,
                               .subject_kind = entry.subject_kind,
                               .subject = entry.subject,
                               .content = entry.lacks_content,
                               .actor = entry.lacks_actor,
                               .recipients = entry.lacks_recipients});
    }

    void follow_leaf(const CheckedEntry& entry)
    {
        if (is_lost_)
            return;
        if (entry.leaf_state == LeafState::missing)
            findings_.fault(entry.seq, "its leaf hash is missing from the tree");
        else if (entry.leaf_state == LeafState::wrong)
            findings_.fault(entry.seq, "it does not hash to the leaf that stands in the tree");
        append(entry.leaf);
    }

    void append(const base::Hash& leaf)
    {
        for (const auto& node : frontier_.append(leaf)) {
            ++nodes_;
            if (node.level == 0)
                continue;  // compared by follow_leaf
            const auto stored = nodes_in_order_.at(node.level, node.index);
            if (stored != node.hash)  // named at the entry that completed it: what is wrong below it has been named before
                findings_.fault(next() - 1, "the tree's node at level " + std::to_string(node.level) + ", position " +
                                                std::to_string(node.index) + (stored ? " is wrong" : " is missing"));
        }
        for (; !checkpoints_.empty() && checkpoints_.front().row.size <= frontier_.size(); checkpoints_.pop_front())
            check_checkpoint(checkpoints_.front());
    }

    void check_checkpoint(const CheckedCheckpoint& checked)
    {
        const auto& row = checked.row;
        const auto& checkpoint = checked.opened;
        ++findings_.report().checkpoints;
        const auto last = static_cast<std::int64_t>(row.size) - 1;
        const auto name = "the checkpoint of size " + std::to_string(row.size);
        if (!checkpoint)
            findings_.fault(last, name + " carries no valid signature by a known log key whose time it was");
        else if (checked.silent_key)
            findings_.fault(last, name + " is not signed by " + ledger::verifier_key_text(*checked.silent_key) + ", whose time it was");
        else if (checkpoint->size != row.size)
            findings_.fault(last, name + " says size " + std::to_string(checkpoint->size));
        else if (checkpoint->root != frontier_.root() && !std::exchange(is_forked_, true))
            findings_.fault(names_entry_from(signed_size_) ? last : signed_size_, name + " signs another tree: an entry from " +
                                                                                      std::to_string(signed_size_) + " to " +
                                                                                      std::to_string(last) + " is not what was signed");
        if (row.at != last_at_)
            findings_.fault(last, name + " carries another time than its last entry");
        signed_size_ = static_cast<std::int64_t>(row.size);
        findings_.report().last_checkpoint = row.note;
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
        if (!checkpoints_.empty() && !is_lost_)
            findings_.fault(next(),
                            "the log was signed up to size " + std::to_string(checkpoints_.back().row.size) + ", but its entries end here");
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
        const std::map<std::string_view, const std::vector<std::string>&> lists{
            {domain::name_of(domain::Subject::credential), traces.credentials},
            {domain::name_of(domain::Subject::enrolment), traces.enrolments},
            {domain::name_of(domain::Subject::proposal), traces.proposals}};
        for (const auto& blank : blanks_) {
            const auto erased = erased_.find(blank.subject_kind + "/" + blank.subject);
            const bool own = erased != erased_.end() && erased->second > blank.seq;
            const bool later_account = last_account_erased_ > blank.seq;
            const auto list = lists.find(blank.subject_kind);
            const bool trace =
                later_account && list != lists.end() && std::binary_search(list->second.begin(), list->second.end(), blank.subject);
            if (blank.content && !own && !trace)
                findings_.fault(blank.seq, "its content is gone without an entry that says it was erased");
            if (blank.recipients && !own)
                findings_.fault(blank.seq, "its recipients are gone without an entry that says they were erased");
            if (blank.actor && !own && !later_account)
                findings_.fault(blank.seq, "its actor is gone without an entry that says an account was erased");
        }
    }

    VerifyPool& pool_;
    store::Connection& db_;
    const std::vector<ledger::VerifierKey>& keys_;
    const KnownAccounts* accounts_;
    Findings& findings_;
    store::NodesInOrder nodes_in_order_;
    std::deque<CheckedCheckpoint> checkpoints_;  // whose size has not been reached
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

void check_log(VerifyPool& pool, const std::vector<ledger::VerifierKey>& keys, const KnownAccounts* accounts, Findings& findings)
{
    LogCheck(pool, keys, accounts, findings).run();
}

}  // namespace cbmx::service
