// What the command line asks for is judged as a body of the API is, and is never a crash. See server/operation/operator.hpp.
#include "operation/founding_command.hpp"
#include "operation/operator.hpp"
#include "support/foundings.hpp"
#include "support/service_fixture.hpp"
#include <limits>

namespace cbmx::test {
namespace {

using Json = nlohmann::json;

class Operator : public ServiceFixture {
protected:
    Json run(const Json& command) { return apply_command(portal(), command); }
    // "/roles/0 not_allowed_value /name forbidden_character": what the answer to a refused command names.
    std::string faults(const Json& command)
    {
        const auto answer = run(command);
        EXPECT_EQ(answer.at("ok"), false) << answer;
        std::string text;
        for (const auto& error : answer.at("problem").value("errors", Json::array()))
            text += (text.empty() ? "" : " ") + error.at("pointer").get<std::string>() + " " + error.at("code").get<std::string>();
        return text;
    }
    Json account_create() { return {{"command", "account create"}, {"home", "state:CL"}, {"name", "Desk"}, {"roles", {"drafter"}}}; }
    Json with(Json command, const char* member, const Json& value)
    {
        command[member] = value;
        return command;
    }
};

TEST_F(Operator, TheStatusErasedIsNotSetButComesOfErasing)
{
    const auto id = run(account_create()).at("result").at("id").get<std::string>();
    EXPECT_EQ(faults({{"command", "account status"}, {"id", id}, {"status", "erased"}}), "/status not_allowed_value");
    EXPECT_EQ(faults({{"command", "account erase"}, {"id", id}}), " not_now");
    EXPECT_EQ(run({{"command", "account status"}, {"id", id}, {"status", "disabled"}}).at("ok"), true);
    EXPECT_EQ(run({{"command", "account erase"}, {"id", id}}).at("ok"), true);
}

TEST_F(Operator, NamesLabelsRolesAndScopesKeepTheRulesOfTheApi)
{
    EXPECT_EQ(faults(with(account_create(), "name", "Desk\u202e")), "/name forbidden_character");
    EXPECT_EQ(faults(with(account_create(), "name", "")), "/name too_short");
    EXPECT_EQ(faults(with(account_create(), "roles", {"drafter", "king"})), "/roles/1 not_allowed_value");
    EXPECT_EQ(faults(with(account_create(), "roles", "drafter")), "/roles wrong_type");
    EXPECT_EQ(faults(with(account_create(), "home", "Chile")), "/home pattern");
    EXPECT_EQ(faults({{"command", "account create"}}), "/home required /name required /roles required");
    const Json token{{"command", "credential token"},
                     {"sha256", base::hex(base::sha256("a token"))},
                     {"account", account_of("state:CL", {"drafter"})},
                     {"label", "x"},
                     {"scopes", {"read"}},
                     {"days", 5}};
    EXPECT_EQ(run(token).at("ok"), true);
    EXPECT_EQ(faults(with(token, "label", "a\u200bb")), "/label forbidden_character");
    EXPECT_EQ(faults(with(token, "scopes", {"everything"})), "/scopes/0 not_allowed_value");
    EXPECT_EQ(faults(with(token, "days", 366)), "/days above_maximum");
    EXPECT_EQ(faults(with(token, "days", "many")), "/days wrong_type");
}

TEST_F(Operator, NothingThatItIsGivenMakesItThrow)
{
    const Json values{nullptr,
                      1,
                      1.5,
                      true,
                      "",
                      "\xff\xfe",
                      Json::array(),
                      Json::object(),
                      "00000000-0000-4000-8000-000000000000",
                      std::numeric_limits<std::uint64_t>::max()};
    const auto size = ledger_size();
    for (const auto& value : values) {
        EXPECT_EQ(run(value).at("ok"), false);
        EXPECT_EQ(run({{"command", value}}).at("ok"), false);
        for (const char* name : {"account create", "account status", "account erase", "credential token", "credential certificate",
                                 "credential revoke", "founding confirm", "import contacts", "import documents"}) {
            Json command{{"command", name}};
            for (const char* member : {"id", "home", "name", "roles", "status", "account", "label", "scopes", "days", "pem", "proposal",
                                       "sha256", "second_codes", "fingerprints", "csv", "dry_run"})
                command[member] = value;
            EXPECT_EQ(run(command).at("ok"), false) << name;
        }
    }
    EXPECT_EQ(ledger_size(), size);
}

TEST_F(Operator, AFoundingIsConfirmedByWholeHashes)
{
    EXPECT_EQ(faults({{"command", "founding confirm"},
                      {"proposal", "x"},
                      {"sha256", "12"},
                      {"second_codes", {"12", 3}},
                      {"fingerprints", base::hex(base::sha256("not in a list"))}}),
              "/proposal format /sha256 format /second_codes format /second_codes wrong_type /fingerprints wrong_type");
}

// The portal's process gets hashes; the halves are made, and shown, on the command line's side alone.
TEST_F(Operator, OfAFoundingTheCommandLineShowsTheSecondHalvesAndSendsTheirHashes)
{
    const auto secretariat = someone("office:secretariat", {"secretariat"});
    const auto pem = new_certificate("x", now() + std::chrono::days(9));
    const auto body = a_founding("PE", {an_official(), an_official({{"roles", {"drafter"}}, {"certificate", pem}})});
    const auto proposal = write([&](Transaction& t) { return propose_founding(t, secretariat, body); }).value().id;
    std::string sent;
    const auto apply = [&](const Json& command) {
        sent = command.dump();
        return run(command);
    };
    const auto document = base::from_base64(body["decision"]["file"]["content"].get<std::string>()).value();
    const auto confirmed =
        confirm_founding({proposal, document, {"2=" + base::hex(fingerprint_of(pem))}}, random(), apply).at("result").at("officials");
    ASSERT_EQ(confirmed.size(), 2U);
    EXPECT_EQ(confirmed[0]["telephone"], body["officials"][0]["telephone"]);
    EXPECT_EQ(confirmed[1]["enrolment"], nullptr);
    EXPECT_FALSE(confirmed[1].contains("second_half"));
    const auto half = confirmed[0]["second_half"].get<std::string>();
    EXPECT_EQ(half.size(), 14U) << "three groups of four: " << half;
    EXPECT_EQ(sent.find(half.substr(0, 4)), std::string::npos);
    const auto used = write([&](Transaction& t) {
        return service::use_enrolment(portal(), t, domain::EnrolmentId(confirmed[0]["enrolment"].get<std::string>()),
                                      {{"code", first_half + " " + half}, {"token_sha256", base::hex(base::sha256("cbmx_x"))}});
    });
    EXPECT_FALSE(used.value().refused.has_value());
    EXPECT_THROW(confirm_founding({proposal, document, {base::hex(fingerprint_of(pem))}}, random(), apply), std::runtime_error);
}

}  // namespace
}  // namespace cbmx::test
