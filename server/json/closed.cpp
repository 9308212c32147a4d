// See closed.hpp.
#include "json/closed.hpp"
#include <algorithm>

namespace cbmx::json {

bool is_closed(const nlohmann::json& value, std::initializer_list<std::string_view> required,
               std::initializer_list<std::string_view> optional)
{
    if (!value.is_object())
        return false;
    const auto is_there = [&value](std::string_view name) { return value.contains(name); };
    const auto present = std::count_if(optional.begin(), optional.end(), is_there);
    return std::all_of(required.begin(), required.end(), is_there) && value.size() == required.size() + static_cast<std::size_t>(present);
}

}  // namespace cbmx::json
