// Deadlines, connection limits, PROXY headers and the end of the server (rules.md 1, 2, 25).
#include "fixture.hpp"
#include "support/waiting.hpp"
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace cbmx::test {
namespace {

using namespace std::chrono_literals;
using namespace std::string_view_literals;
using Clock = std::chrono::steady_clock;

class Connections : public HttpServer {
protected:
    void wait_for_open(std::uint64_t count) const
    {
        EXPECT_TRUE(comes_true([&] { return server->statistics().connections_open == count; })) << server->statistics().connections_open;
    }
};

TEST_F(Connections, AHeadThatComesTooSlowlyIsA408)
{
    options.deadlines.header = 200ms;
    start();
    RawClient client(browser());
    client.send("GET / HTTP/1.1\r\nHost: local");
    const auto response = client.read();
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 408);
    EXPECT_TRUE(client.closed_by_server());
}

TEST_F(Connections, AHeadMayNotBeDrawnOutByteByByte)
{
    options.deadlines.header = 300ms;
    start();
    RawClient client(browser());
    const auto begin = Clock::now();
    int sent = 0;
    for (const char c : "GET / HTTP/1.1\r\nHost: localhost\r\nX: y"sv) {
        if (!client.send({&c, 1}) || Clock::now() - begin > 500ms)
            break;
        ++sent;
        std::this_thread::sleep_for(50ms);
    }
    EXPECT_LT(sent, 20);
    EXPECT_EQ(client.read()->status, 408);
}

TEST_F(Connections, AnIdleOneIsClosedWithoutAnAnswer)
{
    options.deadlines.idle = 200ms;
    start();
    RawClient fresh(browser());
    RawClient used(browser());
    EXPECT_EQ(used.exchange(get("/echo"))->status, 200);
    EXPECT_TRUE(fresh.closed_by_server());
    EXPECT_TRUE(used.closed_by_server());
}

TEST_F(Connections, ASlowBodyIsA408AndASteadyOneIsNot)
{
    options.deadlines.progress = 300ms;
    options.deadlines.progress_bytes = 10;
    start();
    RawClient stuck(browser());
    stuck.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nabc");
    EXPECT_EQ(stuck.read()->status, 408);
    EXPECT_TRUE(stuck.closed_by_server());

    RawClient steady(browser());
    steady.send("POST /count HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n");
    for (int i = 0; i < 10; ++i) {
        std::this_thread::sleep_for(100ms);
        steady.send("0123456789");
    }
    EXPECT_EQ(steady.read()->body, "100");
}

TEST_F(Connections, AClientThatDoesNotReadItsAnswerIsDropped)
{
    options.deadlines.progress = 200ms;
    start();
    RawClient client(browser());
    for (int i = 0; i < 20; ++i)
        client.send(get("/big"));
    wait_for_open(0);
    EXPECT_LT(served, 20);
}

TEST_F(Connections, AHandshakeThatNeverEndsIsDropped)
{
    options.deadlines.handshake = 200ms;
    start();
    RawOptions silent = browser();
    silent.before_tls = std::string("\x16\x03\x01", 3);
    silent.timeout_ms = 1;
    const RawClient client(silent);
    EXPECT_FALSE(client.connected());
    wait_for_open(0);
    EXPECT_EQ(server->statistics().handshakes_failed, 1U);
}

TEST_F(Connections, APeerHasItsShareAndOthersTheirs)
{
    options.connections.per_peer = 5;
    start();
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int i = 0; i < 5; ++i) {
        clients.push_back(std::make_unique<RawClient>(browser()));
        clients.back()->send(get("/wait"));
    }
    ASSERT_TRUE(comes_true([&] { return served == 5; }));
    EXPECT_EQ(RawClient(browser()).exchange(get("/echo")), std::nullopt);
    EXPECT_EQ(server->statistics().connections_refused, 1U);

    RawOptions neighbour = browser();
    neighbour.source_address = "127.0.0.2";
    RawClient other(neighbour);
    EXPECT_EQ(other.exchange(get("/peer"))->body, "127.0.0.2 none");

    clients.clear();
    wait_for_open(1);
    EXPECT_EQ(RawClient(browser()).exchange(get("/echo"))->status, 200);
}

TEST_F(Connections, ThereIsALimitForAllTogether)
{
    options.connections.anonymous = 3;
    start();
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int i = 0; i < 6; ++i) {
        clients.push_back(std::make_unique<RawClient>(browser()));
        EXPECT_EQ(clients.back()->exchange(get("/echo"))->status, 200);
    }
    wait_for_open(3);
    EXPECT_EQ(clients.back()->exchange(get("/echo"))->status, 200);
}

TEST_F(Connections, MoreThanTheDescriptorLimitDoNotStart)
{
    options.connections.anonymous = 1'000'000'000;
    EXPECT_THROW(start(), std::runtime_error);
}

TEST_F(Connections, WithoutDescriptorsTheServerPausesAndRecovers)
{
    start();
    rlimit before{};
    getrlimit(RLIMIT_NOFILE, &before);
    rlimit tight = before;
    // One descriptor is left: the client's socket takes it, so the server's accept finds none.
    const int next = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    ::close(next);
    tight.rlim_cur = static_cast<rlim_t>(next) + 1;
    setrlimit(RLIMIT_NOFILE, &tight);
    RawOptions impatient = browser();
    impatient.ca_file.clear();
    impatient.timeout_ms = 1000;
    const bool connected = RawClient(impatient).connected();
    setrlimit(RLIMIT_NOFILE, &before);
    EXPECT_FALSE(connected);
    const auto errors = server->statistics().accept_errors;
    EXPECT_GE(errors, 2U);
    EXPECT_LE(errors, 40U);  // two listeners, each every 100 ms, for a second or a little more
    RawClient client(browser());
    EXPECT_EQ(client.exchange(get("/echo"))->status, 200);
}

std::string proxied(std::string_view address, std::string_view command = "\x21")
{
    return std::string("\r\n\r\n\0\r\nQUIT\n"sv) + std::string(command) + std::string("\x11\x00\x0C"sv) + std::string(address) +
           std::string("\x7F\x00\x00\x01\x10\x00\x20\x00"sv);
}

TEST_F(Connections, OnlyAListedProxyTellsTheClientsAddressAndItMust)
{
    options.trusted_proxies = {"127.0.0.3"};
    start();
    RawOptions from_proxy = browser();
    from_proxy.source_address = "127.0.0.3";
    from_proxy.before_tls = proxied("\xC0\x00\x02\x07"sv);
    RawClient client(from_proxy);
    EXPECT_EQ(client.exchange(get("/peer"))->body, "192.0.2.7 none");

    RawOptions health_check = from_proxy;
    health_check.before_tls = proxied("\xC0\x00\x02\x07"sv, "\x20");
    RawClient local(health_check);
    EXPECT_EQ(local.exchange(get("/peer"))->body, "127.0.0.3 none");

    RawOptions silent = from_proxy;
    silent.before_tls.clear();
    EXPECT_FALSE(RawClient(silent).connected());

    RawOptions stranger = from_proxy;
    stranger.source_address = "127.0.0.4";
    EXPECT_FALSE(RawClient(stranger).connected());
}

TEST_F(Connections, BehindAProxyTheShareIsTheClients)
{
    options.trusted_proxies = {"127.0.0.3"};
    options.connections.per_peer = 2;
    start();
    RawOptions one = browser();
    one.source_address = "127.0.0.3";
    one.before_tls = proxied("\xC0\x00\x02\x07"sv);
    RawClient first(one), second(one);
    for (RawClient* client : {&first, &second})
        client->send(get("/wait"));
    ASSERT_TRUE(comes_true([&] { return served == 2; }));
    EXPECT_EQ(RawClient(one).exchange(get("/echo")), std::nullopt);
    RawOptions two = one;
    two.before_tls = proxied("\xC0\x00\x02\x08"sv);
    EXPECT_EQ(RawClient(two).exchange(get("/echo"))->status, 200);
}

TEST_F(Connections, DrainingFinishesWhatIsInFlightAndClosesWhatIsIdle)
{
    slow = 400ms;
    start();
    RawClient idle(browser());
    EXPECT_EQ(idle.exchange(get("/echo"))->status, 200);
    RawClient busy(browser());
    busy.send(get("/slow"));
    while (served < 2)
        std::this_thread::sleep_for(1ms);
    const RawOptions late = browser();
    std::optional<RawResponse> answer;
    bool idle_closed = false;
    std::thread reader([&] {
        idle_closed = idle.closed_by_server();
        answer = busy.read();
        busy.close();
    });
    const auto begin = Clock::now();
    server->drain(5s);
    EXPECT_LT(Clock::now() - begin, 3s);
    reader.join();
    EXPECT_TRUE(idle_closed);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->body, "slow");
    EXPECT_EQ(answer->field("Connection"), "close");
    EXPECT_FALSE(RawClient(late).connected());
}

TEST_F(Connections, DrainingIsBounded)
{
    slow = 1500ms;
    start();
    RawClient busy(browser());
    busy.send(get("/slow"));
    while (served == 0)
        std::this_thread::sleep_for(1ms);
    const auto begin = Clock::now();
    server->drain(200ms);
    EXPECT_LT(Clock::now() - begin, 1s);
}

TEST_F(Connections, TwoHundredSlowClientsHurtNobody)
{
    options.threads = 2;
    options.deadlines.header = 700ms;
    options.deadlines.progress = 700ms;
    options.deadlines.idle = 700ms;
    start();
    std::vector<std::thread> threads;
    std::atomic<int> answered{0};
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&, t] {
            std::vector<std::unique_ptr<RawClient>> clients;
            for (int i = 0; i < 50; ++i) {
                clients.push_back(std::make_unique<RawClient>(browser()));
                clients.back()->send(i % 3 == 0 ? "GET / HT" : i % 3 == 1 ? post("/echo", "x").substr(0, 60) : get("/slow"));
            }
            for (int i = 0; i < 50; ++i) {
                clients[static_cast<std::size_t>(i)]->send("T");
                if ((i + t) % 7 == 0)
                    clients[static_cast<std::size_t>(i)]->close();
            }
            for (auto& client : clients)
                answered += client->read().has_value() ? 1 : 0;
        });
    for (int i = 0; i < 20; ++i) {
        RawClient quick(browser());
        const auto response = quick.exchange(get("/echo"));
        ASSERT_TRUE(response);
        EXPECT_EQ(response->status, 200);
    }
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_GT(answered, 150);
    wait_for_open(0);
}

TEST_F(Connections, APortThatIsTakenIsOneClearSentence)
{
    start();
    options.port = server->port();
    try {
        const http::Server second(options, application());
        FAIL() << "bound twice";
    } catch (const std::runtime_error& failure) {
        EXPECT_NE(std::string(failure.what()).find("cannot listen on 127.0.0.1 port"), std::string::npos);
    }
}

}  // namespace
}  // namespace cbmx::test
