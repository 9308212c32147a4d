// Puts listeners, threads and TLS files together; see server.hpp.
#include "base/ending.hpp"
#include "http/list_watch.hpp"
#include "http/listener.hpp"
#include <boost/asio/post.hpp>
#include <stdexcept>
#include <sys/resource.h>
#include <thread>

namespace cbmx::http {
namespace {

constexpr rlim_t other_descriptors = 64;  // database, log, listeners, outgoing connections

void ensure_descriptors(std::size_t connections)
{
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    const rlim_t needed = static_cast<rlim_t>(connections) + other_descriptors;
    if (limit.rlim_cur >= needed)
        return;
    limit.rlim_cur = std::min(needed, limit.rlim_max);
    setrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur < needed)
        throw std::runtime_error("the settings allow " + std::to_string(connections) + " connections, which need " +
                                 std::to_string(needed) + " file descriptors; the limit is " + std::to_string(limit.rlim_max));
}

std::vector<boost::asio::ip::address> addresses(const std::vector<std::string>& texts)
{
    std::vector<boost::asio::ip::address> result;
    for (const std::string& text : texts) {
        boost::system::error_code error;
        result.push_back(boost::asio::ip::make_address(text, error));
        if (error)
            throw std::runtime_error("trusted proxy " + text + " is not an IP address");
    }
    return result;
}

}  // namespace

struct Server::Implementation {
    std::shared_ptr<Runtime> runtime;
    std::shared_ptr<Listener> browser;
    std::shared_ptr<Listener> certificate;
    std::shared_ptr<ListWatch> watch;
    base::Ending ending;  // of the work on the threads
    std::vector<std::thread> threads;
};

Server::Server(ServerOptions options, Application application) : implementation_(std::make_unique<Implementation>())
{
    ensure_descriptors(options.connections.in_all());
    auto runtime = std::make_shared<Runtime>(std::move(options), std::move(application));
    runtime->trusted_proxies = addresses(runtime->options.trusted_proxies);
    runtime->replace_tls(load_tls(runtime->options.tls, ExpiredCrl::load, runtime->hosts, runtime->options.clock));
    implementation_->browser = std::make_shared<Listener>(runtime, runtime->options.port, false);
    implementation_->certificate = std::make_shared<Listener>(runtime, runtime->options.mtls_port, true);
    implementation_->watch = std::make_shared<ListWatch>(runtime);
    implementation_->runtime = std::move(runtime);
}

Server::~Server() { drain(std::chrono::milliseconds(0)); }

std::uint16_t Server::port() const { return implementation_->browser->port(); }

std::uint16_t Server::mtls_port() const { return implementation_->certificate->port(); }

void Server::start()
{
    implementation_->browser->start();
    implementation_->certificate->start();
    implementation_->watch->start();
    const unsigned count = std::max(1U, implementation_->runtime->options.threads);
    for (unsigned i = 0; i < count; ++i)
        implementation_->threads.emplace_back([runtime = implementation_->runtime, &ending = implementation_->ending] {
            const base::Ending::Work work(ending);
            runtime->io.run();
        });
}

std::string Server::reload_tls(const TlsFiles& files)
{
    Runtime& runtime = *implementation_->runtime;
    try {
        runtime.replace_tls(load_tls(files, ExpiredCrl::refuse, runtime.hosts, runtime.options.clock));
    } catch (const std::exception& failure) {
        return failure.what();
    }
    for (const auto& session : runtime.connections.sessions())  // each request asks as well
        session->judge_again();
    return {};
}

std::optional<CertificateFault> Server::certificate_fault(std::string_view pem_or_der) const
{
    return implementation_->runtime->tls()->trust->fault_of(pem_or_der);
}

void Server::post(std::function<void()> task) { boost::asio::post(implementation_->runtime->io, std::move(task)); }

// The threads end by themselves once nothing is left to wait for: every wait of a listener or session can be ended.
void Server::drain(std::chrono::milliseconds at_most, const std::function<void()>& when_over)
{
    Runtime& runtime = *implementation_->runtime;
    if (implementation_->threads.empty()) {
        runtime.connections.close();
        return;
    }
    // In this order: accepted connections are served; later ones wait in a socket that systemd holds, or is refused.
    implementation_->browser->stop();
    implementation_->certificate->stop();
    implementation_->watch->stop();
    runtime.connections.close();
    for (const auto& session : runtime.connections.sessions())
        session->finish();
    if (!runtime.connections.wait_until_none(at_most)) {
        if (when_over)
            when_over();
        implementation_->ending.begin();
        for (const auto& session : runtime.connections.sessions())
            session->abort();
    }
    for (std::thread& thread : implementation_->threads)
        thread.join();
    implementation_->threads.clear();
}

Statistics Server::statistics() const
{
    const Runtime& runtime = *implementation_->runtime;
    const auto tls = runtime.tls();
    const auto now = runtime.options.clock();
    Statistics statistics{.connections_open = runtime.connections.open_count(),
                          .connections_total = runtime.connections.total(),
                          .connections_refused = runtime.connections.refused(),
                          .connections_ended_for_room = runtime.connections.ended_for_room(),
                          .connections_by_class = runtime.connections.by_class(),
                          .handshakes_failed = runtime.handshakes_failed,
                          .requests_refused = runtime.requests_refused,
                          .accept_errors = runtime.accept_errors,
                          .certificate_seconds_left = tls->certificate_end - now};
    for (const RevocationList& list : tls->trust->lists()) {
        statistics.crl_age_seconds = std::max<std::int64_t>(statistics.crl_age_seconds, now - list.updated);
        statistics.crl_seconds_left = std::min<std::int64_t>(statistics.crl_seconds_left.value_or(list.ends - now), list.ends - now);
    }
    return statistics;
}

}  // namespace cbmx::http
