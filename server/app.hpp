// The composition root: builds every object top to bottom, starts, and stops gracefully. Tests start the same App with
// another clock and another source of randomness.
#pragma once
#include "base/disk/space.hpp"
#include "config.hpp"
#include "service/portal.hpp"
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace cbmx {

struct Sources {  // what tests replace
    domain::Clock clock = domain::system_clock();
    base::RandomSource random = base::system_random();
    std::optional<std::chrono::milliseconds> certificate_connection = {};  // instead of that of http::Deadlines
    std::function<std::optional<base::Space>(const std::string& directory)> space = base::space_of;
};

struct CreatedPortal {
    std::string account, token;  // of the first secretariat account; the token is shown once
};
// `cbmx init`. demo: in it the operator makes accounts of States (rules.md 18a); with_terms: then invented holders of the offices too.
// Throws std::runtime_error when there is a portal already.
CreatedPortal create_portal(const Config& config, bool demo, const Sources& sources = {}, bool with_terms = true);

class App {
public:
    explicit App(Config config, Sources sources = {});  // throws std::runtime_error with one clear sentence
    ~App();
    void start();  // listeners, followers, operator's socket
    // SIGHUP: certificates, CRLs, and those settings that may change meanwhile. Connections go on. What cannot be read leaves
    // everything as it was; the log says why.
    void reload(const std::function<Config()>& read_again);
    // SIGTERM: what is in hand is finished within drain_seconds, less what closing takes; the rest is left where it stands. Nothing that
    // was acknowledged is lost.
    void drain();
    std::chrono::seconds drain_time() const;  // the setting, as it is now
    std::uint16_t port() const;
    std::uint16_t mtls_port() const;
    std::uint16_t metrics_port() const;
    const service::Portal& portal() const;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace cbmx
