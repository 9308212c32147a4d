// A State's word in an entry: the statement that a key of the State signed, as a verifier judges it from the opening alone (rules.md). The
// statement is of this entry and of nothing else; whose signature it is, only a reader who knows the State's key can tell.
#pragma once
#include "base/bytes.hpp"
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace cbmx::service {

// Known from elsewhere.
struct StateKey {
    std::string state;  // "CL"
    std::string pem;
    base::Hash fingerprint{};  // SHA-256 of its DER
};
using StateKeys = std::vector<StateKey>;

// "CL=FILE", a file with one public key in PEM. Throws std::runtime_error with a sentence.
StateKey read_state_key(const std::string& state_and_file);

// What is wrong with an opening (not null) of an entry that is proven, in sentences, the first one first: what ledger/opening.hpp finds;
// content where entries of the kind commit to a record, or the reverse; of a statement its form, the first member that is not the
// entry's, or the signature by a key that is known. origin: of the log.
std::vector<std::string> faults_in_opening(const nlohmann::json& entry, const nlohmann::json& opening, std::string_view origin,
                                           const StateKeys& keys);

// "signed with a key of CL" or what else is to be said of the State's word; empty: no account of a State acted.
// opening: null, or one without a fault.
std::string state_word(const nlohmann::json& entry, const nlohmann::json& opening, const StateKeys& keys);

}  // namespace cbmx::service
