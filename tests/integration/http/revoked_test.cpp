// Revoked is revoked: what becomes of an open connection when its client certificate is no longer one that a handshake would
// accept, and how long a connection with a certificate lasts at most (rules.md 4a, 5).
#include "base/log.hpp"
#include "fixture.hpp"
#include "support/waiting.hpp"
#include <fstream>

namespace cbmx::test {
namespace {

using namespace std::chrono_literals;

constexpr std::time_t day = 24 * 3600;  // seconds

class Revoked : public HttpServer {
protected:
    Revoked()
    {
        authority.client("alice");
        authority.client("bob");
        options.tls.client_authorities = {{authority.file("ca.crt"), authority.file("crl.pem"), true}};
        options.clock = [this] { return std::time(nullptr) + passed; };
    }
    ~Revoked() override { server.reset(); }
    void trust(const Authority& other, bool with_list)
    {
        options.tls.client_authorities.push_back({other.file("ca.crt"), with_list ? other.file("crl.pem") : "", false});
    }
    void revoke_alice()
    {
        authority.revoke("alice");
        ASSERT_EQ(server->reload_tls(options.tls), "");
    }
    std::optional<http::CertificateFault> fault_of(const Authority& of, const std::string& name) const
    {
        std::ifstream file(of.file(name + ".crt"));
        return server->certificate_fault(std::string(std::istreambuf_iterator<char>(file), {}));
    }
    // Nothing that is sent now is served: reads and writes.
    void expect_nothing_is_taken(RawClient& client)
    {
        const int before = served, admitted_before = admitted;
        for (int i = 0; i < 9; ++i) {
            EXPECT_FALSE(client.exchange(get("/echo")));
            EXPECT_FALSE(client.exchange(post("/echo", "written")));
        }
        EXPECT_EQ(served, before);
        EXPECT_EQ(admitted, admitted_before);
    }

    Authority authority;
    std::atomic<std::time_t> passed{0};  // seconds by which the clock is ahead
};

TEST_F(Revoked, AnOpenConnectionTakesNoFurtherRequest)
{
    start();
    RawClient alice(mtls(authority, "alice")), bob(mtls(authority, "bob")), no_certificate(browser());
    ASSERT_TRUE(alice.exchange(get("/echo")));
    ASSERT_TRUE(bob.exchange(get("/echo")));
    ASSERT_TRUE(no_certificate.exchange(get("/echo")));
    revoke_alice();
    expect_nothing_is_taken(alice);
    EXPECT_TRUE(bob.exchange(get("/echo"))) << "those whose certificate is good notice nothing";
    EXPECT_TRUE(no_certificate.exchange(get("/echo")));
}

TEST_F(Revoked, AnIdleConnectionEndsAtOnceAndInGoodOrder)
{
    start();
    RawClient alice(mtls(authority, "alice"));
    ASSERT_TRUE(alice.exchange(get("/echo")));
    revoke_alice();
    EXPECT_TRUE(alice.closed_by_server());
}

TEST_F(Revoked, AnAnswerInHandIsNotGiven)
{
    slow = 300ms;
    start();
    RawClient alice(mtls(authority, "alice"));
    ASSERT_TRUE(alice.send(get("/slow")));
    ASSERT_TRUE(comes_true([&] { return served == 1; }));
    revoke_alice();
    EXPECT_FALSE(alice.read());
}

TEST_F(Revoked, ABodyThatIsStillComingIsNotTaken)
{
    start();
    RawClient alice(mtls(authority, "alice"));
    ASSERT_TRUE(alice.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nha"));
    ASSERT_TRUE(comes_true([&] { return admitted == 1; }));
    revoke_alice();
    alice.send("lf");
    EXPECT_FALSE(alice.read());
    EXPECT_EQ(served, 0);
}

TEST_F(Revoked, AStreamEnds)
{
    start();
    RawClient alice(mtls(authority, "alice")), bob(mtls(authority, "bob"));
    for (RawClient* client : {&alice, &bob}) {
        client->send(get("/stream-open"));
        ASSERT_TRUE(client->read_head());
        ASSERT_EQ(client->read_chunk(), "first");
    }
    const auto open = server->statistics().connections_open;
    revoke_alice();
    EXPECT_EQ(alice.read_chunk(), std::nullopt);
    EXPECT_TRUE(comes_true([&] { return server->statistics().connections_open == open - 1; })) << "the other goes on";
}

TEST_F(Revoked, AnAuthorityThatIsTakenOutEndsItsConnectionsToo)
{
    const Authority other;
    other.client("carol");
    trust(other, false);
    start();
    RawClient alice(mtls(authority, "alice")), carol(mtls(other, "carol"));
    ASSERT_TRUE(alice.exchange(get("/echo")));
    ASSERT_TRUE(carol.exchange(get("/echo")));
    options.tls.client_authorities.pop_back();
    ASSERT_EQ(server->reload_tls(options.tls), "");
    expect_nothing_is_taken(carol);
    EXPECT_TRUE(alice.exchange(get("/echo")));
}

TEST_F(Revoked, AReloadThatFailsEndsNobody)
{
    start();
    RawClient alice(mtls(authority, "alice"));
    ASSERT_TRUE(alice.exchange(get("/echo")));
    auto bad = options.tls;
    bad.client_authorities[0].crl_file = authority.file("missing.pem");
    ASSERT_NE(server->reload_tls(bad), "");
    EXPECT_TRUE(alice.exchange(get("/echo")));
}

// Each kind of authority: one whose list is required, one that has given a list of its own accord, one without a list.
TEST_F(Revoked, AListThatEndsWhileTheServerRunsEndsItsConnections)
{
    const Authority with_list, with_longer_list, without_list;
    for (const Authority* one : {&with_list, &with_longer_list, &without_list})
        one->client("carol");
    authority.list_for(8);
    with_list.list_for(8);
    with_longer_list.list_for(20);
    trust(with_list, true);
    trust(with_longer_list, true);
    trust(without_list, false);
    start();
    EXPECT_GT(server->statistics().crl_seconds_left, 7 * day);
    RawClient required(mtls(authority, "alice")), given(mtls(with_list, "carol"));
    RawClient longer(mtls(with_longer_list, "carol")), none(mtls(without_list, "carol"));
    for (RawClient* client : {&required, &given, &longer, &none})
        ASSERT_TRUE(client->exchange(get("/echo")));
    passed = 8 * day;
    expect_nothing_is_taken(required);
    expect_nothing_is_taken(given);
    EXPECT_TRUE(longer.exchange(get("/echo")));
    EXPECT_TRUE(none.exchange(get("/echo")));
    EXPECT_LE(server->statistics().crl_seconds_left, 0);
    RawClient again(mtls(with_list, "carol"));
    EXPECT_FALSE(again.exchange(get("/echo"))) << "as at the handshake";

    authority.list_for(20);
    with_list.list_for(20);
    ASSERT_EQ(server->reload_tls(options.tls), "");
    RawClient renewed(mtls(with_list, "carol"));
    EXPECT_TRUE(renewed.exchange(get("/echo")));
}

TEST_F(Revoked, AnIdleConnectionAndAStreamOfAListThatEndsEndByThemselves)
{
    authority.list_for(8);
    start();
    RawClient idle(mtls(authority, "alice")), streaming(mtls(authority, "bob"));
    ASSERT_TRUE(idle.exchange(get("/echo")));
    streaming.send(get("/stream-open"));
    ASSERT_TRUE(streaming.read_head());
    ASSERT_EQ(streaming.read_chunk(), "first");
    passed = 8 * day;
    EXPECT_TRUE(idle.closed_by_server());
    EXPECT_EQ(streaming.read_chunk(), std::nullopt);
    EXPECT_TRUE(comes_true([&] { return server->statistics().connections_open == 0; }));
}

TEST_F(Revoked, TheLogSaysSevenDaysAndOneDayBeforeAListEndsAndWhenItHas)
{
    const auto file = authority.file("log.jsonl");
    base::start_log(base::Severity::info, file);
    const auto said = [&file](const std::string& text) {
        std::ifstream log(file);
        int lines = 0;
        for (std::string line; std::getline(log, line);)
            lines += line.find(text) != std::string::npos ? 1 : 0;
        return lines;
    };
    authority.list_for(8);
    start();
    passed = day + 60;
    EXPECT_TRUE(comes_true([&] { return said("\"level\":\"warning\",\"event\":\"revocation_list_ends\"") == 1; }));
    passed = 7 * day + 60;
    EXPECT_TRUE(comes_true([&] { return said("\"level\":\"error\",\"event\":\"revocation_list_ends\"") == 1; }));
    passed = 8 * day;
    EXPECT_TRUE(comes_true([&] { return said("\"event\":\"revocation_list_ended\"") == 1; }));
    EXPECT_EQ(said("\"event\":\"revocation_list_ends\""), 2) << "each once";
    EXPECT_EQ(said(authority.file("crl.pem")), 3) << "and of which list";
    base::start_log(base::Severity::error);
}

TEST_F(Revoked, ACertificateThatEndsMeanwhileTakesNoFurtherRequest)
{
    authority.list_for(1000);
    start();
    RawClient alice(mtls(authority, "alice"));
    ASSERT_TRUE(alice.exchange(get("/echo")));
    passed = 398 * day;
    expect_nothing_is_taken(alice);
}

TEST_F(Revoked, AConnectionWithACertificateSaysWhenItEndsAndTakesNothingAfterwards)
{
    options.deadlines.certificate_connection = 10s;  // less than others may stay idle
    start();
    RawClient alice(mtls(authority, "alice")), no_certificate(browser());
    EXPECT_EQ(alice.exchange(get("/echo"))->field("Connection"), "close");
    EXPECT_TRUE(alice.closed_by_server());
    EXPECT_EQ(no_certificate.exchange(get("/echo"))->field("Connection"), "");
}

TEST_F(Revoked, AnIdleConnectionWithACertificateEndsAtItsTime)
{
    options.deadlines.certificate_connection = 100ms;
    start();
    RawClient alice(mtls(authority, "alice"));
    EXPECT_TRUE(alice.closed_by_server());
    EXPECT_EQ(admitted, 0);
}

TEST_F(Revoked, TheAnswerInHandIsFinishedWhenTheTimeIsOver)
{
    slow = 2500ms;
    options.deadlines.certificate_connection = 2s;
    start();
    RawClient alice(mtls(authority, "alice"));
    const auto answer = alice.exchange(get("/slow"));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->body, "slow");
    EXPECT_EQ(answer->field("Connection"), "close");
    EXPECT_TRUE(alice.closed_by_server());
}

// What ClientTrust says beforehand is what the handshake does (its reasons: unit/http/client_trust_test.cpp).
TEST_F(Revoked, BeforehandACertificateIsJudgedAsTheHandshakeJudgesIt)
{
    const Authority stranger;
    stranger.client("mallory");
    authority.issue("server-only", "serverAuth");
    authority.issue("anything", "");
    authority.issue("both", "serverAuth,clientAuth");
    start();
    for (const std::string name : {"alice", "both", "server-only", "anything", "server"}) {
        RawClient client(mtls(authority, name));
        EXPECT_EQ(client.exchange(get("/echo")).has_value(), !fault_of(authority, name)) << name;
    }
    RawClient mallory(mtls(stranger, "mallory"));
    EXPECT_FALSE(mallory.exchange(get("/echo")));
    EXPECT_EQ(fault_of(stranger, "mallory"), http::CertificateFault::unknown_authority);
}

TEST_F(Revoked, BeforehandACertificateIsJudgedByTheFilesThatWereReadLast)
{
    start();
    EXPECT_EQ(fault_of(authority, "alice"), std::nullopt);
    authority.revoke("alice");
    EXPECT_EQ(fault_of(authority, "alice"), std::nullopt) << "not yet read";
    ASSERT_EQ(server->reload_tls(options.tls), "");
    EXPECT_EQ(fault_of(authority, "alice"), http::CertificateFault::revoked);
    EXPECT_EQ(fault_of(authority, "bob"), std::nullopt);

    auto bad = options.tls;
    bad.client_authorities[0].crl_file = authority.file("missing.pem");
    ASSERT_NE(server->reload_tls(bad), "");
    EXPECT_EQ(fault_of(authority, "alice"), http::CertificateFault::revoked);
}

}  // namespace
}  // namespace cbmx::test
