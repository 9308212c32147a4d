// What witnesses are said to have signed: each line below a checkpoint must be by a witness's key that stands in the
// database (whose row verify_rows.cpp compares with its entry), over the checkpoint that stands there.
#include "base/public_key.hpp"
#include "ledger/cosignature.hpp"
#include "service/verify_parts.hpp"
#include "store/cosignatures.hpp"

namespace cbmx::service {
namespace {

// What is wrong; empty: nothing.
std::string fault_of(const store::StoredCosignature& stored)
{
    if (stored.note.empty())
        return "is below no checkpoint";
    if (stored.use != "witness")
        return "is by a key that is no witness's";
    const auto key = base::ed25519_public_key(stored.public_key);
    const auto cosignature = ledger::parse_cosignature(stored.row.bytes);
    const auto text = stored.note.substr(0, stored.note.rfind("\n\n") + 1);
    if (!key || !cosignature || !ledger::verify_cosignature({stored.row.name, *key}, text, *cosignature))
        return "does not verify";
    return {};
}

}  // namespace

void check_cosignatures(store::Connection& db, Findings& findings)
{
    store::scan_cosignatures(db, [&findings](const store::StoredCosignature& stored) {
        ++findings.report().cosignatures;
        if (const auto fault = fault_of(stored); !fault.empty())
            findings.fault(static_cast<std::int64_t>(stored.row.size) - 1,
                           "the cosignature of size " + std::to_string(stored.row.size) + " by " + (stored.row.name.empty() ? stored.row.signing_key : stored.row.name) + " " + fault);
    });
}

}  // namespace cbmx::service
