// See hands.hpp.
#include "store/log/hands.hpp"

namespace cbmx::store {

std::optional<HandsRow> hands_at(Connection& connection, domain::Seq seq)
{
    auto rows = connection.query("SELECT salt, hands, proposer, credential, proposer_salt FROM ledger_hands WHERE seq = ?1", seq);
    if (!rows.next())
        return std::nullopt;
    HandsRow row{.seq = seq, .hands = rows.optional_text(1), .proposer = rows.optional_text(2), .credential = rows.optional_text(3)};
    if (!rows.is_null(0))
        row.salt = rows.hash(0);
    if (!rows.is_null(4))
        row.proposer_salt = rows.hash(4);
    return row;
}

std::vector<domain::Seq> seqs_with_hands(Connection& connection)
{
    std::vector<domain::Seq> list;
    auto rows = connection.query("SELECT h.seq FROM ledger_hands h LEFT JOIN ledger_entry e ON e.seq = h.seq"
                                 " WHERE e.subject_kind IS NOT 'report' ORDER BY h.seq");
    while (rows.next())
        list.push_back(rows.integer(0));
    return list;
}

std::optional<std::string> settings_before(Connection& connection, const std::string& state, domain::Seq seq)
{
    auto rows = connection.query("SELECT o.content FROM ledger_entry e JOIN ledger_opening o ON o.seq = e.seq WHERE e.subject_kind ="
                                 " 'state_settings' AND e.subject = ?1 AND e.seq < ?2 ORDER BY e.seq DESC LIMIT 1",
                                 state, seq);
    return rows.next() ? rows.optional_text(0) : std::nullopt;
}

bool has_erased_account(Connection& connection, const std::string& state)
{
    return connection.query("SELECT 1 FROM account WHERE home = 'state:' || ?1 AND status = 'erased' LIMIT 1", state).next();
}

void erase_hands_of_report(Connection& connection, const std::string& report)
{
    connection.run(
        "UPDATE ledger_hands SET salt = NULL, hands = NULL, proposer = NULL, credential = NULL, proposer_salt = NULL WHERE seq IN"
        " (SELECT seq FROM ledger_entry WHERE subject_kind = 'report' AND subject = ?1)",
        report);
}

void erase_hands_of_account(Connection& connection, const std::string& account)
{
    connection.run("UPDATE ledger_hands SET proposer = NULL, credential = NULL, proposer_salt = NULL WHERE proposer = ?1", account);
    // Of a text that is not published yet they go with its publication (keep_touches): four eyes still needs them.
    connection.run("UPDATE report_touch SET account = NULL, credential = NULL, salt = NULL WHERE account = ?1"
                   " AND number <= (SELECT touches_published FROM report r WHERE r.id = report_touch.report)",
                   account);
}

}  // namespace cbmx::store
