// Enumerations that stand as text in the database and in answers. Each has one table of names, a specialisation of Names
// beside it; text becomes a value where it is read (store/rows, a body), and a value text where it is written.
#pragma once
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>

namespace cbmx::domain {

template <class Enum>
struct Names;  // static constexpr std::array<std::string_view, N> text: in the enumeration's order

template <class Enum>
concept Named = std::is_enum_v<Enum> && requires
{
    Names<Enum>::text.size();
};

template <Named Enum>
constexpr std::string_view name_of(Enum value)
{
    return Names<Enum>::text[static_cast<std::size_t>(value)];
}

template <Named Enum>
constexpr std::optional<Enum> value_named(std::string_view name)
{
    for (std::size_t i = 0; i < Names<Enum>::text.size(); ++i)
        if (Names<Enum>::text[i] == name)
            return static_cast<Enum>(i);
    return std::nullopt;
}

}  // namespace cbmx::domain
