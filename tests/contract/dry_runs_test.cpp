// A dry run waits for no writer: each is answered while the writer is held, as it is answered otherwise.
#include "contract/route_walk.hpp"
#include "support/held_writer.hpp"
#include "support/state_client.hpp"
#include <re2/re2.h>
#include <set>

namespace cbmx::test {
namespace {

using nlohmann::json;

class DryRuns : public Portal {
protected:
    store::Writer& writer() { return portal().app().portal().database.writer(); }
    static json told(const Reply& reply)
    {
        auto body = reply.json();
        body.erase("instance");  // another one for each answer
        auto text = body.dump();
        static const RE2 moment(R"(\d{4}-\d{2}-\d{2}T[\d:.]+Z)");
        RE2::GlobalReplace(&text, moment, "...");  // what may be chosen goes with the clock
        return {{"status", reply.status()}, {"body", std::move(text)}};
    }
    std::uint64_t commits() { return writer().commits(); }
};

struct Asked {
    Who who;
    std::string method, target, body;
    Fields fields;
};

Fields typed(const std::string& type, const std::string& tag = "")
{
    return tag.empty() ? Fields{{"Content-Type", type}} : Fields{{"Content-Type", type}, {"If-Match", tag}};
}

// What each writing route answers somebody who may use it, about nothing that is there.
std::vector<Asked> walk()
{
    std::vector<Asked> list;
    for (const auto& route : api::routes())
        if (!is_read(route))
            list.push_back({somebody_for(route), method_of(route), with(target_of(route), "dry_run=true"),
                            route.request.empty() ? "" : example_for(route).dump(),
                            route.request.empty() ? Fields{{"If-Match", "\"0-\""}} : typed(media_type_of(route), "\"0-\"")});
    return list;
}

TEST_F(DryRuns, OfEveryWriteAreAnsweredWhileTheWriterIsHeld)
{
    auto asked = walk();
    ASSERT_GT(asked.size(), 40U);
    // And some that would be carried out.
    const auto draft = portal().draft("CL"), submitted = portal().submitted("CL"), published = portal().published("CL");
    const auto tag_of = [this](const Who& who, const std::string& path) { return as(who).get(path).is(200).field("ETag"); };
    const auto drafter = drafter_of("CL"), approver = approver_of("CL");
    const std::string type = "application/json", patch = "application/merge-patch+json";
    asked.push_back({drafter, "POST", "/v1/reports?dry_run=true", a_report().dump(), typed(type)});
    asked.push_back({drafter, "PATCH", path_of(draft, "draft?dry_run=true"), R"({"narrative":"Tried."})",
                     typed(patch, tag_of(drafter, path_of(draft, "draft")))});
    asked.push_back({drafter, "POST", path_of(draft, "submit?dry_run=true"), "", {{"If-Match", tag_of(drafter, path_of(draft))}}});
    asked.push_back(
        {approver, "POST", path_of(submitted, "publish?dry_run=true"), "", {{"If-Match", tag_of(approver, path_of(submitted))}}});
    asked.push_back({drafter, "POST", "/v1/batches?goal=submit&dry_run=true",
                     json::array({json{{"report", a_report()}}, json{{"report", a_report({{"measure", "OAS-CBM-99"}})}}}).dump(),
                     typed(type)});
    asked.push_back({nominator_of("CL"), "POST", "/v1/nominations?dry_run=true", a_nomination().dump(), typed(type)});
    StateClient client;
    portal().state_key("CL", body_of(brought(client.key())));
    asked.push_back({approver, "POST", path_of(submitted, "publish?dry_run=true"), client.asking(portal().now(), true).dump(),
                     typed(type, tag_of(approver, path_of(submitted)))});
    const auto ask = [this](const Asked& one) { return told(as(one.who).send(one.method, one.target, one.body, one.fields)); };
    for (const auto& one : asked)
        portal().token_of(one.who);  // all accounts are there, and the terms of offices that they hold
    std::vector<json> before;
    std::size_t would_be_done = 0;
    for (const auto& one : asked) {
        before.push_back(ask(one));
        would_be_done += before.back()["status"] == 200 ? 1U : 0U;
    }
    EXPECT_GE(would_be_done, 7U);

    const auto commits_before = commits();
    const HeldWriter held(writer());
    for (std::size_t i = 0; i < asked.size(); ++i)
        EXPECT_EQ(ask(asked[i]), before[i]) << asked[i].method << " " << asked[i].target;
    EXPECT_EQ(commits(), commits_before);
    as(approver).get(path_of(published)).is(200);
}

TEST_F(DryRuns, TwoAtOnceAreBothAnsweredAndOneAccountHasOneAtATime)
{
    portal().token_of(drafter_of("PE"));
    const auto request = [this](const Who& who) {
        const auto body = a_report().dump();
        return "POST /v1/reports?dry_run=true HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + portal().token_of(who) +
               "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    };
    std::vector<std::unique_ptr<RawClient>> clients;
    const auto asks = [&](const Who& who) {
        clients.push_back(
            std::make_unique<RawClient>(RawOptions{.port = portal().app().port(), .ca_file = development_certificates() / "ca.crt"}));
        ASSERT_TRUE(clients.back()->send(request(who)));
    };
    for (const auto& who : {drafter_of("CL"), drafter_of("PE"), drafter_of("CL"), drafter_of("PE")})
        asks(who);
    std::multiset<int> statuses;
    for (const auto& client : clients) {
        const auto answer = client->read();
        ASSERT_TRUE(answer);
        statuses.insert(answer->status);
    }
    EXPECT_GE(statuses.count(200), 2U);
    EXPECT_EQ(statuses.count(200) + statuses.count(429), 4U) << "one who has not waited for the answer is told so";
}

// Counted one by one, however many are asked at once: each dry run sees the one before it.
TEST_F(DryRuns, GuessNoCodeFasterThanTheyAreCounted)
{
    const auto enrolment =
        as(nominator_of("CL")).post("/v1/accounts/" + as(drafter_of("CL")).account() + "/credentials", an_enrolment()).created_id();
    const auto guess = [](const std::string& code) { return json{{"code", code}, {"token_sha256", std::string(64, 'a')}}.dump(); };
    const auto target = "/v1/enrolments/" + enrolment + "/use?dry_run=true";
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int i = 0; i < 8; ++i) {
        const auto body = guess("q1w2e3r4t5y6u7i8o9p0a1s2d" + std::to_string(i));
        clients.push_back(std::make_unique<RawClient>(RawOptions{.port = portal().app().port(),
                                                                 .ca_file = development_certificates() / "ca.crt",
                                                                 .source_address = "127.0.0." + std::to_string(i + 2)}));
        ASSERT_TRUE(clients.back()->send("POST " + target +
                                         " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: " +
                                         std::to_string(body.size()) + "\r\n\r\n" + body));
    }
    std::set<std::string> told;  // how many tries are left
    for (const auto& client : clients) {
        const auto answer = client->read();
        ASSERT_TRUE(answer);
        EXPECT_EQ(answer->status, 403);
        told.insert(json::parse(answer->body).at("errors").at(0).at("detail").get<std::string>());
    }
    EXPECT_EQ(told.size(), 5U) << "from four to none, each once before it is none";
    as(anyone()).send("POST", target, guess(enrolment_code), typed("application/json")).is_problem(409, "conflict");
}

TEST_F(DryRuns, AreRefusedWhereNothingIsWritten)
{
    portal().token_of(drafter_of("CL"));
    as(drafter_of("CL")).post("/v1/reports?dry_run=true", a_report()).is(200);
    writer().latch_read_only("a test says so");
    as(drafter_of("CL")).post("/v1/reports?dry_run=true", a_report()).is_problem(503, "read-only");
}

}  // namespace
}  // namespace cbmx::test
