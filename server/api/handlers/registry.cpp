// See registry.hpp: decode the call, ask the service, shape the answer.
#include "api/handlers/registry.hpp"
#include "api/list_call.hpp"
#include "service/registry/decision.hpp"
#include "service/registry/registry.hpp"

namespace cbmx::api::registry {
namespace {

using Reader = Result<service::Representation> (*)(store::Connection&, const domain::Principal&, i18n::Language, const std::string&);
using Lister = Result<service::Page> (*)(store::Connection&, const domain::Principal&, i18n::Language, std::int64_t, const std::string&);

Result<Answer> read_one(const Call& call, store::Connection& connection, Reader reader)
{
    return shown(reader(connection, call.principal, call.language, call.at("code")));
}

Result<Answer> read_page(const Call& call, store::Connection& connection, Lister lister)
{
    const auto after = cursor_of(call);
    if (!after)
        return after.error();
    return listed(call, lister(connection, call.principal, call.language, limit_of(call), *after));
}

}  // namespace

Result<Answer> list_states(const Call& call, store::Connection& connection) { return read_page(call, connection, &service::list_states); }
Result<Answer> get_state(const Call& call, store::Connection& connection) { return read_one(call, connection, &service::get_state); }
Result<Answer> list_measures(const Call& call, store::Connection& connection)
{
    return read_page(call, connection, &service::list_measures);
}
Result<Answer> get_measure(const Call& call, store::Connection& connection) { return read_one(call, connection, &service::get_measure); }
Result<Answer> list_periods(const Call& call, store::Connection& connection) { return read_page(call, connection, &service::list_periods); }
Result<Answer> get_period(const Call& call, store::Connection& connection) { return read_one(call, connection, &service::get_period); }
Result<Answer> list_office_terms(const Call& call, store::Connection& connection)
{
    return read_page(call, connection, &service::list_office_terms);
}
Result<Answer> get_office_term(const Call& call, store::Connection& connection)
{
    return read_one(call, connection, &service::get_office_term);
}

Result<service::Outcome> change_state(const Call& call, store::Transaction& transaction)
{
    return service::change_state(transaction, call.principal, call.at("code"), call.if_match.value(), call.body);
}

Result<service::Outcome> create_measure(const Call& call, store::Transaction& transaction)
{
    return service::create_measure(transaction, call.principal, call.body);
}

Result<service::Outcome> change_measure(const Call& call, store::Transaction& transaction)
{
    return service::change_measure(transaction, call.principal, call.at("code"), call.if_match.value(), call.body);
}

Result<service::Outcome> create_period(const Call& call, store::Transaction& transaction)
{
    return service::create_period(transaction, call.principal, call.body);
}

Result<service::Outcome> change_period(const Call& call, store::Transaction& transaction)
{
    return service::change_period(transaction, call.principal, call.at("code"), call.if_match.value(), call.body);
}

Result<Answer> decision(const Call& call, store::Connection& connection)
{
    auto file = service::get_decision_file(connection, call.at("sha256"));
    if (!file)
        return file.error();
    const auto name = call.at("sha256") + std::string(service::file_ending(file->media_type));
    return file_answer(std::move(*file), name);
}

Result<service::Outcome> create_office_term(const Call& call, store::Transaction& transaction)
{
    return service::create_office_term(transaction, call.principal, call.body);
}

Result<service::Outcome> change_office_term(const Call& call, store::Transaction& transaction)
{
    return service::change_office_term(transaction, call.principal, call.at("code"), call.if_match.value(), call.body);
}

}  // namespace cbmx::api::registry
