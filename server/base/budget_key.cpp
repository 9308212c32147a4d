// See budget_key.hpp.
#include "base/budget_key.hpp"
#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <netinet/in.h>

namespace cbmx::base {
namespace {

constexpr std::size_t network_bytes = 8;

}  // namespace

std::string budget_key(std::string_view address)
{
    if (address.find(':') == std::string_view::npos)
        return std::string(address);
    const std::string plain(address.substr(0, address.find('%')));  // without the name of an interface
    in6_addr bits{};
    if (inet_pton(AF_INET6, plain.c_str(), &bits) != 1)
        return std::string(address);
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (IN6_IS_ADDR_V4MAPPED(&bits)) {
        inet_ntop(AF_INET, &bits.s6_addr[12], text.data(), text.size());
        return text.data();
    }
    std::fill(std::begin(bits.s6_addr) + network_bytes, std::end(bits.s6_addr), std::uint8_t{0});
    inet_ntop(AF_INET6, &bits, text.data(), text.size());
    std::string key(text.data());
    key.append("/64");
    return key;
}

}  // namespace cbmx::base
