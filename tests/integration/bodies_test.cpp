// Hostile bodies through the whole server: refused with their reason, and nothing is stored.
#include "api/pipeline.hpp"
#include "json/parse.hpp"
#include "support/portal.hpp"

namespace cbmx::test {
namespace {

constexpr std::size_t one_mebibyte = 1024 * 1024;

class Bodies : public Portal {
protected:
    Reply sent(const std::string& body, Fields fields = {{"Content-Type", "application/json"}})
    {
        return as(drafter_of("CL")).send("POST", "/v1/reports", body, fields);
    }
    std::string with(const std::string& members)
    {
        return R"({"measure":"OAS-CBM-1","period":"2025-2026","status":"planned")" + (members.empty() ? "" : "," + members) + "}";
    }
    void nothing_was_stored() { EXPECT_EQ(as(drafter_of("CL")).get("/v1/reports").json()["items"].size(), 0U); }
};

TEST_F(Bodies, MoreThanAMebibyteIsTooLargeHoweverItIsSent)
{
    sent(with("\"narrative\":\"" + std::string(one_mebibyte, 'x') + "\"")).is_problem(413, "content-too-large");
    std::string chunked = "POST /v1/reports HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + as(drafter_of("CL")).token() +
                          "\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (int i = 0; i < 17; ++i)
        chunked += "10000\r\n" + std::string(65536, ' ') + "\r\n";
    const auto response = portal().exchange(chunked + "0\r\n\r\n", false);
    EXPECT_EQ(response.status, 413);
    sent(with("") + std::string(one_mebibyte - with("").size(), ' ')).is(201);
    // Without a right to write the body is not even looked at.
    as(contact_of("CL"))
        .send("POST", "/v1/reports", std::string(100, '['), {{"Content-Type", "application/json"}})
        .is_problem(403, "forbidden");
    as(anyone())
        .send("POST", "/v1/reports", std::string(100, '['), {{"Content-Type", "application/json"}})
        .is_problem(401, "unauthenticated");
}

TEST_F(Bodies, WhatIsNotStrictJsonIsMalformed)
{
    std::string wide = "{";
    for (int i = 0; i < 1001; ++i)
        wide += (i == 0 ? "\"k" : ",\"k") + std::to_string(i) + "\":1";
    const std::vector<std::pair<std::string, std::string>> bodies{{std::string(33, '[') + std::string(33, ']'), "too_deep"},
                                                                  {std::string(100'000, '['), "too_deep"},
                                                                  {with(R"("narrative":"a","narrative":"b")"), "duplicate_member"},
                                                                  {with(R"("narrative":"\ud800")"), "lone_surrogate"},
                                                                  {with(R"("narrative":"\udc00\ud800")"), "lone_surrogate"},
                                                                  {with(R"("narrative":"a\u0000b")"), "nul_character"},
                                                                  {with("\"narrative\":\"\xff\xfe\""), "malformed"},
                                                                  {with("\"narrative\":\"\xed\xa0\x80\""), "malformed"},
                                                                  {with(R"("last_declared_year":2020.5)"), "number_not_integer"},
                                                                  {with(R"("last_declared_year":9007199254740993)"), "number_out_of_range"},
                                                                  {with(R"("last_declared_year":1e3)"), "number_not_integer"},
                                                                  {wide + "}", "too_many_members"},
                                                                  {"\xef\xbb\xbf{}", "malformed"},
                                                                  {"{\"a\":1,}", "malformed"},
                                                                  {"{} {}", "malformed"},
                                                                  {"nul", "malformed"},
                                                                  {"{'a':1}", "malformed"},
                                                                  {"[NaN]", "malformed"}};
    for (const auto& [body, code] : bodies) {
        const auto reply = sent(body);
        reply.is_problem(400, "malformed-json");
        const auto errors = reply.json().value("errors", nlohmann::json::array());
        ASSERT_EQ(errors.size(), 1U) << body.substr(0, 100);
        EXPECT_EQ(errors[0]["code"], code) << body.substr(0, 100);
    }
    nothing_was_stored();
}

TEST_F(Bodies, OfABodyFullOfMistakesTheAnswerNamesABoundedNumber)
{
    std::string members;
    for (std::size_t i = 0; i < 900; ++i)
        members += (i == 0 ? "\"" : ",\"") + std::string(200, 'u') + std::to_string(i) + "\":1";
    ASSERT_GT(members.size(), api::quick_body_bytes) << "it is judged away from the I/O threads";
    for (const auto& more : {members, R"("unknown":)" + std::string("{") + members + "}," + members}) {
        const auto reply = sent(with(more));
        reply.is_problem(422, "validation-failed").has_error("", "more_errors");
        const auto errors = reply.json().at("errors");
        EXPECT_EQ(errors.size(), domain::max_violations_of_body + 1);
        EXPECT_EQ(errors.back().at("code"), "more_errors");
    }
    nothing_was_stored();
}

TEST_F(Bodies, AListWithoutEndIsRefusedForItsLengthAndNotForWhatIsInIt)
{
    const auto evidence = [this](std::size_t items) {
        std::string list = "{}";
        for (std::size_t i = 1; i < items; ++i)
            list += ",{}";
        return with("\"evidence\":[" + list + "]");
    };
    const auto reply = sent(evidence(60'000));
    reply.is_problem(422, "validation-failed").has_error("/evidence", "too_many_items");
    EXPECT_LE(reply.json().at("errors").size(), domain::max_violations_of_body + 1);
    sent(evidence(json::max_values_of_body)).is_problem(400, "malformed-json");
    nothing_was_stored();
}

// Under a reference, too: what is compared with an earlier request is a canonical form, which such a body does not have.
TEST_F(Bodies, AMemberWhoseNameIsNotAsciiIsUnknownWhereverItStands)
{
    sent(with("\"\xC3\xB1\":1,\"client_ref\":\"r\"")).is_problem(422, "validation-failed").has_error("/\xC3\xB1", "unknown_member");
    auto nomination = a_nomination(a_contact({{"\xC3\xB1", 1}}));
    nomination["client_ref"] = "n";
    as(nominator_of("CL"))
        .post("/v1/nominations", nomination)
        .is_problem(422, "validation-failed")
        .has_error("/fields/\xC3\xB1", "unknown_member");
    nothing_was_stored();
}

TEST_F(Bodies, ALargeBodyIsServedLikeASmallOne)
{
    const auto large = with("") + std::string(2 * api::quick_body_bytes, ' ');
    const Fields once{{"Content-Type", "application/json"}, {"Idempotency-Key", "large"}};
    const auto created = sent(large, once).created_id();
    const auto again = sent(large, once).is(201);
    EXPECT_EQ(again.json().at("id"), created);
    EXPECT_EQ(again.field("Idempotency-Replayed"), "true");
    sent(large + " ", once).is_problem(422, "idempotency-key-reused");
    EXPECT_EQ(as(drafter_of("CL")).get("/v1/reports").json()["items"].size(), 1U);
}

TEST_F(Bodies, UnknownAndServerOwnedFieldsAreNamedEachAtItsPointer)
{
    const auto reply = sent(with(R"("id":"x","state":"PE","revision":7,"created_by":"x","workflow_state":"published","seq":1,"a/b~c":1,)"
                                 R"("evidence":[{"title":"t","sha256":"x"}])"));
    reply.is_problem(422, "validation-failed");
    for (const auto* pointer : {"/id", "/state", "/revision", "/created_by", "/workflow_state", "/seq", "/a~1b~0c", "/evidence/0/sha256"})
        reply.has_error(pointer, "unknown_member");
    as(nominator_of("CL"))
        .post("/v1/accounts", {{"name", "x"}, {"roles", {"drafter"}}, {"status", "active"}, {"authority", "note"}, {"id", "x"}})
        .is_problem(422, "validation-failed")
        .has_error("/status", "unknown_member")
        .has_error("/authority", "unknown_member")
        .has_error("/id", "unknown_member");
    sent("[]").is_problem(422, "validation-failed").has_error("", "wrong_type");
    sent("")
        .is_problem(422, "validation-failed")
        .has_error("/measure", "required")
        .has_error("/period", "required")
        .has_error("/status", "required");
    nothing_was_stored();
}

TEST_F(Bodies, NamesHideNothingAndTextIsKeptInOneNormalForm)
{
    const auto named = [&](const std::string& name) {
        return as(nominator_of("CL")).post("/v1/accounts", {{"name", name}, {"roles", {"contact"}}});
    };
    for (const auto* hidden : {"abc\xe2\x80\xae"
                               "cba",
                               "a\xe2\x80\x8b"
                               "b",
                               "a\xe2\x81\xa6"
                               "b",
                               "a\nb", "a\x1b[31m"})
        named(hidden).is_problem(422, "validation-failed").has_error("/name", "forbidden_character");
    sent(with("\"narrative\":\"abc\xe2\x80\xae"
              "cba\""))
        .is_problem(422, "validation-failed")
        .has_error("/narrative", "forbidden_character");
    const auto id = named("Jose\xcc\x81").created_id();  // e and a combining acute
    EXPECT_EQ(as(nominator_of("CL")).get("/v1/accounts/" + id).json()["content"]["name"], "Jos\xc3\xa9");
}

TEST_F(Bodies, OnlyJsonInUtf8IsTaken)
{
    for (const auto* type : {"text/plain", "application/xml", "application/json; charset=latin1", "application/x-www-form-urlencoded",
                             "multipart/form-data", ""})
        sent(with(""), {{"Content-Type", type}}).is_problem(415, "unsupported-media-type");
    sent(with(""), {{"Content-Type", "application/merge-patch+json"}}).is_problem(415, "unsupported-media-type");
    EXPECT_EQ(sent(with(""), {{"Content-Type", "application/json"}, {"Content-Encoding", "gzip"}}).status(), 415);
    nothing_was_stored();
    sent(with(""), {{"Content-Type", "application/json; charset=UTF-8"}}).is(201);
}

}  // namespace
}  // namespace cbmx::test
