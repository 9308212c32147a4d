// How every request flows. admit(head): match -> authenticate -> limit the rate (of every answer, also where these two refuse) ->
// authorise -> check parameters, media types and conditions, all before a byte of the body is read. serve(body): parse -> schema ->
// preparation -> idempotency -> handler in a transaction whose kind its signature chooses, or for a dry run in a trial (trial.cpp) ->
// render (render.hpp) -> one log line, whatever happened.
#pragma once
#include "api/body_memory.hpp"
#include "api/exchange.hpp"
#include "api/guarded.hpp"
#include "api/kept_answers.hpp"
#include "api/metrics.hpp"
#include "api/rate_limit.hpp"
#include "api/route.hpp"
#include "base/line_budget.hpp"
#include "service/accounts/authenticate.hpp"
#include <memory>
#include <mutex>
#include <set>

namespace cbmx::api {

inline constexpr std::size_t max_idempotency_key_characters = 255;
inline constexpr std::size_t max_parameter_bytes = 1024;            // of one value in a query
inline constexpr std::size_t max_anonymous_preparations = 8;        // at once, of all callers without an account
inline constexpr std::uint64_t large_body_bytes = 4 * 1024 * 1024;  // beyond this: one at a time for each account
inline constexpr std::size_t quick_body_bytes = 64 * 1024;          // beyond this: read and judged away from the I/O threads

struct PipelineOptions {
    RateQuota per_account{600, std::chrono::seconds(60)};
    RateQuota per_peer{300, std::chrono::seconds(60)};           // anonymous callers, by address (base/budget_key.hpp)
    RateQuota failed_credentials{20, std::chrono::seconds(60)};  // by address: guessing
    BodyMemoryLimits body_memory;
    std::function<void(std::function<void()>)> post;  // runs a task on an I/O thread
    // Runs a task on the thread of that queue, when its home has its turn; false: too many wait.
    std::function<bool(WorkQueue, const std::string& home, std::function<void()>)> run_off_thread;
};

class Pipeline {
public:
    Pipeline(const service::Portal& portal, Metrics& metrics, PipelineOptions options);
    http::Application application();  // the pipeline must outlive it

private:
    http::Admission admit(http::Head head);
    http::Response refuse(http::Refusal refusal, const http::Head* head, const http::Peer& peer, std::string_view reason);

    Result<void> check_head(Exchange& exchange);  // the steps below, in this order
    Result<void> match(Exchange& exchange);
    Result<void> authenticate(Exchange& exchange);
    Result<void> limit_rate(Exchange& exchange);
    Result<void> authorise(const Exchange& exchange);
    Result<void> check_parameters(Exchange& exchange);
    Result<void> negotiate(Exchange& exchange);
    Result<void> authorise_content(const Exchange& exchange);
    Result<void> check_conditions(Exchange& exchange);
    Result<void> check_room(const Exchange& exchange) const;
    Result<void> take_turn(Exchange& exchange);
    Result<void> take_memory(Exchange& exchange);

    // refusals.cpp
    struct RefusedLine {
        std::string_view id;
        int status;
        std::string_view reason;
        std::string_view account = {};
    };
    Result<void> limit_peer(Exchange& exchange);
    static Result<void> take_from(RateLimit& limit, const std::string& key, Exchange& exchange);
    Error refuse_credential(Exchange& exchange, const Error& error);
    void note_refusal(const Exchange& exchange, std::string_view kind);
    void write_security_event(const Exchange& exchange, std::string_view kind, std::uint64_t left_out);
    void log_refused(const RefusedLine& line, const http::Peer& peer);

    void serve(const std::shared_ptr<Exchange>& exchange, http::Body body, const http::Reply& reply);
    Result<void> read_body(Exchange& exchange, http::Body body);
    void read_off_thread(const std::shared_ptr<Exchange>& exchange, http::Body body, const http::Reply& reply);
    void serve_read_body(const std::shared_ptr<Exchange>& exchange, const Result<void>& read, const http::Reply& reply);
    void begin(const std::shared_ptr<Exchange>& exchange, const http::Reply& reply);
    void prepare(const std::shared_ptr<Exchange>& exchange, const http::Reply& reply);
    bool begin_preparation(const std::string& caller);  // false: one of the caller is on its way
    void end_preparation(const std::string& caller);
    void prove(const std::shared_ptr<Exchange>& exchange, const http::Reply& reply);
    void proceed(const std::shared_ptr<Exchange>& exchange, const http::Reply& reply);
    void serve_read(const std::shared_ptr<Exchange>& exchange, const http::Reply& reply);
    void serve_head(const std::shared_ptr<Exchange>& exchange, const http::Reply& reply);
    bool wait_for_more(const std::shared_ptr<Exchange>& exchange, service::FeedPlace place, const http::Reply& reply);
    void serve_write(const std::shared_ptr<Exchange>& exchange, const http::Reply& reply);
    void go_on(const std::shared_ptr<Exchange>& exchange, const http::Reply& reply);
    static bool is_tried_first(const Exchange& exchange);  // trial.cpp, with the next four
    void serve_trial(const std::shared_ptr<Exchange>& exchange, const http::Reply& reply);
    store::WriteEnd try_out(Exchange& exchange, Result<service::Outcome>& outcome);
    bool begin_trial(const std::string& caller);  // false: one of the caller is on its way
    void end_trial(const std::string& caller);
    void answer_write(Exchange& exchange, const http::Reply& reply, store::WriteEnd end, const Result<service::Outcome>& outcome);
    Result<service::Outcome> apply_write(Exchange& exchange, store::Transaction& transaction);
    void serve_kept(Exchange& exchange, const http::Reply& reply);  // kept_answers.cpp, with the next two
    void serve_embedded(Exchange& exchange, const http::Reply& reply);
    void limit_to_published(Call& call, store::Connection& db) const;
    http::Response finished(Exchange& exchange, http::Response response);  // adds the common fields, writes the log line
    http::Response failed(Exchange& exchange, const Error& error);         // the finished problem
    void fail(Exchange& exchange, const http::Reply& reply, const Error& error);
    // Does the work, which answers; an exception of it is answered as internal.
    template <class Work>
    void or_fail(Exchange& exchange, const http::Reply& reply, Work&& work)
    {
        if (!guarded("request_failed", exchange.request_id, std::forward<Work>(work)))
            fail(exchange, reply, Error{ErrorCode::internal});
    }

    const service::Portal& portal_;
    Metrics& metrics_;
    PipelineOptions options_;
    service::PrincipalCache principals_;
    KeptAnswers kept_answers_, coded_files_;
    BodyMemory body_memory_;
    RateLimit account_rate_, peer_rate_, guess_rate_;
    base::LineBudget refusal_lines_;
    std::mutex preparing_mutex_;
    std::set<std::string> preparing_;  // callers; guarded by the mutex
    std::mutex trying_mutex_;
    std::set<std::string> trying_;  // callers; guarded by the mutex
    struct Bulk {
        std::mutex mutex;
        std::set<std::string> accounts;
    };
    std::shared_ptr<Bulk> bulk_ = std::make_shared<Bulk>();  // accounts whose large body is being read or carried out
};

}  // namespace cbmx::api
