// What is no entry of the ledger: when a credential was last used, and what was refused for security's sake. A second,
// bounded database (operational.sqlite): losing it loses no record, and nobody outside can make it grow without end.
// Collected in memory, written by flush() now and then. Any thread.
#pragma once
#include "domain/clock.hpp"
#include "store/connection.hpp"
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace cbmx::store {

struct SecurityEvent {
    std::string at, kind, peer, account;  // account: empty when not known
};

class Operational {
public:
    static constexpr std::int64_t max_security_events = 10'000;  // the oldest go first
    static constexpr std::size_t max_waiting_events = 1'000;     // between two flushes; beyond it they are only counted

    explicit Operational(const std::string& path);
    void credential_used(const std::string& credential, domain::Instant at);
    void security_event(SecurityEvent event);
    void flush();
    std::optional<std::string> last_used(const std::string& credential);    // as far as is known; within a flush
    std::vector<SecurityEvent> newest_security_events(std::int64_t limit);  // the inverse of security_event, for tests

private:
    std::mutex mutex_;  // guards the two below
    std::map<std::string, domain::Instant> used_;
    std::vector<SecurityEvent> events_;
    std::mutex file_mutex_;  // guards the connection
    Connection connection_;
};

}  // namespace cbmx::store
