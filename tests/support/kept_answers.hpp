// What a portal answered and a State keeps: a verifier of receipts takes it as it came.
#pragma once
#include "support/portal.hpp"

namespace cbmx::test {

// Whatever in the answer has a receipt is genuine, by the keys of the portal's own log. asked: for the message.
void check_receipts(TestPortal& portal, const RawResponse& response, const std::string& asked);

}  // namespace cbmx::test
