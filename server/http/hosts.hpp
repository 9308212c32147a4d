// The allow-list of Host (rules.md 7): what this server may be called. Immutable, any thread.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cbmx::http {

class Hosts {
public:
    // Entries in lower case: "portal.example", which goes with the listener's port or none, or
    // "portal.example:443", which goes with exactly that (a port forwarded to ours). IPv6 in brackets.
    explicit Hosts(std::vector<std::string> allowed);
    bool allow(std::string_view host_field, std::uint16_t listener_port) const;

private:
    std::vector<std::string> allowed_;
};

}  // namespace cbmx::http
