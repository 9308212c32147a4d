// Lists of reports, a page at a time: everything once, in order, and a late page costs no more than the first.
#include "store/rows/report_lists.hpp"
#include "support/service_fixture.hpp"
#include <gtest/gtest.h>
#include <set>
#include <sqlite3.h>

namespace cbmx::test {
namespace {

using store::ReportOrder;

constexpr int published = 600, working_copies = 30;
constexpr std::int64_t page = 7;

class ReportOrders : public ServiceFixture, public ::testing::WithParamInterface<ReportOrder> {
protected:
    void SetUp() override
    {
        add_state("CL");
        add_state("PE");
        database().writer().run([](Transaction& t) {
            t.db().run(
                "INSERT OR IGNORE INTO measure (code, number, record, version, seq) VALUES ('M1', 1, '{}', 1, 0), ('M2', 2, '{}', 1, 0)");
            t.db().run("INSERT OR IGNORE INTO period (code, record, version, seq) VALUES ('P1', '{}', 1, 0)");
            for (int i = 0; i < published + working_copies; ++i) {
                const bool is_published = i < published;
                const auto id = base::random_uuid(t.random());
                t.db().run("INSERT INTO report (id, state, measure, period, record_state, label, status, language, version, revision, "
                           "changed_seq, created_by, created_at)"
                           " VALUES (?1, ?2, ?3, 'P1', ?4, 'TLP:CLEAR', 'planned', 'en', 1, 1, ?5, 'a', '2026-01-01T00:00:00.000Z')",
                           id, i % 3 == 0 ? "PE" : "CL", i % 2 == 0 ? "M1" : "M2", is_published ? "published" : "none",
                           is_published ? std::optional<std::int64_t>(i) : std::nullopt);
                if (is_published)
                    store::set_readers(t.db(), id, {}, {.labels = {}, .from = {{"public", 1}}});
                else
                    store::insert_draft(t.db(), {.report = id, .fields = "{}", .label = "TLP:CLEAR", .recipients = "[]", .version = 1});
                store::list_anew(t.db(), id);
            }
            return true;
        });
    }
    void TearDown() override {}  // rows without entries

    static domain::Visibility everyone() { return {.tokens = R"(["public"])", .draft_state = "*", .visible_before = published}; }

    std::vector<store::ReportRow> all(const store::ReportFilter& filter = {})
    {
        return read([&](Connection& db) { return store::visible_reports(db, everyone(), filter, GetParam(), {}, 10 * published).rows; });
    }

    void move(const std::string& id, std::optional<std::int64_t> changed_seq)
    {
        database().writer().run([&](Transaction& t) {
            const bool is_moved = t.db().run("UPDATE report SET changed_seq = ?2 WHERE id = ?1", id, changed_seq) == 1;
            store::list_anew(t.db(), id);
            return is_moved;
        });
    }

    // Instructions of SQLite's machine for one page.
    std::int64_t cost(const std::string& after, const store::ReportFilter& filter = {})
    {
        return read([&](Connection& db) {
            std::int64_t steps = 0;
            sqlite3_progress_handler(
                db.handle(), 1,
                [](void* count) {
                    ++*static_cast<std::int64_t*>(count);
                    return 0;
                },
                &steps);
            store::visible_reports(db, everyone(), filter, GetParam(), {after}, page);
            sqlite3_progress_handler(db.handle(), 0, nullptr, nullptr);
            return steps;
        });
    }
};

TEST_P(ReportOrders, PagesHoldEveryReportOnceInTheListsOrder)
{
    std::vector<std::string> expected, walked;
    for (const auto& row : all())
        expected.push_back(row.id);
    ASSERT_EQ(expected.size(), published + working_copies);
    for (;;) {
        const auto rows = read([&](Connection& db) {
            return store::visible_reports(db, everyone(), {}, GetParam(), {walked.empty() ? "" : walked.back()}, page).rows;
        });
        for (const auto& row : rows)
            walked.push_back(row.id);
        if (rows.empty())
            break;
    }
    EXPECT_EQ(walked, expected);
}

TEST_P(ReportOrders, ALatePageCostsNoMoreThanTheFirst)
{
    const auto rows = all();
    const auto first = cost("");
    for (const auto at : {published / 2, published - 20, published + working_copies - 10})
        EXPECT_LT(cost(rows[static_cast<std::size_t>(at)].id), 2 * first) << "the page behind " << at;
}

TEST_P(ReportOrders, WhatHasChangedSinceIsFoundWithoutWalkingOverWhatHasNot)
{
    const store::ReportFilter recent{.changed_since = published - 4};
    const auto rows = all(recent);
    ASSERT_EQ(rows.size(), 3U);
    for (const auto& row : rows)
        EXPECT_GT(row.changed_seq.value(), published - 4);
    if (GetParam() != ReportOrder::state) {  // has no order of change to begin in
        EXPECT_LT(cost("", recent), 20 * cost("") / page);
    }
}

TEST_P(ReportOrders, NothingComesAfterAReportThatIsGone)
{
    EXPECT_TRUE(read([&](Connection& db) { return store::visible_reports(db, everyone(), {}, GetParam(), {"gone"}, page); }).rows.empty());
}

// The last report of a page moves before the next one is asked for: to the end, as one that changes does.
TEST_P(ReportOrders, AReportThatMovesBetweenTwoPagesHidesNoOther)
{
    const auto rows = all();
    for (const std::size_t at : {std::size_t{4}, rows.size() / 2, rows.size() - 3}) {
        const auto& last = rows[at];
        std::int64_t later = published + static_cast<std::int64_t>(at);
        move(last.id, later);
        const auto rest = read([&](Connection& db) {
            return store::visible_reports(db, everyone(), {}, GetParam(),
                                          {last.id, last.changed_seq.value_or(store::ReportPlace::working_copy)}, 10 * published)
                .rows;
        });
        std::set<std::string> told;
        for (const auto& row : rest)
            told.insert(row.id);
        for (auto i = at + 1; i < rows.size(); ++i)
            EXPECT_TRUE(told.contains(rows[i].id)) << "behind " << at << ", " << i << " is missing";
        move(last.id, last.changed_seq);
    }
}

INSTANTIATE_TEST_SUITE_P(Each, ReportOrders, ::testing::Values(ReportOrder::changed, ReportOrder::newest, ReportOrder::state),
                         [](const auto& order) {
                             return order.param == ReportOrder::changed  ? "Changed"
                                    : order.param == ReportOrder::newest ? "Newest"
                                                                         : "State";
                         });

}  // namespace
}  // namespace cbmx::test
