// See media_types.hpp.
#include "api/media_types.hpp"
#include "base/text.hpp"
#include "base/weighted_list.hpp"
#include <algorithm>
#include <tuple>

namespace cbmx::api {
namespace {

using base::blanks;
using base::equals_ignoring_case;
using base::trimmed;

constexpr std::string_view json_type = "application/json";
constexpr std::string_view merge_patch_type = "application/merge-patch+json";
constexpr std::string_view any_type = "*/*", any_subtype = "/*";

enum class Fit { none, any, subtype, exact };  // how specifically a media range names a type

Fit fit_of(std::string_view range, std::string_view type)
{
    if (equals_ignoring_case(range, type))
        return Fit::exact;
    if (range == any_type)
        return Fit::any;
    const bool fits = range.ends_with(any_subtype) &&
                      equals_ignoring_case(range.substr(0, range.size() - any_subtype.size()), type.substr(0, type.find('/')));
    return fits ? Fit::subtype : Fit::none;
}

struct Preference {
    int weight = 0;  // 0: not acceptable
    Fit fit = Fit::none;

    bool better_than(const Preference& other) const { return std::tie(weight, fit) > std::tie(other.weight, other.fit); }
};

Preference preference_for(std::string_view type, const std::vector<base::Weighted>& ranges)
{
    Preference preference;
    for (const auto& range : ranges) {
        const auto fit = fit_of(range.value, type);
        if (fit != Fit::none && std::tie(fit, range.weight) > std::tie(preference.fit, preference.weight))
            preference = {range.weight, fit};
    }
    return preference;
}

}  // namespace

std::optional<std::string> list_in(const http::Head& head, std::string_view field)
{
    std::optional<std::string> list;
    for (const auto& [name, value] : head.fields)
        if (equals_ignoring_case(name, field))
            list = list ? *list + "," + value : value;
    return list;
}

std::optional<std::string_view> type_of_answer(const Route& route, std::optional<std::string_view> accept)
{
    if (!accept)
        return route.media_type;
    const auto ranges = base::weighted_list(*accept, max_media_ranges);
    std::optional<std::string_view> chosen;
    Preference best;
    const auto consider = [&](std::string_view type) {
        const auto preference = preference_for(type, ranges);
        if (preference.weight > 0 && preference.better_than(best)) {
            chosen = type;
            best = preference;
        }
    };
    consider(route.media_type);
    for (const auto type : route.alternative_media_types)
        consider(type);
    return chosen;
}

std::optional<std::string_view> type_of_body(const Route& route, std::string_view content_type)
{
    const auto semicolon = content_type.find(';');
    const auto type = trimmed(content_type.substr(0, semicolon), blanks);
    const auto parameter = semicolon == std::string_view::npos ? std::string_view() : trimmed(content_type.substr(semicolon + 1), blanks);
    if (!parameter.empty() && !equals_ignoring_case(parameter, "charset=utf-8") && !equals_ignoring_case(parameter, "charset=\"utf-8\""))
        return std::nullopt;
    const auto is_sent = [type](std::string_view taken) { return equals_ignoring_case(type, taken); };
    if (!route.raw_body_types.empty()) {
        const auto raw = std::find_if(route.raw_body_types.begin(), route.raw_body_types.end(), is_sent);
        return raw == route.raw_body_types.end() ? std::nullopt : std::optional(*raw);
    }
    if (is_sent(json_type))
        return json_type;
    return route.method == Method::patch && is_sent(merge_patch_type) ? std::optional(merge_patch_type) : std::nullopt;
}

}  // namespace cbmx::api
