// The log as anyone can check it: leaves, checkpoint, keys, proofs, tiles. All of it ends at the published size.
#pragma once
#include "ledger/tile.hpp"
#include "service/portal.hpp"

namespace cbmx::service {

inline constexpr std::int64_t max_leaves = 1000;  // per call

// from and to included; to: at most max_leaves on. Errors: invalid_parameter, beyond_published_size.
Result<nlohmann::json> leaf_range(const Portal& portal, Connection& db, const Principal& principal, Seq from, std::optional<Seq> to);
// The signed note of the published size, with the lines of its witnesses. not_found before the first.
Result<std::string> published_checkpoint(const Portal& portal, Connection& db, const Principal& principal);
// {"origin", "keys"}: all keys, the present one first; of their numbers, those within the size.
nlohmann::json keys_of_log(Connection& db, const std::string& origin, std::uint64_t size);
nlohmann::json log_key(const Portal& portal, Connection& db, const Principal& principal);
Result<nlohmann::json> inclusion(const Portal& portal, Connection& db, const Principal& principal, Seq index, Seq size);
Result<nlohmann::json> consistency(const Portal& portal, Connection& db, const Principal& principal, Seq first, Seq second);
// Error: not_found for what is no tile, or none of the published log.
Result<std::string> tile(const Portal& portal, Connection& db, const Principal& principal, const ledger::Tile& which);

}  // namespace cbmx::service
