// Every setting of the portal, in one table (config.cpp): key, environment name, default, help. A flag goes before the
// environment, the environment before the file, the file before the default. `cbmx settings` prints the table.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace cbmx {

struct Config {
    std::string data;     // directory of the database
    std::string outside;  // directory outside of it for checkpoints and the list of erasures; empty: none kept
    std::string log_key;  // PEM, outside data and backups
    std::string origin;
    std::string public_url;
    std::string security_contact;
    std::string address;
    std::int64_t port = 0, mtls_port = 0, metrics_port = 0;
    std::int64_t threads = 0;
    std::int64_t max_handshakes = 0, max_anonymous_connections = 0, max_token_connections = 0, max_certificate_connections = 0;
    std::int64_t max_handshakes_per_peer = 0, max_connections_per_peer = 0;
    std::string allowed_hosts;  // comma-separated, as the lists below
    std::string trusted_proxies;
    std::string tls_certificate, tls_key, client_ca, client_crl, state_cas;
    std::int64_t account_log_interval_seconds = 0, public_log_interval_seconds = 0;
    std::int64_t account_requests_per_minute = 0, peer_requests_per_minute = 0, failed_credentials_per_minute = 0;
    std::int64_t list_steps = 0;
    std::int64_t writes_per_commit = 0;
    std::int64_t body_memory_mib = 0, least_free_percent = 0, least_free_mib = 0;
    std::int64_t idempotency_days = 0, erasure_delay_days = 0, drain_seconds = 0;
    std::string log_level, log_file;
};

inline constexpr std::int64_t shares_of_body_memory = 4;  // of body_memory_mib one State or address gets one share

struct Setting {
    std::string_view key;  // in the file and, with '-' for '_', as a flag; the environment says CBMX_ and upper case
    std::string_view fallback;
    std::string_view help;
    std::string Config::*text = nullptr;  // exactly one of the two is set
    std::int64_t Config::*number = nullptr;
    std::int64_t least = 0, most = 0;  // of a number
    bool live = false;                 // SIGHUP takes a new value over; others need a restart
};

const std::vector<Setting>& settings();
std::string environment_name(const Setting& setting);
std::string settings_as_markdown();  // the table in docs/operator.md; a test compares them

// Throws std::runtime_error that names the setting and where its value came from. flags: key -> value.
Config read_config(const std::string& file, const std::map<std::string, std::string>& flags);
// Takes over what may change while the portal runs; gives the settings that differ and wait for a restart.
std::vector<std::string> take_over_live(Config& running, const Config& fresh);
std::vector<std::string> list_of(const std::string& comma_separated);

}  // namespace cbmx
