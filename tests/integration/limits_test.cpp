// Too many requests: each account and each peer has its own share, every answer is counted, and guessing is slowed without locking
// anybody out.
#include "integration/proofs.hpp"
#include <chrono>
#include <thread>

namespace cbmx::test {
namespace {

class Limits : public Portal {
protected:
    Limits()
    {
        options.settings = {
            {"account_requests_per_minute", "30"}, {"peer_requests_per_minute", "20"}, {"failed_credentials_per_minute", "5"}};
    }
    // Asked on a connection of its own, since some refusals end it.
    std::optional<RawResponse> ask_from(const std::string& address, const std::string& request, const std::string& before_tls = "")
    {
        RawClient client({.port = portal().app().port(),
                          .ca_file = development_certificates() / "ca.crt",
                          .before_tls = before_tls,
                          .source_address = address});
        return client.exchange(request, request.starts_with("HEAD"));
    }
    // Asks until it is refused for its rate: a budget grows again while a slow machine asks.
    RawResponse last_from(const std::string& address, const std::string& request, const std::string& before_tls = "")
    {
        RawResponse answer;
        for (int i = 0; i < 40 && answer.status != 429; ++i)
            answer = ask_from(address, request, before_tls).value_or(RawResponse{});
        return answer;
    }
    std::vector<nlohmann::json> lines_about(const std::string& address)
    {
        std::vector<nlohmann::json> lines;
        std::istringstream text(portal().log_text());
        for (std::string line; std::getline(text, line);)
            if (auto parsed = nlohmann::json::parse(line, nullptr, false); parsed.is_object() && parsed.value("peer", "") == address)
                lines.push_back(std::move(parsed));
        return lines;
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

struct Uncounted {
    std::string what, request;
    int status;
};

// What the path, the method or the form decides, before anybody asks who the caller is.
TEST_F(Limits, EveryAnswerIsCountedWhateverItIs)
{
    const std::string host = " HTTP/1.1\r\nHost: localhost\r\n";
    const std::vector<Uncounted> kinds{
        {"an unknown path", "GET /v1/nothing-here" + host + "\r\n", 404},
        {"a wrong method", "DELETE /v1/reports" + host + "\r\n", 405},
        {"OPTIONS", "OPTIONS /v1/reports" + host + "\r\n", 204},
        {"a secret in the address", "GET /v1/reports?tag=cbmx_x" + host + "\r\n", 400},
        {"two credentials", "GET /v1/reports" + host + "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n", 400},
        {"another host", "GET /v1/reports HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n", 421},
        {"no HTTP", "nonsense\r\n\r\n", 400},
        {"an unknown method", "BREW /v1/reports" + host + "\r\n", 501},
        {"what needs an account", "GET /v1/me" + host + "\r\n", 401},
        {"a wrong parameter", "GET /v1/reports?colour=red" + host + "\r\n", 400},
    };
    int number = 10;
    for (const auto& [what, request, status] : kinds) {
        std::string address("127.0.2.");
        address.append(std::to_string(++number));
        for (int i = 0; i < 20; ++i) {
            const auto answer = ask_from(address, request);
            ASSERT_TRUE(answer) << what;
            ASSERT_EQ(answer->status, status) << what << ", time " << i;
        }
        const auto refused = last_from(address, request);
        EXPECT_EQ(refused.status, 429) << what;
        EXPECT_FALSE(refused.field("Retry-After").empty()) << what;
    }
}

TEST_F(Limits, AllAddressesOfAnIPv6NetworkShareRequestsAndGuesses)
{
    options.settings["trusted_proxies"] = "127.0.0.4";
    const auto from = [](unsigned char network, unsigned char interface) {
        std::string header("\r\n\r\n\0\r\nQUIT\n\x21\x21\x00\x24", 16);
        std::string address("\x20\x01\x0d\xb8", 4);
        address.append(3, '\0').append(1, static_cast<char>(network)).append(7, '\0').append(1, static_cast<char>(interface));
        header.append(address).append(address).append("\x10\x00\x20\x00", 4);
        return header;
    };
    const std::string reports = "GET /v1/reports HTTP/1.1\r\nHost: localhost\r\n\r\n";
    for (unsigned char i = 1; i <= 20; ++i)
        EXPECT_EQ(ask_from("127.0.0.4", reports, from(1, i))->status, 200);
    EXPECT_EQ(last_from("127.0.0.4", reports, from(1, 99)).status, 429);
    EXPECT_EQ(ask_from("127.0.0.4", reports, from(2, 1))->status, 200) << "another network";
    const std::string guess = "GET /v1/me HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer guessed\r\n\r\n";
    for (unsigned char i = 1; i <= 5; ++i)
        EXPECT_EQ(ask_from("127.0.0.4", guess, from(3, i))->status, 401);
    EXPECT_EQ(last_from("127.0.0.4", guess, from(3, 99)).status, 429);
}

TEST_F(Limits, WhatIsNoBearerTokenIsAGuessAsWell)
{
    const std::string basic = "GET /v1/me HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic Og==\r\n\r\n";
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(ask_from("127.0.0.5", basic)->status, 401);
    EXPECT_EQ(last_from("127.0.0.5", basic).status, 429);
}

TEST_F(Limits, ARefusedPeerIsOneLineASecondWhichSaysHowManyWereLeftOut)
{
    using Clock = std::chrono::steady_clock;
    constexpr std::size_t requests = 200, guesses = 100;
    portal();
    const std::string address = "127.0.0.6";
    RawClient client({.port = portal().app().port(), .ca_file = development_certificates() / "ca.crt", .source_address = address});
    const auto begun = Clock::now();
    const auto seconds = [begun] {
        return static_cast<std::size_t>(std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - begun).count());
    };
    for (std::size_t i = 0; i < requests; ++i)
        ASSERT_TRUE(client.exchange("GET /v1/nothing-here HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    for (std::size_t i = 0; i < guesses; ++i)
        ASSERT_TRUE(client.exchange("GET /v1/me HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer guessed\r\n\r\n"));
    std::this_thread::sleep_for(std::chrono::milliseconds(1100));
    ASSERT_TRUE(client.exchange("GET /v1/me HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer guessed\r\n\r\n"));
    const auto at_most = seconds() + 2;
    std::size_t written = 0, told = 0;
    for (const auto& line : lines_about(address)) {
        const bool is_served = line.value("event", "") == "request";
        written += is_served ? 0 : 1;
        told += 1 + line.value("left_out", std::size_t{0});
    }
    EXPECT_LE(written, at_most);
    EXPECT_EQ(told, requests + guesses + 1) << "none is left uncounted";
}

}  // namespace
}  // namespace cbmx::test
