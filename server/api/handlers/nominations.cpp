// See nominations.hpp: decode the call, ask the service, shape the answer.
#include "api/handlers/nominations.hpp"
#include "api/list_call.hpp"
#include "service/directory/nominations.hpp"

namespace cbmx::api::nominations {
namespace {

struct Inspected : Prepared {
    service::Inspection inspection;
};

std::string reason_of(const Call& call) { return call.body.at("reason").get<std::string>(); }

}  // namespace

bool inspect(Call& call, bool off_thread)
{
    if (!off_thread && service::takes_long_to_examine(call.body))
        return false;
    auto inspected = std::make_shared<Inspected>();
    inspected->inspection = service::inspect_keys(call.body, call.now);
    call.prepared = std::move(inspected);
    return true;
}

Result<Answer> list(const Call& call, store::Connection& connection)
{
    const service::NominationFilter filter{.state = call.parameter("state"),
                                           .kind = call.parameter("kind"),
                                           .status = call.parameter("status"),
                                           .position = call.parameter("state_position"),
                                           .contact = call.parameter("contact")};
    const auto after = cursor_of(call);
    if (!after)
        return after.error();
    return listed(call, service::list_nominations(connection, call.principal, filter, call.now, limit_of(call), *after));
}

Result<Answer> get(const Call& call, store::Connection& connection)
{
    return shown(service::get_nomination(connection, call.principal, call.at("id"), call.now));
}

Result<Answer> note(const Call& call, store::Connection& connection)
{
    auto file = service::get_note_file(connection, call.principal, call.at("id"));
    if (!file)
        return file.error();
    return file_answer({std::move(file->media_type), std::move(file->bytes)}, file->name);
}

Result<service::Outcome> create(const Call& call, store::Transaction& transaction)
{
    return service::make_nomination(transaction, call.principal, call.body, call.prepared_as<Inspected>().inspection);
}

Result<service::Outcome> accept(const Call& call, store::Transaction& transaction)
{
    return service::accept_nomination(transaction, call.principal, call.at("id"), call.if_match.value());
}

Result<service::Outcome> send_back(const Call& call, store::Transaction& transaction)
{
    return service::return_nomination(transaction, call.principal, call.at("id"), reason_of(call), call.if_match.value());
}

Result<service::Outcome> withdraw(const Call& call, store::Transaction& transaction)
{
    return service::withdraw_nomination(transaction, call.principal, call.at("id"), call.if_match.value());
}

Result<service::Outcome> confirm(const Call& call, store::Transaction& transaction)
{
    return service::confirm_nomination(transaction, call.principal, call.at("id"), call.if_match.value());
}

Result<service::Outcome> object(const Call& call, store::Transaction& transaction)
{
    return service::object_to_nomination(transaction, call.principal, call.at("id"), reason_of(call), call.if_match.value());
}

Result<service::Outcome> erase(const Call& call, store::Transaction& transaction)
{
    return service::schedule_nomination_erasure(transaction, call.principal, call.at("id"), call.if_match.value(),
                                                call.portal.erasure_delay);
}

}  // namespace cbmx::api::nominations
