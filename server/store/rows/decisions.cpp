// See decisions.hpp.
#include "store/rows/decisions.hpp"
#include "store/visibility/hidden.hpp"

namespace cbmx::store {
namespace {

// One SELECT for each table whose records cite a decision. What is no JSON, or has lost its decision, cites nothing: its row is at fault.
constexpr SqlText cited =
    "SELECT json_extract(body, '$.decision.file.sha256') FROM proposal WHERE"
    " CASE WHEN json_valid(body) THEN json_type(body, '$.decision.file.sha256') = 'text' END"
    " UNION SELECT json_extract(attested_note, '$.file.sha256') FROM enrolment WHERE CASE WHEN json_valid(attested_note)"
    " THEN json_type(attested_note, '$.file.sha256') = 'text' END";

std::optional<DecisionFile> first_of(Rows rows)
{
    return rows.next() ? std::optional(DecisionFile{rows.text(0), rows.text(1)}) : std::nullopt;
}

std::vector<std::string> texts_of(Rows rows)
{
    std::vector<std::string> list;
    while (rows.next())
        list.push_back(rows.text(0));
    return list;
}

}  // namespace

std::optional<DecisionFile> decision_file(Connection& connection, const std::string& sha256)
{
    return first_of(connection.query("SELECT media_type, bytes FROM decision_file WHERE sha256 = ?1", sha256));
}

std::optional<DecisionFile> find_visible_decision_file(Connection& connection, const std::string& sha256)
{
    static constexpr auto statement = "SELECT media_type, bytes FROM decision_file WHERE sha256 = ?1 AND NOT EXISTS (SELECT 1 FROM "
                                      "proposal p WHERE p.kind IN ('founding', 'suspension')"
                                      " AND json_extract(p.body, '$.decision.file.sha256') = ?1 AND " +
                                      proposal_hidden +
                                      ") AND NOT EXISTS (SELECT 1 FROM enrolment n JOIN account a ON a.id = n.account WHERE"
                                      " json_extract(n.attested_note, '$.file.sha256') = ?1 AND " +
                                      account_hidden + ")";
    return first_of(connection.query(statement, sha256));
}

void keep_decision_file(Connection& connection, const std::string& sha256, const DecisionFile& file)
{
    connection.run("INSERT INTO decision_file (sha256, media_type, bytes) VALUES (?1, ?2, ?3) ON CONFLICT (sha256) DO NOTHING", sha256,
                   file.media_type, Blob{file.bytes});
}

std::vector<std::string> decision_files(Connection& connection)
{
    return texts_of(connection.query("SELECT sha256 FROM decision_file ORDER BY sha256"));
}

std::vector<std::string> cited_decision_files(Connection& connection)
{
    static constexpr auto statement = cited + " ORDER BY 1";
    return texts_of(connection.query(statement));
}

void forget_uncited_decision_files(Connection& connection)
{
    static constexpr auto statement = "DELETE FROM decision_file WHERE sha256 NOT IN (" + cited + ")";
    connection.run(statement);
}

}  // namespace cbmx::store
