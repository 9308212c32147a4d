// What a list costs, and where its pages end, is decided by what its caller sees: 10,000 reports of others between the caller's own
// change neither. Where no index helps a filter, a page ends after so many reports, found or not, and the list goes on.
#include "store/rows/report_lists.hpp"
#include "support/service_fixture.hpp"
#include "support/steps.hpp"
#include <cstdlib>
#include <gtest/gtest.h>
#include <set>

namespace cbmx::test {
namespace {

using store::ReportFilter;
using store::ReportOrder;
using store::ReportPage;
using store::ReportPlace;
using Ids = std::vector<std::string>;

constexpr int visible = 300, hidden = 10'000;
constexpr std::int64_t page = 7, long_page = 25;
constexpr std::array orders{ReportOrder::changed, ReportOrder::newest, ReportOrder::state};

// Each filter alone, and such that belong together.
const std::vector<std::pair<std::string, ReportFilter>>& filters()
{
    static const std::vector<std::pair<std::string, ReportFilter>> all{
        {"none", {}},
        {"state", {.state = "CL"}},
        {"a State of which nothing is seen", {.state = "BR"}},
        {"measure", {.measure = "M2"}},
        {"period", {.period = "P1"}},
        {"status", {.status = "planned"}},
        {"a status that nothing has", {.status = "not_started"}},
        {"published", {.workflow_state = "published"}},
        {"withdrawn", {.workflow_state = "withdrawn"}},
        {"draft", {.workflow_state = "draft"}},
        {"submitted", {.workflow_state = "submitted"}},
        {"label", {.label = "TLP:GREEN"}},
        {"language", {.language = "es"}},
        {"a rare tag", {.tag = "rare"}},
        {"a common tag", {.tag = "common"}},
        {"a tag that nothing has", {.tag = "nothing"}},
        {"changed_since", {.changed_since = 20'000}},
        {"State and measure", {.state = "CL", .measure = "M1"}},
        {"State and tag", {.state = "PE", .tag = "common"}},
        {"withdrawn of a State", {.state = "CL", .workflow_state = "withdrawn"}},
    };
    return all;
}

const std::vector<std::pair<std::string, domain::Visibility>>& callers()
{
    static const std::vector<std::pair<std::string, domain::Visibility>> all{
        {"anyone", {.tokens = R"(["public"])"}},
        {"a drafter of CL",
         {.tokens = R"(["public","account:one","state:CL","members"])", .draft_state = "CL", .account = "account:one", .own_state = "CL"}},
        {"a contact of PE",
         {.tokens = R"(["public","account:three","state:PE","members"])", .account = "account:three", .own_state = "PE"}},
        {"a State that does not participate",
         {.tokens = R"(["public","CL/account:one","CL/state:CL"])", .draft_state = "CL", .account = "account:one", .own_state = "CL"}},
    };
    return all;
}

class ReportListsOfManyReaders : public ServiceFixture {
protected:
    struct Made {
        std::string state = "CL", record_state = "published", label = "TLP:CLEAR", status = "in_progress";
        std::optional<std::int64_t> changed_seq;
        std::vector<std::string> recipients, tags;
        std::optional<std::string> draft;  // its label
        std::string named = "[]";
        int number = 0;
    };

    void SetUp() override
    {
        for (const auto* state : {"BR", "CL", "PE"})
            add_state(state);
        database().writer().run([](Transaction& t) {
            t.db().run(
                "INSERT OR IGNORE INTO measure (code, number, record, version, seq) VALUES ('M1', 1, '{}', 1, 0), ('M2', 2, '{}', 1, 0)");
            t.db().run("INSERT OR IGNORE INTO period (code, record, version, seq) VALUES ('P1', '{}', 1, 0)");
            return true;
        });
        make(visible, [](int i) {
            Made made{.state = i % 3 == 0 ? "PE" : "CL", .changed_seq = 100 * i, .tags = {"common"}, .number = i};
            made.recipients = {i % 4 == 0 ? "members" : "public", "state:" + made.state};
            made.label = i % 4 == 0 ? "TLP:GREEN" : "TLP:CLEAR";
            made.status = i == visible / 2 ? "planned" : "in_progress";
            if (i % 50 == 1)
                made.record_state = "withdrawn";
            if (i % 90 == 2)
                made.tags.emplace_back("rare");
            if (i % 20 == 3)  // a revision in preparation
                made.draft = "TLP:GREEN";
            return made;
        });
        make(20, [](int i) {
            Made made{.state = "CL", .record_state = "none", .number = i};
            made.draft = i % 4 == 0 ? "TLP:RED" : "TLP:AMBER";
            made.named = i % 8 == 0 ? R"(["account:one"])" : R"(["account:two"])";
            return made;
        });
    }
    void TearDown() override {}  // rows without entries

    template <class Shape>
    void make(int count, Shape shape)
    {
        database().writer().run([&](Transaction& t) {
            for (int i = 0; i < count; ++i)
                insert(t, shape(i));
            return true;
        });
    }

    static void insert(Transaction& t, const Made& made)
    {
        auto& db = t.db();
        const auto id = base::random_uuid(t.random());
        db.run("INSERT INTO report (id, state, measure, period, record_state, label, status, language, version, revision, changed_seq,"
               " created_by, created_at) VALUES (?1, ?2, ?3, 'P1', ?4, ?5, ?6, ?7, 1, 1, ?8, 'a', '2026-01-01T00:00:00.000Z')",
               id, made.state, made.number % 2 == 0 ? "M1" : "M2", made.record_state, made.label, made.status,
               made.number % 40 == 5 ? "es" : "en", made.changed_seq);
        domain::Readers readers;
        for (const auto& recipient : made.recipients)
            readers.from.emplace(recipient, 1);
        store::set_readers(db, id, {}, readers);
        store::replace_tags(db, id, made.tags);
        store::list_anew(db, id);
        if (made.draft)
            store::insert_draft(db, {.report = id, .fields = "{}", .label = *made.draft, .recipients = made.named, .version = 1});
    }

    // What none of the callers sees, between what they see, in every shape that their filters ask for.
    void hide_others_between()
    {
        make(hidden, [](int i) {
            Made made{
                .state = i % 2 == 0 ? "CL" : "BR", .label = "TLP:RED", .status = "planned", .changed_seq = 3 * i + 1 + (3 * i + 1) / 99};
            made.tags = {"common", "rare", "nothing"};
            made.number = i;
            made.recipients = {"account:two"};
            if (i % 5 == 0)
                made.record_state = "withdrawn";
            if (i % 7 == 0)
                made.draft = "TLP:RED", made.named = R"(["account:two"])";
            return made;
        });
        make(hidden / 10, [](int i) {
            Made made{.state = i % 2 == 0 ? "CL" : "BR", .record_state = "none", .label = "TLP:RED", .number = i};
            made.draft = "TLP:RED";
            made.named = i % 2 == 0 ? R"(["account:two"])" : R"(["account:one"])";  // BR names an account of CL: no drafter of BR
            return made;
        });
    }

    ReportPage read_page(const domain::Visibility& caller, const ReportFilter& filter, ReportOrder order, const ReportPlace& after = {},
                         std::int64_t limit = page, std::int64_t steps = store::list_steps)
    {
        return read([&](Connection& db) { return store::visible_reports(db, caller, filter, order, after, limit, steps); });
    }

    // The ids on each page, to the end.
    std::vector<Ids> pages(const domain::Visibility& caller, const ReportFilter& filter, ReportOrder order, std::int64_t limit,
                           std::int64_t steps)
    {
        std::vector<Ids> list;
        for (std::optional<ReportPlace> after = ReportPlace{}; after && list.size() < 2 * visible;) {
            const auto found = read_page(caller, filter, order, *after, limit, steps);
            list.emplace_back();
            for (const auto& row : found.rows)
                list.back().push_back(row.id);
            after = found.next;
        }
        return list;
    }

    std::int64_t cost(const domain::Visibility& caller, const ReportFilter& filter, ReportOrder order,
                      std::int64_t steps = store::list_steps)
    {
        return read([&](Connection& db) {
            store::visible_reports(db, caller, filter, order, {}, long_page, steps);  // its statements are prepared
            return steps_of(db, [&] { store::visible_reports(db, caller, filter, order, {}, long_page, steps); });
        });
    }

    template <class Each>
    void for_each_list(Each each)
    {
        for (const auto& [caller_name, caller] : callers())
            for (const auto& [filter_name, filter] : filters())
                for (const auto order : orders)
                    each(caller, filter, order, caller_name + ", " + filter_name + ", order " + std::to_string(static_cast<int>(order)));
    }
};

Ids joined(const std::vector<Ids>& pages)
{
    Ids all;
    for (const auto& ids : pages)
        all.insert(all.end(), ids.begin(), ids.end());
    return all;
}

TEST_F(ReportListsOfManyReaders, NoStatementLooksAtATableFromItsBeginningOrSorts)
{
    const auto statements = store::list_statements();
    ASSERT_GT(statements.size(), 12U);
    read([&](Connection& db) {
        for (const auto& statement : statements)
            for (const auto& step : plan_of(db, statement)) {
                const bool is_scan = step.starts_with("SCAN") && step.find("VIRTUAL TABLE") == std::string::npos;  // of a JSON array: none
                EXPECT_FALSE(is_scan || step.find("TEMP B-TREE") != std::string::npos) << step << "\n" << statement.text;
            }
        return true;
    });
}

TEST_F(ReportListsOfManyReaders, WhateverStepsAPageHasTheListIsTheSame)
{
    for_each_list([&](const auto& caller, const auto& filter, ReportOrder order, const std::string& name) {
        const auto whole = joined(pages(caller, filter, order, 100, store::list_steps));
        EXPECT_EQ(std::set<std::string>(whole.begin(), whole.end()).size(), whole.size()) << name;
        EXPECT_EQ(joined(pages(caller, filter, order, page, 3)), whole) << name;
        EXPECT_EQ(joined(pages(caller, filter, order, page, 40)), whole) << name;
    });
}

TEST_F(ReportListsOfManyReaders, APageThatFindsNothingGoesOnUntilTheLastIsFound)
{
    const auto list = pages(callers()[0].second, {.status = "planned"}, ReportOrder::changed, page, 10);
    ASSERT_GT(list.size(), 10U);
    EXPECT_TRUE(list.front().empty());
    EXPECT_EQ(joined(list).size(), 1U);
}

TEST_F(ReportListsOfManyReaders, WhatOthersReadChangesNeitherWherePagesEndNorWhatTheyCost)
{
    std::vector<std::vector<Ids>> ends;
    std::vector<std::int64_t> costs;
    const auto look = [&](const auto& caller, const auto& filter, ReportOrder order, const std::string&) {
        ends.push_back(pages(caller, filter, order, page, 20));
        costs.push_back(cost(caller, filter, order));
    };
    for_each_list(look);
    const auto ends_alone = std::exchange(ends, {});
    const auto costs_alone = std::exchange(costs, {});
    hide_others_between();
    for_each_list(look);
    std::size_t at = 0;
    for_each_list([&](const auto&, const auto&, ReportOrder, const std::string& name) {
        EXPECT_EQ(ends[at], ends_alone[at]) << name;
        EXPECT_LE(std::abs(costs[at] - costs_alone[at]), steps_at_the_ends) << name;
        ++at;
    });
}

TEST_F(ReportListsOfManyReaders, AFilterWithAnIndexCostsWhatItFinds)
{
    const auto anyone = callers()[0].second, drafter = callers()[1].second;
    for (const auto order : {ReportOrder::changed, ReportOrder::newest}) {
        const auto first_page = cost(anyone, {}, order);
        EXPECT_LT(cost(anyone, {.tag = "nothing"}, order), first_page / 4);
        EXPECT_LT(cost(anyone, {.workflow_state = "withdrawn"}, order), 2 * first_page);
        EXPECT_LT(cost(anyone, {.state = "BR"}, order), first_page / 4);
        EXPECT_LT(cost(drafter, {.workflow_state = "submitted"}, order), 4 * cost(drafter, {}, order));
    }
    EXPECT_LT(cost(anyone, {.state = "PE"}, ReportOrder::state), 2 * cost(anyone, {}, ReportOrder::state));
}

TEST_F(ReportListsOfManyReaders, AFilterWithoutAnIndexCostsNoMoreThanItsSteps)
{
    const auto anyone = callers()[0].second;
    const auto few = cost(anyone, {.status = "not_started"}, ReportOrder::changed, 20);
    EXPECT_GT(cost(anyone, {.status = "not_started"}, ReportOrder::changed, 200), 5 * few);
}

}  // namespace
}  // namespace cbmx::test
