// Dry runs: the steps of a write (apply_write) on a private copy of the last committed state (store::Database::try_out), on the thread
// of their queue. Nobody's write waits for one, and it waits for nobody's. The answer is made as a write's is, on an I/O thread.
// So is a write that would be long in the writer (Route::is_tried_first): what is refused here, or answered already, is answered from
// here, and only what would succeed is carried out once more, in the writer, on what is true by then.
#include "api/pipeline.hpp"

namespace cbmx::api {
namespace {

// What could not be tried out now, and what is a fault of ours.
store::WriteEnd end_after(const store::StoreError& error)
{
    using enum store::StoreFault;
    switch (error.kind) {
    case busy:
    case full:
    case io:
    case corrupt:
    case read_only:
    case cannot_open:
    case interrupted:
    case too_large: return store::WriteEnd::unavailable;
    case constraint:
    case other: return store::WriteEnd::failed;
    }
    return store::WriteEnd::failed;
}

}  // namespace

bool Pipeline::is_tried_first(const Exchange& exchange)
{
    const auto tried = exchange.route->is_tried_first;
    return tried != nullptr && tried(*exchange.call);
}

void Pipeline::serve_trial(const std::shared_ptr<Exchange>& exchange, const http::Reply& reply)
{
    const auto caller = exchange->caller();
    if (!begin_trial(caller))
        return fail(*exchange, reply, Error{ErrorCode::too_many_requests});
    const auto queue = exchange->route->is_tried_first != nullptr ? exchange->route->queue : WorkQueue::trials;
    const bool taken = options_.run_off_thread(queue, exchange->home(), [this, exchange, reply, caller] {
        auto outcome = std::make_shared<Result<service::Outcome>>(Error{ErrorCode::internal});
        const auto end = try_out(*exchange, *outcome);
        end_trial(caller);
        options_.post([this, exchange, reply, outcome, end] {
            or_fail(*exchange, reply, [&] {
                const bool would_succeed = end == store::WriteEnd::decided && outcome->has_value();
                if (would_succeed && !exchange->dry_run && !exchange->replayed)
                    serve_write(exchange, reply);
                else
                    answer_write(*exchange, reply, end, *outcome);
            });
        });
    });
    if (taken)
        return;
    end_trial(caller);
    fail(*exchange, reply, Error{ErrorCode::unavailable});
}

store::WriteEnd Pipeline::try_out(Exchange& exchange, Result<service::Outcome>& outcome)
{
    auto& writer = portal_.database.writer();
    if (!writer.read_only_reason().empty())
        return store::WriteEnd::read_only;
    const auto apply = [&](store::Transaction& transaction) { outcome = apply_write(exchange, transaction); };
    const auto is_counted = [&outcome] { return outcome.has_value() && outcome->is_counted; };
    try {
        portal_.database.try_out(apply);
        if (!is_counted())
            return store::WriteEnd::decided;
        // Before the next dry run begins, or codes could be guessed in dry runs faster than they are counted.
        return writer.run([&](store::Transaction& transaction) {
            apply(transaction);
            return is_counted();
        });
    } catch (const store::StoreError& error) {
        log_broken("dry_run_failed", exchange.request_id, error);
        return end_after(error);
    } catch (const std::exception& error) {
        log_broken("dry_run_failed", exchange.request_id, error);
        return store::WriteEnd::failed;
    }
}

bool Pipeline::begin_trial(const std::string& caller)
{
    const std::lock_guard guard(trying_mutex_);
    return trying_.insert(caller).second;
}

void Pipeline::end_trial(const std::string& caller)
{
    const std::lock_guard guard(trying_mutex_);
    trying_.erase(caller);
}

}  // namespace cbmx::api
