// The first entries of a portal, and the entry that says that its software or policy changed.
#pragma once
#include "service/portal.hpp"

namespace cbmx::service {

struct NewPortal {
    std::string origin;
    base::Ed25519Public log_key{};
    base::Hash first_token{};  // SHA-256 of the first account's token
    bool demo = false;         // for good: what the operator does for a State is refused without it (service::may_equip)
    bool with_terms = false;   // of a demonstration: invented holders of the offices
    std::string software;      // this release's version
    std::string schema_hash;   // store::schema_hash
};

// Entry 0 (genesis: origin, key, version, hashes of policy, schema and verifiers), the registry's seed, and the first secretariat account.
// Outcome: that account. Only in an empty database: conflict otherwise.
Result<Outcome> create_portal(Transaction& transaction, const NewPortal& portal);

// The portal's own record: its row, and the entry that commits to it.
Seq record_portal(Transaction& transaction, domain::EventKind kind, const nlohmann::json& record, std::int64_t version);

// One portal_changed entry when version, policy, schema or the verifiers to download differ from the last; true when there was one.
bool note_software(Transaction& transaction, const std::string& software, const std::string& schema_hash);

}  // namespace cbmx::service
