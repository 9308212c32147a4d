// See pages.hpp. A statement is given its list as a JSON array, and walks it: what belongs to entries between them costs nothing.
#include "store/log/pages.hpp"
#include "store/visibility/hidden.hpp"
#include <memory>
#include <nlohmann/json.hpp>

namespace cbmx::store {
namespace {

// A node as one number, level and position.
constexpr unsigned level_bits = 6;  // the statement of nodes_of() takes them apart again
std::uint64_t key_of(unsigned level, std::uint64_t position) { return position << level_bits | level; }

std::string listed(const std::vector<domain::Seq>& numbers) { return nlohmann::json(numbers).dump(); }

OpeningRow opening_from(const Rows& rows)
{
    return {.salt = rows.optional_text(1),
            .content = rows.optional_text(2),
            .actor = rows.optional_text(3),
            .credential = rows.optional_text(4),
            .actor_salt = rows.optional_text(5),
            .recipients = rows.optional_text(6),
            .recipients_salt = rows.optional_text(7),
            .authority = rows.optional_text(8),
            .authority_salt = rows.optional_text(9),
            .statement = rows.optional_text(10),
            .statement_salt = rows.optional_text(11),
            .is_withdrawn = rows.integer(12) != 0};
}

HandsRow hands_from(const Rows& rows)
{
    HandsRow row{.seq = rows.integer(0),
                 .salt = {},
                 .hands = rows.optional_text(2),
                 .proposer = rows.optional_text(3),
                 .credential = rows.optional_text(4),
                 .proposer_salt = {}};
    if (!rows.is_null(1))
        row.salt = rows.hash(1);
    if (!rows.is_null(5))
        row.proposer_salt = rows.hash(5);
    return row;
}

}  // namespace

std::vector<domain::Seq> numbers_of(const std::vector<EntryRow>& entries)
{
    std::vector<domain::Seq> numbers;
    numbers.reserve(entries.size());
    for (const auto& entry : entries)
        numbers.push_back(entry.seq);
    return numbers;
}

std::map<domain::Seq, OpeningRow> openings(Connection& connection, const std::vector<domain::Seq>& entries)
{
    static constexpr auto statement =
        "SELECT o.seq, o.salt, o.content, o.actor, o.credential, o.actor_salt, o.recipients, o.recipients_salt, o.authority,"
        " o.authority_salt, o.statement, o.statement_salt, e.kind = 'report_published'"
        " AND EXISTS (SELECT 1 FROM report r WHERE r.id = e.subject AND r.record_state = 'withdrawn')"
        " FROM json_each(?1) s CROSS JOIN ledger_entry e ON e.seq = s.value CROSS JOIN ledger_opening o ON o.seq = e.seq WHERE NOT (" +
        entry_hidden + ")";
    std::map<domain::Seq, OpeningRow> found;
    if (entries.empty())
        return found;
    auto rows = connection.query(statement, listed(entries));
    while (rows.next())
        found.emplace_hint(found.end(), rows.integer(0), opening_from(rows));
    return found;
}

std::map<domain::Seq, HandsRow> hands(Connection& connection, const std::vector<domain::Seq>& entries)
{
    std::map<domain::Seq, HandsRow> found;
    if (entries.empty())
        return found;
    auto rows = connection.query("SELECT h.seq, h.salt, h.hands, h.proposer, h.credential, h.proposer_salt"
                                 " FROM json_each(?1) s CROSS JOIN ledger_hands h ON h.seq = s.value",
                                 listed(entries));
    while (rows.next())
        found.emplace_hint(found.end(), rows.integer(0), hands_from(rows));
    return found;
}

std::map<domain::Seq, CheckpointRow> checkpoints_over(Connection& connection, const std::vector<domain::Seq>& entries)
{
    std::map<domain::Seq, CheckpointRow> found;
    if (entries.empty())
        return found;
    auto rows = connection.query("SELECT s.value, c.size, c.at, c.note FROM json_each(?1) s CROSS JOIN ledger_checkpoint c"
                                 " ON c.size = (SELECT MIN(x.size) FROM ledger_checkpoint x WHERE x.size > s.value)",
                                 listed(entries));
    while (rows.next())
        found.emplace_hint(found.end(), rows.integer(0),
                           CheckpointRow{static_cast<std::uint64_t>(rows.integer(1)), rows.text(2), rows.text(3)});
    return found;
}

std::vector<std::vector<TouchRow>> touches_of(Connection& connection, const std::vector<TouchRange>& ranges)
{
    std::vector<std::vector<TouchRow>> found(ranges.size());
    if (ranges.empty())
        return found;
    auto list = nlohmann::json::array();
    for (const auto& range : ranges)
        list.push_back(nlohmann::json::array({range.report, range.first, range.last}));
    auto rows = connection.query("SELECT s.key, t.number, t.account, t.credential, t.salt, t.hand, t.at, t.hash FROM json_each(?1) s"
                                 " CROSS JOIN report_touch t ON t.report = json_extract(s.value, '$[0]')"
                                 " AND t.number BETWEEN json_extract(s.value, '$[1]') AND json_extract(s.value, '$[2]')"
                                 " ORDER BY s.key, t.number",
                                 list.dump());
    while (rows.next())
        found.at(static_cast<std::size_t>(rows.integer(0))).push_back(touch_from(rows, 1));
    return found;
}

ledger::NodeReader nodes_of(Connection& connection, const std::vector<ProofOf>& proofs)
{
    if (proofs.size() == 1)
        return path_reader(connection);
    // Made once without hashes, the proofs say which nodes they need.
    const auto nodes = std::make_shared<std::unordered_map<std::uint64_t, base::Hash>>();
    auto wanted = nlohmann::json::array();
    const auto note = [&](unsigned level, std::uint64_t position) {
        if (nodes->emplace(key_of(level, position), base::Hash{}).second)
            wanted.push_back(key_of(level, position));
        return base::Hash{};
    };
    for (const auto& proof : proofs)
        static_cast<void>(ledger::inclusion_proof(proof.index, proof.size, note));
    nodes->clear();
    auto rows = connection.query("SELECT s.value, n.hash FROM json_each(?1) s CROSS JOIN ledger_node n"
                                 " ON n.level = (s.value & 63) AND n.position = (s.value >> 6)",
                                 wanted.dump());
    while (rows.next())
        nodes->emplace(static_cast<std::uint64_t>(rows.integer(0)), rows.hash(1));
    return [nodes](unsigned level, std::uint64_t position) {
        const auto found = nodes->find(key_of(level, position));
        if (found == nodes->end())
            throw std::runtime_error("the ledger lacks a node of an inclusion proof");
        return found->second;
    };
}

}  // namespace cbmx::store
