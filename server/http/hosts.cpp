// Compares a Host field with the allow-list; see hosts.hpp.
#include "http/hosts.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <openssl/crypto.h>
#include <stdexcept>

namespace cbmx::http {

namespace {

bool has_port(std::string_view entry)
{
    const auto colon = entry.rfind(':');
    const auto bracket = entry.rfind(']');
    return colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
}

}  // namespace

Hosts::Hosts(std::vector<std::string> allowed) : allowed_(std::move(allowed))
{
    for (const std::string& entry : allowed_)
        names_.push_back(padded(has_port(entry) ? std::string_view(entry).substr(0, entry.rfind(':')) : entry));
}

Hosts::Padded Hosts::padded(std::string_view name)
{
    if (name.size() > longest_name)
        throw std::runtime_error("a name in allowed_hosts is longer than " + std::to_string(longest_name) + " characters");
    Padded bytes{};
    std::transform(name.begin(), name.end(), bytes.begin(), [](char c) { return base::to_lower(c); });
    return bytes;
}

bool Hosts::is_name(std::string_view server_name) const
{
    if (server_name.size() > longest_name)
        return false;
    const Padded asked = padded(server_name);
    int found = 0;
    for (const Padded& name : names_)
        found += CRYPTO_memcmp(asked.data(), name.data(), name.size()) == 0 ? 1 : 0;
    return found > 0;
}

bool Hosts::allow(std::string_view host_field, std::uint16_t listener_port) const
{
    const std::string our_port = ":" + std::to_string(listener_port);
    return std::any_of(allowed_.begin(), allowed_.end(), [&](const std::string& entry) {
        return base::equals_ignoring_case(entry, host_field) ||
               (!has_port(entry) && base::equals_ignoring_case(entry + our_port, host_field));
    });
}

}  // namespace cbmx::http
