// The indexes by which lists of reports are walked, each of what one of the caller's words stands for (visibility/reports.hpp): what
// is addressed to it, or the working copies that it reads. For report_lists.cpp.
#pragma once
#include "store/rows/report_lists.hpp"
#include <deque>

namespace cbmx::store {

// A report's place in a list: by change, or by State and within one by change.
struct ListKey {
    std::string state = {};              // counts by State alone
    std::int64_t changed = 0, made = 0;  // made counts among working copies of no record alone
    std::string id;
};
bool stands_before(const ListKey& one, const ListKey& other, ReportOrder order);

enum class WalkedBy {
    recipient,     // all that is addressed to the word
    state,         // ... of one State
    withdrawn,     // ... what was withdrawn of it
    tag,           // ... what has the tag; of public and members alone
    drafts,        // a State's working copies that all of its drafters and approvers read
    named_drafts,  // its working copies under TLP:RED that name the account
    all_drafts,    // for the operator's export
};

class Walk {
public:
    // word: a recipient, a State (drafts) or an account. narrowed_to: the State (state, named_drafts) or the tag.
    // unpublished: of working copies, those of no record alone.
    Walk(WalkedBy by, std::string word, std::string narrowed_to = {}, bool unpublished = false);

    // Where the list goes on, and how far down a walk by change goes: not to what changed before.
    void begin(const ListKey& behind, ReportOrder order, std::int64_t since);
    // The next report; nullptr: no more. Reads so many at once when it has to.
    const ListKey* next(Connection& db, std::int64_t at_once);
    void step() { ahead_.pop_front(); }

    bool is_of_drafts() const { return by_ >= WalkedBy::drafts; }

private:
    void read(Connection& db, std::int64_t at_once);
    Rows ask(Connection& db, std::int64_t at_once) const;
    void read_unordered(Connection& db);

    WalkedBy by_;
    std::string word_, narrowed_to_;
    bool unpublished_;
    ReportOrder order_ = ReportOrder::changed;
    ListKey behind_, position_;
    std::int64_t since_ = -1;
    std::deque<ListKey> ahead_;
    bool has_ended_ = false;
};

std::vector<Sql> walk_statements();

}  // namespace cbmx::store
