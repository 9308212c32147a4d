// Looks once a second, since the clock may be set; see list_watch.hpp.
#include "http/list_watch.hpp"
#include "base/log.hpp"
#include "http/session.hpp"
#include <boost/asio/dispatch.hpp>
#include <boost/asio/strand.hpp>

namespace cbmx::http {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::seconds between_looks{1};
constexpr std::time_t day = 24 * 3600, week = 7 * day;  // seconds

}  // namespace

ListWatch::ListWatch(std::shared_ptr<Runtime> runtime) : runtime_(std::move(runtime)), timer_(asio::make_strand(runtime_->io)) {}

void ListWatch::start()
{
    asio::dispatch(timer_.get_executor(), [self = shared_from_this()] { self->look(); });
}

void ListWatch::stop()
{
    asio::dispatch(timer_.get_executor(), [self = shared_from_this()] {
        self->stopped_ = true;
        self->timer_.cancel();
    });
}

void ListWatch::look()
{
    if (stopped_)
        return;
    const auto contexts = runtime_->tls();
    const auto now = runtime_->options.clock();
    if (of_ != contexts->number)
        said_.clear();
    of_ = contexts->number;
    bool has_one_ended = false;
    for (const RevocationList& list : contexts->trust->lists()) {
        const auto left = list.ends - now;
        auto& said = said_[list.file];
        if (due(left) <= said)
            continue;
        said = due(left);
        say(said, list, left);
        has_one_ended = has_one_ended || said == Said::ended;
    }
    if (has_one_ended)
        for (const auto& session : runtime_->connections.sessions())
            session->judge_again();
    timer_.expires_after(between_looks);
    timer_.async_wait([self = shared_from_this()](boost::system::error_code) { self->look(); });
}

ListWatch::Said ListWatch::due(std::time_t left)
{
    if (left <= 0)
        return Said::ended;
    if (left <= day)
        return Said::ends_within_a_day;
    return left <= week ? Said::ends_within_a_week : Said::nothing;
}

void ListWatch::say(Said what, const RevocationList& list, std::time_t left)
{
    const auto severity = what == Said::ends_within_a_week ? base::Severity::warning : base::Severity::error;
    base::log(severity, what == Said::ended ? "revocation_list_ended" : "revocation_list_ends",
              {{"file", list.file}, {"seconds_left", left}});
}

}  // namespace cbmx::http
