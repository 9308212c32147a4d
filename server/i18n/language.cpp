// Chooses the language of an answer and fills placeholders; needs no file. The sentences: texts.cpp.
#include "base/text.hpp"
#include "base/weighted_list.hpp"
#include "i18n/texts.hpp"
#include <algorithm>

namespace cbmx::i18n {
namespace {

constexpr std::size_t max_subtag_length = 8;  // RFC 4647, 2.1

constexpr std::array<std::string_view, all_languages.size()> codes{"en", "es", "fr", "pt"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return base::to_lower(c) >= 'a' && base::to_lower(c) <= 'z'; }

// The text up to the separator, which is taken off the rest together with it.
std::string_view take_until(std::string_view& rest, char separator)
{
    const auto end = rest.find(separator);
    const auto taken = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    return taken;
}

bool is_subtag(std::string_view subtag, bool first)
{
    if (subtag.empty() || subtag.size() > max_subtag_length)
        return false;
    return std::all_of(subtag.begin(), subtag.end(), [first](char c) { return is_letter(c) || (!first && is_digit(c)); });
}

bool is_basic_range(std::string_view range)
{
    if (range == "*")
        return true;
    if (range.empty() || range.back() == '-')
        return false;
    auto rest = range;
    if (!is_subtag(take_until(rest, '-'), true))
        return false;
    while (!rest.empty())
        if (!is_subtag(take_until(rest, '-'), false))
            return false;
    return true;
}

struct Preference {
    int weight = 0;            // 0: not acceptable
    std::size_t position = 0;  // of the range that gave the weight

    bool better_than(const Preference& other) const
    {
        return weight > other.weight || (weight == other.weight && position < other.position);
    }
};

// A range names a language when cutting its subtags off from the right arrives at it; "*" speaks for what no
// other range names. Only the bare tag with q=0 excludes: "pt-BR;q=0" refuses one variant, not the language.
Preference preference_for(std::string_view code, const std::vector<base::Weighted>& ranges)
{
    Preference named;
    Preference any;
    for (std::size_t i = 0; i < ranges.size(); ++i) {
        const auto tag = ranges[i].value;
        if (ranges[i].has_parameters || !is_basic_range(tag))
            continue;
        const Preference candidate{ranges[i].weight, i};
        if (tag == "*") {
            any = candidate.better_than(any) ? candidate : any;
            continue;
        }
        if (!base::equals_ignoring_case(tag.substr(0, tag.find('-')), code))
            continue;
        if (candidate.weight == 0 && tag.size() == code.size())
            return {};
        named = candidate.better_than(named) ? candidate : named;
    }
    return named.weight > 0 ? named : any;
}

bool is_name_character(char c) { return (c >= 'a' && c <= 'z') || is_digit(c) || c == '_'; }

std::string_view argument_named(std::string_view name, const domain::Arguments& arguments)
{
    for (const auto& [key, value] : arguments)
        if (key == name)
            return value;
    return {};
}

}  // namespace

std::string_view code_of(Language language) { return codes[static_cast<std::size_t>(language)]; }

std::optional<Language> language_from(std::string_view code)
{
    for (const auto language : all_languages)
        if (code_of(language) == code)
            return language;
    return std::nullopt;
}

Language negotiate(std::string_view accept_language)
{
    const auto ranges = base::weighted_list(accept_language, max_language_ranges);
    Language chosen = default_language;
    Preference best;
    for (const auto language : all_languages) {
        const auto preference = preference_for(code_of(language), ranges);
        if (preference.weight > 0 && preference.better_than(best)) {
            chosen = language;
            best = preference;
        }
    }
    return chosen;
}

std::string fill(std::string_view pattern, const domain::Arguments& arguments)
{
    std::string filled;
    while (!pattern.empty()) {
        const auto open = std::min(pattern.find('{'), pattern.size());
        filled += pattern.substr(0, open);
        pattern.remove_prefix(open);
        if (pattern.empty())
            break;
        std::size_t end = 1;
        while (end < pattern.size() && is_name_character(pattern[end]))
            ++end;
        const bool placeholder = end > 1 && end < pattern.size() && pattern[end] == '}';
        if (placeholder)
            filled += argument_named(pattern.substr(1, end - 1), arguments);
        else
            filled += '{';
        pattern.remove_prefix(placeholder ? end + 1 : 1);
    }
    return filled;
}

}  // namespace cbmx::i18n
