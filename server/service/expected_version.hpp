// What a change says that its caller has seen of the record, and the tag of the record as it stands (rules.md 20). Pure, any
// thread. Judged in guard.hpp; written and read as ETag and If-Match in api/conditional.hpp.
#pragma once
#include "domain/error.hpp"
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cbmx::service {

// A draft's versions differ from those of its record, so that nobody acts on one having seen the other: negative
// here, "d3-..." in a tag.
inline std::int64_t draft_version(std::int64_t version) { return -version; }

// "3-" of a record, "d3-" of a working copy: the form that says the version alone.
std::string bare_tag(std::int64_t version);

// The bare form and a hash of what a step would act on (content, label, recipients, state ...): the same for every language,
// time and reader, so made of rows and never of an answer.
std::string record_tag(std::int64_t version, std::string_view acted_on);
std::string record_tag(std::int64_t version, const std::vector<std::string>& acted_on);  // of several texts

// One element of If-Match, without its quotes.
struct SeenTag {
    std::string text;
    bool weak = false;
    bool operator==(const SeenTag&) const = default;
};

// The condition of a change: the states of the record that the caller has seen, one of which must be the present one.
class ExpectedVersion {
public:
    ExpectedVersion(std::nullopt_t = std::nullopt) {}  // any: "If-Match: *"
    ExpectedVersion(std::int64_t version) : tags_{{bare_tag(version)}}, any_(false) {}
    explicit ExpectedVersion(std::vector<SeenTag> tags) : tags_(std::move(tags)), any_(false) {}

    bool is_any() const { return any_; }
    bool is_one_strong_tag() const { return tags_.size() == 1 && !tags_.front().weak; }

    // present: a record_tag. The bare form is compared by its version, every other as a whole; what stands behind a second
    // hyphen names a view of the same state and is passed over. A weak tag never matches (RFC 9110, 13.1.1).
    // precondition_failed with weak_tag (none is strong), stale_tag (one was given) or no_tag_matches.
    domain::Result<void> check(std::string_view present) const;

    bool operator==(const ExpectedVersion&) const = default;

private:
    std::vector<SeenTag> tags_;
    bool any_ = true;
};

}  // namespace cbmx::service
