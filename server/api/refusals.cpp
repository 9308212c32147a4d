// What is counted before anything else is done for a request, and the line about a peer that is refused (rules.md 15, 26, 27a).
#include "api/exchange.hpp"
#include "api/pipeline.hpp"
#include "api/problem.hpp"
#include "base/budget_key.hpp"
#include "base/log.hpp"

namespace cbmx::api {

// By address: of what is answered without an account, be it a page, a 404 or a request that cannot be read.
Result<void> Pipeline::limit_peer(Exchange& exchange)
{
    return take_from(peer_rate_, base::budget_key(exchange.head.peer.address), exchange);
}

Result<void> Pipeline::limit_rate(Exchange& exchange)
{
    const auto& principal = exchange.call->principal;
    return principal.is_anonymous() ? limit_peer(exchange) : take_from(account_rate_, principal.account.value, exchange);
}

Result<void> Pipeline::take_from(RateLimit& limit, const std::string& key, Exchange& exchange)
{
    exchange.rate = limit.take(key);
    exchange.rate_requests = limit.quota().requests;
    exchange.rate_window_seconds = limit.quota().window.count();
    if (exchange.rate->allowed)
        return {};
    exchange.line = Line::refused;
    return Error{ErrorCode::too_many_requests};
}

// Guesses have a budget of their own, so that they use up nobody's requests. Its line is the one of the security event.
Error Pipeline::refuse_credential(Exchange& exchange, const Error& error)
{
    exchange.line = Line::written;
    metrics_.count_security_event("invalid_credential");
    const auto& peer = exchange.head.peer.address;
    if (const auto left_out = refusal_lines_.take(base::budget_key(peer)))
        write_security_event(exchange, "invalid_credential", *left_out);
    const auto guess = guess_rate_.take(base::budget_key(peer));
    if (guess.allowed)
        return error;
    exchange.rate = guess;
    return Error{ErrorCode::too_many_requests};
}

// Of an account whose requests are counted: each is a line.
void Pipeline::note_refusal(const Exchange& exchange, std::string_view kind)
{
    metrics_.count_security_event(kind);
    write_security_event(exchange, kind, 0);
}

// For the operator: logged, and kept in the bounded operational database.
void Pipeline::write_security_event(const Exchange& exchange, std::string_view kind, std::uint64_t left_out)
{
    const auto& account = exchange.call->principal.account.value;
    const auto& peer = exchange.head.peer.address;
    base::log(base::Severity::warning, "security",
              {{"id", exchange.request_id}, {"kind", kind}, {"peer", peer}, {"account", account}, {"left_out", left_out}});
    if (portal_.operational != nullptr)
        portal_.operational->security_event({domain::to_rfc3339(exchange.call->now), std::string(kind), peer, account});
}

void Pipeline::log_refused(const RefusedLine& line, const http::Peer& peer)
{
    if (const auto left_out = refusal_lines_.take(base::budget_key(peer.address)))
        base::log(base::Severity::info, "refused",
                  {{"id", line.id},
                   {"status", line.status},
                   {"reason", line.reason},
                   {"peer", peer.address},
                   {"account", line.account},
                   {"left_out", *left_out}});
}

}  // namespace cbmx::api
