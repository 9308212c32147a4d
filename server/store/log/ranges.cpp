// See ranges.hpp.
#include "store/log/ranges.hpp"

namespace cbmx::store {
namespace {

std::optional<std::string_view> optional_view(Rows& rows, int column)
{
    return rows.is_null(column) ? std::nullopt : std::optional(rows.view(column));
}

OpeningView opening_from(Rows& rows, int first)
{
    return {.salt = optional_view(rows, first),
            .content = optional_view(rows, first + 1),
            .actor = optional_view(rows, first + 2),
            .credential = optional_view(rows, first + 3),
            .actor_salt = optional_view(rows, first + 4),
            .recipients = optional_view(rows, first + 5),
            .recipients_salt = optional_view(rows, first + 6),
            .authority = optional_view(rows, first + 7),
            .authority_salt = optional_view(rows, first + 8),
            .statement = optional_view(rows, first + 9),
            .statement_salt = optional_view(rows, first + 10)};
}

}  // namespace

std::optional<domain::Seq> first_entry_from(Connection& connection, domain::Seq seq)
{
    auto rows = connection.query("SELECT seq FROM ledger_entry WHERE seq >= ?1 ORDER BY seq LIMIT 1", seq);
    return rows.next() ? std::optional(rows.integer(0)) : std::nullopt;
}

void scan_entries(Connection& connection, domain::Seq from, domain::Seq to, const EachEntry& each)
{
    auto rows = connection.query(
        "SELECT e.seq, e.kind, e.at, e.actor_role, e.home, e.subject_kind, e.subject, e.version, e.revision, e.body,"
        " o.seq, o.salt, o.content, o.actor, o.credential, o.actor_salt, o.recipients, o.recipients_salt, o.authority, o.authority_salt,"
        " o.statement, o.statement_salt FROM ledger_entry e LEFT JOIN ledger_opening o ON o.seq = e.seq WHERE e.seq >= ?1 AND e.seq <= ?2 "
        "ORDER BY e.seq",
        from, to);
    auto leaves = connection.query(
        "SELECT position, hash FROM ledger_node WHERE level = 0 AND position >= ?1 AND position <= ?2 ORDER BY position", from, to);
    bool has_leaf = leaves.next();
    while (rows.next()) {
        const EntryView entry{.seq = rows.integer(0),
                              .kind = rows.view(1),
                              .at = rows.view(2),
                              .actor_role = rows.view(3),
                              .home = optional_view(rows, 4),
                              .subject_kind = rows.view(5),
                              .subject = rows.view(6),
                              .version = rows.integer(7),
                              .revision = rows.optional_integer(8),
                              .body = rows.view(9)};
        while (has_leaf && leaves.integer(0) < entry.seq)
            has_leaf = leaves.next();
        const bool is_its_leaf = has_leaf && leaves.integer(0) == entry.seq;
        each(entry, rows.is_null(10) ? std::nullopt : std::optional(opening_from(rows, 11)),
             is_its_leaf ? base::to_hash(leaves.view(1)) : std::nullopt);
    }
}

void scan_checkpoints(Connection& connection, std::int64_t from, std::int64_t to, const std::function<void(const CheckpointRow&)>& each)
{
    auto rows = connection.query("SELECT size, at, note FROM ledger_checkpoint WHERE size >= ?1 AND size <= ?2 ORDER BY size", from, to);
    while (rows.next())
        each({static_cast<std::uint64_t>(rows.integer(0)), rows.text(1), rows.text(2)});
}

std::optional<base::Hash> NodesInOrder::at(unsigned level, std::uint64_t position)
{
    const auto wanted = static_cast<std::int64_t>(position);
    auto found = levels_.find(level);
    if (found == levels_.end()) {
        auto rows = connection_.query("SELECT position, hash FROM ledger_node WHERE level = ?1 AND position >= ?2 ORDER BY position",
                                      static_cast<int>(level), wanted);
        const bool has_row = rows.next();
        found = levels_.emplace(level, Level{std::move(rows), has_row}).first;
    }
    auto& [rows, has_row] = found->second;
    while (has_row && rows.integer(0) < wanted)
        has_row = rows.next();
    return has_row && rows.integer(0) == wanted ? base::to_hash(rows.view(1)) : std::nullopt;
}

}  // namespace cbmx::store
