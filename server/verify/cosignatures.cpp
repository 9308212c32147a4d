// What witnesses are said to have signed: each line below a checkpoint must be by a witness's key that stands in the
// database (whose row verify_rows.cpp compares with its entry), over the checkpoint that stands there.
#include "store/rows/cosignatures.hpp"
#include "base/public_key.hpp"
#include "ledger/cosignature.hpp"
#include "verify/parts.hpp"
#include <map>

namespace cbmx::service {
namespace {

using Keys = std::map<domain::SigningKeyId, std::optional<base::Ed25519Public>>;  // by id: each is read once

// What is wrong; empty: nothing.
std::string fault_of(const store::StoredCosignature& stored, Keys& keys)
{
    if (stored.note.empty())
        return "is below no checkpoint";
    if (stored.use != domain::SigningKeyUse::witness)
        return "is by a key that is no witness's";
    if (!keys.contains(stored.row.signing_key))
        keys[stored.row.signing_key] = base::ed25519_public_key(stored.public_key);
    const auto& key = keys[stored.row.signing_key];
    const auto cosignature = ledger::parse_cosignature(stored.row.bytes);
    const auto text = stored.note.substr(0, stored.note.rfind("\n\n") + 1);
    if (!key || !cosignature || !ledger::verify_cosignature({stored.row.name, *key}, text, *cosignature))
        return "does not verify";
    return {};
}

}  // namespace

void check_cosignatures(store::Connection& db, Findings& findings)
{
    Keys keys;
    store::scan_cosignatures(db, [&findings, &keys](const store::StoredCosignature& stored) {
        ++findings.report().cosignatures;
        if (const auto fault = fault_of(stored, keys); !fault.empty())
            findings.fault(static_cast<std::int64_t>(stored.row.size) - 1,
                           "the cosignature of size " + std::to_string(stored.row.size) + " by " +
                               (stored.row.name.empty() ? stored.row.signing_key.value : stored.row.name) + " " + fault);
    });
}

}  // namespace cbmx::service
