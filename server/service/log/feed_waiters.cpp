// See feed_waiters.hpp. The database is asked without the lock: a commit that rings meanwhile, and a reader that comes, wait for neither.
#include "service/log/feed_waiters.hpp"
#include "base/log.hpp"
#include <algorithm>

namespace cbmx::service {
namespace {

// Equal exactly when two readers see the same.
std::string key_of(const Principal& reader)
{
    const auto& v = reader.visibility;
    std::string key;
    for (const auto* part : {&v.tokens, &v.draft_state, &v.account, &v.own_state, &v.home})
        key.append(*part).push_back('\0');
    key.push_back(v.secretariat ? '1' : '0');
    key.push_back(v.auditor ? '1' : '0');
    key.push_back(reader.is_anonymous() ? '1' : '0');
    return key;
}

}  // namespace

FeedWaiters::FeedWaiters(const Portal& portal, std::function<void(std::function<void()>)> post)
    : portal_(portal),
      post_(std::move(post)),
      shared_(std::make_shared<FeedReader::Shared>()),
      worker_("feed_waiters", [this] { return resume_due(); })
{
}

FeedWaiters::~FeedWaiters() { close(); }

std::shared_ptr<const FeedReader> FeedWaiters::enter()
{
    const std::lock_guard lock(shared_->mutex);
    return std::shared_ptr<const FeedReader>(new FeedReader(shared_, ++shared_->last_number));
}

void FeedWaiters::wait(const FeedReader& who, FeedPlace place, std::chrono::milliseconds at_most, Resume resume)
{
    bool is_late = false;
    {
        const std::lock_guard lock(shared_->mutex);
        is_late = shared_->closed;
        if (!is_late) {
            const auto& writer = portal_.database.writer();
            const auto until = std::chrono::steady_clock::now() + std::min(at_most, longest_wait);
            const auto& seen =
                shared_->readers.insert_or_assign(who.number_, Waiting{until, std::move(place), std::move(resume)}).first->second.place;
            // Read after it is there to be found: a commit that this does not show yet rings afterwards.
            const bool is_behind = static_cast<Seq>(writer.size()) > seen.seen_to + 1;
            shared_->woken = shared_->woken ||
                             (!seen.reader.is_anonymous() && (is_behind || !writer.principals_stand(seen.reader.home, seen.principals)));
        }
    }
    if (is_late)
        post_([resume = std::move(resume), place = std::move(place)]() mutable { resume(std::move(place)); });
    else
        worker_.ring();
}

void FeedReader::leave() const
{
    const auto shared = shared_.lock();
    if (shared == nullptr)
        return;
    decltype(shared->readers)::node_type left;  // goes without the lock: with it may go what leaves again
    const std::lock_guard lock(shared->mutex);
    left = shared->readers.extract(number_);
}

void FeedWaiters::wake()
{
    {
        const std::lock_guard lock(shared_->mutex);
        shared_->woken = true;
    }
    worker_.ring();
}

void FeedWaiters::close()
{
    {
        const std::lock_guard lock(shared_->mutex);
        shared_->closed = true;
    }
    worker_.ring();
}

bool FeedWaiters::is_closed() const
{
    const std::lock_guard lock(shared_->mutex);
    return shared_->closed;
}

std::size_t FeedWaiters::waiting() const
{
    const std::lock_guard lock(shared_->mutex);
    return shared_->readers.size();
}

std::size_t FeedWaiters::streams() const
{
    const std::lock_guard lock(streams_->mutex);
    std::size_t open = 0;
    for (const auto& [credential, count] : streams_->open)
        open += count;
    return open;
}

std::vector<FeedWaiters::Group> FeedWaiters::groups(bool all) const
{
    std::map<std::string, Group> found;
    for (const auto& [who, reader] : shared_->readers) {
        const auto& place = reader.place;
        if (!all && !place.reader.is_anonymous())
            continue;
        auto& group = found.try_emplace(key_of(place.reader), Group{place.reader, place.seen_to, {}}).first->second;
        group.seen_to = std::min(group.seen_to, place.seen_to);
        group.who.push_back(who);
    }
    std::vector<Group> list;
    for (auto& [key, group] : found)
        list.push_back(std::move(group));
    return list;
}

// nullopt: the database cannot be asked. Its readers are resumed, and learn it by themselves.
std::optional<FeedNews> FeedWaiters::look(const Group& group, std::optional<store::Snapshot>& snapshot) const
{
    try {
        const auto published = group.reader.is_anonymous() ? known_published_size(portal_, group.reader) : std::nullopt;
        if (published && static_cast<Seq>(*published) <= group.seen_to + 1)
            return FeedNews{.looked_to = group.seen_to, .last = {}, .is_more = false};
        if (!snapshot)
            snapshot.emplace(portal_.database.read());
        return news_since(portal_, snapshot->db(), group.reader, group.seen_to);
    } catch (const std::exception& failure) {
        base::log(base::Severity::error, "feed_not_looked_at", {{"reason", failure.what()}});
        return std::nullopt;
    }
}

bool FeedWaiters::is_resumed(const Waiting& reader, const std::optional<FeedNews>& news) const
{
    return !news || (news->last && *news->last > reader.place.seen_to) ||
           !portal_.database.writer().principals_stand(reader.place.reader.home, reader.place.principals);
}

void FeedWaiters::settle(const Group& group, const std::optional<FeedNews>& news, std::vector<Waiting>& resumed)
{
    for (const auto who : group.who) {
        const auto reader = shared_->readers.find(who);
        if (reader == shared_->readers.end())
            continue;
        auto& seen_to = reader->second.place.seen_to;
        if (is_resumed(reader->second, news))
            take(who, resumed);
        else
            seen_to = std::max(seen_to, news->looked_to);
    }
    shared_->woken = shared_->woken || (news && news->is_more);
}

void FeedWaiters::resume(std::vector<Waiting> readers) const
{
    for (auto& reader : readers)
        post_([resume = std::move(reader.resume), place = std::move(reader.place)]() mutable { resume(std::move(place)); });
}

void FeedWaiters::take(std::uint64_t who, std::vector<Waiting>& resumed)
{
    if (auto reader = shared_->readers.extract(who))
        resumed.push_back(std::move(reader.mapped()));
}

base::Worker::Pause FeedWaiters::pause() const
{
    base::Worker::Pause pause;
    const auto now = std::chrono::steady_clock::now();
    const auto at_most = [&pause](std::chrono::steady_clock::duration time) { pause.most = std::min(pause.most.value_or(time), time); };
    if (shared_->woken)  // there is more to look at
        at_most({});
    for (const auto& [who, reader] : shared_->readers) {
        at_most(std::max(reader.until - now, std::chrono::steady_clock::duration::zero()));
        if (reader.place.reader.is_anonymous())
            at_most(anonymous_interval);
    }
    return pause;
}

base::Worker::Pause FeedWaiters::resume_due()
{
    std::vector<Group> groups;
    bool was_woken = false;
    {
        const std::lock_guard lock(shared_->mutex);
        was_woken = std::exchange(shared_->woken, false);
        if (!shared_->closed)
            groups = this->groups(was_woken);
    }
    std::optional<store::Snapshot> snapshot;
    for (const auto& group : groups) {  // nobody waits until the others have been looked for
        const auto news = look(group, snapshot);
        std::vector<Waiting> resumed;
        {
            const std::lock_guard lock(shared_->mutex);
            settle(group, news, resumed);
        }
        resume(std::move(resumed));
    }
    snapshot.reset();
    std::vector<Waiting> overdue;
    base::Worker::Pause next;
    {
        const std::lock_guard lock(shared_->mutex);
        const auto now = std::chrono::steady_clock::now();
        for (auto reader = shared_->readers.begin(); reader != shared_->readers.end();) {
            const auto& [who, waiting] = *reader++;
            if (shared_->closed || waiting.until <= now)
                take(who, overdue);
        }
        next = pause();
        if (was_woken || shared_->closed)
            next.least = shortest_between_wakes;
    }
    resume(std::move(overdue));
    return next;
}

std::shared_ptr<void> FeedWaiters::take_stream(const std::string& credential)
{
    const std::lock_guard lock(streams_->mutex);
    auto& open = streams_->open[credential];
    if (open == max_streams_per_credential)
        return nullptr;
    ++open;
    const auto close_stream = [streams = streams_, credential](void*) {
        const std::lock_guard guard(streams->mutex);
        if (--streams->open[credential] == 0)
            streams->open.erase(credential);
    };
    return {streams_.get(), close_stream};
}

}  // namespace cbmx::service
