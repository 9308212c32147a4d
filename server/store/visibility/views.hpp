// Which views of the reports a commit changes, so that what is kept for a caller is dropped by a commit that could change it and by
// no other: else the time of an answer would tell of what the caller may not see (rules.md 13). A view is named by a word: a
// recipient word, for those who read what is published to it, or "drafts:" and who reads them. It is the rows that say which
// words a write concerns (views.cpp), whatever code writes them; who sees what: visibility/reports.hpp.
#pragma once
#include "domain/audience.hpp"
#include "store/connection.hpp"
#include <mutex>

namespace cbmx::store {

// The words by which this caller sees reports and their drafts.
std::vector<std::string> view_words(const domain::Visibility& visibility);
// And those of what else is shown and stands in no entry: cosignatures, and for who decides on them proposals about the audience of
// a report, which are workspace until they are confirmed.
std::vector<std::string> view_words_beside_the_log(const domain::Visibility& visibility, bool decides);

// On the writer's connection, once: from now on its transactions note which views they change. A savepoint that is rolled back
// takes its notes with it.
void watch_views(Connection& connection);
std::vector<std::string> take_changed_views(Connection& connection);  // of this transaction, before its COMMIT

// Counts, for each word, the commits that changed it. Any thread.
class Views {
public:
    // Another number than before whenever such a commit was made since. Read before the snapshot: what is then read is never
    // older than the number says.
    std::uint64_t stamp(const domain::Visibility& visibility) const { return stamp(view_words(visibility)); }
    std::uint64_t stamp(const std::vector<std::string>& words) const;
    void change(const std::vector<std::string>& words);

private:
    mutable std::mutex mutex_;
    std::unordered_map<std::string, std::uint64_t> commits_;
};

}  // namespace cbmx::store
