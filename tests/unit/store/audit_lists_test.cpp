// Audit by a rare kind costs what it finds, however many entries of other kinds and other States stand between.
#include "store/log/entries.hpp"
#include "store/rows/portal.hpp"
#include "support/service_fixture.hpp"
#include "support/steps.hpp"
#include <gtest/gtest.h>

namespace cbmx::test {
namespace {

constexpr std::int64_t others = 5'000;

class AuditLists : public ServiceFixture {
protected:
    void SetUp() override
    {
        database().writer().run([](Transaction& t) { return store::refresh_event_kinds(t.db()), true; });
    }
    void TearDown() override {}  // rows without changes

    // An entry beside the log: what lists read of it.
    void enter(domain::EventKind kind, const std::string& home, int times = 1)
    {
        database().writer().run([&](Transaction& t) {
            const auto& row = domain::row_of(kind);
            for (int i = 0; i < times; ++i)
                t.db().run("INSERT INTO ledger_entry (seq, kind, at, actor_role, home, subject_kind, subject, version, revision, body)"
                           " VALUES (?1, ?2, '2026-01-01T00:00:00.000Z', 'approver', ?3, ?4, 'x', 1, 1, x'7b7d')",
                           next_++, row.name, home, domain::name_of(row.subject));
            return true;
        });
    }

    std::int64_t cost(const domain::Visibility& caller, const std::string& kind)
    {
        return read([&](Connection& db) {
            const store::AuditFilter filter{.kind = kind, .limit = 100};
            store::audit(db, caller, filter);  // its statement is prepared
            return steps_of(db, [&] { store::audit(db, caller, filter); });
        });
    }

    std::size_t found(const domain::Visibility& caller, const std::string& kind)
    {
        return read([&](Connection& db) { return store::audit(db, caller, {.kind = kind, .limit = 100}).size(); });
    }

private:
    std::int64_t next_ = 100'000;
};

TEST_F(AuditLists, NoStatementLooksAtTheLogFromItsBeginningOrSorts)
{
    read([&](Connection& db) {
        for (const auto& statement : store::audit_statements())
            for (const auto& step : plan_of(db, statement)) {
                const bool is_scan = step.starts_with("SCAN") && step.find("VIRTUAL TABLE") == std::string::npos;
                EXPECT_FALSE(is_scan || step.find("TEMP B-TREE") != std::string::npos) << step << "\n" << statement.text;
            }
        return true;
    });
}

TEST_F(AuditLists, ARareKindCostsTheSameWhateverStandsBetween)
{
    const domain::Visibility auditor{.tokens = R"(["public"])", .home = "office:auditors", .auditor = true};
    const domain::Visibility own{.tokens = R"(["public","state:CL"])", .own_state = "CL", .home = "state:CL"};
    const std::string rare{domain::row_of(domain::EventKind::credential_revoked).name};
    enter(domain::EventKind::credential_revoked, "state:CL", 3);
    ASSERT_EQ(found(auditor, rare), 3U);
    ASSERT_EQ(found(own, rare), 3U);
    const auto of_auditor = cost(auditor, rare), of_own = cost(own, rare);
    enter(domain::EventKind::report_submitted, "state:CL", others);
    enter(domain::EventKind::report_published, "state:PE", others);
    EXPECT_LE(cost(auditor, rare), of_auditor + steps_at_the_ends);
    enter(domain::EventKind::credential_revoked, "state:PE", others);
    EXPECT_LE(cost(own, rare), of_own + steps_at_the_ends);
    EXPECT_EQ(found(own, rare), 3U);
}

TEST_F(AuditLists, ACommonKindIsFoundAsBefore)
{
    const domain::Visibility auditor{.tokens = R"(["public"])", .home = "office:auditors", .auditor = true};
    enter(domain::EventKind::report_submitted, "state:CL", 5);
    enter(domain::EventKind::report_published, "state:CL", 2);
    EXPECT_EQ(found(auditor, "report_submitted"), 5U);
    EXPECT_EQ(found(auditor, "report_published"), 2U);
    EXPECT_EQ(found(auditor, "report_erased"), 0U);
}

}  // namespace
}  // namespace cbmx::test
