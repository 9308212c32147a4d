// The steps on the header alone: nothing here reads a body, and nothing here reveals whether a record exists.
#include "api/answer.hpp"
#include "api/conditional.hpp"
#include "api/exchange.hpp"
#include "api/guarded.hpp"
#include "api/media_types.hpp"
#include "api/pipeline.hpp"
#include "api/problem.hpp"
#include "api/router.hpp"
#include "base/text.hpp"
#include "service/guard.hpp"
#include <algorithm>

namespace cbmx::api {
namespace {

using base::blanks;
using base::equals_ignoring_case;
using base::trimmed;

constexpr std::string_view secret_prefix = "cbmx_";

constexpr Parameter dry_run_parameter{.name = "dry_run", .kind = Kind::boolean, .summary = ""};

std::string replaced_bars(std::string_view choices)
{
    std::string text;
    for (const char c : choices)
        text += c == '|' ? std::string(", ") : std::string(1, c);
    return text;
}

std::optional<domain::Violation> check_value(const Parameter& parameter, const std::string& value)
{
    const auto pointer = "query:" + std::string(parameter.name);
    if (value.size() > max_parameter_bytes)
        return domain::Violation{pointer, Rule::too_long, {{"limit", std::to_string(max_parameter_bytes)}}};
    switch (parameter.kind) {
    case Kind::text: return std::nullopt;
    case Kind::boolean:
        if (value == "true" || value == "false")
            return std::nullopt;
        return domain::Violation{pointer, Rule::invalid_value, {{"allowed", "true, false"}}};
    case Kind::choice:
        for (std::string_view rest = parameter.choices; !rest.empty();) {
            const auto bar = rest.find('|');
            if (rest.substr(0, bar) == value)
                return std::nullopt;
            rest = bar == std::string_view::npos ? std::string_view() : rest.substr(bar + 1);
        }
        return domain::Violation{pointer, Rule::invalid_value, {{"allowed", replaced_bars(parameter.choices)}}};
    case Kind::integer:
    case Kind::seq: {
        const auto number = base::whole_number<std::int64_t>(value);
        if (!number)
            return domain::Violation{pointer, Rule::wrong_type, {{"expected", "integer"}}};
        const std::int64_t least = parameter.kind == Kind::seq ? 0 : parameter.minimum;
        if (*number < least)
            return domain::Violation{pointer, Rule::below_minimum, {{"limit", std::to_string(least)}}};
        if (*number > parameter.maximum)
            return domain::Violation{pointer, Rule::above_maximum, {{"limit", std::to_string(parameter.maximum)}}};
        return std::nullopt;
    }
    }
    return std::nullopt;
}

// The Idempotency-Key draft says a quoted string; bare words of scripts are taken too.
std::optional<std::string> idempotency_key_from(std::string_view value)
{
    value = trimmed(value, blanks);
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
        value = value.substr(1, value.size() - 2);
    const bool printable = std::all_of(value.begin(), value.end(), [](char c) { return c > ' ' && c < 0x7f && c != '"' && c != '\\'; });
    if (value.empty() || value.size() > max_idempotency_key_characters || !printable)
        return std::nullopt;
    return std::string(value);
}

// In the target as it was sent, or percent-encoded somewhere in it.
bool holds_secret(const http::Head& head)
{
    const auto in = [](const std::string& text) { return text.find(secret_prefix) != std::string::npos; };
    return in(head.target) || std::any_of(head.path.begin(), head.path.end(), in) ||
           std::any_of(head.query.begin(), head.query.end(),
                       [&in](const auto& parameter) { return in(parameter.first) || in(parameter.second); });
}

}  // namespace

http::Admission Pipeline::admit(http::Head head)
{
    auto exchange = std::make_shared<Exchange>();
    exchange->head = std::move(head);
    exchange->request_id = base::random_uuid(portal_.random);
    exchange->language = i18n::negotiate(list_in(exchange->head, "Accept-Language").value_or(""));
    Result<void> passed = Error{ErrorCode::internal};
    guarded("request_failed", exchange->request_id, [&] { passed = check_head(*exchange); });
    if (!passed)
        return failed(*exchange, passed.error());
    if (exchange->route == nullptr)  // OPTIONS
        return finished(*exchange, {.status = 204, .fields = {{"Allow", exchange->allow}}});
    http::Admitted admitted;
    if (!exchange->call->principal.is_anonymous())
        admitted.home = exchange->call->principal.home.text();
    admitted.body_limit = exchange->route->request.empty() ? 0 : exchange->route->body_limit;
    admitted.serve = [this, exchange](http::Body body, const http::Reply& reply) { serve(exchange, std::move(body), reply); };
    return admitted;
}

Result<void> Pipeline::check_head(Exchange& exchange)
{
    // What the path alone decides is counted as well, before anything that costs more.
    if (const auto matched = match(exchange); !matched || exchange.route == nullptr) {
        const auto within = limit_peer(exchange);
        return within ? matched : within;
    }
    if (const auto known = authenticate(exchange); !known)
        return known;
    if (const auto within = limit_rate(exchange); !within)
        return within;
    if (const auto allowed = authorise(exchange); !allowed)
        return allowed;
    if (const auto sound = check_parameters(exchange); !sound)
        return sound;
    if (const auto agreed = negotiate(exchange); !agreed)
        return agreed;
    if (const auto allowed = authorise_content(exchange); !allowed)
        return allowed;
    if (const auto met = check_conditions(exchange); !met)
        return met;
    if (const auto has = check_room(exchange); !has)
        return has;
    if (const auto mine = take_turn(exchange); !mine)
        return mine;
    return take_memory(exchange);
}

Result<void> Pipeline::match(Exchange& exchange)
{
    // A secret in a URL ends up in logs and histories: refused, and never logged (rules.md 17).
    if (holds_secret(exchange.head))
        return Error{ErrorCode::bad_request};
    auto match = find_route(exchange.head.method, exchange.head.path);
    exchange.allow = match.allow.empty() ? "" : match.allow + ", OPTIONS";
    if (match.allow.empty())
        return domain::not_found();
    if (exchange.head.method == "OPTIONS")
        return {};
    if (match.route == nullptr)
        return Error{ErrorCode::method_not_allowed};
    exchange.route = match.route;
    exchange.call = std::make_unique<Call>(Call{.portal = portal_,
                                                .route = *match.route,
                                                .principal = domain::anonymous(),
                                                .language = exchange.language,
                                                .request_id = exchange.request_id,
                                                .peer = exchange.head.peer.address,
                                                .served_until = exchange.head.peer.served_until,
                                                .path = std::move(match.path_parameters),
                                                .now = portal_.clock()});
    return {};
}

Result<void> Pipeline::authenticate(Exchange& exchange)
{
    std::optional<std::string> token;
    if (exchange.head.count("Authorization") > 1) {
        const auto within = limit_peer(exchange);
        return within ? Error{ErrorCode::bad_request} : within.error();
    }
    if (const auto value = exchange.head.field("Authorization")) {
        const auto space = value->find(' ');
        if (!equals_ignoring_case(value->substr(0, space), "Bearer") || space == std::string_view::npos)
            return refuse_credential(exchange, Error{ErrorCode::invalid_credential});
        token = std::string(trimmed(value->substr(space), blanks));
    }
    const auto certificate = exchange.head.peer.certificate;
    if (!token && !certificate)
        return {};
    Result<domain::Principal> principal = Error{ErrorCode::invalid_credential};
    if (auto known = principals_.find(exchange.call->now, token, certificate)) {
        principal = std::move(*known);
    } else {
        auto snapshot = portal_.database.read();
        principal = principals_.authenticate(snapshot.db(), exchange.call->now, token, certificate);
    }
    if (principal) {
        exchange.call->principal = std::move(*principal);
        if (portal_.operational != nullptr)
            portal_.operational->credential_used(exchange.call->principal.credential.value, exchange.call->now);
        return {};
    }
    return refuse_credential(exchange, principal.error());
}

Result<void> Pipeline::authorise(const Exchange& exchange)
{
    const auto& principal = exchange.call->principal;
    const auto permission = exchange.route->permission.permission;
    if (principal.reach(permission) == domain::Reach::none) {
        if (principal.is_anonymous())
            return Error{ErrorCode::unauthenticated};
        note_refusal(exchange, "forbidden");
        return service::forbidden(principal, permission);
    }
    if (!principal.scopes.test(static_cast<std::size_t>(domain::scope_of(permission)))) {
        note_refusal(exchange, "token_scope");
        return Error{ErrorCode::token_scope};
    }
    return {};
}

// What the body may hold by what the head says of it: whoever may do nothing of it does not send it.
Result<void> Pipeline::authorise_content(const Exchange& exchange)
{
    const auto& principal = exchange.call->principal;
    const auto permissions = further_permissions(*exchange.route, exchange.body_type, exchange.call->query);
    const auto is_reached = [&principal](Permission permission) { return principal.reach(permission) != domain::Reach::none; };
    const auto is_granted = [&](Permission permission) {
        return is_reached(permission) && principal.scopes.test(static_cast<std::size_t>(domain::scope_of(permission)));
    };
    if (permissions.empty() || std::any_of(permissions.begin(), permissions.end(), is_granted))
        return {};
    if (std::any_of(permissions.begin(), permissions.end(), is_reached)) {
        note_refusal(exchange, "token_scope");
        return Error{ErrorCode::token_scope};
    }
    note_refusal(exchange, "forbidden");
    return service::forbidden(principal, permissions.front());
}

Result<void> Pipeline::check_parameters(Exchange& exchange)
{
    std::vector<domain::Violation> unknown, wrong;
    for (const auto& [name, value] : exchange.head.query) {
        const auto declared = std::find_if(exchange.route->query.begin(), exchange.route->query.end(),
                                           [&name = name](const Parameter& parameter) { return parameter.name == name; });
        const bool is_dry_run = exchange.is_write() && name == "dry_run";
        if (declared == exchange.route->query.end() && !is_dry_run) {
            unknown.push_back({"query:" + name, Rule::unknown_parameter, {}});
            continue;
        }
        if (!exchange.call->query.emplace(name, value).second)
            wrong.push_back({"query:" + name, Rule::repeated_parameter, {}});
        if (auto violation = check_value(is_dry_run ? dry_run_parameter : *declared, value))
            wrong.push_back(std::move(*violation));
    }
    for (const auto& parameter : exchange.route->query)
        if (parameter.required && !exchange.call->query.contains(parameter.name))
            wrong.push_back({"query:" + std::string(parameter.name), Rule::required, {}});
    if (!unknown.empty()) {
        unknown.insert(unknown.end(), wrong.begin(), wrong.end());
        return Error{ErrorCode::unknown_parameter, std::move(unknown)};
    }
    if (!wrong.empty())
        return Error{ErrorCode::invalid_parameter, std::move(wrong)};
    if (const auto last = exchange.head.field("Last-Event-ID")) {
        const auto seq = base::whole_number<domain::Seq>(*last, 0);
        if (!seq)
            return Error{ErrorCode::bad_request, {{"header:Last-Event-ID", Rule::wrong_type, {{"expected", "integer"}}}}};
        exchange.call->resume_after = *seq;
    }
    exchange.dry_run = exchange.is_write() && exchange.call->parameter("dry_run") == "true";
    return {};
}

Result<void> Pipeline::negotiate(Exchange& exchange)
{
    const auto& route = *exchange.route;
    auto& call = *exchange.call;
    const auto chosen = type_of_answer(route, list_in(exchange.head, "Accept"));
    if (!chosen)
        return Error{ErrorCode::not_acceptable};
    call.media_type = *chosen;
    std::string_view body_type;
    if (exchange.head.has_body && route.request.empty()) {
        if (exchange.head.content_length != std::optional<std::uint64_t>(0))
            return Error{ErrorCode::unsupported_media_type};
    } else if (exchange.head.has_body) {
        const auto sent = type_of_body(route, exchange.head.field("Content-Type").value_or(""));
        if (!sent || exchange.head.count("Content-Type") != 1)
            return Error{ErrorCode::unsupported_media_type};
        body_type = *sent;
    }
    exchange.body_type = route.raw_body_types.empty() ? std::string_view() : body_type;
    if (!route.raw_body_types.empty()) {
        auto body = std::make_shared<RawBody>();
        body->media_type = body_type;
        call.prepared = std::move(body);
    }
    return {};
}

Result<void> Pipeline::check_conditions(Exchange& exchange)
{
    if (!exchange.is_write())
        return {};
    if (exchange.route->condition != Condition::none) {
        const auto value = list_in(exchange.head, "If-Match");
        if (!value)
            return Error{ErrorCode::precondition_required, {{"header:If-Match", Rule::required}}};
        const auto expected = parse_if_match(*value);
        if (!expected)
            return Error{ErrorCode::bad_request, {{"header:If-Match", Rule::format, {{"format", "ETag"}}}}};
        if (exchange.route->condition == Condition::one_tag && !expected->is_one_strong_tag())
            return Error{ErrorCode::bad_request, {{"header:If-Match", Rule::one_strong_tag}}};
        exchange.call->if_match = *expected;
    }
    if (const auto value = exchange.head.field("Idempotency-Key")) {
        exchange.idempotency_key = idempotency_key_from(*value);
        if (!exchange.idempotency_key || exchange.head.count("Idempotency-Key") > 1)
            return Error{ErrorCode::bad_request, {{"header:Idempotency-Key", Rule::format, {{"format", "Idempotency-Key"}}}}};
    }
    return {};
}

// Decisions on what is there are taken to the last byte of the disk; what would be new waits (rules.md 27e).
Result<void> Pipeline::check_room(const Exchange& exchange) const
{
    if (exchange.route->growth == Growth::new_material && portal_.room != nullptr && portal_.room->is_short())
        return Error{ErrorCode::storage_low};
    return {};
}

// Before its first byte, until the answer. What waits on the disk takes no memory beyond what may come before it goes there. A short body
// needs none of the budget: what others send does not keep a decision out. Callers without an account have one share together.
Result<void> Pipeline::take_memory(Exchange& exchange)
{
    const auto& route = *exchange.route;
    if (!exchange.head.has_body || route.request.empty())
        return {};
    const auto most = route.raw_body_types.empty() ? route.body_limit : std::min(route.body_limit, http::body_in_memory_bytes);
    const auto bytes = std::min(exchange.head.content_length.value_or(most), most);
    if (bytes <= quick_body_bytes)
        return {};
    const bool is_anonymous = exchange.call->principal.is_anonymous();
    auto held = body_memory_.take(is_anonymous ? std::string(Exchange::peer_mark) : exchange.home(), bytes);
    switch (held.room) {
    case BodyRoom::given: exchange.body_memory = std::move(held.hold); return {};
    case BodyRoom::none_of_ones_own: return Error{ErrorCode::too_many_requests};
    case BodyRoom::none_at_all: return Error{ErrorCode::unavailable};
    }
    return Error{ErrorCode::unavailable};
}

// Large bodies one at a time for each account, from before the first byte until the answer: memory stays bounded.
Result<void> Pipeline::take_turn(Exchange& exchange)
{
    if (exchange.route->body_limit <= large_body_bytes || exchange.call->principal.is_anonymous())
        return {};
    const std::lock_guard lock(bulk_->mutex);
    const auto account = exchange.call->principal.account.value;
    if (!bulk_->accounts.insert(account).second)
        return Error{ErrorCode::too_many_requests};
    const auto end_turn = [bulk = bulk_, account](void*) {
        const std::lock_guard guard(bulk->mutex);
        bulk->accounts.erase(account);
    };
    exchange.bulk = std::shared_ptr<void>(bulk_.get(), end_turn);
    return {};
}

}  // namespace cbmx::api
