// THE TABLE OF WHAT IS DUE as functions: see due.hpp; how to add one: domain/due.hpp.
#include "service/clock/due.hpp"
#include "base/log.hpp"
#include "service/accounts/delegations.hpp"
#include "service/proposals/proposals.hpp"
#include "service/registry/membership.hpp"
#include "store/rows/due.hpp"
#include <latch>

namespace cbmx::service {
namespace {

using domain::Due;
using store::WriteEnd;

constexpr std::int64_t due_at_once = 256;  // handed to the writer before the first is waited for

using CarryOut = Result<Outcome> (*)(Transaction&, const std::string& subject);

struct DueFunction {
    Due what;
    domain::Cell<CarryOut> carry_out;
};
constexpr std::array table{
    DueFunction{Due::delegation_end, let_delegation_end},
    DueFunction{Due::proposal, let_proposal_fall_due},
    DueFunction{Due::state_access, change_access},
};
static_assert(domain::has_row_for_each(table, &DueFunction::what, domain::due_count), "one row for each, in the enum's order");

// False: its time has been changed, or another has done it, or the clock was set back.
bool do_one(Transaction& transaction, const store::DueRow& row)
{
    if (!store::take_due(transaction.db(), row, transaction.now_text()))
        return false;
    transaction.attempt([&row](Transaction& part) {
        const auto outcome = table[static_cast<std::size_t>(row.what)].carry_out.value(part, row.subject);
        if (!outcome && outcome.error().code != ErrorCode::not_found)
            base::log(
                base::Severity::warning, "due_refused",
                {{"what", domain::name_of(row.what)}, {"subject", row.subject}, {"problem", domain::row_of(outcome.error().code).slug}});
        return outcome.has_value();
    });
    return true;  // also when nothing came of it: the row is gone
}

// How each ended, in the same order. One job for each: what one of them throws is no other's.
std::vector<WriteEnd> do_all(store::Writer& writer, const std::vector<store::DueRow>& rows)
{
    std::vector<WriteEnd> ends(rows.size(), WriteEnd::decided);
    std::latch settled(static_cast<std::ptrdiff_t>(rows.size()));
    for (std::size_t i = 0; i < rows.size(); ++i)
        writer.submit({.home = {},
                       .work = [&row = rows[i]](Transaction& transaction) { return do_one(transaction, row); },
                       .done =
                           [&settled, &end = ends[i]](WriteEnd outcome) {
                               end = outcome;
                               settled.count_down();
                           }});
    settled.wait();
    return ends;
}

}  // namespace

bool do_what_is_due(const Portal& portal)
{
    auto& writer = portal.database.writer();
    const auto now = domain::to_rfc3339(portal.clock());
    bool is_all_done = true;
    std::optional<store::DueRow> last;
    while (writer.read_only_reason().empty()) {
        const auto rows = [&] {
            auto snapshot = portal.database.read();
            return store::due_by(snapshot.db(), now, last, due_at_once);
        }();
        if (rows.empty())
            return is_all_done;
        for (const auto end : do_all(writer, rows))
            is_all_done = is_all_done && end == WriteEnd::decided;
        last = rows.back();
    }
    return is_all_done;
}

DueState due_state(Connection& connection, domain::Instant now)
{
    const auto summary = store::due_summary(connection);
    const auto earliest = summary.earliest ? domain::from_rfc3339(*summary.earliest) : std::nullopt;
    const bool has_come = earliest && *earliest < now;
    return {summary.waiting, has_come ? std::chrono::duration_cast<std::chrono::seconds>(now - *earliest) : std::chrono::seconds(0)};
}

}  // namespace cbmx::service
