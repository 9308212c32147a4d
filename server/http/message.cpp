// Look-ups in a request's fields, and who is still there; see message.hpp.
#include "http/message.hpp"
#include "base/text.hpp"
#include <algorithm>

namespace cbmx::http {

bool Presence::is_gone() const
{
    const std::lock_guard lock(mutex_);
    return is_gone_;
}

void Presence::on_gone(std::function<void()> left)
{
    {
        const std::lock_guard lock(mutex_);
        if (!is_gone_) {
            left_.swap(left);
            return;
        }
    }
    if (left)
        left();
}

void Presence::leave()
{
    std::function<void()> left;
    {
        const std::lock_guard lock(mutex_);
        is_gone_ = true;
        left.swap(left_);
    }
    if (left)
        left();
}

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
