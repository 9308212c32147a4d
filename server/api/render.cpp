// See render.hpp.
#include "api/render.hpp"
#include "api/coded_answers.hpp"
#include "api/conditional.hpp"
#include "api/media_types.hpp"
#include "api/problem.hpp"
#include "api/represent.hpp"
#include <algorithm>

namespace cbmx::api {
namespace {

constexpr std::string_view public_cache = "public, max-age=60";
constexpr std::string_view vary = "Accept, Accept-Language, Authorization";
constexpr std::string_view vary_with_coding = "Accept, Accept-Encoding, Accept-Language, Authorization";
constexpr std::string_view private_cache = "private, no-store";

// Of a limit that begins anew at a time.
std::optional<std::int64_t> seconds_until_free(const Exchange& exchange, const Error& error)
{
    for (const auto& violation : error.violations)
        for (const auto& [name, value] : violation.arguments)
            if (name == "from" && error.code == ErrorCode::quota_exceeded)
                if (const auto from = domain::from_rfc3339(value); from && exchange.call)
                    return std::chrono::ceil<std::chrono::seconds>(*from - exchange.call->now).count();
    return std::nullopt;
}

}  // namespace

http::Response render_outcome(const Exchange& exchange, const service::Outcome& outcome)
{
    const auto& call = *exchange.call;
    http::Response response;
    response.status = outcome.status;
    if (exchange.replayed)
        response.fields.push_back({"Idempotency-Replayed", "true"});
    if (exchange.dry_run) {
        response.status = 200;
        response.body = represent_dry_run(call, outcome).dump();
        response.fields.push_back({"Content-Type", "application/json"});
        return response;
    }
    if (outcome.status == 204)
        return response;
    auto written = represent(call, outcome, exchange.replayed);
    response.body = std::move(written.text);
    if (!written.entity_tag.empty())
        response.fields.push_back({"ETag", std::move(written.entity_tag)});
    if (const auto path = path_of(outcome); response.status == 201 && !path.empty())
        response.fields.push_back({"Location", path});
    response.fields.push_back({"Content-Type", "application/json"});
    response.fields.push_back({"Content-Language", std::string(i18n::code_of(call.language))});
    return response;
}

http::Response render_answer(const Exchange& exchange, Answer answer, const std::string& tag)
{
    http::Response response;
    response.status = answer.status;
    response.fields = std::move(answer.fields);
    const bool anonymous = exchange.call->principal.is_anonymous();
    const auto has = [&response](std::string_view name) {
        return std::any_of(response.fields.begin(), response.fields.end(), [name](const http::Field& field) { return field.name == name; });
    };
    if (!has("Cache-Control"))
        response.fields.push_back({"Cache-Control", std::string(anonymous && answer.cacheable ? public_cache
                                                                : answer.cacheable            ? private_cache
                                                                                              : std::string_view("no-store"))});
    response.fields.push_back({"Vary", std::string(is_same_for_everyone(*exchange.route) ? vary_with_coding : vary)});
    const auto held = list_in(exchange.head, "If-None-Match");
    if (answer.stream) {
        if (!answer.weak_tag.empty())
            response.fields.push_back({"ETag", std::string("W/").append(answer.weak_tag)});
        if (held && !answer.weak_tag.empty() && matches_if_none_match(*held, answer.weak_tag)) {
            response.status = 304;
            return response;
        }
        response.fields.push_back({"Content-Type", answer.content_type});
        response.stream = std::move(answer.stream);
        return response;
    }
    if (answer.status == 200)
        response.fields.push_back({"ETag", tag});
    if (answer.status == 200 && held && matches_if_none_match(*held, tag)) {
        response.status = 304;
        return response;
    }
    response.fields.push_back({"Content-Type", answer.content_type});
    if (!answer.content_encoding.empty())
        response.fields.push_back({"Content-Encoding", std::string(answer.content_encoding)});
    if (!has("Content-Language"))  // some texts are in one language alone
        response.fields.push_back({"Content-Language", std::string(i18n::code_of(exchange.call->language))});
    response.body = std::move(answer.body);
    return response;
}

http::Response render_problem(const Exchange& exchange, const Error& error)
{
    auto response = problem(error, exchange.language, exchange.request_id);
    if (error.code == ErrorCode::method_not_allowed)
        response.fields.push_back({"Allow", exchange.allow});
    if (error.code == ErrorCode::too_many_requests && exchange.rate)
        response.fields.push_back({"Retry-After", std::to_string(exchange.rate->reset_seconds)});
    if (const auto wait = seconds_until_free(exchange, error))
        response.fields.push_back({"Retry-After", std::to_string(*wait)});
    return response;
}

void add_common_fields(const Exchange& exchange, http::Response& response)
{
    response.fields.push_back({"X-Request-Id", exchange.request_id});
    if (exchange.rate && exchange.rate_requests > 0) {
        response.fields.push_back({"RateLimit-Policy", "\"default\";q=" + std::to_string(exchange.rate_requests) +
                                                           ";w=" + std::to_string(exchange.rate_window_seconds)});
        response.fields.push_back({"RateLimit", "\"default\";r=" + std::to_string(exchange.rate->remaining) +
                                                    ";t=" + std::to_string(exchange.rate->reset_seconds)});
    }
}

}  // namespace cbmx::api
