// Good requests: keep-alive, pipelining, HEAD, bodies and their limits, replies, the fields of every answer.
#include "fixture.hpp"

namespace cbmx::test {
namespace {

class Exchange : public HttpServer {};

TEST_F(Exchange, OneConnectionServesManyRequests)
{
    start();
    RawClient client(browser());
    for (int i = 0; i < 50; ++i) {
        const std::string target = "/echo/" + std::to_string(i);
        EXPECT_EQ(client.exchange(get(target))->body, "GET " + target + " ");
        EXPECT_EQ(client.exchange(post(target, "body"))->body, "POST " + target + " body");
    }
    EXPECT_EQ(server->statistics().connections_total, 1U);
}

TEST_F(Exchange, PipelinedRequestsAreAnsweredInOrder)
{
    start();
    RawClient client(browser());
    client.send(get("/slow") + post("/echo", "two") + get("/echo/3") + get("/denied") + get("/echo/5"));
    EXPECT_EQ(client.read()->body, "slow");
    EXPECT_EQ(client.read()->body, "POST /echo two");
    EXPECT_EQ(client.read()->body, "GET /echo/3 ");
    EXPECT_EQ(client.read()->status, 403);
    EXPECT_EQ(client.read()->body, "GET /echo/5 ");
}

TEST_F(Exchange, AClientsCloseIsFollowed)
{
    start();
    RawClient client(browser());
    const auto response = client.exchange(get("/echo", "Connection: close\r\n"));
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->field("Connection"), "close");
    EXPECT_TRUE(client.closed_by_server());
}

TEST_F(Exchange, Http10IsAnsweredAndClosed)
{
    start();
    RawClient client(browser());
    const auto response = client.exchange("GET /echo HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->field("Connection"), "close");
    EXPECT_TRUE(client.closed_by_server());
}

TEST_F(Exchange, HeadGetsTheLengthWithoutTheBody)
{
    start();
    RawClient client(browser());
    const auto head = client.exchange("HEAD /big HTTP/1.1\r\nHost: localhost\r\n\r\n", true);
    EXPECT_EQ(head->status, 200);
    EXPECT_EQ(head->field("Content-Length"), std::to_string(3 * 1024 * 1024));
    EXPECT_EQ(client.exchange(get("/echo"))->body, "GET /echo ");
    const auto refused = client.exchange("HEAD / HTTP/1.1\r\nHost: evil\r\n\r\n", true);
    EXPECT_EQ(refused->status, 421);
    EXPECT_TRUE(client.closed_by_server());
}

TEST_F(Exchange, NoContentHasNeitherBodyNorLength)
{
    start();
    RawClient client(browser());
    const auto response = client.exchange(get("/empty"));
    EXPECT_EQ(response->status, 204);
    EXPECT_EQ(response->count("Content-Length"), 0U);
    EXPECT_EQ(client.exchange(get("/echo"))->body, "GET /echo ");
}

TEST_F(Exchange, AChunkedBodyArrivesWhole)
{
    start();
    RawClient client(browser());
    client.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (const char* part : {"3\r\nabc\r\n", "A\r\n", "0123456789", "\r\n0", "\r\n\r\n"})
        client.send(part);
    EXPECT_EQ(client.read()->body, "POST /echo abc0123456789");
    EXPECT_EQ(client.exchange(get("/echo"))->body, "GET /echo ");
}

TEST_F(Exchange, ALargeBodyAndALargeAnswerPass)
{
    start();
    RawClient client(browser());
    EXPECT_EQ(client.exchange(post("/large", std::string(20 * 1024 * 1024, 'x')))->body, std::to_string(20 * 1024 * 1024));
    EXPECT_EQ(client.exchange(get("/big"))->body, std::string(3 * 1024 * 1024, 'b'));
}

TEST_F(Exchange, ALengthAboveTheLimitIsRefusedBeforeTheBody)
{
    start();
    RawClient client(browser());
    const auto response = client.exchange("POST /small HTTP/1.1\r\nHost: localhost\r\nContent-Length: 17\r\n\r\n");
    EXPECT_EQ(response->status, 413);
    EXPECT_TRUE(client.closed_by_server());
    RawClient another(browser());
    EXPECT_EQ(another.exchange(post("/small", "sixteen bytes ok"))->status, 200);
    EXPECT_EQ(served, 1);
}

TEST_F(Exchange, AnAnswerReachesAClientThatIsStillSending)
{
    start();
    RawClient client(browser());
    client.send("POST /small HTTP/1.1\r\nHost: localhost\r\nContent-Length: 700000\r\n\r\n");
    client.send(std::string(700000, 'x'));
    const auto response = client.read();
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 413);
}

TEST_F(Exchange, AlsoAClientThatSendsFarTooMuchBeforeItLooks)
{
    start();
    RawClient client(browser());
    constexpr std::size_t body_bytes = 20 * 1024 * 1024;
    client.send("POST /small HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(body_bytes) + "\r\n\r\n");
    EXPECT_TRUE(client.send(std::string(body_bytes, 'x')));
    const auto response = client.read();
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 413);
}

TEST_F(Exchange, AChunkedBodyAboveTheLimitIsRefused)
{
    start();
    RawClient client(browser());
    const auto response = client.exchange("POST /small HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                                          "8\r\n12345678\r\n8\r\n12345678\r\n1\r\n1\r\n0\r\n\r\n");
    EXPECT_EQ(response->status, 413);
    EXPECT_TRUE(client.closed_by_server());
    EXPECT_EQ(served, 0);
}

TEST_F(Exchange, AContinueIsSentOnlyOnceTheHeadIsAccepted)
{
    start();
    RawClient accepted(browser());
    accepted.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    EXPECT_EQ(accepted.read()->status, 100);
    EXPECT_EQ(accepted.exchange("hi")->body, "POST /echo hi");

    RawClient denied(browser());
    denied.send("POST /denied HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    EXPECT_EQ(denied.read()->status, 403);
    EXPECT_TRUE(denied.closed_by_server());
}

TEST_F(Exchange, AfterARefusalOnTheHeadAShortBodyIsDroppedAndALongOneCloses)
{
    start();
    RawClient client(browser());
    EXPECT_EQ(client.exchange(post("/denied", get("/smuggled")))->status, 403);
    EXPECT_EQ(client.exchange(get("/echo"))->body, "GET /echo ");
    const auto response = client.exchange(post("/denied", std::string(64 * 1024 + 1, 'x')));
    EXPECT_EQ(response->status, 403);
    EXPECT_EQ(response->field("Connection"), "close");
    EXPECT_TRUE(client.closed_by_server());
    EXPECT_EQ(served, 1);
}

TEST_F(Exchange, AReplyMayComeFromAnotherThreadAndCountsOnce)
{
    start();
    RawClient client(browser());
    EXPECT_EQ(client.exchange(get("/slow"))->body, "slow");
    EXPECT_EQ(client.exchange(get("/twice"))->body, "first");
    EXPECT_EQ(client.exchange(get("/echo"))->body, "GET /echo ");
}

TEST_F(Exchange, AReplyToAConnectionThatIsGoneIsDropped)
{
    start();
    {
        RawClient client(browser());
        client.send(get("/slow"));
        while (served == 0)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    std::this_thread::sleep_for(slow * 2);
    RawClient client(browser());
    EXPECT_EQ(client.exchange(get("/echo"))->status, 200);
}

TEST_F(Exchange, AReplyMayOutliveTheServer)
{
    start();
    RawClient client(browser());
    client.send(get("/slow"));
    while (served == 0)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    server.reset();
    EXPECT_FALSE(client.read());
}

TEST_F(Exchange, ABrokenApplicationIsA500AndNeverAHangingConnection)
{
    start();
    for (const char* target : {"/never", "/throws", "/throws-later", "/split"}) {
        RawClient client(browser());
        const auto response = client.exchange(get(target));
        ASSERT_TRUE(response) << target;
        EXPECT_EQ(response->status, 500) << target;
        EXPECT_EQ(response->count("Set-Cookie"), 0U) << target;
        EXPECT_TRUE(client.closed_by_server()) << target;
    }
}

TEST_F(Exchange, EveryAnswerCarriesTheSecurityFields)
{
    start();
    const std::vector<std::string> requests{get("/echo"),  get("/denied"), get("/empty"),
                                            get("/never"), "x\r\n\r\n",    post("/small", "more than sixteen bytes")};
    for (const std::string& bytes : requests) {
        RawClient client(browser());
        const auto response = client.exchange(bytes);
        ASSERT_TRUE(response) << bytes;
        for (const auto& [name, value] : std::vector<std::pair<std::string, std::string>>{
                 {"Strict-Transport-Security", "max-age=63072000"},
                 {"X-Content-Type-Options", "nosniff"},
                 {"Referrer-Policy", "no-referrer"},
                 {"Cross-Origin-Opener-Policy", "same-origin"},
                 {"Cross-Origin-Resource-Policy", "same-origin"},
                 {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; "
                                             "require-trusted-types-for 'script'; trusted-types 'none'"},
                 {"Cache-Control", "no-store"}}) {
            EXPECT_EQ(response->field(name), value) << bytes;
            EXPECT_EQ(response->count(name), 1U) << bytes;
        }
        EXPECT_EQ(response->count("Date"), 1U) << bytes;
        EXPECT_EQ(response->count("Server"), 0U) << bytes;
    }
    RawClient client(browser());
    const auto own = client.exchange(get("/own"));
    EXPECT_EQ(own->field("Content-Security-Policy"), "default-src 'self'");
    EXPECT_EQ(own->field("Cache-Control"), "public, max-age=60");
    EXPECT_EQ(own->count("Content-Security-Policy"), 1U);
    EXPECT_EQ(own->count("Server"), 0U);
}

}  // namespace
}  // namespace cbmx::test
