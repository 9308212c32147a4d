// See options.hpp.
#include "options.hpp"

namespace cbmx {
namespace {

constexpr std::uint64_t bytes_in_mib = 1024 * 1024;

}  // namespace

http::TlsFiles tls_files(const Config& config)
{
    http::TlsFiles files{config.tls_certificate, config.tls_key, {{config.client_ca, config.client_crl, true}}};
    for (const auto& item : list_of(config.state_cas)) {
        const auto colon = item.find(':');
        files.client_authorities.push_back(
            {item.substr(0, colon), colon == std::string::npos ? std::string() : item.substr(colon + 1), false});
    }
    return files;
}

http::ServerOptions server_options(const Config& config)
{
    http::ServerOptions options;
    options.address = config.address;
    options.port = static_cast<std::uint16_t>(config.port);
    options.mtls_port = static_cast<std::uint16_t>(config.mtls_port);
    options.threads = static_cast<unsigned>(config.threads);
    options.connections = {.handshakes = static_cast<std::size_t>(config.max_handshakes),
                           .anonymous = static_cast<std::size_t>(config.max_anonymous_connections),
                           .token = static_cast<std::size_t>(config.max_token_connections),
                           .certificate = static_cast<std::size_t>(config.max_certificate_connections),
                           .handshakes_per_peer = static_cast<std::size_t>(config.max_handshakes_per_peer),
                           .per_peer = static_cast<std::size_t>(config.max_connections_per_peer)};
    options.allowed_hosts = list_of(config.allowed_hosts);
    options.trusted_proxies = list_of(config.trusted_proxies);
    options.tls = tls_files(config);
    options.spool_directory = config.data;
    return options;
}

service::RoomMarks room_marks(const Config& config)
{
    return {.percent = static_cast<std::uint64_t>(config.least_free_percent),
            .bytes = static_cast<std::uint64_t>(config.least_free_mib) * bytes_in_mib};
}

api::BodyMemoryLimits body_memory_limits(const Config& config)
{
    const auto in_all = static_cast<std::uint64_t>(config.body_memory_mib) * bytes_in_mib;
    return {.in_all_bytes = in_all, .of_one_bytes = in_all / shares_of_body_memory};
}

}  // namespace cbmx
