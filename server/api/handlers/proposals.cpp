// See proposals.hpp.
#include "api/handlers/proposals.hpp"
#include "api/list_call.hpp"
#include "service/proposals/proposals.hpp"
#include "service/proposals/state_access.hpp"

namespace cbmx::api::proposals {
namespace {

struct Read : Prepared {
    std::optional<service::CitedDecision> decision;
    std::optional<service::Error> fault;
};

}  // namespace

bool read(Call& call, bool off_thread)
{
    const bool cites = call.body.contains("decision");
    if (cites && !off_thread)
        return false;
    auto prepared = std::make_shared<Read>();
    if (cites) {
        auto decision = service::read_decision(call.body.at("decision"), "/decision", call.now);
        if (decision)
            prepared->decision = std::move(*decision);
        else
            prepared->fault = decision.error();
    }
    call.prepared = std::move(prepared);
    return true;
}

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

Result<Answer> list_state_access(const Call& call, store::Connection& connection)
{
    const auto after = cursor_of(call);
    if (!after)
        return after.error();
    return listed(call, service::list_state_access(connection, call.principal, limit_of(call), *after, call.now));
}

Result<Answer> get_state_access(const Call& call, store::Connection& connection)
{
    return shown(service::get_state_access(connection, call.principal, call.at("code"), call.now));
}

Result<service::Outcome> create(const Call& call, store::Transaction& transaction)
{
    const auto& prepared = call.prepared_as<Read>();
    if (prepared.fault)
        return *prepared.fault;
    return service::make_proposal(transaction, call.principal, call.body, prepared.decision);
}

Result<service::Outcome> confirm(const Call& call, store::Transaction& transaction)
{
    const auto sha256 = call.body.find("sha256");
    return service::confirm_proposal(transaction, call.principal, domain::ProposalId(call.at("id")), *call.if_match,
                                     call.portal.erasure_delay,
                                     sha256 == call.body.end() ? std::nullopt : std::optional(sha256->get<std::string>()));
}

Result<service::Outcome> decline(const Call& call, store::Transaction& transaction)
{
    return service::decline_proposal(transaction, call.principal, domain::ProposalId(call.at("id")), *call.if_match);
}

}  // namespace cbmx::api::proposals
