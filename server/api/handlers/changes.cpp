// See changes.hpp; service/log/changes.hpp does it. Three ways to read one feed: a page, a page that waits (long polling), and
// events (the WHATWG's server-sent events) that go on until somebody ends them.
#include "api/handlers/changes.hpp"
#include "api/answer.hpp"
#include "api/guarded.hpp"
#include "api/handlers/feed_parameters.hpp"
#include "api/problem.hpp"
#include "base/budget_key.hpp"
#include "service/accounts/authenticate.hpp"
#include "service/log/changes.hpp"
#include "service/log/feed_waiters.hpp"
#include "service/published.hpp"
#include <algorithm>
#include <utility>

namespace cbmx::api::changes {
namespace {

constexpr std::int64_t changes_per_piece = 100;
constexpr std::string_view first_line = "retry: 5000\n\n";  // milliseconds before a reader that was cut off comes again
constexpr std::string_view last_line = "retry: 1000\n\n";   // the same at the end of a connection that was open for long enough

// Last-Event-ID is what a reader of events sends when it comes again: it goes before "after" in the address it began with.
std::optional<domain::Seq> start_of(const Call& call) { return call.resume_after ? call.resume_after : seq_parameter(call, "after"); }

// data: JSON text, which is one line.
std::string event(std::string_view name, std::string_view data, std::optional<domain::Seq> id = {})
{
    std::string text;
    if (id)
        text.append("id: ").append(std::to_string(*id)).append("\n");
    return text.append("event: ").append(name).append("\ndata: ").append(data).append("\n\n");
}

std::string complete_text(domain::Seq complete)
{
    std::string text = "{\"complete_up_to\":";
    return text.append(std::to_string(complete)).append("}");
}

// One reader's stream. Every piece is judged by its rights at that moment, in the snapshot that the piece is read from.
class Events : public std::enable_shared_from_this<Events> {
public:
    using Give = std::function<void(http::Piece)>;

    explicit Events(const Call& call) : call_(call), reader_(call.portal.feed_waiters->enter()), after_(start_of(call)) {}

    void next(Give give)
    {
        quiet_until_ = std::chrono::steady_clock::now() + heartbeat;
        look(std::move(give));
    }

private:
    void look(Give give)
    {
        if (call_.portal.feed_waiters->is_closed())
            return give({std::move(pending_), http::Piece::Then::end});
        auto text = std::exchange(pending_, {});
        const auto now = std::chrono::steady_clock::now();
        const auto served_until = call_.served_until.value_or(std::chrono::steady_clock::time_point::max());
        if (now >= served_until)
            return give({text.append(last_line), http::Piece::Then::end});
        const auto read = read_changes(text, now >= quiet_until_);
        if (!read) {
            text += event("end", problem_json(read.error(), call_.language, call_.request_id).dump());
            return give({std::move(text), http::Piece::Then::end});
        }
        if (text.empty() && now >= quiet_until_)
            text = ": nothing new\n\n";
        if (!text.empty())
            return give({std::move(text)});
        const auto until = std::min(quiet_until_, served_until);
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - now) + std::chrono::milliseconds(1);
        call_.portal.feed_waiters->wait(*reader_, *place_, left,
                                        [weak = weak_from_this(), give = std::move(give)](service::FeedPlace place) {
                                            if (const auto self = weak.lock())  // else its reader has gone
                                                self->look_again(std::move(place), give);
                                        });
    }

    // On an I/O thread, outside the pipeline: what is thrown ends this stream alone, since the function that was not called says so.
    void look_again(service::FeedPlace place, Give give)
    {
        place_ = std::move(place);
        guarded("stream_failed", call_.request_id, [&] { look(std::move(give)); });
    }

    // complete_up_to is sent only with changes and heartbeats: sent whenever a commit resumes the reader, it would reveal when
    // others' hidden entries are made.
    Result<void> read_changes(std::string& text, bool is_heartbeat)
    {
        auto seen = service::look_at_feed(call_.portal, call_.principal, call_.language, after_, changes_per_piece, place_);
        if (!seen)
            return seen.error();
        place_ = std::move(seen->place);
        call_.principal = place_->reader;
        const auto& changes = seen->changes;
        for (const auto& item : changes.items) {
            after_ = item.seq;
            text += event("change", item.text, item.seq);
        }
        const auto complete = changes.complete_up_to;
        after_ = std::max(after_.value_or(-1), complete);  // positions of others need not be passed over again
        if (complete > told_complete_ && (is_heartbeat || !changes.items.empty())) {
            told_complete_ = complete;
            text += event("complete", complete_text(complete));
        }
        return {};
    }

    Call call_;
    const std::shared_ptr<const service::FeedReader> reader_;  // leaves with this
    std::optional<domain::Seq> after_;
    std::optional<service::FeedPlace> place_;
    domain::Seq told_complete_ = -1;
    std::string pending_{first_line};
    std::chrono::steady_clock::time_point quiet_until_;
};

Result<Answer> events(const Call& call)
{
    const auto& principal = call.principal;
    auto slot = call.portal.feed_waiters->take_stream(principal.is_anonymous() ? "peer " + base::budget_key(call.peer)
                                                                               : principal.credential.value);
    if (slot == nullptr)
        return Error{ErrorCode::too_many_requests};
    const auto stream = std::make_shared<Events>(call);
    Answer answer;
    answer.content_type = std::string(event_stream_type);
    answer.cacheable = false;
    // The connection releases this when its reader is gone, even while the stream still waits for a commit.
    answer.stream = [stream, slot = std::move(slot)](Events::Give give) { stream->next(std::move(give)); };
    return answer;
}

// A page that may wait. Where many entries belong to others, it may be empty before the end: the answer says so, and the reader
// continues from there.
Result<Answer> awaited(const Call& call, store::Connection& db)
{
    auto seen = service::look_at_feed(call.portal, call.principal, call.language, start_of(call), feed_limit_of(call), call.place);
    if (!seen)
        return seen.error();
    Answer answer;
    answer.body = seen->changes.text();
    answer.cacheable = false;
    // The end as the caller is shown it: whether a request waits must not tell how long the log is (rules.md 13).
    const bool has_seen_all = start_of(call).value_or(-1) + 1 + service::max_scanned_entries >=
                              static_cast<domain::Seq>(service::published_size(call.portal, db, call.principal));
    if (seen->changes.items.empty() && has_seen_all)
        answer.wait = std::move(seen->place);
    return answer;
}

}  // namespace

Result<Answer> list(const Call& call, store::Connection& db)
{
    if (call.media_type == event_stream_type)
        return events(call);
    if (call.parameter("wait").value_or("0") != "0")
        return awaited(call, db);
    const auto changes = service::list_changes(call.portal, db, call.principal, call.language, start_of(call), feed_limit_of(call));
    if (!changes)
        return changes.error();
    Answer answer;
    answer.body = changes->text();
    return answer;
}

}  // namespace cbmx::api::changes
