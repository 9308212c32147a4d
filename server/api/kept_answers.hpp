// Answers of reads that say the same until something is committed: kept until then, each for the one view that it was made
// for. Whether a caller may ask at all is decided for every request before this; what is kept is what that caller reads.
#pragma once
#include "api/route.hpp"
#include <memory>
#include <mutex>
#include <unordered_map>

namespace cbmx::api {

inline constexpr std::size_t max_kept_answer_bytes = 32 * 1024 * 1024;  // of all answers together; over it all are dropped

struct KeptAnswer {
    Answer answer;
    std::string tag;  // its ETag
};

// Thread: any.
class KeptAnswers {
public:
    // commits: of the writer, read before the database is. An answer made after an earlier commit is never found.
    std::shared_ptr<const KeptAnswer> find(const std::string& view, std::uint64_t commits);
    void keep(std::string view, std::uint64_t commits, std::shared_ptr<const KeptAnswer> answer);

private:
    using Answers = std::unordered_map<std::string, std::shared_ptr<const KeptAnswer>>;
    Answers move_to(std::uint64_t commits);  // gives what is to be dropped, outside the lock

    std::mutex mutex_;
    Answers answers_;
    std::size_t bytes_ = 0;
    std::uint64_t commits_ = 0;
};

// All that an answer of such a route depends on besides the database: the target, its format and language, and the caller.
std::string view_of(std::string_view target, std::string_view media_type, i18n::Language language, const domain::Principal& principal);

}  // namespace cbmx::api
