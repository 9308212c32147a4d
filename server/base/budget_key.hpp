// Under which name an address is counted wherever callers without an account have a share: connections, rates, guesses (rules.md 27a).
#pragma once
#include <string>
#include <string_view>

namespace cbmx::base {

// IPv4: the address. IPv6: its first 64 bits, as "2001:db8:1:2::/64", since whoever has one address there has them all. IPv4 inside
// IPv6: as IPv4. What is no address: the text itself.
std::string budget_key(std::string_view address);

}  // namespace cbmx::base
