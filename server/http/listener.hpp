// One listening socket and its accept loop (rules.md 2). Construct before the threads start.
#pragma once
#include "http/session.hpp"
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <future>

namespace cbmx::http {

class Listener : public std::enable_shared_from_this<Listener> {
public:
    // Binds and listens; throws std::runtime_error with one sentence.
    Listener(std::shared_ptr<Runtime> runtime, std::uint16_t port, bool certificate);
    std::uint16_t port() const { return listening_.port; }
    void start();
    // What is accepted already has its session when this returns. Not from an I/O thread, which it waits for.
    void stop();

private:
    boost::asio::awaitable<void> accept_all();
    void adopt(int descriptor);
    void take(boost::asio::ip::tcp::socket socket);

    std::shared_ptr<Runtime> runtime_;
    boost::asio::ip::tcp::acceptor acceptor_;
    boost::asio::steady_timer pause_;
    Listening listening_;
    std::promise<void> ended_;
};

}  // namespace cbmx::http
