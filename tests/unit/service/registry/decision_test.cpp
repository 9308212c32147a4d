// What decided a change of the registry is cited with its document, and the document is the one that the hash names.
#include "json/schema.hpp"
#include "service/registry/decision.hpp"
#include "support/decisions.hpp"
#include "support/service_fixture.hpp"

namespace cbmx {
namespace {

using domain::Rule;
using nlohmann::json;
using test::a_decision;
using test::refusal;

class Decisions : public test::ServiceFixture {
protected:
    domain::Result<service::CitedDecision> read_one(const json& given) { return service::read_decision(given, "/decision", now()); }
};

TEST_F(Decisions, IsKeptAsItsCitationAndItsDocumentUnderTheHash)
{
    const auto given = a_decision("CICTE/RES.1/26", "resolution");
    const auto decision = read_one(given);
    ASSERT_TRUE(decision);
    EXPECT_EQ(decision->cited, (json{{"kind", "resolution"},
                                     {"number", "CICTE/RES.1/26"},
                                     {"date", "2026-01-02"},
                                     {"file",
                                      {{"name", "decision.pdf"},
                                       {"media_type", "application/pdf"},
                                       {"bytes", decision->file.bytes.size()},
                                       {"sha256", test::hash_of(given)}}}}));
    for (int twice = 0; twice < 2; ++twice)
        ASSERT_TRUE(write([&](store::Transaction& transaction) -> domain::Result<bool> {
            service::keep_decision_file(transaction, *decision);
            return true;
        }));
    const auto kept = read([&](store::Connection& db) { return service::get_decision_file(db, test::hash_of(given)); });
    ASSERT_TRUE(kept);
    EXPECT_EQ(kept->bytes, decision->file.bytes);
    EXPECT_EQ(kept->media_type, "application/pdf");
    EXPECT_EQ(refusal(read([&](store::Connection& db) { return service::get_decision_file(db, "none"); })).code,
              domain::ErrorCode::not_found);
}

TEST_F(Decisions, ADocumentThatIsNotTheOneOfTheHashIsRefused)
{
    auto given = a_decision();
    given["file"]["sha256"] = test::hash_of(a_decision("another"));
    EXPECT_TRUE(refusal(read_one(given)).names("/decision/file/sha256", Rule::invalid_value));
}

TEST_F(Decisions, ADocumentOfAnotherTypeOrATooLargeOneOrOneOfTheFutureIsRefused)
{
    auto text = a_decision();
    text["file"]["content"] = base::base64("a text");
    EXPECT_TRUE(refusal(read_one(text)).names("/decision/file/content", Rule::file_type));
    auto large = a_decision();
    large["file"]["content"] = base::base64("%PDF-" + std::string(service::max_note_file_bytes, ' '));
    EXPECT_TRUE(refusal(read_one(large)).names("/decision/file/content", Rule::too_long));
    EXPECT_TRUE(refusal(read_one(a_decision("1", "resolution", "2099-01-01"))).names("/decision/date", Rule::note_in_future));
}

TEST_F(Decisions, ANameIsNotAPath)
{
    auto given = a_decision();
    given["file"]["name"] = "../../etc/passwd";
    EXPECT_EQ(read_one(given).value().cited.at("file").at("name"), "passwd");
}

}  // namespace
}  // namespace cbmx
