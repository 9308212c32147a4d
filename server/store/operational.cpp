// See operational.hpp. Its tables are few and disposable: made here, not by the migrations of records.
#include "store/operational.hpp"

namespace cbmx::store {

Operational::Operational(const std::string& path) : connection_(path, OpenMode::read_write)
{
    connection_.run("CREATE TABLE IF NOT EXISTS credential_use (credential TEXT PRIMARY KEY, at TEXT NOT NULL) STRICT");
    connection_.run("CREATE TABLE IF NOT EXISTS security_event (id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, kind TEXT NOT "
                    "NULL, peer TEXT NOT NULL, account TEXT NOT NULL) STRICT");
}

void Operational::credential_used(const std::string& credential, domain::Instant at)
{
    const std::lock_guard lock(mutex_);
    used_[credential] = at;
}

void Operational::security_event(SecurityEvent event)
{
    const std::lock_guard lock(mutex_);
    if (events_.size() < max_waiting_events)
        events_.push_back(std::move(event));
}

void Operational::flush()
{
    std::map<std::string, domain::Instant> used;
    std::vector<SecurityEvent> events;
    {
        const std::lock_guard lock(mutex_);
        used.swap(used_);
        events.swap(events_);
    }
    if (used.empty() && events.empty())
        return;
    const std::lock_guard lock(file_mutex_);
    WriteScope scope(connection_);
    for (const auto& [credential, at] : used)
        connection_.run("INSERT INTO credential_use (credential, at) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET at = ?2", credential,
                        domain::to_rfc3339(at));
    for (const auto& event : events)
        connection_.run("INSERT INTO security_event (at, kind, peer, account) VALUES (?1, ?2, ?3, ?4)", event.at, event.kind, event.peer,
                        event.account);
    connection_.run("DELETE FROM security_event WHERE id <= (SELECT MAX(id) FROM security_event) - ?1", max_security_events);
    scope.commit();
}

std::optional<std::string> Operational::last_used(const std::string& credential)
{
    {
        const std::lock_guard lock(mutex_);
        if (const auto found = used_.find(credential); found != used_.end())
            return domain::to_rfc3339(found->second);
    }
    const std::lock_guard lock(file_mutex_);
    auto rows = connection_.query("SELECT at FROM credential_use WHERE credential = ?1", credential);
    return rows.next() ? std::optional(rows.text(0)) : std::nullopt;
}

std::vector<SecurityEvent> Operational::newest_security_events(std::int64_t limit)
{
    std::vector<SecurityEvent> list;
    const std::lock_guard lock(file_mutex_);
    auto rows = connection_.query("SELECT at, kind, peer, account FROM security_event ORDER BY id DESC LIMIT ?1", limit);
    while (rows.next())
        list.push_back({rows.text(0), rows.text(1), rows.text(2), rows.text(3)});
    return list;
}

}  // namespace cbmx::store
