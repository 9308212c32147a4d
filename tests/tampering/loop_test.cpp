// A holder of the database file can change anything in it, and verify names it: each kind of change to each column and to
// whole rows of every table, one at a time. What may change unnamed stands in one table, with the reason.
// A sample of the rows, the same in every run; CBMX_LONG=1: all of them.
#include "support/paths.hpp"
#include "tampering/mutations.hpp"
#include "tampering/whole_portal.hpp"
#include <algorithm>
#include <fstream>
#include <set>

namespace cbmx::test {
namespace {

struct Uncovered {
    std::string_view table, column;  // no column: any change to these rows
    std::string_view change;         // empty: any
    std::string_view rows;           // SQL condition; empty: all
    std::string_view why;
};

// Listed for operators in server/docs/operator.md. Nothing here is what a State has submitted or published, who may read that, or what
// rights an account has.
constexpr std::array uncovered{
    Uncovered{"report_draft", "", "", "draft_state = 'draft'", "a working copy: the first entry is its submission"},
    Uncovered{"report", "", "", "record_state = 'none' AND (SELECT draft_state FROM report_draft d WHERE d.report = report.id) = 'draft'",
              "as above: what a working copy is about"},
    Uncovered{"report_tag", "", "",
              "(SELECT draft_state FROM report_draft d WHERE d.report = report_tag.report) = 'draft' AND (SELECT record_state FROM report "
              "r WHERE r.id = report_tag.report) = 'none'",
              "as above"},
    Uncovered{"report_touch", "", "",
              "(SELECT d.draft_state FROM report_draft d WHERE d.report = report_touch.report) = 'draft' AND number > "
              "(SELECT r.touches_published FROM report r WHERE r.id = report_touch.report) AND NOT EXISTS (SELECT 1 FROM ledger_entry e "
              "WHERE e.kind = 'report_submitted' AND e.subject = report_touch.report AND e.seq > (SELECT COALESCE(MAX(p.seq), -1) FROM "
              "ledger_entry p WHERE p.kind = 'report_published' AND p.subject = e.subject))",
              "as above: who has worked on it; a submission commits to it"},
    Uncovered{"report", "draft_versions", "", "", "how many versions of working copies there were: drafts are no entries"},
    Uncovered{"report_draft", "updated_at", "", "", "as above: its last change"},
    Uncovered{"report", "created_by", "", "", "as above: who began it"},
    Uncovered{"report", "created_at", "", "", "as above: when it was begun"},
    Uncovered{"proposal", "", "", "seq IS NULL", "a wish to widen a report's audience: the first entry is the widening"},
    Uncovered{"credential", "", "", "account IN (SELECT id FROM account WHERE status = 'erased')",
              "what was said of an erased account's credentials was erased with it; nobody signs in with one"},
    Uncovered{"enrolment", "", "", "account IN (SELECT id FROM account WHERE status = 'erased')", "as above"},
    Uncovered{"enrolment", "tries_left", "", "", "how many wrong codes there were: only the fifth is an entry"},
    Uncovered{"proposal", "", "", "body = '{}'", "as above: what was proposed about an erased account"},
    Uncovered{"quota_use", "", "", "quota = 'submitted_bytes'", "how much was submitted on a day: what was taken back is no record"},
    Uncovered{"batch", "", "", "", "what a batch was answered, kept for some days: what it did are entries of their own"},
    Uncovered{"batch_part", "", "", "", "the same"},
    Uncovered{"idempotency", "", "", "", "which request was answered, kept for some days: what it did is an entry of its own"},
    Uncovered{"client_reference", "", "", "", "which request was sent before: what it did is an entry of its own"},
    Uncovered{"ledger_opening", "credential", "another of the account's", "",
              "no hash covers which of its credentials an account used; that it is one of them is checked"},
    Uncovered{"ledger_opening", "actor", "taken out with all that goes with it", "",
              "once an account has been erased, an earlier entry without its account looks like one of that account's"},
    Uncovered{"ledger_opening", "actor_salt", "", "actor IS NULL", "random bytes that no hash is made with"},
    Uncovered{"ledger_opening", "recipients_salt", "", "recipients IS NULL", "random bytes that no hash is made with"},
    Uncovered{"ledger_opening", "", "row exchanged with another",
              "content IS NULL AND actor IS NULL AND recipients IS NULL AND authority IS NULL", "as above: nothing else is left in it"},
    Uncovered{"ledger_checkpoint", "", "row deleted", "at IN (SELECT l.at FROM ledger_checkpoint l WHERE l.size > ledger_checkpoint.size)",
              "two batches in one millisecond look like one"},
    Uncovered{"ledger_loss", "", "row deleted", "(SELECT o.recipients FROM ledger_opening o WHERE o.seq = ledger_loss.seq) IS NULL",
              "who lost sight of a record that was erased: the lists that say so were erased with it"},
    Uncovered{"cosignature", "", "row deleted", "", "is no entry: the witness who made it knows that it is gone"},
    Uncovered{"signing_key", "label", "", "", "what a State calls its key: the entry is public, and leaves it out"},
    Uncovered{"report", "measure", "", "erased = 1", "what an erased report was about: its text, which said so, is gone"},
    Uncovered{"report", "period", "", "erased = 1", "as above"},
};

bool applies(const Uncovered& row, const Mutation& mutation, FreeHand& original)
{
    const bool same_place = row.table == mutation.table && (row.column.empty() || row.column == mutation.column);
    return same_place && (row.change.empty() || row.change == mutation.change) &&
           (row.rows.empty() || original.holds(mutation.table, mutation.row, std::string(row.rows)));
}

// Some fault says where: the entry, the row or the table.
bool tells_where(const service::VerifyReport& report, const Mutation& mutation)
{
    const std::string table = mutation.table == "ledger_node" ? "the tree" : mutation.table == "log_key" ? "log" : mutation.table;
    const auto quote = mutation.row.find('\'');
    const auto key = quote == std::string::npos ? table : mutation.row.substr(quote + 1, mutation.row.find('\'', quote + 1) - quote - 1);
    const auto tells = [&](const service::Fault& fault) {
        return fault.seq || fault.what.find(table) != std::string::npos || fault.what.find(key) != std::string::npos;
    };
    return std::any_of(report.faults.begin(), report.faults.end(), tells);
}

// A check that was broken off would have hidden whatever else is wrong.
std::string broken_off(const service::VerifyReport& report)
{
    for (const auto& fault : report.faults)
        if (fault.what.find(" cannot be read: ") != std::string::npos || fault.what.find(" cannot be checked: ") != std::string::npos)
            return fault.what;
    return {};
}

#define OF_ONE_WITH_TWO                                                                                                                    \
    "seq = (SELECT MAX(o.seq) FROM ledger_opening o WHERE (SELECT COUNT(*) FROM credential c WHERE c.account = o.actor) > 1)"
#define BEFORE_AN_ERASURE                                                                                                                  \
    "seq = (SELECT MAX(o.seq) FROM ledger_opening o WHERE o.actor IS NOT NULL AND o.seq < (SELECT e.seq FROM ledger_entry e WHERE e.kind " \
    "= 'account_erased'))"

// What mutations.hpp cannot think of.
const Mutation by_hand[]{
    {"ledger_opening", "credential", OF_ONE_WITH_TWO, "another of the account's", "",
     "UPDATE ledger_opening SET credential = (SELECT c.id FROM credential c WHERE c.account = ledger_opening.actor AND c.id <> "
     "ledger_opening.credential) WHERE " OF_ONE_WITH_TWO,
     ""},
    {"ledger_opening", "actor", BEFORE_AN_ERASURE, "taken out with all that goes with it", "",
     "UPDATE ledger_opening SET actor = NULL, actor_salt = NULL, credential = NULL WHERE " BEFORE_AN_ERASURE, ""},
};

std::vector<std::string> conditions_on(const std::string& table)
{
    std::vector<std::string> conditions;
    for (const auto& row : uncovered)
        if (row.table == table && !row.rows.empty() && std::find(conditions.begin(), conditions.end(), row.rows) == conditions.end())
            conditions.emplace_back(row.rows);
    return conditions;
}

bool is_long() { return std::getenv("CBMX_LONG") != nullptr; }

constexpr std::size_t parts = 4;  // of the tables: each is a test, so that they run side by side

class TamperedPortal : public WholePortal {
protected:
    void SetUp() override
    {
        populate_all();
        store::copy_database(database_file().string(), original_file_.string());
        const auto report = verified(original_file_);
        ASSERT_TRUE(report.ok()) << report.summary();
        original_ = std::make_unique<FreeHand>(original_file_);
    }
    // What verify says of a copy with this change; nothing: SQLite itself refuses it.
    std::optional<service::VerifyReport> verified_after(const std::string& sql)
    {
        const auto file = directory() / "changed.sqlite";
        std::filesystem::copy_file(original_file_, file, std::filesystem::copy_options::overwrite_existing);
        const auto changed = FreeHand(file).change(sql);
        if (!changed)
            return std::nullopt;
        EXPECT_GT(*changed, 0) << "nothing was changed by " << sql;
        return verified(file);
    }
    const Uncovered* exception_for(const Mutation& mutation)
    {
        const auto found =
            std::find_if(uncovered.begin(), uncovered.end(), [&](const Uncovered& row) { return applies(row, mutation, *original_); });
        return found == uncovered.end() ? nullptr : &*found;
    }
    void judge(const Mutation& mutation)
    {
        const auto report = verified_after(mutation.sql);
        if (!report) {
            ++refused_;
            return;
        }
        ++made_;
        const auto* exception = exception_for(mutation);
        if (!report->ok()) {  // what is not covered may still be seen by its size, without its place
            EXPECT_TRUE(exception != nullptr || tells_where(*report, mutation)) << mutation.name() << "\n" << report->summary();
            if (mutation.table != "log_key") {  // without keys nothing can be said of signatures
                EXPECT_EQ(broken_off(*report), "") << mutation.name();
            }
            return;
        }
        if (exception != nullptr)
            used_.insert(exception);
        else
            ADD_FAILURE() << "not named: " << mutation.name();
    }

    std::filesystem::path original_file_ = directory() / "original.sqlite";
    std::unique_ptr<FreeHand> original_;
    std::set<const Uncovered*> used_;
    int made_ = 0, refused_ = 0;
};

class TamperedTables : public TamperedPortal, public ::testing::WithParamInterface<std::size_t> {};

TEST_P(TamperedTables, EveryChangeIsNamedUnlessItIsOfWhatTheLedgerDoesNotCover)
{
    const auto tables = original_->tables();
    for (std::size_t at = GetParam(); at < tables.size(); at += parts) {
        const auto mutations = original_->mutations(tables[at], conditions_on(tables[at]), is_long());
        EXPECT_FALSE(mutations.empty()) << "no row in table " << tables[at];
        for (const auto& mutation : mutations)
            judge(mutation);
        for (const auto& mutation : by_hand)
            if (mutation.table == tables[at])
                judge(mutation);
        for (const auto& row : uncovered)
            if (row.table == tables[at]) {
                EXPECT_TRUE(used_.contains(&row)) << row.table << "." << row.column << " " << row.rows << ": every change was named";
            }
    }
    if (!is_long()) {  // the long form gives each row every other row's key
        EXPECT_GT(made_, 10 * refused_) << "SQLite refuses what would have two rows of one key, and little else";
    }
    EXPECT_GT(made_, 0);
    RecordProperty("changes", made_);
}

INSTANTIATE_TEST_SUITE_P(Quarters, TamperedTables, ::testing::Range(std::size_t{0}, parts));

// Malformed JSON wherever JSON stands, in one row of each table, and a sound row elsewhere that is not what its entry says.
TEST_F(TamperedPortal, ARowWithMalformedJsonIsNamedAndHidesNoOther)
{
    const std::pair<const char*, const char*> columns[]{{"account", "roles"},    {"credential", "scopes"}, {"delegation", "roles"},
                                                        {"enrolment", "scopes"}, {"proposal", "body"},     {"document", "record"},
                                                        {"measure", "record"},   {"period", "record"},     {"state", "record"}};
    std::string script =
        "UPDATE nomination SET reason = 'Other.' WHERE status = 'returned'; UPDATE state_settings SET four_eyes = 1 - four_eyes;"
        "UPDATE report_draft SET fields = '{', submitted = '{', recipients = '[' WHERE draft_state = 'submitted';"
        "UPDATE ledger_opening SET content = '{' WHERE seq = (SELECT MAX(content_seq) FROM contact WHERE erased = 0);";
    for (const auto& [table, column] : columns)
        script += std::string("UPDATE ") + table + " SET " + column + " = '{' WHERE rowid = (SELECT MIN(rowid) FROM " + table + ");";
    const auto report = verified_after(script);
    ASSERT_TRUE(report.has_value());
    const auto summary = report->summary();
    EXPECT_EQ(broken_off(*report), "");
    for (const auto& [table, column] : columns)
        EXPECT_NE(summary.find(std::string("the ") + table + " "), std::string::npos) << table << "\n" << summary;
    for (const char* said : {"holds JSON that no portal writes", "salt and content do not give its commitment",
                             "its submitted draft is not what its last submission says",
                             "the state_settings PE is not what its last entry commits to", returned_.c_str()})
        EXPECT_NE(summary.find(said), std::string::npos) << said << "\n" << summary;
}

// Who changes the schema needs no change of a row: the portal's next write would be theirs.
TEST_F(TamperedPortal, AChangedSchemaIsNamed)
{
    const std::pair<const char*, const char*> changes[]{
        {"DROP TRIGGER ledger_entry_stays", "the trigger ledger_entry_stays is missing"},
        {"DROP INDEX report_by_state", "the index report_by_state is missing"},
        {"CREATE TRIGGER more AFTER INSERT ON ledger_entry BEGIN DELETE FROM report_recipient; END", "the trigger more is of no release"},
        {"CREATE TABLE more (x)", "the table more is of no release"},
        {"PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, 'BEFORE DELETE', 'AFTER DELETE') WHERE name = "
         "'ledger_entry_stays'",
         "the trigger ledger_entry_stays is not as this release makes it"},
        {"PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, 'IN (0, 1)', 'IN (0, 1, 2)') WHERE name = 'credential'",
         "the table credential is not as this release makes it"},
    };
    for (const auto& [sql, words] : changes) {
        // One row as well: a change of the schema alone counts as none.
        const auto report = verified_after(std::string("UPDATE batch SET at = at || 'x';") + sql);
        ASSERT_TRUE(report.has_value());
        EXPECT_NE(report->summary().find(words), std::string::npos) << sql << "\n" << report->summary();
    }
}

TEST_F(TamperedPortal, ABrokenCheckIsNamedWithItsRow)
{
    const auto report = verified_after("UPDATE account SET status = 'gone' WHERE id = '" + drafter_.account.value + "'");
    ASSERT_TRUE(report.has_value());
    EXPECT_NE(report->summary().find("the row " + drafter_.account.value +
                                     " of table account"
                                     " breaks the rule (status IN ('active', 'suspended', 'disabled', 'erased'))"),
              std::string::npos)
        << report->summary();
}

TEST_F(TamperedPortal, WhatIsNotCoveredIsToldToOperators)
{
    std::ifstream stream(source_directory() + "/server/docs/operator.md");
    const std::string text((std::istreambuf_iterator<char>(stream)), {});
    for (const auto& row : uncovered)
        EXPECT_NE(text.find("`" + std::string(row.table) + (row.column.empty() ? "" : "." + std::string(row.column)) + "`"),
                  std::string::npos)
            << row.table << "." << row.column;
}

}  // namespace
}  // namespace cbmx::test
