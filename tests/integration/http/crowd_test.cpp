// Crowds: whoever comes in numbers shuts nobody out, and whoever has gone holds no place (rules.md 2, 2a).
#include "integration/http/fixture.hpp"
#include "support/waiting.hpp"

namespace cbmx::test {
namespace {

using Bare = std::vector<std::unique_ptr<BareConnection>>;

const Authority& authority_of_alice()
{
    static const Authority authority;
    [[maybe_unused]] static const bool is_made = (authority.client("alice"), true);
    return authority;
}

class Crowds : public HttpServer {
protected:
    Crowds()
    {
        const auto& authority = authority_of_alice();
        options.tls.client_authorities.push_back({authority.file("ca.crt"), authority.file("crl.pem"), true});
    }
    bool is_served(RawClient& client, std::string_view more_fields = "") const
    {
        const auto answer = client.exchange(get("/echo", more_fields));
        return answer && answer->status == 200;
    }
    bool is_served_as_alice() const
    {
        RawClient alice(mtls(authority_of_alice(), "alice"));
        return is_served(alice);
    }
    std::uint64_t count(http::ConnectionClass of) const
    {
        return server->statistics().connections_by_class.at(static_cast<std::size_t>(of));
    }
};

TEST_F(Crowds, ElevenHundredBareConnectionsShutNeitherListener)
{
    start();
    Bare crowd;
    for (int i = 0; i < 1100; ++i) {
        std::string address("127.0.1.");
        address.append(std::to_string(1 + i / 40));
        crowd.push_back(std::make_unique<BareConnection>(i % 2 == 0 ? server->port() : server->mtls_port(), address));
    }
    RawClient browsing(browser());
    EXPECT_TRUE(is_served(browsing));
    EXPECT_TRUE(is_served_as_alice());
    EXPECT_TRUE(comes_true([&] { return server->statistics().connections_open <= options.connections.in_all(); }));
    EXPECT_TRUE(is_served(browsing)) << "who is in stays in";
}

TEST_F(Crowds, BareConnectionsFromOneAddressEndEachOther)
{
    options.connections.handshakes_per_peer = 10;
    start();
    Bare crowd;
    for (int i = 0; i < 100; ++i)
        crowd.push_back(std::make_unique<BareConnection>(server->port(), "127.0.0.7"));
    EXPECT_TRUE(comes_true([&] { return count(http::ConnectionClass::handshake) == 10; }));
    EXPECT_TRUE(comes_true([&] { return server->statistics().connections_open == 10; }));
    EXPECT_TRUE(comes_true([&] { return !crowd.front()->is_open(); }));
    EXPECT_TRUE(crowd.back()->is_open());
    RawClient neighbour(browser());
    EXPECT_TRUE(is_served(neighbour));
}

TEST_F(Crowds, AMinistryOfFiftyBehindOneAddressGetsIn)
{
    start();
    std::vector<std::unique_ptr<RawClient>> browsers;
    for (int i = 0; i < 50 * 6; ++i) {
        browsers.push_back(std::make_unique<RawClient>(browser()));
        ASSERT_TRUE(is_served(*browsers.back())) << i;
    }
    EXPECT_EQ(server->statistics().connections_ended_for_room, 0U);
}

TEST_F(Crowds, AnIdleConnectionMakesRoomAndOneThatWaitsForItsAnswerDoesNot)
{
    options.connections.anonymous = 3;
    start();
    RawClient waiting(browser());
    waiting.send(get("/wait"));
    ASSERT_TRUE(comes_true([&] { return served == 1; }));
    RawClient first(browser()), second(browser());
    EXPECT_TRUE(is_served(first) && is_served(second));
    RawClient newcomer(browser());
    EXPECT_TRUE(is_served(newcomer));
    EXPECT_NE(is_served(first), is_served(second));
    EXPECT_EQ(gone, 0) << "it still waits";
}

TEST_F(Crowds, LongPollsOfTheAnonymousShutNobodyOut)
{
    options.connections.anonymous = 3;
    start();
    std::vector<std::unique_ptr<RawClient>> polls;
    for (int i = 0; i < 3; ++i) {
        polls.push_back(std::make_unique<RawClient>(browser()));
        polls.back()->send(get("/wait"));
    }
    ASSERT_TRUE(comes_true([&] { return served == 3; }));
    RawClient newcomer(browser());
    EXPECT_TRUE(is_served(newcomer, "X-Home: state:CL\r\n"));
    EXPECT_TRUE(comes_true([&] { return gone == 1; })) << "one of them made room";
    EXPECT_TRUE(is_served(newcomer)) << "its next request carries no token: it is one of them";
}

TEST_F(Crowds, WhoHasAnAccountKeepsTheirPlaceInACrowdWithoutOne)
{
    options.connections.anonymous = 3;
    start();
    RawClient official(browser());
    EXPECT_TRUE(is_served(official, "X-Home: state:CL\r\n"));
    RawClient alice(mtls(authority_of_alice(), "alice"));
    EXPECT_TRUE(is_served(alice));
    std::vector<std::unique_ptr<RawClient>> crowd;
    for (int i = 0; i < 10; ++i) {
        crowd.push_back(std::make_unique<RawClient>(browser()));
        EXPECT_TRUE(is_served(*crowd.back()));
    }
    EXPECT_TRUE(is_served(official, "X-Home: state:CL\r\n"));
    EXPECT_TRUE(is_served(alice));
    EXPECT_EQ(count(http::ConnectionClass::token), 1U);
    EXPECT_EQ(count(http::ConnectionClass::certificate), 1U);
    EXPECT_EQ(count(http::ConnectionClass::anonymous), 3U);
}

TEST_F(Crowds, WhoGoesWhileTheyWaitFreesTheirPlaceAtOnce)
{
    using Going = void (*)(RawClient&);
    const std::vector<std::pair<const char*, Going>> ways{{"closes", [](RawClient& client) { client.close(); }},
                                                          {"ends its sending", [](RawClient& client) { client.end_sending(); }},
                                                          {"has sent its next request", [](RawClient& client) {
                                                               client.send(get("/echo"));
                                                               client.close();
                                                           }}};
    start();
    int times = 0;
    for (const auto& [way, go] : ways) {
        RawClient client(browser());
        client.send(get("/wait"));
        ++times;
        ASSERT_TRUE(comes_true([&] { return served == times; })) << way;
        go(client);
        EXPECT_TRUE(comes_true([&] { return gone == times; })) << way;
        EXPECT_TRUE(comes_true([&] { return server->statistics().connections_open == 0; })) << way;
    }
}

TEST_F(Crowds, WhatIsUnderWayIsCarriedOutAlsoForWhoHasGone)
{
    slow = std::chrono::milliseconds(1000);
    start();
    RawClient client(browser());
    client.send(post("/slow", "body"));
    ASSERT_TRUE(comes_true([&] { return served == 1; }));
    client.close();
    EXPECT_TRUE(comes_true([&] { return server->statistics().connections_open == 0; }));
    EXPECT_TRUE(comes_true([&] { return done == 1; }));
    RawClient other(browser());
    EXPECT_TRUE(is_served(other));
}

TEST_F(Crowds, WhoStaysIsAnsweredAlsoWhenTheirNextRequestHasCome)
{
    start();
    RawClient client(browser());
    std::string both = get("/slow");
    both.append(get("/echo"));
    client.send(both);
    EXPECT_EQ(client.read()->body, "slow");
    EXPECT_EQ(client.read()->status, 200);
    client.send(get("/slow"));
    EXPECT_EQ(client.read()->body, "slow") << "watched again";
}

}  // namespace
}  // namespace cbmx::test
