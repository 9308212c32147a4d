// See proposals.hpp.
#include "api/handlers/proposals.hpp"
#include "api/list_call.hpp"
#include "service/proposals/proposals.hpp"

namespace cbmx::api::proposals {

Result<Answer> list(const Call& call, store::Connection& connection)
{
    const auto after = cursor_of(call);
    if (!after)
        return after.error();
    const auto wanted = call.parameter("status");
    const auto status = wanted ? domain::value_named<domain::ProposalStatus>(*wanted) : std::nullopt;
    return listed(call, service::list_proposals(connection, call.principal, call.language, status, limit_of(call), *after));
}

Result<Answer> get(const Call& call, store::Connection& connection)
{
    return shown(service::get_proposal(connection, call.principal, call.language, domain::ProposalId(call.at("id"))));
}

Result<service::Outcome> create(const Call& call, store::Transaction& transaction)
{
    return service::make_proposal(transaction, call.principal, call.body);
}

Result<service::Outcome> confirm(const Call& call, store::Transaction& transaction)
{
    return service::confirm_proposal(transaction, call.principal, domain::ProposalId(call.at("id")), *call.if_match,
                                     call.portal.erasure_delay);
}

Result<service::Outcome> decline(const Call& call, store::Transaction& transaction)
{
    return service::decline_proposal(transaction, call.principal, domain::ProposalId(call.at("id")), *call.if_match);
}

}  // namespace cbmx::api::proposals
