// Batches through the service, as the pipeline calls it: judged outside the writer, carried out in parts, gone on with after a fall.
#include "service/intake/batches.hpp"
#include "service/reports/reports.hpp"
#include "support/ledger_fixture.hpp"
#include <set>

namespace cbmx::test {
namespace {

using domain::Rule;
using service::Batch;
using service::BatchForm;
using service::ItemKind;
using namespace std::chrono_literals;

constexpr auto at_once = 0ms;  // every part ends after one item

class Batches : public LedgerFixture {
protected:
    const Principal drafter_ = someone("state:CL", {"drafter"}), other_ = someone("state:PE", {"drafter"});

    Json item(const std::string& narrative, const Json& changes = Json::object())
    {
        auto report = a_report();
        report["narrative"] = narrative;
        report.update(changes);
        return {{"report", std::move(report)}};
    }
    Json items(std::size_t count)
    {
        auto all = Json::array();
        for (std::size_t i = 0; i < count; ++i)
            all.push_back(item("Item " + std::to_string(i)));
        return all;
    }
    Batch batch_of(const Json& items, bool is_atomic)
    {
        auto batch = service::read_batch(items.dump(), BatchForm::array, ItemKind::report, now()).value();
        batch.goal = service::BatchGoal::submit;
        batch.atomic = is_atomic;
        return batch;
    }
    Batch judged(const Json& items, bool is_atomic = false)
    {
        auto batch = batch_of(items, is_atomic);
        EXPECT_TRUE(judge(batch).has_value());
        return batch;
    }
    domain::Result<void> judge(Batch& batch)
    {
        return read([&](Connection& db) { return service::judge_batch(db, drafter_, batch); });
    }
    service::Outcome next_part(Batch& batch)
    {
        return write([&](Transaction& t) { return service::carry_out_batch(t, drafter_, batch, at_once); }).value();
    }
    bool is_unfinished(const std::string& id)
    {
        return read([&](Connection& db) { return service::is_batch_unfinished(db, drafter_, id); });
    }
    Json content(const std::string& id)
    {
        return read([&](Connection& db) { return service::get_batch(portal(), db, drafter_, id).value().content; });
    }
    std::set<std::string> reports_of(const Json& content)
    {
        std::set<std::string> ids;
        for (const auto& one : content.at("items"))
            ids.insert(one.at("subject").at("id").get<std::string>());
        return ids;
    }
};

TEST_F(Batches, APartEndsWhenItsTimeIsOverAndHasAtLeastOneItem)
{
    auto batch = judged(items(3));
    const auto first = next_part(batch);
    EXPECT_TRUE(first.is_unfinished);
    EXPECT_TRUE(is_unfinished(first.id));
    EXPECT_EQ(content(first.id)["accepted"], 1);
    EXPECT_EQ(content(first.id)["waiting"], 2);
    EXPECT_TRUE(next_part(batch).is_unfinished);
    const auto last = next_part(batch);
    EXPECT_EQ(last.id, first.id);
    EXPECT_FALSE(last.is_unfinished);
    EXPECT_FALSE(is_unfinished(first.id));
    EXPECT_EQ(content(first.id)["accepted"], 3);
    EXPECT_EQ(content(first.id)["waiting"], 0);
}

TEST_F(Batches, WhoeverWritesBetweenTwoPartsHasTheNumbersBetween)
{
    auto batch = judged(items(2));
    next_part(batch);
    const auto theirs = submitted(other_, drafted(other_, a_report()));
    const auto id = next_part(batch).id;
    const auto parts = content(id).at("items");
    const auto number = [&parts](std::size_t item) { return parts[item]["receipts"][0]["receipt"]["index"].get<Seq>(); };
    EXPECT_LT(number(0), theirs);
    EXPECT_GT(number(1), theirs);
}

TEST_F(Batches, AfterAFallItGoesOnWithTheFirstItemThatHasNoResult)
{
    const auto sent = items(4);
    std::string id;
    {
        auto batch = judged(sent);
        id = next_part(batch).id;
        next_part(batch);
    }
    const auto done = reports_of(content(id));
    auto again = judged(sent);
    read([&](Connection& db) {
        service::go_on_with_batch(db, id, again);
        return true;
    });
    EXPECT_EQ(again.next, 2);
    while (next_part(again).is_unfinished) {
    }
    const auto whole = content(id);
    EXPECT_EQ(whole["accepted"], 4);
    const auto all = reports_of(whole);
    EXPECT_EQ(all.size(), 4) << "each item is a report of its own, and none is done twice";
    for (const auto& one : done)
        EXPECT_TRUE(all.contains(one)) << "what was accepted stays";
    for (std::size_t i = 0; i < 4; ++i)
        EXPECT_EQ(whole["items"][i]["item"], i + 1);
}

TEST_F(Batches, APartThatIsNotCommittedLeavesNoTrace)
{
    auto batch = judged(items(2));
    const auto before = size();
    std::string id;
    database().writer().run([&](Transaction& t) {
        id = service::carry_out_batch(t, drafter_, batch, at_once).value().id;
        return false;
    });
    EXPECT_EQ(size(), before);
    EXPECT_FALSE(is_unfinished(id));
    EXPECT_FALSE(read([&](Connection& db) { return service::get_batch(portal(), db, drafter_, id).has_value(); }));
}

TEST_F(Batches, OnlyItsAccountMayGoOnWithIt)
{
    auto batch = judged(items(2));
    const auto id = next_part(batch).id;
    EXPECT_FALSE(read([&](Connection& db) { return service::is_batch_unfinished(db, other_, id); }));
}

TEST_F(Batches, AnAtomicOneIsCarriedOutInOnePartHoweverLongItTakes)
{
    auto batch = judged(items(5), true);
    const auto outcome = next_part(batch);
    EXPECT_FALSE(outcome.is_unfinished);
    EXPECT_EQ(content(outcome.id)["accepted"], 5);
}

TEST_F(Batches, AnAtomicOneThatWouldHoldUpTheWriterIsRefusedWithTheWayOut)
{
    auto many = batch_of(items(service::max_atomic_items + 1), true);
    const auto refused = judge(many);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().violations.front().pointer, "query:mode");
    EXPECT_EQ(refused.error().violations.front().rule, Rule::too_many_for_atomic);
    many.atomic = false;
    EXPECT_TRUE(judge(many));

    auto long_ones = Json::array();
    for (std::size_t bytes = 0; bytes <= service::max_atomic_bytes; bytes += 20'000)
        long_ones.push_back(item(std::string(20'000, 'x')));
    auto large = batch_of(long_ones, true);
    EXPECT_FALSE(judge(large));
    auto one = batch_of(Json::array({item(std::string(20'000, 'x'))}), true);
    EXPECT_TRUE(judge(one)) << "alone an item costs no more than sent by itself";
}

TEST_F(Batches, NothingIsCarriedOutThatNobodyHasJudged)
{
    auto batch = batch_of(items(1), false);
    EXPECT_THROW(write([&](Transaction& t) { return service::carry_out_batch(t, drafter_, batch); }), std::logic_error);
}

TEST_F(Batches, WhatTheReadingRefusesIsJudgedWholeBeforeTheWriterAndHeldNoLonger)
{
    const auto batch = judged(Json::array({item("x", {{"status", "finished"}, {"measure", "OAS-CBM-99"}}), item("y")}));
    std::set<std::string> places;
    for (const auto& fault : batch.items[0].faults)
        places.insert(fault.pointer);
    EXPECT_EQ(places, (std::set<std::string>{"item:1/report/measure", "item:1/report/status"}));
    EXPECT_TRUE(batch.items[0].text.empty());
    EXPECT_TRUE(batch.items[0].violations.empty());
    EXPECT_TRUE(batch.items[1].faults.empty());
    EXPECT_EQ(batch.items[1].body.at("narrative"), "y") << "the writer parses nothing";
}

TEST_F(Batches, HoweverMuchIsWrongTheListOfFaultsIsBounded)
{
    auto evidence = Json::array(), all = Json::array();
    for (int i = 0; i < 40; ++i)
        evidence.push_back(Json::object());
    auto strange = item("x", {{"evidence", evidence}});
    for (int i = 0; i < 200; ++i)
        strange["report"]["unknown" + std::to_string(i)] = i;
    for (std::size_t i = 0; i < service::max_batch_items; ++i)
        all.push_back(strange);
    const auto batch = judged(all);
    std::size_t faults = 0;
    for (const auto& one : batch.items) {
        EXPECT_FALSE(one.faults.empty());
        EXPECT_LE(one.faults.size(), domain::max_violations_of_item + 1);
        faults += one.faults.size();
    }
    EXPECT_LE(faults, domain::max_violations_of_batch + domain::max_violations_of_item + 2 * service::max_batch_items);
}

}  // namespace
}  // namespace cbmx::test
