// `cbmx founding confirm` on the command line's side, which makes the second halves of the codes: the portal's process gets their hashes.
#pragma once
#include "operation/operator.hpp"

namespace cbmx {

struct FoundingWish {
    std::string proposal;
    std::string document;                   // bytes of the note verbale that was compared
    std::vector<std::string> fingerprints;  // "2=0a1b...": of the second official's certificate, SHA-256 in hex, as the note names it
};
// The answer of operator.hpp; its result names each official, with the half to be read out ("second_half") where there is one. Throws
// std::runtime_error for a fingerprint without an official's number.
nlohmann::json confirm_founding(const FoundingWish& wish, const base::RandomSource& random, const Apply& apply);

}  // namespace cbmx
