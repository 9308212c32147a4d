// See wire.hpp. Deadlines never pass here: the peer sends at once or has ended. Coroutines that need not wait.
#include "fuzz/wire.hpp"
#include "http/connection.hpp"
#include <algorithm>

namespace cbmx::fuzz {

Wire& wire()
{
    static Wire one;
    return one;
}

}  // namespace cbmx::fuzz

namespace cbmx::http {

namespace asio = boost::asio;

Connection::Connection(asio::ip::tcp::socket socket, std::shared_ptr<TlsContexts> contexts, asio::ssl::context& context)
    : contexts_(std::move(contexts)), stream_(std::move(socket), context), timer_(stream_.get_executor()), watch_(stream_.get_executor())
{
}

void Connection::set_deadline(std::chrono::milliseconds) {}
void Connection::clear_deadline() {}
void Connection::watch_for_end(std::function<void()>) {}
void Connection::stop_watching() {}
void Connection::abort() { closed_ = true; }
std::optional<base::Hash> Connection::peer_certificate() { return std::nullopt; }

asio::awaitable<std::optional<std::string>> Connection::read_plain(std::size_t) { co_return std::nullopt; }
asio::awaitable<bool> Connection::handshake() { co_return true; }

asio::awaitable<Received> Connection::read_some(std::string& into)
{
    auto& wire = fuzz::wire();
    if (closed_ || wire.to_server.empty())
        co_return Received::ended;
    const auto count = std::min({wire.piece, wire.to_server.size(), chunk_.size()});
    into.append(wire.to_server.substr(0, count));
    wire.to_server.remove_prefix(count);
    co_return Received::bytes;
}

asio::awaitable<bool> Connection::write(std::string_view bytes, const Deadlines&)
{
    if (closed_)
        co_return false;
    fuzz::wire().from_server += bytes;
    co_return true;
}

asio::awaitable<void> Connection::close(bool)
{
    closed_ = true;
    co_return;
}

}  // namespace cbmx::http
