// SQL as a literal: a text that is built at run time does not compile. Parts that several statements share are joined by +
// while compiling:
//     static constexpr auto statement = "SELECT " + report_columns + report_joins + " WHERE r.id = ?1";
#pragma once
#include "domain/table.hpp"
#include <cstddef>

namespace cbmx::store {

// A part of a statement, or a whole one; N counts the terminating zero.
template <std::size_t N>
struct SqlText {
    char text[N] = {};

    consteval SqlText() = default;
    consteval SqlText(const char (&literal)[N])
    {
        for (std::size_t i = 0; i < N; ++i)
            text[i] = literal[i];
    }
    consteval SqlText(const domain::Text<N - 1>& names)  // made of a table's names
    {
        for (std::size_t i = 0; i < N; ++i)
            text[i] = names.characters[i];
    }
};
template <std::size_t N>
SqlText(const domain::Text<N>&) -> SqlText<N + 1>;

template <std::size_t M, std::size_t N>
consteval SqlText<M + N - 1> operator+(const SqlText<M>& left, const SqlText<N>& right)
{
    SqlText<M + N - 1> joined;
    for (std::size_t i = 0; i < M - 1; ++i)
        joined.text[i] = left.text[i];
    for (std::size_t i = 0; i < N; ++i)
        joined.text[M - 1 + i] = right.text[i];
    return joined;
}

template <std::size_t M, std::size_t N>
consteval auto operator+(const char (&left)[M], const SqlText<N>& right)
{
    return SqlText<M>(left) + right;
}

template <std::size_t M, std::size_t N>
consteval auto operator+(const SqlText<M>& left, const char (&right)[N])
{
    return left + SqlText<N>(right);
}

// A statement as it is prepared, once per connection. Its text lives as long as the program: a literal, or a joined text in a
// static constexpr variable (one that is not static does not compile).
struct Sql {
    const char* text;
    template <std::size_t N>
    consteval Sql(const char (&literal)[N]) : text(literal)
    {
    }
    template <std::size_t N>
    consteval Sql(const SqlText<N>& joined) : text(joined.text)
    {
    }
};

}  // namespace cbmx::store
