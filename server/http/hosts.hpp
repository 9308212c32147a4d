// The allow-list of Host and of TLS's server_name (rules.md 7): what this server may be called. Immutable, any thread.
#pragma once
#include <array>
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
    // Whether a handshake may ask for this name. Takes the same time for every name: how near a guess came is not to be measured.
    bool is_name(std::string_view server_name) const;

private:
    static constexpr std::size_t longest_name = 255;  // of RFC 6066's host_name in OpenSSL
    using Padded = std::array<char, longest_name>;
    static Padded padded(std::string_view name);

    std::vector<std::string> allowed_;
    std::vector<Padded> names_;  // of allowed_, without ports
};

}  // namespace cbmx::http
