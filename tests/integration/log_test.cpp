// The log: one JSON line per request, and no secret, no text, no address line in any of them (rules.md 17, 26).
#include "base/log.hpp"
#include "integration/proofs.hpp"
#include <sstream>

namespace cbmx::test {
namespace {

using Json = nlohmann::json;
using Log = Portal;

std::vector<Json> lines_of(const std::string& text)
{
    std::vector<Json> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) {
        lines.push_back(Json::parse(line, nullptr, false));
        EXPECT_TRUE(lines.back().is_object()) << line;
    }
    return lines;
}

std::size_t requests_in(const std::string& text)
{
    std::size_t count = 0;
    for (const auto& line : lines_of(text))
        count += line.value("event", "") == "request" ? 1 : 0;
    return count;
}

TEST_F(Log, EveryRequestIsOneLineWhateverIsInIt)
{
    const auto token = as(drafter_of("CL")).token();
    const auto before = requests_in(portal().log_text());
    as(drafter_of("CL")).get("/v1/reports");
    as(anyone()).get("/v1/nothing-here");
    as(anyone()).post("/v1/reports", a_report());  // 401; its If-Match comes from one GET less
    as(anyone()).get("/v1/reports", {{"User-Agent", "a\tb{\"event\":\"forged\"}"}});
    as(drafter_of("CL")).send("POST", "/v1/reports", "{\"narrative\":\"line\\nbreak\"", {{"Content-Type", "application/json"}});
    const auto text = portal().log_text();
    EXPECT_EQ(requests_in(text), before + 5);
    EXPECT_EQ(text.find("forged"), std::string::npos);
    const auto reply = as(anyone()).get("/v1/reports");
    EXPECT_NE(portal().log_text().find(reply.field("X-Request-Id")), std::string::npos);
    EXPECT_FALSE(reply.field("X-Request-Id").empty());
}

TEST_F(Log, NoSecretAndNoTextIsEverInIt)
{
    const std::string canary = "canary51c9";
    const auto drafter = as(drafter_of("CL"));
    const auto id = drafter
                        .post("/v1/reports", a_report({{"narrative", canary}, {"client_ref", canary}, {"tags", {canary}}}),
                              {{"Idempotency-Key", canary}})
                        .created_id();
    drafter.patch(path_of(id), {{"narrative", canary + std::string(5, '!')}, {"status", canary}}).is(422);
    drafter.post(path_of(id, "submit")).is(200);
    as(approver_of("CL")).post(path_of(id, "return"), {{"reason", canary}}).is(200);
    as(anyone()).get("/v1/reports?tag=" + canary).is(200);
    as(anyone()).get("/v1/reports?colour=" + canary).is(400);
    as(anyone()).get("/v1/" + canary).is(404);
    as(anyone())
        .get("/v1/reports",
             {{"Accept-Language", canary}, {"User-Agent", canary}, {"Cookie", "__Host-session=" + canary}, {"X-Request-Id", canary}})
        .is(200);
    as(anyone()).get("/v1/me", {{"Authorization", "Basic " + base::base64("user:" + canary)}}).is(401);
    as(anyone()).get("/v1/me", {{"Authorization", "Bearer " + canary}}).is(401);
    as(anyone()).send("POST", "/v1/reports", canary, {{"Content-Type", canary}});
    as(anyone()).send("GET", "/v1/../" + canary, "", {});
    const auto issued = portal().enrolled(nominator_of("CL"), drafter.account(), {{"label", canary}}).secret;
    as(anyone()).get("/v1/me", {{"Authorization", "Bearer " + issued}}).is(200);
    const auto text = portal().log_text();
    lines_of(text);
    EXPECT_EQ(text.find(canary), std::string::npos) << text.substr(text.find(canary) < 300 ? 0 : text.find(canary) - 300, 600);
    EXPECT_EQ(text.find(base::base64("user:" + canary)), std::string::npos);
    for (const auto& token : {issued, enrolment_code, drafter.token(), as(secretariat()).token()}) {
        EXPECT_EQ(text.find(token), std::string::npos);
        EXPECT_EQ(text.find(base::hex(base::sha256(token))), std::string::npos);
    }
    EXPECT_EQ(text.find("cbmx_"), std::string::npos);
}

TEST_F(Log, ASecretInAUrlIsRefusedAndNotLogged)
{
    const auto token = as(drafter_of("CL")).token();
    auto masked = token;
    masked.replace(4, 1, "%5F");
    for (const auto& path : {"/v1/reports?token=" + token, "/v1/" + token, "/v1/reports?tag=" + token, "/v1/reports?tag=" + masked,
                             "/v1/reports/" + masked, "/v1/reports?" + masked + "=1"})
        as(drafter_of("CL")).get(path).is_problem(400, "bad-request");
    const auto text = portal().log_text();
    EXPECT_EQ(text.find(token), std::string::npos);
    EXPECT_EQ(text.find(token.substr(5)), std::string::npos);
    EXPECT_EQ(text.find(masked), std::string::npos);
}

}  // namespace
}  // namespace cbmx::test
