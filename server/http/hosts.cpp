// Compares a Host field with the allow-list; see hosts.hpp.
#include "http/hosts.hpp"
#include "base/text.hpp"
#include <algorithm>

namespace cbmx::http {

namespace {

bool has_port(std::string_view entry)
{
    const auto colon = entry.rfind(':');
    const auto bracket = entry.rfind(']');
    return colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
}

}  // namespace

Hosts::Hosts(std::vector<std::string> allowed) : allowed_(std::move(allowed)) {}

bool Hosts::allow(std::string_view host_field, std::uint16_t listener_port) const
{
    const std::string our_port = ":" + std::to_string(listener_port);
    return std::any_of(allowed_.begin(), allowed_.end(), [&](const std::string& entry) {
        return base::equals_ignoring_case(entry, host_field) ||
               (!has_port(entry) && base::equals_ignoring_case(entry + our_port, host_field));
    });
}

}  // namespace cbmx::http
