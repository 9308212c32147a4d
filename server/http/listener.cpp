// Accepts connections, each on its own strand; see listener.hpp.
#include "http/listener.hpp"
#include "base/systemd.hpp"
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <stdexcept>

namespace cbmx::http {
namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using namespace std::chrono_literals;

constexpr auto accept_pause = 100ms;  // out of descriptors: accepting again at once would only spin

void check(const boost::system::error_code& error, const std::string& what)
{
    if (error)
        throw std::runtime_error(what + ": " + error.message());
}

asio::ip::address plain(const asio::ip::address& address)
{
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
    return address;
}

}  // namespace

Listener::Listener(std::shared_ptr<Runtime> runtime, std::uint16_t port, bool certificate)
    : runtime_(std::move(runtime)), acceptor_(asio::make_strand(runtime_->io)), pause_(acceptor_.get_executor())
{
    if (const int inherited = base::socket_handed_over(certificate ? "mtls" : "browser"); inherited >= 0) {
        adopt(inherited);
        listening_ = {certificate, acceptor_.local_endpoint().port()};
        return;
    }
    const std::string& address_text = runtime_->options.address;
    const std::string what = "cannot listen on " + address_text + " port " + std::to_string(port);
    boost::system::error_code error;
    const asio::ip::address address = asio::ip::make_address(address_text, error);
    check(error, what);
    const tcp::endpoint endpoint(address, port);
    acceptor_.open(endpoint.protocol(), error);
    check(error, what);
    acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    check(error, what);
    acceptor_.bind(endpoint, error);
    check(error, what);
    acceptor_.listen(asio::socket_base::max_listen_connections, error);
    check(error, what);
    listening_ = {certificate, acceptor_.local_endpoint().port()};
}

// It is bound and listening, and stays so when this process ends.
void Listener::adopt(int descriptor)
{
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size);
    boost::system::error_code error;
    acceptor_.assign(address.ss_family == AF_INET6 ? tcp::v6() : tcp::v4(), descriptor, error);
    check(error, "cannot use the socket that systemd handed over");
}

void Listener::start()
{
    asio::co_spawn(
        acceptor_.get_executor(), [self = shared_from_this()] { return self->accept_all(); },
        [self = shared_from_this()](const std::exception_ptr&) { self->ended_.set_value(); });
}

void Listener::stop()
{
    asio::dispatch(acceptor_.get_executor(), [self = shared_from_this()] {
        boost::system::error_code ignored;
        self->acceptor_.close(ignored);
        self->pause_.cancel();
    });
    ended_.get_future().wait();
}

asio::awaitable<void> Listener::accept_all()
{
    constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
    while (acceptor_.is_open()) {
        const asio::any_io_executor strand = asio::make_strand(runtime_->io);
        tcp::socket socket(strand);
        const auto [error] = co_await acceptor_.async_accept(socket, as_result);
        if (!error) {
            take(std::move(socket));
            continue;
        }
        if (error == asio::error::operation_aborted || error == asio::error::connection_aborted)
            continue;
        ++runtime_->accept_errors;
        pause_.expires_after(accept_pause);
        const auto [woken] = co_await pause_.async_wait(as_result);
        static_cast<void>(woken);
    }
}

void Listener::take(tcp::socket socket)
{
    boost::system::error_code error;
    const tcp::endpoint remote = socket.remote_endpoint(error);
    if (error)
        return;
    auto slot = runtime_->connections.open(listening_.certificate);
    if (!slot)
        return;
    std::make_shared<Session>(runtime_, std::move(slot), std::move(socket), plain(remote.address()), listening_)->start();
}

}  // namespace cbmx::http
