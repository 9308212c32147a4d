// Chooses the language of an answer and fills placeholders; needs no file. The sentences: texts.cpp.
#include "i18n/texts.hpp"
#include <algorithm>

namespace cbmx::i18n {
namespace {

constexpr std::size_t max_subtag_length = 8;    // RFC 4647, 2.1
constexpr std::size_t max_weight_decimals = 3;  // RFC 9110, 12.4.2
constexpr int full_weight = 1000;               // weights are counted in thousandths
constexpr std::array<int, max_weight_decimals> decimal_values{100, 10, 1};

constexpr std::array<std::string_view, all_languages.size()> codes{"en", "es", "fr", "pt"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool is_letter(char c) { return to_lower(c) >= 'a' && to_lower(c) <= 'z'; }

std::string_view trimmed(std::string_view text)
{
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

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

// "0.85" gives 850; nullopt for anything that is no qvalue.
std::optional<int> parse_qvalue(std::string_view value)
{
    if (value.empty() || (value[0] != '0' && value[0] != '1'))
        return std::nullopt;
    int weight = value[0] == '1' ? full_weight : 0;
    if (value.size() == 1)
        return weight;
    const auto decimals = value.substr(2);
    if (value[1] != '.' || decimals.size() > max_weight_decimals)
        return std::nullopt;
    for (std::size_t i = 0; i < decimals.size(); ++i) {
        if (!is_digit(decimals[i]))
            return std::nullopt;
        weight += (decimals[i] - '0') * decimal_values[i];
    }
    return weight <= full_weight ? std::optional(weight) : std::nullopt;
}

struct Range {
    std::string_view tag;
    int weight;
};

std::optional<Range> parse_range(std::string_view element)
{
    const bool weighted = element.find(';') != std::string_view::npos;
    const auto tag = trimmed(take_until(element, ';'));
    if (!is_basic_range(tag))
        return std::nullopt;
    if (!weighted)
        return Range{tag, full_weight};
    const auto parameter = trimmed(element);
    if (parameter.size() < 2 || to_lower(parameter[0]) != 'q' || parameter[1] != '=')
        return std::nullopt;
    const auto weight = parse_qvalue(parameter.substr(2));
    if (!weight)
        return std::nullopt;
    return Range{tag, *weight};
}

std::vector<Range> parse_ranges(std::string_view header)
{
    std::vector<Range> ranges;
    for (std::size_t seen = 0; seen < max_language_ranges && !header.empty(); ++seen)
        if (const auto range = parse_range(take_until(header, ',')))
            ranges.push_back(*range);
    return ranges;
}

bool equal_ignoring_case(std::string_view left, std::string_view right)
{
    return std::equal(left.begin(), left.end(), right.begin(), right.end(), [](char a, char b) { return to_lower(a) == to_lower(b); });
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
Preference preference_for(std::string_view code, const std::vector<Range>& ranges)
{
    Preference named;
    Preference any;
    for (std::size_t i = 0; i < ranges.size(); ++i) {
        const Preference candidate{ranges[i].weight, i};
        if (ranges[i].tag == "*") {
            any = candidate.better_than(any) ? candidate : any;
            continue;
        }
        if (!equal_ignoring_case(ranges[i].tag.substr(0, ranges[i].tag.find('-')), code))
            continue;
        if (candidate.weight == 0 && ranges[i].tag.size() == code.size())
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
    const auto ranges = parse_ranges(accept_language);
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
