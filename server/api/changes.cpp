// See changes.hpp; service/changes.hpp does it.
#include "api/changes.hpp"
#include "api/answer.hpp"
#include "api/feed_parameters.hpp"
#include "service/changes.hpp"

namespace cbmx::api::changes {

Result<Answer> list(const Call& call, store::Connection& db)
{
    const auto changes = service::list_changes(call.portal, db, call.principal, call.language, seq_parameter(call, "after"), feed_limit_of(call));
    if (!changes)
        return changes.error();
    return json_answer(*changes);
}

}  // namespace cbmx::api::changes
