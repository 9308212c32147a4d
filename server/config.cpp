// THE TABLE OF SETTINGS, and reading it.
#include "config.hpp"
#include "base/text.hpp"
#include <cstdlib>
#include <stdexcept>
#include <toml++/toml.h>

namespace cbmx {

namespace {

Setting live(Setting setting)
{
    setting.live = true;
    return setting;
}

}  // namespace

const std::vector<Setting>& settings()
{
    static const std::vector<Setting> table{
        {"data", "data", "Directory of the database (mode 0700)", &Config::data},
        {"outside", "", "Directory, best on another machine, for the latest checkpoint and the list of erasures; empty: none kept",
         &Config::outside},
        {"log_key", "log-key.pem", "The log's Ed25519 key (PEM), outside the data directory and its backups", &Config::log_key},
        {"origin", "cbm.example/log", "Name of the log: a URL without scheme, fixed at init", &Config::origin},
        {"public_url", "https://localhost:8443", "Where the portal is reached from outside", &Config::public_url},
        {"security_contact", "mailto:security@cbm.example", "Contact in /.well-known/security.txt", &Config::security_contact},
        {"address", "127.0.0.1", "Address to listen on", &Config::address},
        {"port", "8443", "Browser and token listener; 0: any free port", nullptr, &Config::port, 0, 65535},
        {"mtls_port", "8444", "Client-certificate listener; 0: any free port", nullptr, &Config::mtls_port, 0, 65535},
        {"metrics_port", "9443", "Metrics in plain HTTP on loopback; 0: any free port", nullptr, &Config::metrics_port, 0, 65535},
        {"threads", "2", "I/O threads", nullptr, &Config::threads, 1, 256},
        {"max_handshakes", "400", "TLS handshakes in progress, on each of the two listeners", nullptr, &Config::max_handshakes, 1, 20000},
        {"max_anonymous_connections", "600", "Open connections without an account", nullptr, &Config::max_anonymous_connections, 1, 20000},
        {"max_token_connections", "400", "Open connections with a token: at most half of them of one State or office", nullptr,
         &Config::max_token_connections, 1, 20000},
        {"max_certificate_connections", "400", "Open connections with a client certificate", nullptr, &Config::max_certificate_connections,
         1, 20000},
        {"max_handshakes_per_peer", "200", "TLS handshakes in progress from one address (IPv6: one /64)", nullptr,
         &Config::max_handshakes_per_peer, 1, 20000},
        {"max_connections_per_peer", "300", "Open connections from one address (IPv6: one /64) after the handshake", nullptr,
         &Config::max_connections_per_peer, 1, 100000},
        {"allowed_hosts", "localhost,127.0.0.1,[::1]", "Names under which the portal answers (Host), comma-separated",
         &Config::allowed_hosts},
        {"trusted_proxies", "", "Addresses of proxies that speak PROXY v2, comma-separated", &Config::trusted_proxies},
        live({"tls_certificate", "server.crt", "The server's certificate chain (PEM, ECDSA P-256)", &Config::tls_certificate}),
        live({"tls_key", "server.key", "Its key (PEM)", &Config::tls_key}),
        live({"client_ca", "ca.crt", "The portal's own CA for client certificates (PEM)", &Config::client_ca}),
        live({"client_crl", "crl.pem", "Its revocation list (PEM), required", &Config::client_crl}),
        live({"state_cas", "", "States' own CAs, comma-separated, each file.crt or file.crt:list.crl", &Config::state_cas}),
        {"account_log_interval_seconds", "300", "How often the log's size, as accounts see it, moves", nullptr,
         &Config::account_log_interval_seconds, 1, 86400},
        {"public_log_interval_seconds", "3600", "How often the log's size, as the public sees it, moves", nullptr,
         &Config::public_log_interval_seconds, 1, 86400},
        {"account_requests_per_minute", "600", "Requests of one account", nullptr, &Config::account_requests_per_minute, 1, 100000000},
        {"peer_requests_per_minute", "300", "Anonymous requests from one address (IPv6: one /64), refused ones included", nullptr,
         &Config::peer_requests_per_minute, 1, 100000000},
        {"failed_credentials_per_minute", "20", "Refused credentials from one address before it has to wait", nullptr,
         &Config::failed_credentials_per_minute, 1, 1000000},
        {"list_steps", "1000", "Reports that one page of a list looks at, whatever its filter finds", nullptr, &Config::list_steps, 1,
         100000},
        {"writes_per_commit", "256", "Accepted writes that at most share one commit: one sync of the disk, one signature", nullptr,
         &Config::writes_per_commit, 1, 4096},
        {"body_memory_mib", "64", "Memory that bodies of requests take at once, in MiB; one State or address gets a quarter of it", nullptr,
         &Config::body_memory_mib, 16, 4096},
        {"least_free_percent", "20", "Below the smaller of this part of the disk and least_free_mib new drafts, batches and the like wait",
         nullptr, &Config::least_free_percent, 0, 90},
        {"least_free_mib", "2048", "The same in MiB", nullptr, &Config::least_free_mib, 0, 1048576},
        live({"idempotency_days", "30", "How long Idempotency-Key records are kept", nullptr, &Config::idempotency_days, 1, 366}),
        {"erasure_delay_days", "7", "How long a decision to erase can be stopped before it is carried out", nullptr,
         &Config::erasure_delay_days, 0, 366},
        live({"drain_seconds", "20", "After so long SIGTERM has ended the portal, whatever is in hand", nullptr, &Config::drain_seconds, 0,
              600}),
        {"log_level", "info", "debug, info, warning or error", &Config::log_level},
        {"log_file", "", "Where the JSON log goes; empty: standard error", &Config::log_file},
    };
    return table;
}

namespace {

void assign(Config& config, const Setting& setting, const std::string& value, const std::string& source)
{
    if (setting.text != nullptr) {
        config.*setting.text = value;
        return;
    }
    const auto number = base::whole_number<std::int64_t>(value, setting.least, setting.most);
    if (!number)
        throw std::runtime_error("setting " + std::string(setting.key) + " (" + source + ") must be a whole number from " +
                                 std::to_string(setting.least) + " to " + std::to_string(setting.most) + ", not \"" + value + "\"");
    config.*setting.number = *number;
}

std::map<std::string, std::string> values_in(const std::string& file)
{
    std::map<std::string, std::string> values;
    if (file.empty())
        return values;
    try {
        const auto table = toml::parse_file(file);
        for (const auto& [key, node] : table) {
            const std::string name(key.str());
            bool known = false;
            for (const auto& setting : settings())
                known = known || setting.key == name;
            if (!known)
                throw std::runtime_error(file + " has the setting " + name + ", which does not exist");
            if (const auto text = node.value<std::string>(); node.is_string() && text)
                values[name] = *text;
            else if (const auto number = node.value<std::int64_t>(); node.is_integer() && number)
                values[name] = std::to_string(*number);
            else
                throw std::runtime_error(file + ": setting " + name + " must be a string or a whole number");
        }
    } catch (const toml::parse_error& error) {
        throw std::runtime_error(file + ", line " + std::to_string(error.source().begin.line) + ": " + std::string(error.description()));
    }
    return values;
}

}  // namespace

std::string environment_name(const Setting& setting)
{
    std::string name = "CBMX_";
    for (const char c : setting.key)
        name += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return name;
}

std::string settings_as_markdown()
{
    std::string text = "| setting | environment | default | what it is | reload |\n|---|---|---|---|---|\n";
    for (const auto& setting : settings())
        text += "| `" + std::string(setting.key) + "` | `" + environment_name(setting) + "` | " +
                (setting.fallback.empty() ? std::string("none") : "`" + std::string(setting.fallback) + "`") + " | " +
                std::string(setting.help) + " | " + (setting.live ? "yes" : "restart") + " |\n";
    return text;
}

Config read_config(const std::string& file, const std::map<std::string, std::string>& flags)
{
    Config config;
    const auto from_file = values_in(file);
    for (const auto& setting : settings()) {
        const std::string key(setting.key);
        const char* environment = std::getenv(environment_name(setting).c_str());
        if (const auto flag = flags.find(key); flag != flags.end())
            assign(config, setting, flag->second, "flag");
        else if (environment != nullptr)
            assign(config, setting, environment, environment_name(setting));
        else if (const auto found = from_file.find(key); found != from_file.end())
            assign(config, setting, found->second, file);
        else
            assign(config, setting, std::string(setting.fallback), "default");
    }
    return config;
}

std::vector<std::string> take_over_live(Config& running, const Config& fresh)
{
    std::vector<std::string> waiting;
    for (const auto& setting : settings()) {
        const bool differs =
            setting.text != nullptr ? running.*setting.text != fresh.*setting.text : running.*setting.number != fresh.*setting.number;
        if (differs && !setting.live)
            waiting.emplace_back(setting.key);
        else if (setting.text != nullptr)
            running.*setting.text = fresh.*setting.text;
        else
            running.*setting.number = fresh.*setting.number;
    }
    return waiting;
}

std::vector<std::string> list_of(const std::string& comma_separated)
{
    std::vector<std::string> list;
    for (std::string_view rest = comma_separated; !rest.empty();) {
        const auto comma = rest.find(',');
        if (const auto item = rest.substr(0, comma); !item.empty())
            list.emplace_back(item);
        rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
    }
    return list;
}

}  // namespace cbmx
