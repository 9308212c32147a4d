// The binary header of PROXY version 2; see proxy_protocol.hpp.
#include "http/proxy_protocol.hpp"
#include <algorithm>
#include <boost/asio/ip/address.hpp>

namespace cbmx::http {
namespace {

namespace ip = boost::asio::ip;

constexpr std::string_view signature("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr unsigned char version_2_local = 0x20;
constexpr unsigned char version_2_proxy = 0x21;
constexpr unsigned char tcp_over_ipv4 = 0x11;
constexpr unsigned char tcp_over_ipv6 = 0x21;
constexpr std::size_t ipv4_block_bytes = 12;  // two addresses, two ports
constexpr std::size_t ipv6_block_bytes = 36;

unsigned char byte_at(std::string_view text, std::size_t i) { return static_cast<unsigned char>(text[i]); }

template <class Address>
std::string first_address(std::string_view block)
{
    typename Address::bytes_type bytes;
    std::copy_n(block.begin(), bytes.size(), bytes.begin());
    return Address(bytes).to_string();
}

}  // namespace

std::optional<std::size_t> proxy_address_bytes(std::string_view prefix)
{
    if (prefix.size() != proxy_prefix_bytes || !prefix.starts_with(signature))
        return std::nullopt;
    if (byte_at(prefix, 12) != version_2_local && byte_at(prefix, 12) != version_2_proxy)
        return std::nullopt;
    const std::size_t length = static_cast<std::size_t>(byte_at(prefix, 14)) << 8 | byte_at(prefix, 15);
    if (length > max_proxy_address_bytes)
        return std::nullopt;
    return length;
}

std::optional<ProxiedClient> parse_proxy_header(std::string_view prefix, std::string_view rest)
{
    const auto length = proxy_address_bytes(prefix);
    if (!length || *length != rest.size())
        return std::nullopt;
    if (byte_at(prefix, 12) == version_2_local)
        return ProxiedClient{};
    if (byte_at(prefix, 13) == tcp_over_ipv4 && rest.size() >= ipv4_block_bytes)
        return ProxiedClient{first_address<ip::address_v4>(rest)};
    if (byte_at(prefix, 13) != tcp_over_ipv6 || rest.size() < ipv6_block_bytes)
        return std::nullopt;
    const ip::address_v6 address = ip::make_address_v6(first_address<ip::address_v6>(rest));
    if (address.is_v4_mapped())
        return ProxiedClient{ip::make_address_v4(ip::v4_mapped, address).to_string()};
    return ProxiedClient{address.to_string()};
}

}  // namespace cbmx::http
