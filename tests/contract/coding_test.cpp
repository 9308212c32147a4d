// Compressed answers over the wire: what everyone may read, in the coding that the client names, with an ETag for each; and nothing
// that was made for a credential.
#include "contract/route_walk.hpp"
#include "support/decoded.hpp"
#include <set>

namespace cbmx::test {
namespace {

class Compression : public Portal {
protected:
    RawResponse ask(const std::string& method, const std::string& target, const Fields& fields)
    {
        std::string request = method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n";
        for (const auto& [name, value] : fields)
            request += name + ": " + value + "\r\n";
        return portal().exchange(request + "\r\n", method == "HEAD");
    }
    std::string text_of(const RawResponse& response)
    {
        return decoded(response.field("Content-Encoding"), response.body).value_or("not in its coding");
    }
};

TEST_F(Compression, OfEmbeddedTextsAndOfKeptAnswersIsTheSameText)
{
    for (int i = 0; i < 3; ++i)
        portal().published("CL", a_report({{"narrative", std::string(2000, 'n')}}));
    for (const auto* target : {"/openapi.json", "/docs/reports", "/docs/style.css", "/problems", "/schemas", "/schemas/report.schema.json",
                               "/programs/verify_export.py", "/v1/reports"}) {
        const auto plain = ask("GET", target, {});
        ASSERT_EQ(plain.status, 200) << target;
        EXPECT_EQ(plain.field("Content-Encoding"), "") << target;
        EXPECT_NE(plain.field("Vary").find("Accept-Encoding"), std::string::npos) << target;
        std::set<std::string> tags{plain.field("ETag")};
        for (const std::string coding : {"gzip", "br"})
            for (int again = 0; again < 2; ++again) {
                const auto made = ask("GET", target, {{"Accept-Encoding", coding}});
                ASSERT_EQ(made.status, 200);
                EXPECT_EQ(made.field("Content-Encoding"), coding) << target;
                EXPECT_LT(made.body.size(), plain.body.size()) << target;
                EXPECT_EQ(text_of(made), plain.body) << target;
                EXPECT_EQ(made.field("Content-Type"), plain.field("Content-Type"));
                EXPECT_EQ(made.field("Cache-Control"), plain.field("Cache-Control"));
                tags.insert(made.field("ETag"));
                const auto head = ask("HEAD", target, {{"Accept-Encoding", coding}});
                for (const auto* field : {"Content-Encoding", "Content-Length", "ETag", "Vary"})
                    EXPECT_EQ(head.field(field), made.field(field)) << target << " " << field;
                EXPECT_EQ(ask("GET", target, {{"Accept-Encoding", coding}, {"If-None-Match", made.field("ETag")}}).status, 304);
                EXPECT_EQ(ask("GET", target, {{"Accept-Encoding", coding}, {"If-None-Match", plain.field("ETag")}}).status, 200)
                    << "that is another representation";
            }
        EXPECT_EQ(tags.size(), 3U) << target;
    }
}

TEST_F(Compression, OfAKeptAnswerIsNeverOlderThanWhatWasPublished)
{
    const Fields br{{"Accept-Encoding", "br"}};
    for (const std::string word : {"first", "second"}) {
        portal().published("CL", a_report({{"narrative", word + std::string(2000, 'n')}}));
        portal().advance(std::chrono::seconds(2));
        const auto list = ask("GET", "/v1/reports", br);
        EXPECT_EQ(list.field("Content-Encoding"), "br");
        EXPECT_NE(text_of(list).find(word), std::string::npos);
    }
}

// Its length would tell of what stands beside each other in it (BREACH).
TEST_F(Compression, OfNothingThatWasMadeForATokenOrACookie)
{
    portal().published("CL", a_report({{"narrative", std::string(2000, 'n')}}));
    for (const auto& route : api::routes()) {
        if (!is_read(route))
            continue;
        for (const auto& who : {drafter_of("CL"), secretariat(), auditor()}) {
            const auto made =
                ask("GET", target_of(route), {{"Accept-Encoding", "br, gzip"}, {"Authorization", "Bearer " + as(who).token()}});
            EXPECT_EQ(made.field("Content-Encoding"), "") << route.operation_id;
        }
        EXPECT_EQ(ask("GET", target_of(route), {{"Accept-Encoding", "br, gzip"}, {"Cookie", "session=1"}}).field("Content-Encoding"), "")
            << route.operation_id;
        const auto refused = ask("GET", target_of(route), {{"Accept-Encoding", "br, gzip"}, {"Authorization", "Bearer cbmx_wrong"}});
        EXPECT_EQ(refused.field("Content-Encoding"), "") << route.operation_id;
    }
}

TEST_F(Compression, OfWhatDependsOnMoreThanTheProgramAndThePublishedReportsThereIsNone)
{
    for (const auto& route : api::routes()) {
        if (!is_read(route) || route.embedded || route.kept_until_reports_change)
            continue;
        EXPECT_EQ(ask("GET", target_of(route), {{"Accept-Encoding", "br, gzip"}}).field("Content-Encoding"), "") << route.operation_id;
    }
}

}  // namespace
}  // namespace cbmx::test
