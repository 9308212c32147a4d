// See enrolments.hpp.
#include "api/handlers/enrolments.hpp"
#include "api/list_call.hpp"
#include "service/accounts/enrolments.hpp"

namespace cbmx::api::enrolments {

Result<Answer> list(const Call& call, store::Connection& connection)
{
    const auto after = cursor_of(call);
    if (!after)
        return after.error();
    return listed(call, service::list_enrolments(connection, call.principal, call.language, limit_of(call), *after));
}

Result<Answer> get(const Call& call, store::Connection& connection)
{
    return shown(service::get_enrolment(connection, call.principal, call.language, domain::EnrolmentId(call.at("id"))));
}

Result<service::Outcome> create(const Call& call, store::Transaction& transaction)
{
    return service::make_enrolment(call.portal, transaction, call.principal, domain::AccountId(call.at("id")), call.body);
}

Result<service::Outcome> end(const Call& call, store::Transaction& transaction)
{
    return service::end_enrolment(transaction, call.principal, domain::EnrolmentId(call.at("id")));
}

Result<service::Outcome> use(const Call& call, store::Transaction& transaction)
{
    return service::use_enrolment(call.portal, transaction, domain::EnrolmentId(call.at("id")), call.body);
}

}  // namespace cbmx::api::enrolments
