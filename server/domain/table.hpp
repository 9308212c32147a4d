// What the tables of this program share: a cell that cannot be forgotten, the check that every value has its row, and texts made
// of a table's names at compile time.
#pragma once
#include <cstddef>
#include <string_view>
#include <type_traits>

namespace cbmx::domain {

// A cell of a table's row. It has no default, so that a row that forgets it does not compile.
template <class T>
struct Cell {
    T value;
    template <class U>
    requires std::is_convertible_v<U, T>
    constexpr Cell(U given) : value(given) {}
    constexpr operator const T&() const { return value; }
};

// For the static_assert of a table: one row for each of count values, in the enum's order. key: the row's member.
template <class Table, class Key>
constexpr bool has_row_for_each(const Table& table, Key key, std::size_t count)
{
    for (std::size_t i = 0; i < table.size(); ++i)
        if (static_cast<std::size_t>(table[i].*key) != i)
            return false;
    return table.size() == count;
}

template <std::size_t N>
struct Text {
    char characters[N + 1]{};  // ends with a zero
    constexpr operator std::string_view() const { return {characters, N}; }
};

// One text of many, e.g. joined<[](auto take) { take("a"), take("b"); }>(): parts(take) gives them one after the other.
template <auto parts>
consteval auto joined()
{
    constexpr auto size = [] {
        std::size_t total = 0;
        parts([&total](std::string_view part) { total += part.size(); });
        return total;
    }();
    Text<size> text;
    char* end = text.characters;
    parts([&end](std::string_view part) {
        for (const char letter : part)
            *end++ = letter;
    });
    return text;
}

}  // namespace cbmx::domain
