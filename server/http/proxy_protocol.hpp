// PROXY protocol version 2: the client's address as a listed proxy reports it (rules.md 2). No I/O here;
// session.cpp reads the bytes before TLS begins. Source: haproxy.org/download/2.8/doc/proxy-protocol.txt, section 2.2.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace cbmx::http {

inline constexpr std::size_t proxy_prefix_bytes = 16;         // signature, version, family, length
inline constexpr std::size_t max_proxy_address_bytes = 2048;  // addresses and TLVs; the latter are not read

// How many bytes follow the prefix; nullopt when these 16 bytes are not version 2 or announce too much.
std::optional<std::size_t> proxy_address_bytes(std::string_view prefix);

struct ProxiedClient {
    std::optional<std::string> address;  // textual IP; nullopt: LOCAL, the proxy speaks for itself
};
// nullopt: not a TCP over IPv4 or IPv6 client, or too short.
std::optional<ProxiedClient> parse_proxy_header(std::string_view prefix, std::string_view rest);

}  // namespace cbmx::http
