// Asio and OpenSSL for one connection; see connection.hpp. Coroutines: named locals only inside co_await
// expressions, g++ 12.2 destroys some temporaries there twice.
#include "http/connection.hpp"
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <poll.h>
#include <utility>

namespace cbmx::http {
namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using namespace std::chrono_literals;

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
constexpr auto no_deadline = std::chrono::steady_clock::time_point::max();
constexpr auto repeat_wake = 100ms;
constexpr auto between_looks = 1s;
// What a refused client still sends is read and dropped: most send a whole body before they look at the answer.
constexpr auto linger_time = 2s;  // for each step
constexpr std::size_t linger_step_bytes = 16 * 1024, linger_bytes = 64 * 1024 * 1024;

}  // namespace

Connection::Connection(tcp::socket socket, std::shared_ptr<TlsContexts> contexts, asio::ssl::context& context)
    : contexts_(std::move(contexts)), stream_(std::move(socket), context), timer_(stream_.get_executor()), watch_(stream_.get_executor()),
      deadline_(no_deadline)
{
}

// A timer that is already waiting for an earlier moment is left alone: it looks again when it fires. So a deadline
// costs nothing per request.
void Connection::set_deadline(std::chrono::milliseconds from_now)
{
    timed_out_ = false;
    deadline_ = std::chrono::steady_clock::now() + from_now;
    if (timer_waits_ && timer_.expiry() <= deadline_)
        return;
    timer_.expires_at(deadline_);
    await_deadline();
}

void Connection::clear_deadline()
{
    timed_out_ = false;
    deadline_ = no_deadline;
}

void Connection::await_deadline()
{
    timer_waits_ = true;
    timer_.async_wait([weak = weak_from_this()](boost::system::error_code error) {
        const auto self = weak.lock();
        if (self && !error)
            self->on_deadline();
    });
}

void Connection::on_deadline()
{
    timer_waits_ = false;
    if (deadline_ == no_deadline || closed_)
        return;
    const auto now = std::chrono::steady_clock::now();
    if (now < deadline_) {
        timer_.expires_at(deadline_);
        await_deadline();
        return;
    }
    timed_out_ = true;
    wake();
    // A composed operation may stand between two of its steps just now, where cancelling reaches nothing.
    timer_.expires_at(now + repeat_wake);
    await_deadline();
}

void Connection::wake()
{
    boost::system::error_code ignored;
    stream_.next_layer().cancel(ignored);
}

void Connection::watch_for_end(std::function<void()> gone)
{
    gone_ = std::move(gone);
    look_for_end();
}

void Connection::stop_watching()
{
    gone_ = nullptr;
    watch_.cancel();
}

void Connection::look_for_end()
{
    stream_.next_layer().async_wait(tcp::socket::wait_read, [self = shared_from_this()](boost::system::error_code error) {
        if (error || self->closed_ || !self->gone_)
            return;
        pollfd state{self->stream_.next_layer().native_handle(), POLLRDHUP, 0};
        if (poll(&state, 1, 0) > 0 && (state.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0) {
            const auto told = std::exchange(self->gone_, nullptr);
            told();
            return;
        }
        // Something was sent, a close_notify perhaps: the end may follow.
        self->watch_.expires_after(between_looks);
        self->watch_.async_wait([self](boost::system::error_code cancelled) {
            if (!cancelled && self->gone_)
                self->look_for_end();
        });
    });
}

void Connection::abort()
{
    closed_ = true;
    clear_deadline();
    timer_.cancel();
    stop_watching();
    boost::system::error_code ignored;
    stream_.next_layer().close(ignored);
}

asio::awaitable<std::optional<std::string>> Connection::read_plain(std::size_t bytes)
{
    std::string text(bytes, '\0');
    const auto buffer = asio::buffer(text);
    const auto [error, count] = co_await asio::async_read(stream_.next_layer(), buffer, as_result);
    if (error || timed_out_)
        co_return std::nullopt;
    co_return text;
}

asio::awaitable<bool> Connection::handshake()
{
    boost::system::error_code ignored;
    stream_.next_layer().set_option(tcp::no_delay(true), ignored);
    const auto [error] = co_await stream_.async_handshake(asio::ssl::stream_base::server, as_result);
    established_ = !error && !timed_out_;
    co_return established_;
}

asio::awaitable<Received> Connection::read_some(std::string& into)
{
    if (closed_)
        co_return Received::ended;
    const auto buffer = asio::buffer(chunk_);
    const auto [error, count] = co_await stream_.async_read_some(buffer, as_result);
    if (timed_out_)
        co_return Received::timed_out;
    if (error)
        co_return Received::ended;
    into.append(chunk_.data(), count);
    co_return Received::bytes;
}

asio::awaitable<bool> Connection::write(std::string_view bytes, const Deadlines& limits)
{
    std::size_t since_progress = 0;
    set_deadline(limits.progress);
    while (!bytes.empty()) {
        const auto buffer = asio::buffer(bytes.data(), bytes.size());
        const auto [error, count] = co_await stream_.async_write_some(buffer, as_result);
        if (error || timed_out_ || closed_)
            co_return false;
        bytes.remove_prefix(count);
        since_progress += count;
        if (since_progress >= limits.progress_bytes) {
            since_progress = 0;
            set_deadline(limits.progress);
        }
    }
    clear_deadline();
    co_return true;
}

asio::awaitable<void> Connection::close(bool linger)
{
    if (closed_)
        co_return;
    set_deadline(linger_time);
    if (established_) {
        // As if the peer's close_notify were here: async_shutdown then sends ours and does not wait.
        SSL_set_shutdown(stream_.native_handle(), SSL_RECEIVED_SHUTDOWN);
        const auto [error] = co_await stream_.async_shutdown(as_result);
        linger = linger && !error;
    }
    boost::system::error_code ignored;
    stream_.next_layer().shutdown(tcp::socket::shutdown_send, ignored);
    if (linger && !closed_)
        co_await drain();
    abort();
}

asio::awaitable<void> Connection::drain()
{
    std::size_t dropped = 0, since_progress = 0;
    while (dropped < linger_bytes && !timed_out_ && !closed_) {
        const auto buffer = asio::buffer(chunk_);
        const auto [error, count] = co_await stream_.next_layer().async_read_some(buffer, as_result);
        if (error)
            co_return;
        dropped += count;
        since_progress += count;
        if (since_progress < linger_step_bytes)
            continue;
        since_progress = 0;
        set_deadline(linger_time);
    }
}

std::optional<base::Hash> Connection::peer_certificate()
{
    return peer_fingerprint(stream_.native_handle());
}

}  // namespace cbmx::http
