// What witnesses have signed: at most one line for each size and key, kept for ever. Rules: service/log/cosignatures.hpp.
#pragma once
#include "domain/status.hpp"
#include "store/connection.hpp"
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace cbmx::store {

struct CosignatureRow {
    std::uint64_t size = 0;
    domain::SigningKeyId signing_key;
    std::string bytes;  // key ID, time, signature: ledger/cosignature.hpp
    std::string name;   // of the key, as its State
    domain::StateCode state;
};

std::vector<CosignatureRow> cosignatures_of(Connection& connection, std::uint64_t size);  // by name, then id of the key
// False: this key has signed this size before, and what it said then stays.
bool insert_cosignature(Connection& connection, std::uint64_t size, const domain::SigningKeyId& signing_key, const std::string& bytes);

// What verify reads: each with its checkpoint and its key, in order of size.
struct StoredCosignature {
    CosignatureRow row;
    std::string note;                          // of the checkpoint; empty: there is none
    std::optional<domain::SigningKeyUse> use;  // of the key; nullopt: there is none, or its row holds what no portal writes
    std::string public_key;                    // PEM
};
void scan_cosignatures(Connection& connection, const std::function<void(const StoredCosignature&)>& each);

}  // namespace cbmx::store
