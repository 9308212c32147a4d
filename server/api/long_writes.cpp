// Writes that are too much for one stay in the writer (rules.md 27a): what is tried out first on a private copy of the database, so that
// a refusal costs the writer nothing, and what is done in parts, each a job of its own. See pipeline.hpp.
#include "api/exchange.hpp"
#include "api/guarded.hpp"
#include "api/pipeline.hpp"
#include "api/render.hpp"
#include "service/log/feed_waiters.hpp"

namespace cbmx::api {

// What is refused on the copy, answered already or only a rehearsal is answered from there. Nothing else has been kept: the writer carries
// it out once more, on what is true by then.
void Pipeline::try_first(const std::shared_ptr<Exchange>& exchange, const http::Reply& reply)
{
    const auto caller = exchange->caller();
    if (!begin_preparation(caller))
        return fail(*exchange, reply, Error{ErrorCode::too_many_requests});
    const bool taken = options_.run_off_thread(exchange->route->queue, exchange->home(), [this, exchange, reply, caller] {
        auto tried = std::make_shared<Result<service::Outcome>>(Error{ErrorCode::unavailable});
        guarded("trial_failed", exchange->request_id,
                [&] { portal_.database.try_out([&](store::Transaction& transaction) { *tried = apply_write(*exchange, transaction); }); });
        end_preparation(caller);
        options_.post([this, exchange, reply, tried] {
            const bool answered = guarded("request_failed", exchange->request_id, [&] {
                if (!*tried)
                    fail(*exchange, reply, tried->error());
                else if (exchange->replayed || exchange->dry_run)
                    reply(finished(*exchange, render_outcome(*exchange, **tried)));
                else
                    serve_write(exchange, reply);
            });
            if (!answered)
                fail(*exchange, reply, Error{ErrorCode::internal});
        });
    });
    if (taken)
        return;
    end_preparation(caller);
    fail(*exchange, reply, Error{ErrorCode::unavailable});
}

// The next part waits behind whoever came meanwhile. When the portal ends nothing more is begun: what was done stands, and the same
// request goes on with it after the start.
void Pipeline::go_on(const std::shared_ptr<Exchange>& exchange, const http::Reply& reply)
{
    if (portal_.feed_waiters != nullptr && portal_.feed_waiters->is_closed())
        return fail(*exchange, reply, Error{ErrorCode::unavailable});
    serve_write(exchange, reply);
}

}  // namespace cbmx::api
