// The SQL of the portal's own rows.
#include "store/rows/portal.hpp"
#include "base/text.hpp"
#include "domain/event.hpp"

namespace cbmx::store {

std::optional<PortalRow> portal_row(Connection& db)
{
    auto rows = db.query("SELECT (SELECT value FROM portal WHERE key = 'record'), (SELECT value FROM portal WHERE key = 'version')");
    if (!rows.next() || rows.is_null(0))
        return std::nullopt;
    const auto version = base::whole_number<std::int64_t>(rows.view(1));
    return version ? std::optional(PortalRow{rows.text(0), *version}) : std::nullopt;
}

std::int64_t portal_values(Connection& db)
{
    auto rows = db.query("SELECT COUNT(*) FROM portal");
    rows.next();
    return rows.integer(0);
}

void put_portal_row(Connection& db, const PortalRow& row)
{
    db.run("INSERT INTO portal (key, value) VALUES ('record', ?1) ON CONFLICT DO UPDATE SET value = ?1", row.record);
    db.run("INSERT INTO portal (key, value) VALUES ('version', ?1) ON CONFLICT DO UPDATE SET value = ?1", std::to_string(row.version));
}

void insert_log_key(Connection& db, const ledger::VerifierKey& key)
{
    db.run("INSERT INTO log_key (public_key, name, from_seq, until_seq) VALUES (?1, ?2, ?3, ?4)", key.public_key, key.name, key.from_seq,
           key.until_seq);
}

void end_other_log_keys(Connection& db, const base::Ed25519Public& key, domain::Seq last)
{
    db.run("UPDATE log_key SET until_seq = ?2 WHERE until_seq IS NULL AND public_key <> ?1", key, last);
}

void refresh_event_kinds(Connection& db)
{
    db.run("DELETE FROM event_kind");
    for (const auto& row : domain::event_table)
        db.run("INSERT INTO event_kind (kind, audience) VALUES (?1, ?2)", row.name, domain::name_of(row.audience));
}

}  // namespace cbmx::store
