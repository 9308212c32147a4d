// What all connections of one server share. Held by shared_ptr: a Reply may outlive the Server.
#pragma once
#include "http/connections.hpp"
#include "http/hosts.hpp"
#include "http/server.hpp"
#include "http/tls.hpp"
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <mutex>

namespace cbmx::http {

struct Runtime {
    Runtime(ServerOptions given, Application app)
        : options(std::move(given)),
          application(std::move(app)),
          hosts(options.allowed_hosts),
          connections(options.connections),
          io(static_cast<int>(options.threads))
    {
    }

    std::shared_ptr<TlsContexts> tls() const
    {
        const std::lock_guard lock(tls_mutex);
        return tls_contexts;
    }
    void replace_tls(std::shared_ptr<TlsContexts> contexts)
    {
        const std::lock_guard lock(tls_mutex);
        contexts->number = tls_number + 1;
        tls_contexts.swap(contexts);
        tls_number = tls_contexts->number;
    }

    const ServerOptions options;
    const Application application;
    const Hosts hosts;
    std::vector<boost::asio::ip::address> trusted_proxies;  // set before the threads start
    Connections connections;
    std::atomic<std::uint64_t> handshakes_failed{0};
    std::atomic<std::uint64_t> requests_refused{0};
    std::atomic<std::uint64_t> accept_errors{0};
    std::atomic<std::uint64_t> tls_number{0};  // of tls(): whoever has seen it need not ask again

private:
    mutable std::mutex tls_mutex;
    std::shared_ptr<TlsContexts> tls_contexts;

public:
    boost::asio::io_context io;  // last: its handlers use what stands above
};

}  // namespace cbmx::http
