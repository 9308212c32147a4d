// See rotation.hpp.
#include "operation/rotation.hpp"
#include "json/parse.hpp"
#include "operation/new_portal.hpp"
#include "store/rows/portal.hpp"
#include <algorithm>

namespace cbmx::service {
namespace {

Outcome record_keys(Transaction& transaction, const ledger::VerifierKey& present, const ledger::VerifierKey& before, bool overlap)
{
    auto& db = transaction.db();
    const auto row = store::portal_row(db).value();
    auto record = json::parse(row.record).value();
    record["key"] = ledger::verifier_key_text(present);
    record["key_before"] = ledger::verifier_key_text(before);
    record["overlap"] = overlap;
    if (!overlap)
        store::end_other_log_keys(db, present.public_key, transaction.next_seq() - 1);
    const auto seq = record_portal(transaction, domain::EventKind::log_key_changed, record, row.version + 1);
    return {.subject = domain::Subject::portal, .id = domain::portal_id, .seq = seq};
}

}  // namespace

Result<Outcome> begin_log_key(Transaction& transaction, const ledger::VerifierKey& key, bool overlap)
{
    auto& db = transaction.db();
    const auto keys = store::log_keys(db);
    if (overlap && is_log_key_overlap(keys))
        return Error{ErrorCode::conflict, {{"", Rule::not_now, {{"workflow_state", "overlap"}}}}};
    if (std::any_of(keys.begin(), keys.end(), [&key](const ledger::VerifierKey& known) { return known.public_key == key.public_key; }))
        return Error{ErrorCode::conflict, {{"/key", Rule::already_exists}}};
    const ledger::VerifierKey fresh{
        .name = keys.front().name, .public_key = key.public_key, .from_seq = transaction.next_seq(), .until_seq = {}};
    store::insert_log_key(db, fresh);
    return record_keys(transaction, fresh, keys.front(), overlap);
}

Result<Outcome> end_log_key_overlap(Transaction& transaction)
{
    const auto keys = store::log_keys(transaction.db());
    if (!is_log_key_overlap(keys))
        return Error{ErrorCode::conflict, {{"", Rule::not_now, {{"workflow_state", "no overlap"}}}}};
    return record_keys(transaction, keys.at(0), keys.at(1), false);
}

bool is_log_key_overlap(const std::vector<ledger::VerifierKey>& keys)
{
    return std::count_if(keys.begin(), keys.end(), [](const ledger::VerifierKey& key) { return !key.until_seq; }) > 1;
}

}  // namespace cbmx::service
