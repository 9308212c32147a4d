// The first entries of a portal, and the entry that says that its software or policy changed.
#pragma once
#include "service/portal.hpp"

namespace cbmx::service {

// What a portal's log says of the program that runs it. It is what the program says of itself: a State that builds the package can
// compare, and whoever looks later sees when it was another.
struct Software {
    std::string version;
    std::string program;      // SHA-256 of the program's file, hex; empty: the entry does not say
    std::string schema_hash;  // store::schema_hash
};
Software this_software(const std::string& version);  // of this process; its file is read once

struct NewPortal {
    std::string origin;
    base::Ed25519Public log_key{};
    base::Hash first_token{};  // SHA-256 of the first account's token
    bool demo = false;         // for good: what the operator does for a State is refused without it (service::may_equip)
    bool with_terms = false;   // of a demonstration: invented holders of the offices
    Software software;
};

// Entry 0 (genesis: origin, key, version, hashes of program, policy, schema and verifiers), the registry's seed, and the first secretariat
// account. Outcome: that account. Only in an empty database: conflict otherwise.
Result<Outcome> create_portal(Transaction& transaction, const NewPortal& portal);

// The portal's own record: its row, and the entry that commits to it.
Seq record_portal(Transaction& transaction, domain::EventKind kind, const nlohmann::json& record, std::int64_t version);

// One portal_changed entry when version, program, policy, schema or the verifiers to download differ from the last; true when there was
// one.
bool note_software(Transaction& transaction, const Software& software);

}  // namespace cbmx::service
