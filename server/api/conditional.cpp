// See conditional.hpp. If-Match compares the version part alone: another view of the same version is still that version.
#include "api/conditional.hpp"
#include "base/text.hpp"
#include <cstdlib>

namespace cbmx::api {
namespace {

constexpr std::size_t view_characters = 12;

}  // namespace

std::string entity_tag(const std::optional<std::int64_t>& version, std::string_view body)
{
    const auto hash = base::hex(base::sha256(body));
    if (version)
        return (*version < 0 ? "\"d" : "\"") + std::to_string(std::abs(*version)) + "-" + hash.substr(0, view_characters) + "\"";
    return "\"" + hash.substr(0, 2 * view_characters) + "\"";
}

std::optional<service::ExpectedVersion> parse_if_match(std::string_view value)
{
    value = base::trimmed(value, base::blanks);
    if (value == "*")
        return service::ExpectedVersion();
    if (value.size() < 4 || value.front() != '"' || value.back() != '"')
        return std::nullopt;
    value = value.substr(1, value.size() - 2);
    const bool of_draft = value.starts_with('d');
    value.remove_prefix(of_draft ? 1 : 0);
    const auto hyphen = value.find('-');
    const auto version = base::whole_number<std::int64_t>(value.substr(0, hyphen), 0);
    if (!version || hyphen == std::string_view::npos)
        return std::nullopt;
    return service::ExpectedVersion(of_draft ? service::draft_version(*version) : *version);
}

bool matches_if_none_match(std::string_view value, std::string_view tag)
{
    while (!value.empty()) {
        const auto comma = value.find(',');
        auto candidate = base::trimmed(value.substr(0, comma), base::blanks);
        if (candidate.starts_with("W/"))
            candidate.remove_prefix(2);
        if (candidate == "*" || candidate == tag)
            return true;
        if (comma == std::string_view::npos)
            break;
        value.remove_prefix(comma + 1);
    }
    return false;
}

}  // namespace cbmx::api
