// See expected_version.hpp.
#include "service/expected_version.hpp"
#include "base/bytes.hpp"
#include "json/parse.hpp"
#include <algorithm>
#include <cstdlib>

namespace cbmx::service {
namespace {

using domain::Error;
using domain::ErrorCode;
using domain::Result;
using domain::Rule;

constexpr std::size_t hash_characters = 24;  // hexadecimal: 96 bits, and beside them a version that comes once

std::string_view version_of(std::string_view tag) { return tag.substr(0, tag.find('-')); }

bool says(std::string_view seen, std::string_view present)
{
    const auto version = version_of(present);
    const bool is_bare = seen.size() == version.size() + 1 && seen.ends_with('-') && seen.starts_with(version);
    const bool is_whole = seen.starts_with(present) && (seen.size() == present.size() || seen[present.size()] == '-');
    return is_bare || is_whole;
}

}  // namespace

std::string bare_tag(std::int64_t version)
{
    std::string text = version < 0 ? "d" : "";
    return text.append(std::to_string(std::abs(version))).append("-");
}

std::string record_tag(std::int64_t version, std::string_view acted_on)
{
    return bare_tag(version).append(base::hex(base::sha256(acted_on)), 0, hash_characters);
}

std::string record_tag(std::int64_t version, const std::vector<std::string>& acted_on)
{
    return record_tag(version, json::canonical(acted_on));
}

Result<void> ExpectedVersion::check(std::string_view present) const
{
    if (any_ || std::any_of(tags_.begin(), tags_.end(), [present](const SeenTag& tag) { return !tag.weak && says(tag.text, present); }))
        return {};
    const bool all_weak = std::all_of(tags_.begin(), tags_.end(), [](const SeenTag& tag) { return tag.weak; });
    const auto rule = all_weak ? Rule::weak_tag : tags_.size() == 1 ? Rule::stale_tag : Rule::no_tag_matches;
    return Error{ErrorCode::precondition_failed, {{"header:If-Match", rule, {{"present", std::string(version_of(present))}}}}};
}

}  // namespace cbmx::service
