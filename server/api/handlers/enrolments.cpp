// See enrolments.hpp.
#include "api/handlers/enrolments.hpp"
#include "api/list_call.hpp"
#include "service/accounts/attestation.hpp"
#include "service/accounts/enrolments.hpp"

namespace cbmx::api::enrolments {
namespace {

struct Read : Prepared {
    std::optional<service::CitedDecision> note;
    std::optional<service::Error> fault;
};

}  // namespace

Result<Answer> list(const Call& call, store::Connection& connection)
{
    const auto after = cursor_of(call);
    if (!after)
        return after.error();
    return listed(call, service::list_enrolments(connection, call.principal, call.language, limit_of(call), *after));
}

Result<Answer> get(const Call& call, store::Connection& connection)
{
    return shown(service::get_enrolment(connection, call.principal, domain::EnrolmentId(call.at("id")), call.now));
}

Result<service::Outcome> create(const Call& call, store::Transaction& transaction)
{
    return service::make_enrolment(call.portal, transaction, call.principal, domain::AccountId(call.at("id")), call.body);
}

Result<service::Outcome> reset(const Call& call, store::Transaction& transaction)
{
    return service::reset_account(transaction, call.principal, domain::AccountId(call.at("id")), call.body);
}

bool read(Call& call, bool off_thread)
{
    const bool cites = call.body.contains("note");
    if (cites && !off_thread)
        return false;
    auto prepared = std::make_shared<Read>();
    if (cites) {
        auto given = call.body.at("note");
        given.erase("name");
        given.erase("function");
        auto note = service::read_decision(given, "/note", call.now);
        if (note)
            prepared->note = std::move(*note);
        else
            prepared->fault = note.error();
    }
    call.prepared = std::move(prepared);
    return true;
}

Result<service::Outcome> attest(const Call& call, store::Transaction& transaction)
{
    const auto& prepared = call.prepared_as<Read>();
    if (prepared.fault)
        return *prepared.fault;
    return service::attest_enrolment(transaction, call.principal, domain::EnrolmentId(call.at("id")), call.body, prepared.note);
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
