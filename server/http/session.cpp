// HTTP over one Connection; see session.hpp, and session_stream.cpp for answers in pieces. Coroutines: named locals only
// inside co_await expressions, g++ 12.2 destroys some temporaries there twice. What needs no waiting is a plain function.
#include "http/session.hpp"
#include "http/answer.hpp"
#include "http/proxy_protocol.hpp"
#include "http/ticket.hpp"
#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace cbmx::http {
namespace {

namespace asio = boost::asio;

constexpr std::uint64_t drainable_body_bytes = 64 * 1024;
constexpr std::chrono::seconds first_request_grace{2};  // of a connection that was accepted before the server was asked to end

// The application broke its contract (an exception, an answer that is not one line a field, a lost Reply).
Response internal_failure()
{
    Response response;
    response.status = 500;
    response.close = true;
    return response;
}

std::string text_of(const asio::ip::address& address) { return address.to_string(); }

}  // namespace

Session::Session(std::shared_ptr<Runtime> runtime, std::unique_ptr<Connections::Slot> slot, asio::ip::tcp::socket socket,
                 asio::ip::address address, Listening listening)
    : runtime_(std::move(runtime)),
      slot_(std::move(slot)),
      strand_(socket.get_executor()),
      reply_timer_(strand_),
      address_(std::move(address)),
      listening_(listening)
{
    auto contexts = runtime_->tls();
    auto& context = listening_.certificate ? contexts->certificate : contexts->browser;
    connection_ = std::make_shared<Connection>(std::move(socket), std::move(contexts), context);
    peer_.address = text_of(address_);
    peer_.certificate_listener = listening_.certificate;
    peer_.presence = presence_;
}

void Session::start()
{
    slot_->attach(shared_from_this(), [weak = weak_from_this()](Connections::End how) {
        if (const auto self = weak.lock())
            self->make_room(how);
    });
    const auto end = [self = shared_from_this()](const std::exception_ptr& failure) {
        if (failure)
            self->connection_->abort();
    };
    asio::co_spawn(strand_, run(), end);
}

void Session::finish()
{
    asio::dispatch(strand_, [weak = weak_from_this()] {
        const auto self = weak.lock();
        if (!self)
            return;
        self->finishing_ = true;
        if (self->idle_)
            self->connection_->set_deadline(self->asked_ ? std::chrono::milliseconds(0) : first_request_grace);
    });
}

void Session::abort()
{
    asio::dispatch(strand_, [weak = weak_from_this()] {
        const auto self = weak.lock();
        if (self)
            self->give_up();
    });
}

void Session::make_room(Connections::End how)
{
    asio::dispatch(strand_, [weak = weak_from_this(), how] {
        const auto self = weak.lock();
        if (!self)
            return;
        if (how == Connections::End::at_once || !self->idle_)
            return self->give_up();
        self->has_lost_place_ = true;
        self->connection_->set_deadline(std::chrono::milliseconds(0));
    });
}

void Session::give_up()
{
    aborted_ = true;
    connection_->abort();
    reply_timer_.cancel();
    presence_->leave();
}

void Session::watch_peer()
{
    connection_->watch_for_end([weak = weak_from_this()] {
        if (const auto self = weak.lock())
            self->give_up();
    });
}

void Session::deliver(std::uint64_t request, std::optional<Response> response)
{
    asio::dispatch(strand_, [weak = weak_from_this(), request, response = std::move(response)]() mutable {
        const auto self = weak.lock();
        if (!self || self->request_ != request || self->reply_)
            return;
        self->reply_ = response ? std::move(*response) : internal_failure();
        self->reply_timer_.cancel();
    });
}

asio::awaitable<void> Session::run()
{
    const bool opened = co_await open();
    bool more = opened;
    while (more)
        more = co_await exchange();
    co_await connection_->close(linger_);
}

asio::awaitable<bool> Session::open()
{
    idle_ = true;  // nothing is owed to the peer yet
    connection_->set_deadline(runtime_->options.deadlines.handshake);
    if (is_trusted_proxy()) {
        const bool told = co_await read_proxy_header();
        if (!told)
            co_return false;
    }
    slot_->name_peer(peer_.address);
    const bool secured = co_await connection_->handshake();
    if (!secured) {
        if (!aborted_)
            ++runtime_->handshakes_failed;
        linger_ = true;
        co_return false;
    }
    if (!listening_.certificate)
        co_return slot_->establish();
    peer_.certificate = connection_->peer_certificate();
    if (!peer_.certificate)
        co_return false;
    begin_trust();
    co_return is_trusted() && slot_->establish();
}

bool Session::is_trusted_proxy() const
{
    const auto& proxies = runtime_->trusted_proxies;
    return std::find(proxies.begin(), proxies.end(), address_) != proxies.end();
}

asio::awaitable<bool> Session::read_proxy_header()
{
    const auto prefix = co_await connection_->read_plain(proxy_prefix_bytes);
    if (!prefix)
        co_return false;
    const auto length = proxy_address_bytes(*prefix);
    if (!length)
        co_return false;
    const auto rest = co_await connection_->read_plain(*length);
    if (!rest)
        co_return false;
    const auto client = parse_proxy_header(*prefix, *rest);
    if (!client)
        co_return false;
    if (client->address)
        peer_.address = *client->address;
    co_return true;
}

asio::awaitable<bool> Session::exchange()
{
    RequestReader reader(runtime_->hosts, listening_.port);
    const Step head = co_await read_head(reader);
    if (head == Step::ended)
        co_return false;
    if (head == Step::refused)
        co_return co_await refuse(reader);
    Admission admission = admit(reader.head(peer_));
    if (auto* response = std::get_if<Response>(&admission)) {
        const bool more = co_await answer_unread(reader, std::move(*response));
        co_return more;
    }
    Admitted admitted = std::get<Admitted>(std::move(admission));
    if (!listening_.certificate)
        slot_->carry_token_of(admitted.home);
    if (reader.limit_body(admitted.body_limit, runtime_->options.spool_directory) == Parsed::refused) {
        blame(reader);
        co_return co_await refuse(reader);
    }
    if (reader.has_body()) {
        const Step body = co_await read_body(reader);
        if (body == Step::ended)
            co_return false;
        if (body == Step::refused)
            co_return co_await refuse(reader);
    }
    const bool more = co_await serve(reader, std::move(admitted));
    co_return more;
}

asio::awaitable<Session::Step> Session::read_head(RequestReader& reader)
{
    const Deadlines& limits = runtime_->options.deadlines;
    idle_ = input_.empty();
    slot_->set_doing(idle_ ? Connections::Doing::idle : Connections::Doing::sending_head);
    bool is_begun = !idle_;
    connection_->set_deadline(!idle_ ? limits.header : finishing_ ? first_request_grace : std::min(limits.idle, time_left()));
    for (;;) {
        const Parsed parsed = input_.empty() ? Parsed::need_more : reader.read_head(input_);
        asked_ = asked_ || !input_.empty() || parsed == Parsed::complete;
        if (parsed != Parsed::need_more)
            slot_->set_doing(Connections::Doing::answered);
        else if (!input_.empty() && !std::exchange(is_begun, true))
            slot_->set_doing(Connections::Doing::sending_head);
        if (parsed == Parsed::complete)
            co_return takes_requests() ? Step::done : Step::ended;
        if (parsed == Parsed::refused)
            co_return blame(reader);
        if (idle_ && finishing_ && asked_)
            co_return Step::ended;
        const Received received = co_await connection_->read_some(input_);
        if (received == Received::timed_out && !idle_) {
            violation_ = {Refusal::request_timeout, "head not complete in time"};
            co_return Step::refused;
        }
        if (received != Received::bytes || has_lost_place_)
            co_return Step::ended;
        if (idle_)
            connection_->set_deadline(limits.header);
        idle_ = false;
    }
}

asio::awaitable<Session::Step> Session::read_body(RequestReader& reader)
{
    const Deadlines& limits = runtime_->options.deadlines;
    if (reader.wants_continue() && input_.empty()) {
        const bool sent = co_await connection_->write(continue_answer, limits);
        if (!sent)
            co_return Step::ended;
    }
    std::size_t since_progress = input_.size();
    connection_->set_deadline(limits.progress);
    for (;;) {
        const Parsed parsed = reader.read_body(input_);
        if (parsed == Parsed::complete)
            co_return Step::done;
        if (parsed == Parsed::refused)
            co_return blame(reader);
        const std::size_t before = input_.size();
        const Received received = co_await connection_->read_some(input_);
        if (received == Received::timed_out) {
            violation_ = {Refusal::request_timeout, "body comes too slowly"};
            co_return Step::refused;
        }
        if (received == Received::ended)
            co_return Step::ended;
        since_progress += input_.size() - before;
        if (since_progress >= limits.progress_bytes) {
            since_progress = 0;
            connection_->set_deadline(limits.progress);
        }
    }
}

Session::Step Session::blame(const RequestReader& reader)
{
    violation_ = reader.violation();
    return Step::refused;
}

asio::awaitable<bool> Session::refuse(const RequestReader& reader)
{
    ++runtime_->requests_refused;
    Response response = refusal_of(reader);
    const bool close = true;
    linger_ = true;
    co_await send(std::move(response), reader, close);
    co_return false;
}

Response Session::refusal_of(const RequestReader& reader)
{
    try {
        std::optional<Head> head;
        if (reader.has_head())
            head = reader.head(peer_);
        return runtime_->application.refuse(violation_.refusal, head ? &*head : nullptr, peer_, violation_.reason);
    } catch (const std::exception&) {
        return internal_failure();
    }
}

Admission Session::admit(Head head)
{
    try {
        return runtime_->application.admit(std::move(head));
    } catch (const std::exception&) {
        return internal_failure();
    }
}

// The application has answered on the head alone. A short body is read and dropped, so that the connection stays
// usable; a long one, one of unknown length or one that waits for a 100 ends it.
asio::awaitable<bool> Session::answer_unread(RequestReader& reader, Response response)
{
    if (!reader.has_body()) {
        const bool more = co_await send(std::move(response), reader, false);
        co_return more;
    }
    const bool drainable = reader.content_length() && *reader.content_length() <= drainable_body_bytes && !reader.wants_continue();
    linger_ = true;
    const bool more = co_await send(std::move(response), reader, !drainable);
    if (!more)
        co_return false;
    const Step drained = co_await read_body(reader);
    if (drained != Step::done)
        co_return false;
    linger_ = false;
    co_return true;
}

asio::awaitable<bool> Session::serve(RequestReader& reader, Admitted admitted)
{
    if (!is_trusted())
        co_return false;
    connection_->clear_deadline();
    ++request_;
    reply_.reset();
    begin(admitted, reader.take_body());
    Response response = co_await wait_for_reply();
    if (aborted_)
        co_return false;
    const bool more = co_await send(std::move(response), reader, false);
    co_return more;
}

void Session::begin(const Admitted& admitted, Body body)
{
    auto ticket = std::make_shared<Ticket<Response>>(weak_from_this(), request_);
    Reply reply = [ticket = std::move(ticket)](Response response) { ticket->use(std::move(response)); };
    try {
        admitted.serve(std::move(body), std::move(reply));
    } catch (const std::exception&) {
        deliver(request_, std::optional<Response>());
    }
}

asio::awaitable<Response> Session::wait_for_reply()
{
    constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
    const bool waits = !reply_ && !aborted_;
    if (waits)
        watch_peer();
    while (!reply_ && !aborted_) {
        reply_timer_.expires_at(std::chrono::steady_clock::time_point::max());
        const auto [cancelled] = co_await reply_timer_.async_wait(as_result);
        static_cast<void>(cancelled);
    }
    if (waits) {
        connection_->stop_watching();
        presence_->on_gone(nullptr);
    }
    Response response = reply_ ? std::move(*reply_) : internal_failure();
    ++request_;  // a second Reply to this request finds its number gone
    co_return response;
}

asio::awaitable<bool> Session::send(Response response, const RequestReader& reader, bool close)
{
    if (!is_trusted())
        co_return false;
    Sending sending;
    // A connection that could no longer wait for its next request as long as others do says so, so that none meets its end.
    const bool is_over = time_left() < runtime_->options.deadlines.idle;
    sending.close = close || response.close || finishing_ || is_over || !reader.has_head() || !reader.keep_alive();
    sending.to_head = reader.is_head_method();
    sending.now = std::time(nullptr);
    const Stream stream = std::exchange(response.stream, nullptr);
    if (stream) {
        response.stream = [](const auto&) {};  // for the head: pieces follow
        sending.chunked = reader.takes_chunks();
        sending.close = sending.close || !sending.chunked;
    }
    std::string bytes;
    try {
        bytes = render(response, sending);
    } catch (const std::invalid_argument&) {
        sending.close = true;
        bytes = render(internal_failure(), sending);
    }
    response = Response();
    bool sent = co_await connection_->write(bytes, runtime_->options.deadlines);
    if (sent && stream && !sending.to_head) {
        const bool whole = co_await send_pieces(stream, sending.chunked);
        sent = whole;
    }
    linger_ = linger_ || sending.close;
    co_return sent && !sending.close;
}

}  // namespace cbmx::http
