// See audit.hpp; service/log/audit.hpp does it.
#include "api/handlers/audit.hpp"
#include "api/answer.hpp"
#include "api/handlers/feed_parameters.hpp"
#include "service/log/audit.hpp"

namespace cbmx::api::audit {

Result<Answer> list(const Call& call, store::Connection& db)
{
    const store::AuditFilter filter{call.parameter("subject").value_or(""), call.parameter("kind").value_or(""),
                                    seq_parameter(call, "after").value_or(-1), feed_limit_of(call)};
    auto page = service::list_audit(db, call.principal, filter);
    Answer answer;
    answer.body = std::move(page.text);
    if (page.next)
        answer.fields.push_back({"Link", "<" + link_to(call, {{"after", std::to_string(*page.next)}}) + ">; rel=\"next\""});
    return answer;
}

}  // namespace cbmx::api::audit
