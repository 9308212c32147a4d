// The steps on a request's body: parse, schema, the fingerprint of a repeated request. See pipeline.hpp.
#include "api/exchange.hpp"
#include "api/guarded.hpp"
#include "api/media_types.hpp"
#include "api/pipeline.hpp"
#include "base/digest.hpp"
#include "json/parse.hpp"
#include "json/schema.hpp"
#include "service/statements.hpp"

namespace cbmx::api {
namespace {

base::Hash fingerprint_of(const http::Head& head, const http::Body& body)
{
    base::Sha256 digest;
    digest.add(head.method + "\n" + head.target + "\n" + list_in(head, "If-Match").value_or("") + "\n");
    body.each_piece([&digest](std::string_view piece) { digest.add(piece); });
    return digest.end();
}

std::vector<domain::Violation> violations_of(const Route& route, const nlohmann::json& body)
{
    auto violations = json::SchemaSet::embedded().validate(route.request, body);
    for (auto& violation : violations)
        for (const auto& elsewhere : route.elsewhere)
            if (violation.rule == Rule::unknown_member && violation.pointer == "/" + std::string(elsewhere.member))
                violation.rule = elsewhere.rule;
    return violations;
}

}  // namespace

// No body means the empty object where a body is described: its schema says what is required.
Result<void> Pipeline::read_body(Exchange& exchange, http::Body body)
{
    if (!exchange.is_write())
        return {};
    if (exchange.idempotency_key)
        exchange.fingerprint = fingerprint_of(exchange.head, body);
    if (!exchange.route->raw_body_types.empty()) {
        exchange.call->prepared_as<RawBody>().body = std::move(body);
        return {};
    }
    if (exchange.route->request.empty())
        return {};
    if (body.empty()) {
        exchange.call->body = nlohmann::json::object();
    } else {
        auto parsed = json::parse(body.take(), json::max_values_of_body);
        if (!parsed)
            return parsed.error();
        exchange.call->body = std::move(*parsed);
    }
    if (auto violations = violations_of(*exchange.route, exchange.call->body); !violations.empty())
        return Error{ErrorCode::validation_failed, std::move(violations)};
    auto statement = service::take_statement(exchange.call->body, exchange.dry_run);
    if (!statement)
        return statement.error();
    exchange.statement = std::move(*statement);
    return {};
}

// What a large body costs holds up nobody: it is read on a thread of its own, where the homes have their turns, one body at a time of
// each caller, and goes on on an I/O thread.
void Pipeline::read_off_thread(const std::shared_ptr<Exchange>& exchange, http::Body body, const http::Reply& reply)
{
    const auto caller = exchange->caller();
    if (!begin_preparation(caller))
        return fail(*exchange, reply, Error{ErrorCode::too_many_requests});
    exchange->large.begin();
    const auto waiting = std::make_shared<http::Body>(std::move(body));
    const bool taken = options_.run_off_thread(WorkQueue::bodies, exchange->home(), [this, exchange, reply, caller, waiting] {
        Result<void> read = Error{ErrorCode::internal};
        guarded("body_failed", exchange->request_id, [&] { read = read_body(*exchange, std::move(*waiting)); });
        end_preparation(caller);
        options_.post([this, exchange, reply, read] { serve_read_body(exchange, read, reply); });
    });
    if (taken)
        return;
    end_preparation(caller);
    fail(*exchange, reply, Error{ErrorCode::unavailable});
}

}  // namespace cbmx::api
