// Answers of reads that say the same until a commit changes what their caller sees: kept until then and no shorter, each for the one
// view that it was made for. Whether a caller may ask at all is decided for every request before this; what is kept is what that
// caller reads. How quickly an answer comes tells of such commits alone, none of which is hidden from the caller (rules.md 13).
#pragma once
#include "api/route.hpp"
#include "base/compression.hpp"
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
    // stamp: of the caller (store/visibility/views.hpp), read before the database is. An answer made under an earlier one is never
    // found.
    std::shared_ptr<const KeptAnswer> find(const std::string& view, std::uint64_t stamp);
    void keep(std::string view, std::uint64_t stamp, std::shared_ptr<const KeptAnswer> answer);

private:
    struct Kept {
        std::uint64_t stamp = 0;
        std::shared_ptr<const KeptAnswer> answer;
    };
    std::mutex mutex_;
    std::unordered_map<std::string, Kept> answers_;
    std::size_t bytes_ = 0;
};

// All that an answer of such a route depends on besides the database: the target, its format, language and coding, and the caller.
std::string view_of(std::string_view target, std::string_view media_type, i18n::Language language, const domain::Principal& principal,
                    base::Coding coding = base::Coding::identity);

}  // namespace cbmx::api
