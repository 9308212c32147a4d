// See health.hpp. Neither says why: the reason is the operator's, in the log.
#include "api/handlers/health.hpp"
#include "api/answer.hpp"

namespace cbmx::api::health {

Result<Answer> alive(const Call&)
{
    auto answer = json_answer({{"status", "ok"}});
    answer.cacheable = false;
    return answer;
}

Result<Answer> ready(const Call& call)
{
    const auto& writer = call.portal.database.writer();
    if (!writer.read_only_reason().empty())
        return Error{ErrorCode::read_only};
    if (writer.is_failing())
        return Error{ErrorCode::unavailable};
    if (call.portal.room != nullptr && call.portal.room->is_short())
        return Error{ErrorCode::storage_low};
    return alive(call);
}

}  // namespace cbmx::api::health
