// One request on its way through the pipeline: filled step by step, read by the log line at its end.
#pragma once
#include "api/rate_limit.hpp"
#include "api/route.hpp"
#include "base/budget_key.hpp"
#include "base/memory.hpp"
#include "service/log/feed_waiters.hpp"
#include <chrono>
#include <memory>

namespace cbmx::api {

// Which line of the log stands for a request: its own; that of a peer that is refused, at most one a second; another that is written
// already, or was left out.
enum class Line { own, refused, written };

struct Exchange {
    http::Head head;
    std::string request_id;
    std::chrono::steady_clock::time_point begun = std::chrono::steady_clock::now();
    const Route* route = nullptr;
    std::string allow;           // methods of the path, for 405 and OPTIONS
    base::LargeUse large;        // before what it speaks of, so that it ends last
    std::unique_ptr<Call> call;  // once the caller is known
    std::optional<RateState> rate;
    std::int64_t rate_requests = 0, rate_window_seconds = 0;
    bool dry_run = false;
    std::string_view body_type;  // one of Route::raw_body_types, or empty
    std::optional<std::string> idempotency_key;
    std::shared_ptr<const service::FeedReader> reader;  // when it waits
    base::Hash fingerprint{};                           // of method, path, If-Match and body, where there is a key
    bool replayed = false;
    std::optional<store::BroughtStatement> statement;          // of the body (service/statements.hpp)
    std::chrono::steady_clock::time_point wait_until = begun;  // of a read that waits for something to tell
    bool has_waited = false;
    bool is_going_on = false;           // a write in parts, whose first is done (Pipeline::go_on)
    bool is_head_known = false;         // Route::head has been asked, and was not enough
    std::shared_ptr<void> bulk;         // the account's turn with a large body
    std::shared_ptr<void> body_memory;  // what the body takes of it (body_memory.hpp)
    std::optional<ErrorCode> error;
    Line line = Line::own;

    // Whose turn the request takes where many wait (base/fair_queue.hpp): the caller's home, or an anonymous caller's peer.
    std::string home() const
    {
        if (!call->principal.is_anonymous())
            return call->principal.home.text();
        return std::string(peer_mark).append(base::budget_key(head.peer.address));
    }
    // Of whom one thing at a time is prepared: the account, or an anonymous caller's peer.
    std::string caller() const { return call->principal.is_anonymous() ? home() : call->principal.account.value; }
    static constexpr std::string_view peer_mark = "peer:";  // no home and no account begins like this

    // Route::head may be all that the answer takes.
    bool may_need_head_alone() const
    {
        return route->head != nullptr && !is_head_known && (head.method == "HEAD" || head.field("If-None-Match").has_value());
    }

    i18n::Language language = i18n::Language::en;
    bool is_gone() const { return head.peer.presence != nullptr && head.peer.presence->is_gone(); }  // whoever asked
    bool is_write() const { return route != nullptr && std::holds_alternative<WriteHandler>(route->handler); }
};

}  // namespace cbmx::api
