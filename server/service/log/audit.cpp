// See audit.hpp. Which entries: the SQL of store/log/entries.cpp.
#include "service/log/audit.hpp"
#include "ledger/merkle.hpp"
#include "service/log/openings.hpp"

namespace cbmx::service {

AuditPage list_audit(Connection& db, const Principal& principal, store::AuditFilter filter)
{
    const auto limit = filter.limit;
    filter.limit += 1;  // one more shows whether there is a further page
    auto entries = store::audit(db, principal.visibility, filter);
    const bool has_more = static_cast<std::int64_t>(entries.size()) > limit;
    if (has_more)
        entries.pop_back();
    const auto beside = audit_texts(db, principal, entries);
    AuditPage page;
    if (has_more)
        page.next = entries.back().seq;
    auto& text = page.text;
    text = "{\"items\":[";
    for (std::size_t i = 0; i < entries.size(); ++i) {
        text.append(i == 0 ? "" : ",").append("{\"actor\":").append(beside[i].actor).append(",\"entry\":").append(entries[i].body);
        text.append(",\"hands\":").append(beside[i].hands).append(",\"leaf_hash\":\"");
        text.append(base::base64(ledger::leaf_hash(entries[i].body))).append("\",\"opening\":").append(beside[i].opening);
        text.append(",\"seq\":").append(std::to_string(entries[i].seq)).append("}");
    }
    text.append("],\"next\":").append(page.next ? std::to_string(*page.next) : "null").append("}");
    return page;
}

}  // namespace cbmx::service
