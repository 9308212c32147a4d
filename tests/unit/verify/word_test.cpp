// A State's own word is the statement that its key signed, of this entry and of nothing else; without one it is said that the portal
// took it from an account.
#include "unit/verify/proven.hpp"
#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace cbmx::test {
namespace {

constexpr const char* report_id = "3f2c8f0a-5b1d-4c7e-9a51-0d6f4b7c2e11";

// The entry is made with the statement, so that the portal commits to it, whatever it says.
class StatesWord : public ::testing::Test {
protected:
    std::size_t publish(const Json& statement)
    {
        auto entry = log_.of("report_published", "report", report_id, 1);
        entry.revision = 1;
        entry.label = "TLP:GREEN";
        return log_.add(std::move(entry), "content", {{"state", "CL"}, {"narrative", "Demonstration."}}, {"members", "state:CL"},
                        statement);
    }
    std::string said(const Json& value, const service::StateKeys& known = {}) const
    {
        return service::judge_receipts(value.dump(), log_.log_keys(), known).summary();
    }
    std::string said_of(const Json& statement)
    {
        const auto number = publish(statement);
        return said(log_.receipted(number), log_.state_keys());
    }
    void speaks(const std::string& text, const std::string& words) const
    {
        EXPECT_NE(text.find("; " + words + ";"), std::string::npos) << text;
    }

    ProvenEntries log_;
    const Json as_it_is = Json::object();
};

TEST_F(StatesWord, IsSignedWithItsKey)
{
    const auto number = publish(as_it_is);
    speaks(said(log_.receipted(number), log_.state_keys()), "signed with a key of CL");
    const auto not_given = "signed with key " + log_.state_fingerprint() + " of CL, which you did not give";
    speaks(said(log_.receipted(number)), not_given);
    speaks(said(log_.receipted(number), log_.state_keys("PE")), not_given);
    speaks(said(log_.receipt(number)), "a statement of CL stands behind it, which is not shown");
}

TEST_F(StatesWord, WithoutAStatementIsThatOfAnAccount)
{
    speaks(said(log_.receipted(publish(nullptr)), log_.state_keys()), "accepted from an account of CL; not signed with a key of CL's");
}

// Each was replayed once: on other recipients, and on another report.
TEST_F(StatesWord, IsAboutThisEntryAndNoOther)
{
    const std::vector<std::pair<std::string, Json>> others{
        {"origin", "other.example/log"},
        {"kind", "report_withdrawn"},
        {"subject", {{"id", "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"}, {"kind", "report"}}},
        {"version", 2},
        {"content", salt_text("another content")},
        {"label", "TLP:CLEAR"},
        {"recipients", salt_text("other recipients")},
        {"time", "2026-11-30T12:00:01Z"},
        {"time", "2026-11-23T12:00:00Z"},
        {"time", "2026-02-30T12:00:00Z"}};
    for (const auto& [member, value] : others) {
        Json statement;
        statement[member] = value;
        EXPECT_EQ(said_of(statement), "NOT genuine: its statement is not about this entry: " + member + "\n") << value;
    }
    speaks(said_of({{"time", "2026-11-23T12:00:01Z"}}), "signed with a key of CL");
}

TEST_F(StatesWord, HasTheFormOfAStatement)
{
    const std::vector<std::pair<std::string, Json>> others{{"v", 2},
                                                           {"v", "1"},
                                                           {"note", "confirmed by the secretariat"},
                                                           {"time", "2026-11-30T12:00:00.000Z"},
                                                           {"key", std::string(64, 'A')},
                                                           {"key", "cl"},
                                                           {"content", "AAAA"},
                                                           {"subject", report_id},
                                                           {"recipients", nullptr},
                                                           {"kind", std::string(5000, 'k')}};
    for (const auto& [member, value] : others) {
        Json statement;
        statement[member] = value;
        EXPECT_EQ(said_of(statement), "NOT genuine: its statement has not the form of one\n") << member << " " << value;
    }
}

TEST_F(StatesWord, IsSignedByTheKeyThatItNames)
{
    const auto pem = pem_of(key_of_seed(7).public_key());
    const auto fingerprint = base::public_key_fingerprint(pem).value();
    const auto number = publish({{"key", base::hex(fingerprint)}});
    EXPECT_EQ(said(log_.receipted(number), {{"CL", pem, fingerprint}}), "NOT genuine: the signature of its statement is wrong\n");
    speaks(said(log_.receipted(number), log_.state_keys()), "signed with key " + base::hex(fingerprint) + " of CL, which you did not give");
}

TEST_F(StatesWord, IsWhatTheEntryCommitsTo)
{
    const auto number = publish(as_it_is), other = publish({{"time", "2026-11-29T12:00:00Z"}});
    const std::string changed = "NOT genuine: its statement is not the one that the entry commits to\n";
    auto value = log_.receipted(number);
    value["opening"]["statement"] = log_.opening(other).at("statement");
    EXPECT_EQ(said(value, log_.state_keys()), changed) << "that of another entry";
    for (const char* member : {"/opening/statement/salt", "/opening/statement/signature", "/opening/statement/statement/label"}) {
        value = log_.receipted(number);
        value[Json::json_pointer(member)] = salt_text("another");
        EXPECT_EQ(said(value, log_.state_keys()), changed) << member;
    }
    value = log_.receipted(number);
    value["opening"].erase("statement");
    EXPECT_EQ(said(value), "NOT genuine: its opening has not the form of one\n") << "left out";
}

// Who does not get the list of recipients learns nothing of it, and nothing is said of it.
TEST_F(StatesWord, IsCheckedAsFarAsTheReaderSees)
{
    auto value = log_.receipted(publish({{"recipients", salt_text("other recipients")}}));
    value["opening"].erase("recipients");
    speaks(said(value, log_.state_keys()), "signed with a key of CL");
    EXPECT_EQ(said(value, log_.state_keys()).find(", for "), std::string::npos);
}

TEST(StateKey, IsAStateAndOnePublicKeyInAFile)
{
    const auto directory = std::filesystem::path(::testing::TempDir()) / ("state-key-" + std::to_string(::getpid()));
    std::filesystem::create_directories(directory);
    const auto pem = pem_of(key_of_seed(2).public_key());
    const auto file = [&directory](const char* name, const std::string& text) {
        std::ofstream(directory / name) << text;
        return (directory / name).string();
    };
    const auto key = service::read_state_key("CL=" + file("one", pem));
    EXPECT_EQ(key.state, "CL");
    EXPECT_EQ(key.fingerprint, base::public_key_fingerprint(pem));
    const auto one = file("one", pem);
    for (const auto& wrong :
         {one, "cl=" + one, "CHL=" + one, "CL" + one, std::string("CL="), "CL=" + one + "x", "CL=" + file("two", pem + pem),
          "CL=" + file("none", "-----BEGIN PUBLIC KEY-----\n"), "CL=" + file("long", pem + std::string(100'000, '\n'))})
        EXPECT_THROW(service::read_state_key(wrong), std::runtime_error) << wrong;
    std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace cbmx::test
