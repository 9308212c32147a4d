// Answers in pieces; see message.hpp, Stream. The same care with coroutines as in session.cpp.
#include "http/answer.hpp"
#include "http/session.hpp"
#include "http/ticket.hpp"
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace cbmx::http {

namespace asio = boost::asio;

void Session::deliver(std::uint64_t request, std::optional<Piece> piece)
{
    asio::dispatch(strand_, [weak = weak_from_this(), request, piece = std::move(piece)]() mutable {
        const auto self = weak.lock();
        if (!self || self->request_ != request || self->piece_)
            return;
        self->piece_ = piece ? std::move(*piece) : Piece{{}, Piece::Then::broken};
        self->reply_timer_.cancel();
    });
}

// The next piece is asked for when the one before has been taken. When the server ends, it is the source that ends the
// stream: only that knows what a reader may take for the whole.
asio::awaitable<bool> Session::send_pieces(Stream stream, bool chunked)
{
    watch_peer();
    const bool whole = co_await send_each(stream, chunked);
    connection_->stop_watching();
    co_return whole;
}

asio::awaitable<bool> Session::send_each(const Stream& stream, bool chunked)
{
    for (bool more = true; more;) {
        ask(stream);
        Piece piece = co_await wait_for_piece();
        if (piece.then == Piece::Then::broken || !is_trusted()) {
            connection_->abort();
            co_return false;
        }
        more = piece.then == Piece::Then::more;
        std::string bytes = chunked ? chunk(piece.bytes) : std::move(piece.bytes);
        if (!more && chunked)
            bytes += last_chunk;
        if (bytes.empty())
            continue;
        const bool sent = co_await connection_->write(bytes, runtime_->options.deadlines);
        if (!sent)
            co_return false;
    }
    co_return true;
}

void Session::ask(const Stream& stream)
{
    connection_->clear_deadline();
    ++request_;
    piece_.reset();
    auto ticket = std::make_shared<Ticket<Piece>>(weak_from_this(), request_);
    const auto answer = [ticket = std::move(ticket)](Piece piece) { ticket->use(std::move(piece)); };
    try {
        stream(answer);
    } catch (const std::exception&) {
        deliver(request_, std::optional(Piece{{}, Piece::Then::broken}));
    }
}

asio::awaitable<Piece> Session::wait_for_piece()
{
    constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
    while (!piece_ && !aborted_) {
        reply_timer_.expires_at(std::chrono::steady_clock::time_point::max());
        const auto [cancelled] = co_await reply_timer_.async_wait(as_result);
        static_cast<void>(cancelled);
    }
    Piece piece = piece_ ? std::move(*piece_) : Piece{{}, Piece::Then::broken};
    ++request_;
    co_return piece;
}

}  // namespace cbmx::http
