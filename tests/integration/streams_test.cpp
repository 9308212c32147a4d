// The feed for those who wait: long polling and server-sent events. Each change once, in order, also to a reader that is cut
// off; rights are judged again at every event.
#include "service/log/changes.hpp"
#include "service/log/feed_waiters.hpp"
#include "support/event_reader.hpp"
#include "support/waiting.hpp"
#include <algorithm>
#include <chrono>
#include <future>
#include <random>
#include <thread>

namespace cbmx::test {
namespace {

using Json = nlohmann::json;
using namespace std::chrono_literals;

class Streams : public Portal {
protected:
    std::int64_t last_seq(const Who& who)
    {
        std::int64_t last = -1;
        for (auto page = as(who).get("/v1/changes?limit=1000").is(200).json(); !page["items"].empty();
             page = as(who).get("/v1/changes?limit=1000&after=" + std::to_string(last)).is(200).json())
            last = page["items"].back()["seq"].get<std::int64_t>();
        return last;
    }
    std::vector<std::int64_t> seqs_after(const Who& who, std::int64_t after)
    {
        std::vector<std::int64_t> seqs;
        for (;;) {
            const auto page = as(who).get("/v1/changes?limit=1000" + (after < 0 ? "" : "&after=" + std::to_string(after))).is(200).json();
            if (page["items"].empty())
                return seqs;
            for (const auto& item : page["items"])
                seqs.push_back(item["seq"].get<std::int64_t>());
            after = seqs.back();
        }
    }
    // A question from a connection of its own, which waits while the test goes on.
    static RawResponse ask(std::uint16_t port, const std::string& token, const std::string& path)
    {
        RawClient client({.port = port, .ca_file = development_certificates() / "ca.crt", .timeout_ms = 30'000});
        const auto answer = client.exchange("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token + "\r\n\r\n");
        return answer.value_or(RawResponse{});
    }
    std::future<RawResponse> waiting(const Who& who, const std::string& path)
    {
        return std::async(std::launch::async, ask, portal().app().port(), portal().token_of(who), path);
    }
    void append_of_another_state(std::int64_t entries)
    {
        const auto end = portal().app().portal().database.writer().run([entries](store::Transaction& transaction) {
            for (std::int64_t i = 0; i < entries; ++i)
                transaction.append(domain::machine_operator(), {.kind = domain::EventKind::account_changed,
                                                                .subject = "of another State",
                                                                .home = domain::Home::from("state:CL"),
                                                                .acting_role = domain::ActingRole::of_operator(),
                                                                .version = 2 + i,
                                                                .content = "{}"});
            return true;
        });
        ASSERT_EQ(end, store::WriteEnd::decided);
    }
    void until_parked(std::size_t readers)
    {
        const auto& waiters = *portal().app().portal().feed_waiters;
        ASSERT_TRUE(comes_true([&] { return waiters.waiting() == readers; })) << waiters.waiting();
    }
};

TEST_F(Streams, ALongPollIsAnsweredAsSoonAsThereIsSomethingNew)
{
    const auto after = last_seq(drafter_of("CL"));
    auto answer = waiting(drafter_of("CL"), "/v1/changes?wait=25&after=" + std::to_string(after));
    until_parked(1);
    portal().published("CL");
    const auto page = Json::parse(answer.get().body);
    ASSERT_FALSE(page["items"].empty());
    EXPECT_GT(page["items"][0]["seq"].get<std::int64_t>(), after);
}

TEST_F(Streams, ALongPollThatSeesNothingEndsWithAnEmptyPage)
{
    const auto after = last_seq(drafter_of("CL"));
    const auto begun = std::chrono::steady_clock::now();
    const auto page = as(drafter_of("CL")).get("/v1/changes?wait=1&after=" + std::to_string(after)).is(200).json();
    EXPECT_TRUE(page["items"].empty());
    EXPECT_GE(std::chrono::steady_clock::now() - begun, 1s);
}

TEST_F(Streams, ALongPollDoesNotEndForWhatIsHiddenFromItsReader)
{
    as(drafter_of("PE")).get("/v1/me").is(200);
    const auto after = last_seq(drafter_of("PE"));
    auto answer = waiting(drafter_of("PE"), "/v1/changes?wait=2&after=" + std::to_string(after));
    until_parked(1);
    portal().published("CL", a_report({{"label", "TLP:AMBER+STRICT"}}));
    EXPECT_EQ(Json::parse(answer.get().body)["items"], Json::array());
}

// More entries of another State than are passed over at once, none of which is published yet.
TEST_F(Streams, WhetherALongPollWaitsDoesNotTellHowLongTheLogIs)
{
    options.log_at_once = false;
    const auto after = last_seq(drafter_of("PE"));
    append_of_another_state(service::max_scanned_entries + 10);
    auto answer = waiting(drafter_of("PE"), "/v1/changes?wait=2&after=" + std::to_string(after));
    until_parked(1);
    EXPECT_TRUE(Json::parse(answer.get().body)["items"].empty());
}

// Neither by them nor by what it has looked at already: it goes on behind them.
TEST_F(Streams, ALongPollIsAnsweredBehindMoreEntriesOfOthersThanArePassedOverAtOnce)
{
    options.log_at_once = false;
    const auto after = last_seq(drafter_of("PE"));
    append_of_another_state(service::max_scanned_entries + 10);
    auto answer = waiting(drafter_of("PE"), "/v1/changes?wait=25&after=" + std::to_string(after));
    until_parked(1);
    const auto begun = std::chrono::steady_clock::now();
    portal().published("PE");
    const auto items = Json::parse(answer.get().body)["items"];
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 10s);
    ASSERT_FALSE(items.empty());
    EXPECT_EQ(items[0]["entry"]["state"], "PE");
}

TEST_F(Streams, ALongPollThatLosesItsRightsMeanwhileIsRefused)
{
    as(nominator_of("CL")).get("/v1/me").is(200);
    const auto after = last_seq(drafter_of("CL", "second"));
    auto answer = waiting(drafter_of("CL", "second"), "/v1/changes?wait=25&after=" + std::to_string(after));
    until_parked(1);
    const auto id = portal().account_of(drafter_of("CL", "second"));  // made before
    as(nominator_of("CL")).patch("/v1/accounts/" + id, {{"status", "disabled"}}).is(200);
    EXPECT_EQ(answer.get().status, 401);
}

TEST_F(Streams, ALongPollWhoseClientHasGoneIsLetGoAtOnce)
{
    const auto after = last_seq(drafter_of("CL"));
    const auto begun = std::chrono::steady_clock::now();
    {
        RawClient client({.port = portal().app().port(), .ca_file = development_certificates() / "ca.crt"});
        std::string request("GET /v1/changes?wait=25&after=");
        request.append(std::to_string(after)).append(" HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ");
        request.append(portal().token_of(drafter_of("CL"))).append("\r\n\r\n");
        ASSERT_TRUE(client.send(request));
        until_parked(1);
    }
    until_parked(0);
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 10s) << "and not when its time is over";
}

TEST_F(Streams, APortalThatStopsAnswersThoseWhoWait)
{
    const auto after = last_seq(drafter_of("CL"));
    auto answer = waiting(drafter_of("CL"), "/v1/changes?wait=25&after=" + std::to_string(after));
    until_parked(1);
    EventReader reader(portal(), drafter_of("CL"), "/v1/changes?after=" + std::to_string(after));
    ASSERT_EQ(reader.status(), 200);
    const auto begun = std::chrono::steady_clock::now();
    portal().restart();
    EXPECT_EQ(answer.get().status, 200);
    while (reader.next()) {
    }
    EXPECT_TRUE(reader.ended()) << "a stream that ends with the portal ends in good order";
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 10s);
}

TEST_F(Streams, WaitIsAtMost25Seconds)
{
    as(anyone()).get("/v1/changes?wait=26").is_problem(400, "invalid-parameter").has_error("query:wait", "above_maximum");
    as(anyone()).get("/v1/changes?wait=-1").is_problem(400, "invalid-parameter").has_error("query:wait", "below_minimum");
}

TEST_F(Streams, EventsCarryTheSameItemsAsPages)
{
    portal().published("CL");
    const auto page = as(drafter_of("CL")).get("/v1/changes?limit=1000").is(200).json();
    EventReader reader(portal(), drafter_of("CL"), "/v1/changes");
    ASSERT_EQ(reader.status(), 200);
    EXPECT_EQ(reader.head()->field("Content-Type"), "text/event-stream");
    EXPECT_EQ(reader.head()->field("Cache-Control"), "no-store");
    for (const auto& item : page["items"]) {
        const auto event = reader.next("change");
        ASSERT_TRUE(event);
        EXPECT_EQ(event->id, item["seq"].dump());
        EXPECT_EQ(event->data, item);
    }
}

TEST_F(Streams, AnEventComesAsSoonAsItsChangeIsCommitted)
{
    EventReader reader(portal(), drafter_of("CL"), "/v1/changes?after=" + std::to_string(last_seq(drafter_of("CL"))));
    ASSERT_EQ(reader.status(), 200);
    const auto id = portal().submitted("CL");
    const auto event = reader.next("change");
    ASSERT_TRUE(event);
    EXPECT_EQ(event->data["entry"]["subject"]["id"], id);
}

TEST_F(Streams, WhoLosesSightOfARecordGetsATombstone)
{
    const auto id = portal().published("CL", a_report({{"label", "TLP:GREEN"}}));
    as(drafter_of("PE")).get(path_of(id)).is(200);
    EventReader reader(portal(), drafter_of("PE"), "/v1/changes?after=" + std::to_string(last_seq(drafter_of("PE"))));
    as(approver_of("CL")).post(path_of(id, "label"), {{"label", "TLP:AMBER"}}).is(200);
    const auto event = reader.next("change");
    ASSERT_TRUE(event);
    EXPECT_EQ(event->data["tombstone"], true);
    EXPECT_EQ(event->data["subject"]["id"], id);
}

TEST_F(Streams, AReaderThatComesAgainGoesOnAfterItsLastEvent)
{
    portal().published("CL");
    const auto all = seqs_after(drafter_of("CL"), -1);
    const auto middle = all[all.size() / 2];
    EventReader reader(portal(), drafter_of("CL"), "/v1/changes?after=0", {{"Last-Event-ID", std::to_string(middle)}});
    const auto event = reader.next("change");
    ASSERT_TRUE(event);
    EXPECT_EQ(event->data["seq"].get<std::int64_t>(), *std::upper_bound(all.begin(), all.end(), middle))
        << "Last-Event-ID goes before after";
    as(anyone())
        .get("/v1/changes", {{"Last-Event-ID", "seven"}})
        .is_problem(400, "bad-request")
        .has_error("header:Last-Event-ID", "wrong_type");
}

TEST_F(Streams, AStreamEndsWhenItsReadersRightsEnd)
{
    EventReader reader(portal(), drafter_of("CL", "second"), "/v1/changes?after=" + std::to_string(last_seq(drafter_of("CL", "second"))));
    ASSERT_EQ(reader.status(), 200);
    as(nominator_of("CL")).patch("/v1/accounts/" + portal().account_of(drafter_of("CL", "second")), {{"status", "disabled"}}).is(200);
    const auto event = reader.next("end");
    ASSERT_TRUE(event);
    EXPECT_EQ(event->data["type"], "/problems/invalid-credential");
    EXPECT_FALSE(reader.next());
    EXPECT_TRUE(reader.ended());
}

TEST_F(Streams, ACredentialHasAtMostTwoStreamsAtOnce)
{
    EventReader first(portal(), drafter_of("CL"), "/v1/changes");
    {
        EventReader second(portal(), drafter_of("CL"), "/v1/changes");
        EXPECT_EQ(second.status(), 200);
        EventReader third(portal(), drafter_of("CL"), "/v1/changes");
        EXPECT_EQ(third.status(), 429);
        EventReader of_another(portal(), drafter_of("PE"), "/v1/changes");
        EXPECT_EQ(of_another.status(), 200);
    }
    EventReader again(portal(), approver_of("CL"), "/v1/changes");
    EXPECT_EQ(again.status(), 200);
}

TEST_F(Streams, AStreamThatIsGoneGivesItsPlaceBack)
{
    auto first = std::make_unique<EventReader>(portal(), drafter_of("CL"), "/v1/changes");
    auto second = std::make_unique<EventReader>(portal(), drafter_of("CL"), "/v1/changes");
    const auto& waiting = *portal().app().portal().feed_waiters;
    ASSERT_EQ(waiting.streams(), 2);
    first.reset();
    second.reset();
    for (int i = 0; i < 200 && waiting.streams() > 0; ++i)  // noticed at once, not with the next heartbeat
        std::this_thread::sleep_for(10ms);
    EXPECT_EQ(waiting.streams(), 0);
}

TEST_F(Streams, HeadOfAStreamIsItsHeadAlone)
{
    const auto reply = as(drafter_of("CL")).send("HEAD", "/v1/changes", "", {{"Accept", "text/event-stream"}});
    EXPECT_EQ(reply.status(), 200);
    EXPECT_EQ(reply.field("Content-Type"), "text/event-stream");
    as(drafter_of("CL")).get("/v1/me").is(200);
    EXPECT_EQ(portal().app().portal().feed_waiters->streams(), 0);
}

// Ten thousand changes in one transaction, two readers that are cut off at random: the one comes again with Last-Event-ID,
// the other asks for pages and loses answers.
TEST_F(Streams, TenThousandChangesOfOneTransactionComeOnceAndInOrderToReadersThatAreCutOff)
{
    constexpr int changes = 10'000;
    const auto before = last_seq(reviewer());
    EventReader early(portal(), reviewer(), "/v1/changes?after=" + std::to_string(before));
    const auto end = portal().app().portal().database.writer().run([](store::Transaction& transaction) {
        for (int i = 0; i < changes; ++i)
            transaction.append(domain::machine_operator(), {.kind = domain::EventKind::portal_changed,
                                                            .subject = "portal",
                                                            .acting_role = domain::ActingRole::of_operator(),
                                                            .version = 2 + i,
                                                            .content = "{}"});
        return true;
    });
    ASSERT_EQ(end, store::WriteEnd::decided);

    std::mt19937 dice(7);
    std::vector<std::int64_t> seen;
    int connections = 0;
    for (auto* reader = &early; static_cast<int>(seen.size()) < changes; ++connections) {
        auto lasts = std::uniform_int_distribution<int>(1, 1500)(dice);
        std::unique_ptr<EventReader> again;
        if (connections > 0) {
            again = std::make_unique<EventReader>(portal(), reviewer(), "/v1/changes",
                                                  Fields{{"Last-Event-ID", std::to_string(seen.empty() ? before : seen.back())}});
            for (int tries = 0; again->status() == 429 && tries < 100;
                 ++tries) {  // the server has not yet noticed that the last one is gone
                std::this_thread::sleep_for(20ms);
                again = std::make_unique<EventReader>(portal(), reviewer(), "/v1/changes",
                                                      Fields{{"Last-Event-ID", std::to_string(seen.back())}});
            }
            ASSERT_EQ(again->status(), 200);
            reader = again.get();
        }
        for (; lasts > 0 && static_cast<int>(seen.size()) < changes; --lasts) {
            const auto event = reader->next("change");
            ASSERT_TRUE(event);
            seen.push_back(event->data["seq"].get<std::int64_t>());
        }
        reader->cut_off();
    }
    EXPECT_GT(connections, 5);
    std::vector<std::int64_t> expected;
    for (int i = 1; i <= changes; ++i)
        expected.push_back(before + i);
    EXPECT_EQ(seen, expected);
    EXPECT_EQ(seqs_after(reviewer(), before), expected);
}

}  // namespace
}  // namespace cbmx::test
