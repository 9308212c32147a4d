// The steps after admission. See pipeline.hpp; the steps on the header: admission.cpp; on the body: bodies.cpp;
// the answers that are kept: kept_answers.cpp; what all answers have: render.hpp.
#include "api/pipeline.hpp"
#include "api/conditional.hpp"
#include "api/media_types.hpp"
#include "api/problem.hpp"
#include "api/render.hpp"
#include "base/budget_key.hpp"
#include "base/log.hpp"
#include "service/accounts/credentials.hpp"
#include "service/idempotency.hpp"
#include "service/log/feed_waiters.hpp"
#include "service/quotas.hpp"
#include "service/statements.hpp"
#include <algorithm>

namespace cbmx::api {
namespace {

ErrorCode code_of(http::Refusal refusal)
{
    switch (refusal) {
    case http::Refusal::bad_request: return ErrorCode::bad_request;
    case http::Refusal::request_timeout: return ErrorCode::request_timeout;
    case http::Refusal::content_too_large: return ErrorCode::content_too_large;
    case http::Refusal::uri_too_long: return ErrorCode::uri_too_long;
    case http::Refusal::unsupported_encoding: return ErrorCode::unsupported_media_type;
    case http::Refusal::misdirected: return ErrorCode::misdirected;
    case http::Refusal::headers_too_large: return ErrorCode::headers_too_large;
    case http::Refusal::method_not_implemented:
    case http::Refusal::coding_not_implemented: return ErrorCode::not_implemented;
    case http::Refusal::no_room: return ErrorCode::storage_low;
    }
    return ErrorCode::bad_request;
}

std::optional<ErrorCode> failure_of(store::WriteEnd end)
{
    switch (end) {
    case store::WriteEnd::decided: return std::nullopt;
    case store::WriteEnd::failed: return ErrorCode::internal;
    case store::WriteEnd::unavailable: return ErrorCode::unavailable;
    case store::WriteEnd::read_only: return ErrorCode::read_only;
    case store::WriteEnd::too_many: return ErrorCode::too_many_requests;
    }
    return ErrorCode::internal;
}

}  // namespace

Pipeline::Pipeline(const service::Portal& portal, Metrics& metrics, PipelineOptions options)
    : portal_(portal),
      metrics_(metrics),
      options_(std::move(options)),
      principals_(portal.database.writer()),
      body_memory_(options_.body_memory),
      account_rate_(options_.per_account),
      peer_rate_(options_.per_peer),
      guess_rate_(options_.failed_credentials)
{
}

http::Application Pipeline::application()
{
    return {[this](http::Head head) { return admit(std::move(head)); },
            [this](http::Refusal refusal, const http::Head* head, const http::Peer& peer, std::string_view reason) {
                return refuse(refusal, head, peer, reason);
            }};
}

http::Response Pipeline::refuse(http::Refusal refusal, const http::Head* head, const http::Peer& peer, std::string_view reason)
{
    // A body that is too long, or for which there is no room, was announced by a request that has been counted.
    const bool is_counted = refusal == http::Refusal::content_too_large || refusal == http::Refusal::no_room;
    const auto rate = is_counted ? RateState{} : peer_rate_.take(base::budget_key(peer.address));
    const auto id = base::random_uuid(portal_.random);
    const auto language = i18n::negotiate(head != nullptr ? list_in(*head, "Accept-Language").value_or("") : "");
    auto response = problem(Error{rate.allowed ? code_of(refusal) : ErrorCode::too_many_requests}, language, id);
    if (!rate.allowed)
        response.fields.push_back({"Retry-After", std::to_string(rate.reset_seconds)});
    response.fields.push_back({"X-Request-Id", id});
    metrics_.count_request("refused", response.status, std::chrono::microseconds(0));
    log_refused({id, response.status, reason}, peer);
    return response;
}

void Pipeline::fail(Exchange& exchange, const http::Reply& reply, const Error& error) { reply(failed(exchange, error)); }

void Pipeline::serve(const std::shared_ptr<Exchange>& exchange, http::Body body, const http::Reply& reply)
{
    or_fail(*exchange, reply, [&] {
        if (exchange->is_write() && body.size() > quick_body_bytes)
            read_off_thread(exchange, std::move(body), reply);
        else
            serve_read_body(exchange, read_body(*exchange, std::move(body)), reply);
    });
}

void Pipeline::serve_read_body(const std::shared_ptr<Exchange>& exchange, const Result<void>& read, const http::Reply& reply)
{
    or_fail(*exchange, reply, [&] {
        if (!read)
            fail(*exchange, reply, read.error());
        else if (exchange->may_need_head_alone())
            proceed(exchange, reply);
        else
            begin(exchange, reply);
    });
}

void Pipeline::begin(const std::shared_ptr<Exchange>& exchange, const http::Reply& reply)
{
    if (exchange->route->preparation != nullptr && !exchange->route->preparation(*exchange->call, false))
        prepare(exchange, reply);
    else
        proceed(exchange, reply);
}

// Away from the I/O and the writer's threads, then back to an I/O thread.
void Pipeline::prepare(const std::shared_ptr<Exchange>& exchange, const http::Reply& reply)
{
    // One at a time for each caller: nobody's requests fill the queue that all share.
    const auto caller = exchange->caller();
    if (!begin_preparation(caller))
        return fail(*exchange, reply, Error{ErrorCode::too_many_requests});
    exchange->large.begin();
    const bool taken = options_.run_off_thread(exchange->route->queue, exchange->home(), [this, exchange, reply, caller] {
        if (!exchange->is_write() && exchange->is_gone())  // a read for nobody
            return end_preparation(caller);
        bool prepared = false;
        guarded("preparation_failed", exchange->request_id, [&] { prepared = exchange->route->preparation(*exchange->call, true); });
        end_preparation(caller);
        options_.post([this, exchange, reply, prepared] {
            or_fail(*exchange, reply, [&] {
                if (prepared)
                    proceed(exchange, reply);
                else
                    fail(*exchange, reply, Error{ErrorCode::unavailable});
            });
        });
    });
    if (taken)
        return;
    end_preparation(caller);
    fail(*exchange, reply, Error{ErrorCode::unavailable});
}

bool Pipeline::begin_preparation(const std::string& caller)
{
    const auto is_anonymous = [](const std::string& one) { return one.starts_with(Exchange::peer_mark); };
    const std::lock_guard guard(preparing_mutex_);
    if (is_anonymous(caller) &&
        std::count_if(preparing_.begin(), preparing_.end(), is_anonymous) >= static_cast<std::ptrdiff_t>(max_anonymous_preparations))
        return false;
    return preparing_.insert(caller).second;
}

void Pipeline::end_preparation(const std::string& caller)
{
    const std::lock_guard guard(preparing_mutex_);
    preparing_.erase(caller);
}

void Pipeline::proceed(const std::shared_ptr<Exchange>& exchange, const http::Reply& reply)
{
    if (exchange->call->principal.is_unproven)
        return prove(exchange, reply);
    if (exchange->statement) {
        auto snapshot = portal_.database.read();
        service::prove_statement(snapshot.db(), exchange->call->principal.home, *exchange->statement);
    }
    if (!exchange->is_write())
        serve_read(exchange, reply);
    else if (exchange->dry_run || is_tried_first(*exchange))
        serve_trial(exchange, reply);
    else
        serve_write(exchange, reply);
}

// The first request with a token proves it, before anything else is done.
void Pipeline::prove(const std::shared_ptr<Exchange>& exchange, const http::Reply& reply)
{
    auto proven = std::make_shared<Result<domain::Principal>>(Error{ErrorCode::internal});
    store::WriteJob job;
    job.home = exchange->home();
    job.work = [exchange, proven](store::Transaction& transaction) {
        *proven = service::prove_credential(transaction, exchange->call->principal);
        return proven->has_value();
    };
    job.done = [this, exchange, proven, reply](store::WriteEnd end) {
        options_.post([this, exchange, proven, reply, end] {
            or_fail(*exchange, reply, [&] {
                if (const auto failure = failure_of(end))
                    return fail(*exchange, reply, Error{*failure});
                if (!proven->has_value())
                    return fail(*exchange, reply, proven->error());
                exchange->call->principal = std::move(**proven);
                proceed(exchange, reply);
            });
        });
    };
    portal_.database.writer().submit(std::move(job));
}

void Pipeline::serve_read(const std::shared_ptr<Exchange>& exchange, const http::Reply& reply)
{
    if (exchange->may_need_head_alone())
        return serve_head(exchange, reply);
    if (exchange->route->kept_until_reports_change)
        return serve_kept(*exchange, reply);
    if (exchange->route->embedded)
        return serve_embedded(*exchange, reply);
    auto& call = *exchange->call;
    Result<Answer> answer = Error{ErrorCode::internal};
    if (const auto* fixed = std::get_if<FixedHandler>(&exchange->route->handler)) {
        answer = (*fixed)(call);
    } else {
        auto snapshot = portal_.database.read();
        if (exchange->has_waited) {  // rights may have ended meanwhile
            call.now = portal_.clock();
            if (auto again = service::reload(snapshot.db(), call.now, call.principal))
                call.principal = std::move(*again);
            else
                return fail(*exchange, reply, again.error());
        }
        limit_to_published(call, snapshot.db());
        answer = std::get<ReadHandler>(exchange->route->handler)(call, snapshot.db());
    }
    if (!answer)
        return fail(*exchange, reply, answer.error());
    if (answer->wait && wait_for_more(exchange, std::move(*answer->wait), reply))
        return;
    const auto tag = entity_tag(answer->tag, answer->body);
    reply(finished(*exchange, render_answer(*exchange, std::move(*answer), tag)));
}

// What costs a preparation is prepared for those alone who take it.
void Pipeline::serve_head(const std::shared_ptr<Exchange>& exchange, const http::Reply& reply)
{
    Result<Answer> answer = Error{ErrorCode::internal};
    {
        auto snapshot = portal_.database.read();
        answer = exchange->route->head(*exchange->call, snapshot.db());
    }
    if (!answer)
        return fail(*exchange, reply, answer.error());
    const auto held = list_in(exchange->head, "If-None-Match");
    if (exchange->head.method != "HEAD" && !(held && matches_if_none_match(*held, answer->weak_tag))) {
        exchange->is_head_known = true;
        return begin(exchange, reply);
    }
    reply(finished(*exchange, render_answer(*exchange, std::move(*answer), {})));
}

// Long polling: the same read again when there is something for the caller. false: the time is over.
bool Pipeline::wait_for_more(const std::shared_ptr<Exchange>& exchange, service::FeedPlace place, const http::Reply& reply)
{
    const auto now = std::chrono::steady_clock::now();
    if (!exchange->has_waited)
        exchange->wait_until = now + std::chrono::seconds(std::stoll(exchange->call->parameter("wait").value_or("0")));
    exchange->has_waited = true;
    auto* const waiters = portal_.feed_waiters;
    if (waiters == nullptr || waiters->is_closed() || now >= exchange->wait_until)
        return false;
    if (exchange->reader == nullptr)
        exchange->reader = waiters->enter();
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(exchange->wait_until - now) + std::chrono::milliseconds(1);
    waiters->wait(*exchange->reader, std::move(place), left, [this, exchange, reply](service::FeedPlace from) {
        exchange->call->place = std::move(from);
        or_fail(*exchange, reply, [&] { serve_read(exchange, reply); });
    });
    if (const auto& presence = exchange->head.peer.presence)
        presence->on_gone([reader = exchange->reader] { reader->leave(); });
    return true;
}

void Pipeline::serve_write(const std::shared_ptr<Exchange>& exchange, const http::Reply& reply)
{
    auto outcome = std::make_shared<Result<service::Outcome>>(Error{ErrorCode::internal});
    store::WriteJob job;
    job.home = exchange->home();
    job.work = [this, exchange, outcome](store::Transaction& transaction) {
        *outcome = apply_write(*exchange, transaction);
        return outcome->has_value() && !exchange->replayed;
    };
    // On the writer thread: hand over at once, render on an I/O thread.
    job.done = [this, exchange, outcome, reply](store::WriteEnd end) {
        options_.post([this, exchange, outcome, reply, end] {
            or_fail(*exchange, reply, [&] {
                if (end == store::WriteEnd::decided && outcome->has_value() && (*outcome)->is_unfinished)
                    go_on(exchange, reply);
                else
                    answer_write(*exchange, reply, end, *outcome);
            });
        });
    };
    portal_.database.writer().submit(std::move(job));
}

// The next part waits behind whoever came meanwhile. When the portal ends no other is begun: what was done stands, and the same request
// goes on with it after the start.
void Pipeline::go_on(const std::shared_ptr<Exchange>& exchange, const http::Reply& reply)
{
    if (portal_.feed_waiters != nullptr && portal_.feed_waiters->is_closed())
        return fail(*exchange, reply, Error{ErrorCode::unavailable});
    exchange->is_going_on = true;
    serve_write(exchange, reply);
}

void Pipeline::answer_write(Exchange& exchange, const http::Reply& reply, store::WriteEnd end, const Result<service::Outcome>& outcome)
{
    if (const auto failure = failure_of(end))
        fail(exchange, reply, Error{*failure});
    else if (!outcome)
        fail(exchange, reply, outcome.error());
    else if (outcome->refused)
        fail(exchange, reply, *outcome->refused);
    else
        reply(finished(exchange, render_outcome(exchange, *outcome)));
}

// Inside the writer's transaction, or a trial's: the caller is judged again, a known key is answered as before, the handler decides.
Result<service::Outcome> Pipeline::apply_write(Exchange& exchange, store::Transaction& transaction)
{
    auto& call = *exchange.call;
    call.now = transaction.now();
    auto again = service::reload(transaction.db(), transaction.now(), call.principal);
    if (!again)
        return again.error();
    call.principal = std::move(*again);
    if (const auto allowed = authorise(exchange); !allowed)
        return allowed.error();
    if (const auto allowed = authorise_content(exchange); !allowed)
        return allowed.error();
    std::optional<service::RetryKey> retry;
    // What everyone may write is safe to repeat by itself: whoever comes in has no account yet under which an answer could be kept.
    const bool is_public = domain::reach_of(exchange.route->permission.permission, {}) != domain::Reach::none;
    if (exchange.idempotency_key && !exchange.dry_run && !is_public)
        retry = service::RetryKey{call.principal.account.value, *exchange.idempotency_key, exchange.fingerprint};
    if (retry) {
        auto earlier = service::earlier_outcome(transaction.db(), *retry);
        if (!earlier)
            return earlier.error();
        if (*earlier) {
            const auto is_unfinished = exchange.route->is_unfinished;
            exchange.replayed = is_unfinished == nullptr || !is_unfinished(call, transaction.db(), (*earlier)->id);
            if (exchange.replayed)
                return std::move(**earlier);
            call.goes_on_with = (*earlier)->id;
        }
    }
    // A write in parts was new with its first.
    if (exchange.route->growth == Growth::new_material && !exchange.is_going_on && !call.goes_on_with)
        if (const auto room = service::check_new_material(transaction, call.principal, retry.has_value()); !room)
            return room.error();
    const auto first = transaction.next_seq();
    transaction.bring(exchange.statement);
    auto outcome = std::get<WriteHandler>(exchange.route->handler)(call, transaction);
    if (outcome) {
        const bool is_known = outcome->seq && *outcome->seq < first;
        if (const auto fits = service::check_statement(transaction, is_known); !fits)
            return fits.error();
        outcome->to_sign = exchange.dry_run ? service::statement_to_sign(transaction) : std::nullopt;
    }
    if (outcome && outcome->shown_to)
        call.principal = *outcome->shown_to;
    if (outcome && retry && !outcome->refused && !call.goes_on_with)
        service::remember_outcome(transaction, *retry, *outcome);
    return outcome;
}

http::Response Pipeline::failed(Exchange& exchange, const Error& error)
{
    exchange.error = error.code;
    return finished(exchange, render_problem(exchange, error));
}

// The one log line of a request. No path, query or body: only what our own tables name.
http::Response Pipeline::finished(Exchange& exchange, http::Response response)
{
    exchange.bulk.reset();
    exchange.body_memory.reset();
    add_common_fields(exchange, response);
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - exchange.begun);
    const auto operation = exchange.route != nullptr ? exchange.route->operation_id : std::string_view("none");
    metrics_.count_request(operation, response.status, took);
    const bool known = exchange.call != nullptr && !exchange.call->principal.is_anonymous();
    const std::string_view account = known ? std::string_view(exchange.call->principal.account.value) : std::string_view();
    if (exchange.line == Line::refused)
        log_refused({exchange.request_id, response.status, "too many requests", account}, exchange.head.peer);
    if (exchange.line != Line::own)
        return response;
    const std::string_view slug = exchange.error ? domain::row_of(*exchange.error).slug : std::string_view();
    base::log_soon(base::Severity::info, "request",
                   {{"id", exchange.request_id},
                    {"operation", operation},
                    {"status", response.status},
                    {"us", took.count()},
                    {"peer", exchange.head.peer.address},
                    {"account", account},
                    {"problem", slug},
                    {"replayed", exchange.replayed}});
    return response;
}

}  // namespace cbmx::api
