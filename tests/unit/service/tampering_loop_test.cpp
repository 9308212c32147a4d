// Each kind of change (mutations.hpp) to each column and row of each table, on a copy of a small portal that has something in
// all of them: verify names it. What the ledger does not cover stands in a list below, with the reason. The tables and columns
// are read from the schema: a new one without rows here, or that verify overlooks, fails the test.
#include "service/accounts.hpp"
#include "service/cosignatures.hpp"
#include "service/credentials.hpp"
#include "service/delegations.hpp"
#include "service/documents.hpp"
#include "service/log.hpp"
#include "service/proposals.hpp"
#include "service/reports.hpp"
#include "service/signing_keys.hpp"
#include "support/contact_samples.hpp"
#include "support/service_fixture.hpp"
#include "support/witness.hpp"
#include "unit/service/directory_fixture.hpp"
#include "unit/service/mutations.hpp"
#include <cstdlib>
#include <iostream>
#include <map>

namespace cbmx::test {
namespace {

using domain::Transition;

struct Uncovered {
    std::string table, column;  // "*": all of it, rows too
    std::string where;          // which rows, in SQL; empty: all
    std::string why;
};

const std::vector<Uncovered> uncovered{
    {"batch", "*", "", "what became of a request: each of its items has entries of its own"},
    {"client_reference", "*", "", "lets a client send again without doubling: forgotten, a second record would come, with entries of its own"},
    {"idempotency", "*", "", "the same for a request, kept for thirty days"},
    {"schema_migration", "*", "", "compared with the migrations inside the program"},
    {"report_draft", "*", "draft_state = 'draft'", "the workspace of a State, before its first entry"},
    {"report_draft", "ever_submitted", "", "whether a draft may be discarded: the entries stay either way"},
    {"report_draft", "return_reason", "", "a word between colleagues about a draft"},
    {"report_draft", "version", "", "of a working copy: what If-Match compares"},
    {"report_draft", "updated_at", "", "when a working copy was last written"},
    {"report_touch", "*", "", "who has had a hand in a draft: stricter or laxer four eyes for the next step, no record of the past"},
    {"report", "*", "record_state = 'none'", "known to its State alone until it is published; what was submitted is compared with its entry"},
    {"report", "created_by", "", "who began the draft, which is no entry"},
    {"report", "created_at", "", "when the draft was begun, which is no entry"},
    {"proposal", "*", "seq IS NULL", "on the audience of a report: workspace until it is confirmed"},
    {"ledger_opening", "credential", "", "by which credential an account acted: for the State's own audit, no part of the handle"},
};

class TamperingLoop : public DirectoryFixture {
protected:
    template <class Step>
    service::Outcome done(const Step& step)
    {
        return write(step).value();
    }
    std::string account(const std::vector<std::string>& roles, const std::string& name)
    {
        return done([&](Transaction& t) { return service::create_account(t, domain::machine_operator(), {domain::Home::from("state:CL"), name, roles}); }).id;
    }

    void populate_reports()
    {
        const auto other = someone("state:CL", {"approver"});
        const auto report = new_report(drafter_, approver_, {{"tags", {"law", "strategy"}}, {"recipients", {"state:PE"}}});
        done([&](Transaction& t) { return service::start_revision(t, drafter_, report, std::nullopt); });
        submitted(drafter_, report);
        published(approver_, report);
        // A label that waits for a second approver, one that does not, and readers who lose sight of a report.
        done([&](Transaction& t) { return service::change_audience(t, approver_, report, {{"label", "TLP:CLEAR"}}, Transition::change_label, std::nullopt); });
        const auto narrowed = new_report(drafter_, approver_, {{"label", "TLP:GREEN"}, {"recipients", {"state:PE", "state:AR"}}});
        done([&](Transaction& t) { return service::change_audience(t, approver_, narrowed, {{"recipients", {"state:AR"}}}, Transition::change_recipients, std::nullopt); });
        for (const bool is_erased : {false, true}) {
            const auto gone = new_report(drafter_, approver_, {{"status", "planned"}});
            done([&](Transaction& t) { return service::withdraw_report(t, approver_, gone, std::nullopt); });
            if (is_erased)
                done([&](Transaction& t) { return service::erase_report(t, approver_, gone, std::nullopt); });
        }
        submitted(drafter_, drafted(drafter_, a_report()));
        drafted(drafter_, a_report());
    }

    void populate_signatures()
    {
        const Witness signing(random(), "a key is a key");
        const auto witness = Witness(random(), "witness.example/cl"), revoked = Witness(random(), "witness.example/old");
        const auto key = done([&](Transaction& t) { return service::register_signing_key(t, nominator, signing.pem(), "Ministry"); }).id;
        done([&](Transaction& t) { return service::register_witness(t, nominator, witness.pem(), "Ministry", witness.verifier().name); });
        const auto old = done([&](Transaction& t) { return service::register_witness(t, nominator, revoked.pem(), "Ministry", revoked.verifier().name); }).id;
        done([&](Transaction& t) { return service::revoke_signing_key(t, nominator, old); });
        const auto report = drafted(drafter_, a_report());
        submitted(drafter_, report);
        const auto content = read([&](Connection& db) { return submitted_content(db, report); });
        done([&](Transaction& t) { return service::publish_report(t, approver_, report, service::DetachedSignature{key, signing.signature(content)}, std::nullopt); });
        for (int hour = 0; hour < 2; ++hour) {
            advance(std::chrono::hours(1));
            const auto note = read([&](Connection& db) { return service::published_checkpoint(portal(), db, nominator); }).value();
            const auto seconds = static_cast<std::uint64_t>(std::chrono::floor<std::chrono::seconds>(clock()().time_since_epoch()).count());
            done([&](Transaction& t) { return service::add_cosignatures(portal(), t, nominator, witness.cosigned(note, seconds)); });
            drafted(drafter_, a_report());
            submitted(drafter_, drafted(drafter_, a_report()));
        }
    }
    static std::string submitted_content(Connection& db, const std::string& report)
    {
        return store::report_of_state(db, "CL", report).value().draft->submitted.value();
    }

    void populate_accounts()
    {
        const auto script = account({"drafter"}, "Script");
        const auto certificate = new_certificate("Script", clock()() + std::chrono::days(300));
        done([&](Transaction& t) { return service::register_certificate(t, domain::machine_operator(), script, certificate, "card"); });
        done([&](Transaction& t) {
            return service::issue_token(t, nominator, script, {.label = "bound", .scopes = {"read"}, .bound_to_certificate = base::hex(fingerprint_of(certificate))});
        });
        const auto revoked = done([&](Transaction& t) { return service::issue_token(t, nominator, script, {.label = "revoked", .scopes = {"draft", "read"}}); }).id;
        done([&](Transaction& t) { return service::revoke_credential(t, nominator, revoked); });
        done([&](Transaction& t) { return service::renew_token(t, drafter_, std::nullopt); });
        const auto gone = account({"contact"}, "Gone");
        done([&](Transaction& t) { return service::change_account(t, nominator, gone, std::nullopt, {.status = "disabled"}); });
        done([&](Transaction& t) { return service::erase_account(t, nominator, gone, std::nullopt); });
        const auto end = domain::to_rfc3339(clock()() + std::chrono::days(10));
        const auto given = done([&](Transaction& t) { return service::give_delegation(t, drafter_, {script, {"drafter"}, end}); }).id;
        done([&](Transaction& t) { return service::end_delegation(t, drafter_, given); });
        done([&](Transaction& t) { return service::give_delegation(t, drafter_, {reader_.account.value, {"drafter"}, end}); });
        const auto propose = [&](const Json& body) { return done([&](Transaction& t) { return service::make_proposal(t, clerk, body); }).id; };
        const auto confirmed = propose({{"kind", "account_create"}, {"home", "state:CL"}, {"name", "Desk"}, {"roles", {"drafter"}}});
        done([&](Transaction& t) { return service::confirm_proposal(t, nominator, confirmed, std::nullopt); });
        const auto declined = propose({{"kind", "account_change"}, {"account", script}, {"changes", {{"status", "disabled"}}}});
        done([&](Transaction& t) { return service::decline_proposal(t, nominator, declined, std::nullopt); });
        propose({{"kind", "account_create"}, {"home", "state:PE"}, {"name", "Mesa"}, {"roles", {"contact"}}});
    }

    // A contact with all that may be missing from one.
    void populate_contacts()
    {
        populate_directory();
        auto everything = fields("Everything");
        everything.update({{"account", reader_.account.value}, {"valid_from", "2026-01-15"}, {"valid_until", "2027-12-31"}, {"keys", {{{"kind", "smime"}, {"key", sample_certificate}}}}});
        service::Examination examination;
        examination.keys[sample_certificate] = {std::string(64, 'A'), "2027-06-30T00:00:00.000Z"};
        const auto nomination = made(nominator, {{"kind", "nomination"}, {"fields", everything}}, examination);
        accepted(nomination);
        const auto contact = contact_of_nomination(nomination);
        done([&](Transaction& t) { return service::confirm_contact(t, reader_, contact, {"reachability"}, std::nullopt); });
        done([&](Transaction& t) { return service::reduce_contact(t, nominator, contact, {"state:PE"}, std::nullopt); });
        without_four_eyes("PE");
    }

    const Principal drafter_ = someone("state:CL", {"drafter"}, "Drafter"), approver_ = someone("state:CL", {"approver"}, "Approver");
    const Principal reader_ = someone("state:CL", {"contact"}, "Reader");
};

// What is changed, and what came of it.
class Loop {
public:
    Loop(std::filesystem::path original, std::filesystem::path scratch, std::function<service::VerifyReport(const std::filesystem::path&)> verify, std::size_t rows_each)
        : original_(std::move(original)), scratch_(std::move(scratch)), verify_(std::move(verify)), rows_each_(rows_each)
    {
        sqlite3_open(original_.c_str(), &database_);
        sqlite3_exec(database_, "PRAGMA journal_mode = DELETE", nullptr, nullptr, nullptr);  // one file is all of it
    }
    ~Loop() { sqlite3_close(database_); }
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    void run()
    {
        for (const auto& name : asked(database_, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"))
            if (!is_uncovered(name, "*"))
                change(MutableTable(database_, name), name);
    }
    std::string summary() const
    {
        return std::to_string(made_) + " changes of " + std::to_string(columns_) + " columns in " + std::to_string(tables_) + " tables, " + std::to_string(refused_) +
            " more refused by SQLite, " + std::to_string(unnamed_.size()) + " not named";
    }
    const std::vector<std::string>& unnamed() const { return unnamed_; }
    const std::vector<std::string>& without_example() const { return without_example_; }

private:
    static bool is_uncovered(const std::string& table, const std::string& column)
    {
        return std::any_of(uncovered.begin(), uncovered.end(), [&](const Uncovered& entry) { return entry.table == table && entry.column == column && entry.where.empty(); });
    }
    bool holds(const std::string& table, const std::string& row, const std::string& where) const
    {
        return !asked(database_, "SELECT 1 FROM " + table + " WHERE " + row + " AND (" + where + ")").empty();
    }

    void change(const MutableTable& table, const std::string& name)
    {
        auto rows = table.rows();
        std::erase_if(rows, [&](const std::string& row) {
            return std::any_of(uncovered.begin(), uncovered.end(), [&](const Uncovered& entry) { return entry.table == name && !entry.where.empty() && holds(name, row, entry.where); });
        });
        if (rows.empty())
            return without_example_.push_back(name);
        ++tables_;
        for (std::size_t i = 0; i < std::min(rows.size(), rows_each_); ++i) {
            const auto at = turn_++ % rows.size();
            for (const auto& mutation : table.of_row(rows[at], rows.size() > 1 ? rows[(at + 1) % rows.size()] : ""))
                judge(mutation);
        }
        for (const auto& column : table.columns())
            if (!is_uncovered(name, column))
                change_column(table, name, column, rows);
    }

    // Some rows with a value and one without, other ones for each column.
    void change_column(const MutableTable& table, const std::string& name, const std::string& column, const std::vector<std::string>& rows)
    {
        ++columns_;
        std::size_t with_value = 0, without = 0;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const auto& row = rows[(turn_ + i) % rows.size()];
            auto& count = holds(name, row, column + " IS NULL") ? without : with_value;
            if (count++ >= (&count == &without ? 1 : rows_each_))
                continue;
            for (const auto& mutation : table.of_column(column, row))
                judge(mutation);
        }
        ++turn_;
        if (with_value == 0)
            without_example_.push_back(name + "." + column);
    }

    void judge(const Mutation& mutation)
    {
        std::filesystem::copy_file(original_, scratch_, std::filesystem::copy_options::overwrite_existing);
        const auto outcome = mutate(scratch_, mutation.script);
        refused_ += outcome == Made::refused ? 1 : 0;
        if (outcome != Made::changed)
            return;
        ++made_;
        const auto faults = verify_(scratch_).faults;
        const bool is_named = std::any_of(faults.begin(), faults.end(), [&](const service::Fault& fault) { return names(fault, mutation); });
        if (!is_named)
            unnamed_.push_back(mutation.table + "." + mutation.column + ": " + mutation.what + " where " + mutation.row + (faults.empty() ? "" : ", only: " + faults.front().what));
    }

    // By the entry's number, or by the table or the key of the row.
    static bool names(const service::Fault& fault, const Mutation& mutation)
    {
        const auto key = mutation.row.substr(mutation.row.rfind(' ') + 1);
        const auto plain = key.starts_with("'") ? key.substr(1, key.size() - 2) : key;
        return fault.seq || fault.what.find(mutation.table) != std::string::npos || fault.what.find(plain) != std::string::npos;
    }

    std::filesystem::path original_, scratch_;
    std::function<service::VerifyReport(const std::filesystem::path&)> verify_;
    std::size_t rows_each_;
    sqlite3* database_ = nullptr;
    std::size_t turn_ = 0, made_ = 0, refused_ = 0, columns_ = 0, tables_ = 0;
    std::vector<std::string> unnamed_, without_example_;
};

TEST_F(TamperingLoop, EveryChangeIsNamed)
{
    populate_contacts();
    populate_reports();
    populate_signatures();
    populate_accounts();
    const auto whole = verified(database_file());
    ASSERT_TRUE(whole.ok()) << whole.summary();
    const auto original = directory() / "original.sqlite";
    store::copy_database(database_file().string(), original.string());

    const bool is_long = std::getenv("CBMX_LONG") != nullptr;
    Loop loop(original, directory() / "tampered.sqlite", [this](const std::filesystem::path& file) { return verified(file); }, is_long ? 8 : 1);
    loop.run();
    std::cout << loop.summary() << "\n";
    RecordProperty("summary", loop.summary());
    EXPECT_TRUE(loop.unnamed().empty()) << testing::PrintToString(loop.unnamed());
    EXPECT_TRUE(loop.without_example().empty()) << "nothing to change in " << testing::PrintToString(loop.without_example());
}

}  // namespace
}  // namespace cbmx::test
