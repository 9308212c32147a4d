// See audit.hpp. Which entries: the SQL of store/log/entries.cpp.
#include "service/log/audit.hpp"
#include "ledger/merkle.hpp"
#include "service/log/receipts.hpp"

namespace cbmx::service {

nlohmann::json list_audit(Connection& db, const Principal& principal, store::AuditFilter filter)
{
    const auto limit = filter.limit;
    filter.limit += 1;  // one more shows whether there is a further page
    auto entries = store::audit(db, principal.visibility, filter);
    const bool has_more = static_cast<std::int64_t>(entries.size()) > limit;
    if (has_more)
        entries.pop_back();
    auto items = nlohmann::json::array();
    for (const auto& entry : entries)
        items.push_back({{"seq", entry.seq},
                         {"entry", nlohmann::json::parse(entry.body)},
                         {"leaf_hash", base::base64(ledger::leaf_hash(entry.body))},
                         {"actor", actor_of(db, principal, entry)},
                         {"hands", hands_of(db, principal, entry)},
                         {"opening", opening_of(db, principal, entry)}});
    return {{"items", std::move(items)}, {"next", has_more ? nlohmann::json(entries.back().seq) : nlohmann::json()}};
}

}  // namespace cbmx::service
