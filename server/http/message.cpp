// Look-ups in a request's fields; see message.hpp.
#include "http/message.hpp"
#include "base/text.hpp"
#include <algorithm>

namespace cbmx::http {

std::optional<std::string_view> Head::field(std::string_view name) const
{
    for (const Field& candidate : fields)
        if (base::equals_ignoring_case(candidate.name, name))
            return candidate.value;
    return std::nullopt;
}

std::size_t Head::count(std::string_view name) const
{
    return static_cast<std::size_t>(std::count_if(
        fields.begin(), fields.end(), [name](const Field& candidate) { return base::equals_ignoring_case(candidate.name, name); }));
}

}  // namespace cbmx::http
