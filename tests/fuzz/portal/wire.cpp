// See wire.hpp. The second half takes the place of server/http/connection.cpp: this object comes first, so that the linker
// leaves that one in its library. Session, framing and all above them are the server's own.
#include "fuzz/portal/wire.hpp"
#include "http/connection.hpp"
#include <boost/asio/use_awaitable.hpp>
#include <limits>

namespace cbmx::fuzz {
namespace {

Wire* connected = nullptr;
std::optional<base::Hash> proved;

constexpr std::string_view head_end = "\r\n\r\n", body_end = "~.";

}  // namespace

void connect(Wire* wire, std::optional<base::Hash> certificate)
{
    connected = wire;
    proved = certificate;
}

std::string Wire::next()
{
    while (ready_.empty() && !rest_.empty())
        make_ready();
    const auto piece = ready_.substr(0, piece_bytes_ == 0 ? std::string::npos : piece_bytes_);
    ready_.erase(0, piece.size());
    sent_ += piece;
    return piece;
}

void Wire::make_ready()
{
    if (rest_.front() != '~' || rest_.size() < 2) {
        const auto end = rest_.find('~', 1);
        ready_ = rest_.substr(0, end);
        rest_.erase(0, ready_.size());
        return;
    }
    const char symbol = rest_[1];
    rest_.erase(0, 2);
    if (symbol == '#')
        ready_ = take_body_length();
    else if (symbol != '.')
        ready_ = value_of(symbol);
}

std::string Wire::value_of(char symbol) const { return lookup_(symbol).value_or(std::string{'~', symbol}); }

// The body's symbols are replaced now: its length depends on them.
std::string Wire::take_body_length()
{
    const auto head = rest_.find(head_end);
    if (head == std::string::npos)
        return "0";
    const auto from = head + head_end.size();
    const auto end = std::min(rest_.find(body_end, from), rest_.size());
    std::string body;
    for (auto at = from; at < end; ++at) {
        if (rest_[at] == '~' && at + 1 < end)
            body += value_of(rest_[++at]);
        else
            body += rest_[at];
    }
    rest_.replace(from, end - from, body);
    return std::to_string(body.size());
}

}  // namespace cbmx::fuzz

namespace cbmx::http {

namespace asio = boost::asio;
using fuzz::connected;

Connection::Connection(asio::ip::tcp::socket socket, std::shared_ptr<TlsContexts> contexts, asio::ssl::context&)
    : contexts_(std::move(contexts)), socket_(std::move(socket)), timer_(socket_.get_executor()), watch_(socket_.get_executor())
{
}

void Connection::set_deadline(std::chrono::milliseconds) {}
void Connection::clear_deadline() {}
asio::awaitable<std::optional<std::string>> Connection::read_plain(std::size_t) { co_return std::nullopt; }
asio::awaitable<bool> Connection::handshake() { co_return true; }

asio::awaitable<Received> Connection::read_some(std::string& into)
{
    const auto piece = closed_ ? std::string() : connected->next();
    into += piece;
    co_return piece.empty() ? Received::ended : Received::bytes;
}

asio::awaitable<bool> Connection::write(std::string_view bytes, const Deadlines&)
{
    if (!closed_)
        connected->output += bytes;
    co_return !closed_;
}

asio::awaitable<void> Connection::close(bool)
{
    closed_ = true;
    co_return;
}

void Connection::watch_for_end(std::function<void()> gone) { connected->gone = std::move(gone); }
void Connection::stop_watching() { connected->gone = nullptr; }

void Connection::abort()
{
    closed_ = true;
    connected->server_broke = true;
}

std::optional<base::Hash> Connection::peer_certificate() { return fuzz::proved; }
std::time_t Connection::certificate_stands_until() const { return std::numeric_limits<std::time_t>::max(); }
std::optional<std::time_t> Connection::judge_certificate(const ClientTrust&) const { return certificate_stands_until(); }

}  // namespace cbmx::http
