// From a note verbale to the first official's first request, in a portal that is no demonstration: over the network and by the command
// line's own code. The rules one by one: unit/service/proposals/founding_test.cpp.
#include "integration/proofs.hpp"
#include "operation/data_directory.hpp"
#include "operation/founding_command.hpp"
#include "support/foundings.hpp"

namespace cbmx::test {
namespace {

using Json = nlohmann::json;

// What the portal was made with.
bool is_of_registry(const std::string& kind) { return kind == "state" || kind == "document"; }

class Founding : public Portal {
protected:
    Founding() { options.demo = false; }

    // `cbmx founding confirm`: what it shows of each official.
    Json confirmed_on_the_machine(const std::string& proposal, const Json& decision)
    {
        const auto apply = [&](const Json& command) { return ask_running_server(socket_path(portal().config()), command).value(); };
        const auto document = base::from_base64(decision.at("file").at("content").get<std::string>()).value();
        const auto answer = confirm_founding({.proposal = proposal, .document = document, .fingerprints = {}}, seeded_random(7), apply);
        EXPECT_EQ(answer.at("ok"), true) << answer;
        return answer.at("result").value("officials", Json::array());
    }
    Reply use(const std::string& enrolment, const std::string& code, const std::string& token)
    {
        return as(anyone()).post("/v1/enrolments/" + enrolment + "/use", {{"code", code}, {"token_sha256", base::hex(base::sha256(token))}},
                                 {{"If-Match", ""}});
    }
    Reply asked(const std::string& token, const std::string& path) { return as(anyone()).get(path, bearing(token)); }
};

TEST_F(Founding, FromTheNoteToTheFirstOfficialsFirstRequest)
{
    const std::string second_officials_half = "2345ABCDEFGH";
    const auto body = a_founding("JM", {an_official(), an_official({{"name", "Marcus Brown"},
                                                                    {"roles", {"approver", "drafter"}},
                                                                    {"code_sha256", base::hex(base::sha256(second_officials_half))}})});
    const auto proposal = as(secretariat()).post("/v1/proposals", body).is(201).has_receipt().created_id();
    as(secretariat()).post("/v1/proposals/" + proposal + "/confirm", {{"sha256", hash_of(body["decision"])}}).is_problem(403, "forbidden");
    const auto officials = confirmed_on_the_machine(proposal, body["decision"]);
    ASSERT_EQ(officials.size(), 2U);

    // The secretariat's reply to the mission says which enrolment is whose.
    const auto told = as(secretariat()).get("/v1/proposals/" + proposal).is(200);
    const auto named = told.json()["content"]["body"]["officials"];
    EXPECT_EQ(named[0]["enrolment"], officials[0]["enrolment"]);
    EXPECT_EQ(told.body().find(officials[0]["second_half"].get<std::string>().substr(0, 4)), std::string::npos);

    const auto token = portal().new_token();
    const auto enrolment = named[0]["enrolment"].get<std::string>(), read_out = officials[0]["second_half"].get<std::string>();
    use(enrolment, first_half + first_half, token).is_problem(403, "not-eligible").has_error("/code", "wrong_code");
    use(enrolment, "ABCD EFGH 2345 " + read_out, token).is(201);
    const auto me = asked(token, "/v1/me").is(200).json();
    EXPECT_EQ(me["home"], "state:JM");
    EXPECT_EQ(me["roles"], Json::array({"nominator"}));
    const auto account = asked(token, "/v1/accounts/" + me["account"].get<std::string>()).is(200).json()["content"];
    EXPECT_EQ(account["authority_note"], (Json{{"number", body["decision"]["number"]}, {"date", body["decision"]["date"]}}));

    // All of it is told to the State, with who acted, and by which note.
    const Json by_note{{"by", "note_verbale"}, {"date", body["decision"]["date"]}, {"number", body["decision"]["number"]}};
    std::vector<std::string> kinds;
    const auto changes = asked(token, "/v1/changes?limit=1000").is(200).json();
    for (const auto& item : changes.at("items"))
        if (item["entry"]["state"] == "JM" && !is_of_registry(item["entry"]["subject"]["kind"])) {
            kinds.push_back(item["entry"]["kind"].get<std::string>() + " by " + item["entry"]["actor"]["role"].get<std::string>());
            ASSERT_TRUE(item["opening"].is_object()) << item;
            EXPECT_EQ(item["opening"].value("authority", Json()), item["entry"]["actor"]["role"] == "nominator" ? by_note : Json());
        }
    const std::vector<std::string> expected{
        "proposal_made by secretariat",    "account_created by operator", "enrolment_made by operator",
        "account_created by operator",     "enrolment_made by operator",  "proposal_confirmed by operator",
        "credential_offered by nominator", "enrolment_used by nominator", "credential_proven by nominator"};
    EXPECT_EQ(kinds, expected);

    const auto other = portal().new_token();
    use(named[1]["enrolment"], second_officials_half + officials[1]["second_half"].get<std::string>(), other).is(201);
    EXPECT_EQ(asked(other, "/v1/me").json()["roles"], Json::array({"approver", "drafter"}));
    as(secretariat()).post("/v1/proposals", a_founding("JM", {an_official()}, "NV 13/2026")).is_problem(409, "conflict");
}

TEST_F(Founding, TheMachineMakesNobodyOfAStateBesideIt)
{
    const Json command{{"command", "account create"}, {"home", "state:JM"}, {"name", "Desk"}, {"roles", {"approver"}}};
    const auto refused = ask_running_server(socket_path(portal().config()), command).value();
    EXPECT_EQ(refused["problem"]["errors"][0]["code"], "founded_by_note");
    EXPECT_FALSE(refused["problem"]["errors"][0]["detail"].get<std::string>().empty());
}

}  // namespace
}  // namespace cbmx::test
