// What the command line asks for is judged as a body of the API is, and is never a crash. See server/operation/operator.hpp.
#include "operation/operator.hpp"
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
                                 "credential revoke", "credential confirm", "import contacts", "import documents"}) {
            Json command{{"command", name}};
            for (const char* member : {"id", "home", "name", "roles", "status", "account", "label", "scopes", "days", "pem", "proposal",
                                       "fingerprint", "csv", "dry_run"})
                command[member] = value;
            EXPECT_EQ(run(command).at("ok"), false) << name;
        }
    }
    EXPECT_EQ(ledger_size(), size);
}

TEST_F(Operator, AFirstCredentialIsConfirmedByTheWholeFingerprint)
{
    EXPECT_EQ(faults({{"command", "credential confirm"}, {"proposal", "x"}, {"fingerprint", "12"}}),
              "/proposal format /fingerprint format");
}

}  // namespace
}  // namespace cbmx::test
