// Small readings of text that more than one layer needs: trimming, comparison and lower case in ASCII, whole numbers, lists.
// Pure, any thread, no locale. Characters of a protocol: http/text.hpp; of a record: json/text.hpp.
#pragma once
#include <charconv>
#include <concepts>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cbmx::base {

inline constexpr std::string_view blanks = " \t";           // optional white space of an HTTP field (RFC 9110, 5.6.3)
inline constexpr std::string_view white_space = " \t\r\n";  // of JSON and of a cell

std::string_view trimmed(std::string_view text, std::string_view cut);  // without the characters of cut at either end; a view of text

constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }  // other bytes stay
std::string to_lower(std::string_view text);
bool equals_ignoring_case(std::string_view a, std::string_view b);  // ASCII letters; other bytes have to be equal

// The whole text as a decimal number from least to most, leading zeros allowed; nullopt for anything else: an empty text, a
// plus sign, a space, a number that the type cannot hold.
template <std::integral Number>
std::optional<Number> whole_number(std::string_view text, Number least = std::numeric_limits<Number>::min(),
                                   Number most = std::numeric_limits<Number>::max())
{
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || number < least || number > most)
        return std::nullopt;
    return number;
}

std::string joined(std::span<const std::string> words, std::string_view separator = ", ");  // "a, b"
std::vector<std::string> split_commas(std::string_view list);                               // "a,b"; of an empty text nothing

}  // namespace cbmx::base
