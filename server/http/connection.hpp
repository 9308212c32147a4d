// One TCP connection with TLS and one deadline: bytes in, bytes out, an orderly end. session.cpp speaks HTTP over it.
// OpenSSL reads from memory and writes into memory, so that a request is one receive and an answer of many TLS records one send:
// Asio's own TLS stream cost 1.4 times as much in a prototype (1.53 times nginx's CPU time a request, against 1.09 times).
// Every member but the constructor runs on the connection's strand.
#pragma once
#include "http/server.hpp"
#include "http/tls.hpp"
#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>

namespace cbmx::http {

enum class Received {
    bytes,
    timed_out,
    ended,  // by the peer, by an error or by abort()
};

class Connection : public std::enable_shared_from_this<Connection> {
public:
    // The socket's executor is the strand. `contexts` owns `context` and stays alive with the connection.
    Connection(boost::asio::ip::tcp::socket socket, std::shared_ptr<TlsContexts> contexts, boost::asio::ssl::context& context);

    // One deadline at a time; when it passes, the operation in flight ends with Received::timed_out.
    void set_deadline(std::chrono::milliseconds from_now);
    void clear_deadline();

    boost::asio::awaitable<std::optional<std::string>> read_plain(std::size_t bytes);  // before TLS; nullopt: not all
    boost::asio::awaitable<bool> handshake();
    boost::asio::awaitable<Received> read_some(std::string& into);  // appends at most a TLS record
    // Whole, in steps of `limits.progress_bytes`, each within `limits.progress`. Sets the deadline itself.
    boost::asio::awaitable<bool> write(std::string_view bytes, const Deadlines& limits);

    // close_notify, then the end of our sending; when `linger`, what the peer still sends is read and dropped for a
    // while, since closing with unread bytes would reset the connection and could destroy our last answer.
    boost::asio::awaitable<void> close(bool linger);
    // Calls gone, on the strand, once the peer has ended or reset the connection, as far as that can be known without reading.
    // For a time in which we may have nothing to send and do not read. Whoever ends their sending has gone: an answer is not waited
    // for with half a connection.
    void watch_for_end(std::function<void()> gone);
    void stop_watching();
    void abort();  // closes the socket at once; every later operation fails

    std::optional<base::Hash> peer_certificate();
    const TlsContexts& contexts() const { return *contexts_; }  // under which it began
    // Of a peer_certificate(): ClientTrust's stands_until() and judge_again().
    std::time_t certificate_stands_until() const;
    std::optional<std::time_t> judge_certificate(const ClientTrust& trust) const;

private:
    boost::asio::awaitable<bool> ready(boost::asio::ip::tcp::socket::wait_type what);  // false: timed out or ended
    boost::asio::awaitable<bool> receive();                                            // for OpenSSL to read
    boost::asio::awaitable<bool> flush(const Deadlines* limits);  // sends what OpenSSL has written; limits: see write()
    bool has_unread() const;
    bool has_unsent() const;
    void forget_sent();
    void look_for_end();
    void await_deadline();
    void on_deadline();
    void wake();  // ends the operation in flight
    boost::asio::awaitable<void> drain();

    std::shared_ptr<TlsContexts> contexts_;
    boost::asio::ip::tcp::socket socket_;
    struct Free {
        void operator()(SSL* connection) const { SSL_free(connection); }
    };
    std::unique_ptr<SSL, Free> tls_;
    boost::asio::steady_timer timer_, watch_;
    std::chrono::steady_clock::time_point deadline_;
    std::array<char, 8 * 1024> received_;  // not yet OpenSSL's; more than most requests
    std::function<void()> gone_;           // set: the end is watched for
    std::chrono::milliseconds next_look_{0};
    bool timer_waits_ = false;
    bool timed_out_ = false;
    bool established_ = false;
    bool closed_ = false;
};

}  // namespace cbmx::http
