// What a nomination and a contact can be, and the State's position on what the secretariat recorded on its behalf, with their
// names in the database and in records. What may become what: workflow.hpp.
#pragma once
#include "domain/names.hpp"
#include <string>

namespace cbmx::domain {

enum class NominationStatus { accepted, open, returned, withdrawn };  // what is erased keeps its status
template <>
struct Names<NominationStatus> {
    static constexpr std::array<std::string_view, 4> text{"accepted", "open", "returned", "withdrawn"};
};

enum class ContactStatus { listed, objected, removed };  // what is erased keeps its status
template <>
struct Names<ContactStatus> {
    static constexpr std::array<std::string_view, 3> text{"listed", "objected", "removed"};
};

enum class Position { unanswered, confirmed, objected };
template <>
struct Names<Position> {
    static constexpr std::array<std::string_view, 3> text{"unanswered", "confirmed", "objected"};
};

// nullopt: entered by the State itself.
inline std::optional<std::string> name_of(const std::optional<Position>& position)
{
    return position ? std::optional(std::string(name_of(*position))) : std::nullopt;
}

}  // namespace cbmx::domain
