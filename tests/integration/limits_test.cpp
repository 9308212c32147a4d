// Too many requests: each account and each peer has its own share, and guessing is slowed without locking anybody out.
#include "integration/proofs.hpp"

namespace cbmx::test {
namespace {

class Limits : public Portal {
protected:
    Limits()
    {
        options.settings = {
            {"account_requests_per_minute", "30"}, {"peer_requests_per_minute", "20"}, {"failed_credentials_per_minute", "5"}};
    }
    Reply last_before_refusal(const As& caller, const std::string& path, const Fields& fields = {})
    {
        auto reply = caller.get(path, fields);
        for (int i = 0; i < 40 && reply.status() != 429; ++i)
            reply = caller.get(path, fields);
        return reply;
    }
};

TEST_F(Limits, AnAccountThatAsksTooMuchIsToldWhenToComeBack)
{
    const auto first = as(drafter_of("CL")).get("/v1/reports").is(200);
    EXPECT_EQ(first.field("RateLimit-Policy"), "\"default\";q=30;w=60");
    EXPECT_EQ(first.field("RateLimit").rfind("\"default\";r=29;t=", 0), 0U);
    const auto refused = last_before_refusal(as(drafter_of("CL")), "/v1/reports");
    refused.is_problem(429, "too-many-requests");
    const auto wait = std::stoi("0" + refused.field("Retry-After"));
    EXPECT_TRUE(wait >= 1 && wait <= 60) << wait;
    EXPECT_EQ(refused.field("RateLimit").rfind("\"default\";r=0;t=", 0), 0U);
    // Others, also of the same State and from the same address, are served.
    as(approver_of("CL")).get("/v1/reports").is(200);
    as(anyone()).get("/v1/reports").is(200);
}

TEST_F(Limits, AnAddressThatAsksTooMuchWithoutAnAccountWaits)
{
    last_before_refusal(as(anyone()), "/v1/reports").is_problem(429, "too-many-requests");
    as(drafter_of("CL")).get("/v1/reports").is(200);
    RawClient other({.port = portal().app().port(), .ca_file = development_certificates() / "ca.crt", .source_address = "127.0.0.2"});
    const auto response = other.exchange("GET /v1/reports HTTP/1.1\r\nHost: localhost\r\n\r\n");
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 200);
}

TEST_F(Limits, GuessingIsThrottledPerAddressAndLocksNobodyOut)
{
    int refused = 0;
    std::string token = as(drafter_of("CL")).token();
    token.back() = token.back() == 'a' ? 'b' : 'a';
    for (int i = 0; i < 5; ++i)
        refused += as(anyone()).get("/v1/me", bearing(token)).status() == 401 ? 1 : 0;
    EXPECT_EQ(refused, 5);
    const auto throttled = as(anyone()).get("/v1/me", bearing(token)).is_problem(429, "too-many-requests");
    EXPECT_FALSE(throttled.field("Retry-After").empty());
    as(drafter_of("CL")).get("/v1/me").is(200);  // the right token from the same address
    as(anyone()).get("/v1/reports").is(200);
    RawClient other({.port = portal().app().port(), .ca_file = development_certificates() / "ca.crt", .source_address = "127.0.0.3"});
    EXPECT_EQ(other.exchange("GET /v1/me HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token + "\r\n\r\n")->status, 401);
}

}  // namespace
}  // namespace cbmx::test
