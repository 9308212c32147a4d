// Asio and OpenSSL for one connection; see connection.hpp. Coroutines: named locals only inside co_await
// expressions, g++ 12.2 destroys some temporaries there twice.
#include "http/connection.hpp"
#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>
#include <utility>

namespace cbmx::http {
namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using namespace std::chrono_literals;

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
constexpr auto no_deadline = std::chrono::steady_clock::time_point::max();
constexpr auto repeat_wake = 100ms;
constexpr auto first_look = 10ms, longest_between_looks = 1000ms;  // for the end, behind bytes that are not read yet
// What a refused client still sends is read and dropped: most send a whole body before they look at the answer.
constexpr auto linger_time = 2s;  // for each step
constexpr std::size_t linger_step_bytes = 16 * 1024, linger_bytes = 64 * 1024 * 1024;
constexpr std::size_t record_bytes = 16 * 1024;       // most of one TLS record
constexpr std::size_t encrypt_bytes = 256 * 1024;     // of an answer at a time
constexpr std::size_t kept_output_bytes = 32 * 1024;  // what a connection may hold on to between two answers

// For bytes that are copied before anything is waited for.
std::array<char, record_bytes>& scratch()
{
    thread_local std::array<char, record_bytes> bytes;
    return bytes;
}

}  // namespace

Connection::Connection(tcp::socket socket, std::shared_ptr<TlsContexts> contexts, asio::ssl::context& context)
    : contexts_(std::move(contexts)),
      socket_(std::move(socket)),
      tls_(SSL_new(context.native_handle())),
      timer_(socket_.get_executor()),
      watch_(socket_.get_executor()),
      deadline_(no_deadline)
{
    BIO* input = BIO_new(BIO_s_mem());
    BIO* output = BIO_new(BIO_s_mem());
    if (tls_ == nullptr || input == nullptr || output == nullptr) {
        BIO_free(input), BIO_free(output);
        throw std::bad_alloc();
    }
    SSL_set_bio(tls_.get(), input, output);
    SSL_set_accept_state(tls_.get());
    boost::system::error_code ignored;
    socket_.native_non_blocking(true, ignored);  // for flush() and drain()
}

asio::awaitable<bool> Connection::ready(tcp::socket::wait_type what)
{
    const auto [error] = co_await socket_.async_wait(what, as_result);
    co_return !error && !timed_out_ && !closed_;
}

// What was received already, and whether it is a whole record or a part of one.
bool Connection::has_unread() const { return SSL_pending(tls_.get()) != 0 || BIO_ctrl_pending(SSL_get_rbio(tls_.get())) != 0; }

// One system call where something has come; waiting for the socket and reading then would be two.
asio::awaitable<bool> Connection::receive()
{
    const auto buffer = asio::buffer(received_);
    const auto [error, count] = co_await socket_.async_read_some(buffer, as_result);
    if (error || timed_out_ || closed_)
        co_return false;
    const int taken = BIO_write(SSL_get_rbio(tls_.get()), received_.data(), static_cast<int>(count));
    co_return taken == static_cast<int>(count);
}

bool Connection::has_unsent() const { return BIO_ctrl_pending(SSL_get_wbio(tls_.get())) != 0; }

// A large answer's memory is given back, a small one's is used again.
void Connection::forget_sent()
{
    BUF_MEM* memory = nullptr;
    BIO_get_mem_ptr(SSL_get_wbio(tls_.get()), &memory);
    if (memory->max <= kept_output_bytes) {
        BIO_reset(SSL_get_wbio(tls_.get()));
        return;
    }
    BIO* output = BIO_new(BIO_s_mem());
    if (output == nullptr)
        throw std::bad_alloc();
    SSL_set0_wbio(tls_.get(), output);
}

asio::awaitable<bool> Connection::flush(const Deadlines* limits)
{
    char* begin = nullptr;
    const auto size = BIO_get_mem_data(SSL_get_wbio(tls_.get()), &begin);
    std::string_view rest(begin, static_cast<std::size_t>(size));
    std::size_t since_progress = 0;
    while (!rest.empty()) {
        if (closed_ || timed_out_)
            co_return false;
        const auto sent = ::send(socket_.native_handle(), rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
            co_return false;
        if (sent < 0) {
            const bool writable = co_await ready(tcp::socket::wait_write);
            if (!writable)
                co_return false;
            continue;
        }
        rest.remove_prefix(static_cast<std::size_t>(sent));
        since_progress += static_cast<std::size_t>(sent);
        if (limits != nullptr && since_progress >= limits->progress_bytes) {
            since_progress = 0;
            set_deadline(limits->progress);
        }
    }
    forget_sent();
    co_return true;
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
    socket_.cancel(ignored);
}

void Connection::watch_for_end(std::function<void()> gone)
{
    gone_ = std::move(gone);
    next_look_ = first_look;
    look_for_end();
}

void Connection::stop_watching()
{
    gone_ = nullptr;
    watch_.cancel();
}

void Connection::look_for_end()
{
    socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](boost::system::error_code error) {
        if (error || self->closed_ || !self->gone_)
            return;
        pollfd state{self->socket_.native_handle(), POLLRDHUP, 0};
        if (poll(&state, 1, 0) > 0 && (state.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0) {
            const auto told = std::exchange(self->gone_, nullptr);
            told();
            return;
        }
        // Something was sent, a close_notify perhaps: the end may follow.
        self->watch_.expires_after(self->next_look_);
        self->next_look_ = std::min(2 * self->next_look_, longest_between_looks);
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
    socket_.close(ignored);
}

asio::awaitable<std::optional<std::string>> Connection::read_plain(std::size_t bytes)
{
    std::string text(bytes, '\0');
    const auto buffer = asio::buffer(text);
    const auto [error, count] = co_await asio::async_read(socket_, buffer, as_result);
    if (error || timed_out_)
        co_return std::nullopt;
    co_return text;
}

asio::awaitable<bool> Connection::handshake()
{
    boost::system::error_code ignored;
    socket_.set_option(tcp::no_delay(true), ignored);
    while (!closed_ && !timed_out_) {
        ERR_clear_error();
        const int result = SSL_accept(tls_.get());
        const int error = SSL_get_error(tls_.get(), result);
        // Before what went wrong: the peer learns why.
        const bool sent = co_await flush(nullptr);
        if (!sent || (result != 1 && error != SSL_ERROR_WANT_READ))
            co_return false;
        if (result == 1) {
            established_ = true;
            co_return true;
        }
        const bool received = co_await receive();
        if (!received)
            co_return false;
    }
    co_return false;
}

asio::awaitable<Received> Connection::read_some(std::string& into)
{
    bool received = has_unread();
    while (!closed_ && !timed_out_) {
        if (!received) {
            received = co_await receive();
            if (!received)
                break;
        }
        ERR_clear_error();
        std::size_t count = 0;
        const int result = SSL_read_ex(tls_.get(), scratch().data(), scratch().size(), &count);
        const int error = result == 1 ? SSL_ERROR_NONE : SSL_get_error(tls_.get(), result);
        if (result == 1)
            into.append(scratch().data(), count);
        if (has_unsent()) {  // an answer to the peer's change of keys, an alert
            const bool sent = co_await flush(nullptr);
            if (!sent)
                break;
        }
        if (result == 1)
            co_return Received::bytes;
        if (error != SSL_ERROR_WANT_READ)
            co_return Received::ended;
        received = false;  // part of a record
    }
    co_return timed_out_ ? Received::timed_out : Received::ended;
}

asio::awaitable<bool> Connection::write(std::string_view bytes, const Deadlines& limits)
{
    set_deadline(limits.progress);
    while (!bytes.empty()) {
        if (closed_ || timed_out_)
            co_return false;
        ERR_clear_error();
        std::size_t taken = 0;
        if (SSL_write_ex(tls_.get(), bytes.data(), std::min(bytes.size(), encrypt_bytes), &taken) != 1)
            co_return false;
        bytes.remove_prefix(taken);
        const bool sent = co_await flush(&limits);
        if (!sent)
            co_return false;
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
        ERR_clear_error();
        SSL_shutdown(tls_.get());  // ours; the peer's is not waited for
        const bool sent = co_await flush(nullptr);
        linger = linger && sent;
    }
    boost::system::error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
    if (linger && !closed_)
        co_await drain();
    abort();
}

asio::awaitable<void> Connection::drain()
{
    std::size_t dropped = 0, since_progress = 0;
    while (dropped < linger_bytes && !timed_out_ && !closed_) {
        const bool readable = co_await ready(tcp::socket::wait_read);
        if (!readable)
            co_return;
        const auto got = ::recv(socket_.native_handle(), scratch().data(), scratch().size(), MSG_DONTWAIT);
        if (got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR))
            co_return;
        const auto count = static_cast<std::size_t>(std::max<ssize_t>(got, 0));
        dropped += count;
        since_progress += count;
        if (since_progress < linger_step_bytes)
            continue;
        since_progress = 0;
        set_deadline(linger_time);
    }
}

std::optional<base::Hash> Connection::peer_certificate() { return peer_fingerprint(tls_.get()); }

std::time_t Connection::certificate_stands_until() const { return contexts_->trust->stands_until(SSL_get0_verified_chain(tls_.get())); }

std::optional<std::time_t> Connection::judge_certificate(const ClientTrust& trust) const { return trust.judge_again(tls_.get()); }

}  // namespace cbmx::http
