// Versions, client certificates, revocation, resumption and reload on the two listeners (rules.md 3-5).
#include "base/bytes.hpp"
#include "fixture.hpp"
#include "support/waiting.hpp"
#include <cstdlib>
#include <fstream>
#include <openssl/ssl.h>

namespace cbmx::test {
namespace {

class Tls : public HttpServer {
protected:
    // In TLS 1.3 the client learns only with its first read whether its certificate was accepted.
    bool served_with(const RawOptions& with)
    {
        RawClient client(with);
        return client.connected() && client.exchange(get("/peer")).has_value();
    }
    bool served_with(const Authority& authority, const std::string& name) { return served_with(mtls(authority, name)); }
    void trust(const Authority& authority, bool crl_required, bool with_crl)
    {
        options.tls.client_authorities.push_back({authority.file("ca.crt"), with_crl ? authority.file("crl.pem") : "", crl_required});
    }
};

std::string fingerprint(const std::string& certificate_file)
{
    const std::string command = "openssl x509 -in " + certificate_file + " -noout -fingerprint -sha256";
    FILE* pipe = popen(command.c_str(), "r");
    char line[256] = {};
    if (fgets(line, sizeof line, pipe) == nullptr)
        line[0] = '\0';
    pclose(pipe);
    std::string hex;
    const std::string text(line);
    for (const char c : text.substr(text.find('=') + 1))
        if (std::isxdigit(static_cast<unsigned char>(c)) != 0)
            hex += static_cast<char>(std::tolower(c));
    return hex;
}

void overwrite(const std::string& file, const std::string& text) { std::ofstream(file, std::ios::trunc) << text; }

TEST_F(Tls, TheBrowserListenerSpeaks12And13AndNothingOlder)
{
    start();
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        RawOptions one = browser();
        one.least_version = one.most_version = version;
        EXPECT_TRUE(served_with(one)) << version;
    }
    for (const int version : {TLS1_VERSION, TLS1_1_VERSION}) {
        RawOptions one = browser();
        one.least_version = one.most_version = version;
        EXPECT_FALSE(RawClient(one).connected()) << version;
    }
}

TEST_F(Tls, OnlyHttp11IsNegotiated)
{
    start();
    RawOptions both = browser();
    both.alpn = "\x02h2\x08http/1.1";
    EXPECT_TRUE(served_with(both));
    RawOptions newer = browser();
    newer.alpn = "\x02h2";
    EXPECT_FALSE(RawClient(newer).connected());
}

TEST_F(Tls, AHandshakeThatAsksForAnotherNameEndsWithUnrecognizedName)
{
    Authority authority;
    authority.client("alice");
    options.tls.client_authorities.clear();
    trust(authority, true, true);
    start();
    for (RawOptions one : {browser(), mtls(authority, "alice")}) {
        for (const char* name : {"", "localhost", "LOCALHOST", "portal.example"}) {
            one.server_name = name;
            RawClient client(one);
            EXPECT_TRUE(client.exchange(get("/echo"))) << name;
            EXPECT_EQ(client.alert(), "") << name;
        }
        for (const char* name : {"other.example", "localhos", "localhost.", "localhost.example", "portal.example:443"}) {
            one.server_name = name;
            RawClient client(one);
            EXPECT_FALSE(client.connected()) << name;
            EXPECT_EQ(client.alert(), "unrecognized name") << name;
        }
    }
    EXPECT_TRUE(comes_true([&] { return server->statistics().handshakes_failed == 10; }));
}

TEST_F(Tls, PlainHttpGetsNothing)
{
    start();
    RawOptions plain = browser();
    plain.before_tls = get("/echo");
    EXPECT_FALSE(RawClient(plain).connected());
    EXPECT_EQ(admitted, 0);
}

TEST_F(Tls, AClientCertificateIsKnownByItsFingerprint)
{
    Authority authority;
    authority.client("alice");
    options.tls.client_authorities.clear();
    trust(authority, true, true);
    start();
    RawClient client(mtls(authority, "alice"));
    EXPECT_EQ(client.protocol(), "TLSv1.3");
    const auto response = client.exchange(get("/peer"));
    ASSERT_TRUE(response);
    EXPECT_EQ(response->body, "127.0.0.1 " + fingerprint(authority.file("alice.crt")));
}

TEST_F(Tls, TheCertificateListenerNeedsACertificateAndTls13)
{
    Authority authority;
    authority.client("alice");
    options.tls.client_authorities.clear();
    trust(authority, true, true);
    start();
    EXPECT_FALSE(served_with(authority, ""));
    RawOptions older = mtls(authority, "alice");
    older.most_version = TLS1_2_VERSION;
    EXPECT_FALSE(RawClient(older).connected());
    EXPECT_TRUE(served_with(authority, "alice"));
    EXPECT_GE(server->statistics().handshakes_failed, 2U);
}

TEST_F(Tls, TheBrowserListenerIgnoresACertificate)
{
    Authority authority;
    authority.client("alice");
    trust(authority, true, true);
    start();
    RawOptions with = mtls(authority, "alice");
    with.port = server->port();
    RawClient client(with);
    EXPECT_EQ(client.exchange(get("/peer"))->body, "127.0.0.1 none");
}

TEST_F(Tls, TheCertificateMustBeForClients)
{
    Authority authority;
    authority.issue("server-only", "serverAuth");
    authority.issue("anything", "");
    authority.issue("both", "serverAuth,clientAuth");
    options.tls.client_authorities.clear();
    trust(authority, true, true);
    start();
    EXPECT_FALSE(served_with(authority, "server-only"));
    EXPECT_FALSE(served_with(authority, "anything"));
    EXPECT_FALSE(served_with(authority, "server"));
    EXPECT_TRUE(served_with(authority, "both"));
}

TEST_F(Tls, AStrangersCertificateIsRefused)
{
    Authority trusted;
    Authority stranger;
    stranger.client("mallory");
    options.tls.client_authorities.clear();
    trust(trusted, false, false);
    start();
    EXPECT_FALSE(served_with(stranger, "mallory"));
}

TEST_F(Tls, ARevokedCertificateIsRefusedOnceTheListIsReloaded)
{
    Authority authority;
    authority.client("alice");
    authority.client("bob");
    options.tls.client_authorities.clear();
    trust(authority, true, true);
    start();
    EXPECT_TRUE(served_with(authority, "alice"));
    authority.revoke("alice");
    EXPECT_EQ(server->reload_tls(options.tls), "");
    EXPECT_FALSE(served_with(authority, "alice"));
    EXPECT_TRUE(served_with(authority, "bob"));
}

TEST_F(Tls, ACaThatNeedsAListAndHasNoneIsRefusedAndOneThatDoesNotIsNotLockedOut)
{
    Authority strict;
    Authority lenient;
    strict.client("alice");
    lenient.client("bob");
    options.tls.client_authorities.clear();
    trust(strict, true, false);
    trust(lenient, false, false);
    start();
    EXPECT_FALSE(served_with(strict, "alice"));
    EXPECT_TRUE(served_with(lenient, "bob"));
    EXPECT_EQ(server->statistics().crl_age_seconds, -1);
}

TEST_F(Tls, HowLongTheServersCertificateLastsIsTold)
{
    start();
    EXPECT_GT(server->statistics().certificate_seconds_left, 24 * 3600);
    EXPECT_LT(server->statistics().certificate_seconds_left, 20LL * 366 * 24 * 3600);
}

TEST_F(Tls, AListIsCheckedWhereverOneIsGiven)
{
    Authority own;
    Authority foreign;
    own.client("alice");
    foreign.client("bob");
    foreign.client("carol");
    foreign.revoke("carol");
    options.tls.client_authorities.clear();
    trust(own, true, true);
    trust(foreign, false, true);
    start();
    EXPECT_TRUE(served_with(own, "alice"));
    EXPECT_TRUE(served_with(foreign, "bob"));
    EXPECT_FALSE(served_with(foreign, "carol"));
    EXPECT_GE(server->statistics().crl_age_seconds, 0);
    EXPECT_LT(server->statistics().crl_age_seconds, 300);
}

TEST_F(Tls, ABadFileOnReloadKeepsWhatWasLoaded)
{
    Authority authority;
    Authority other;
    authority.client("alice");
    authority.revoke("alice");
    authority.client("bob");
    options.tls.client_authorities.clear();
    trust(authority, true, true);
    start();

    http::TlsFiles bad = options.tls;
    bad.client_authorities[0].crl_file = authority.file("broken.pem");
    overwrite(bad.client_authorities[0].crl_file, "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n");
    EXPECT_NE(server->reload_tls(bad), "");
    overwrite(bad.client_authorities[0].crl_file, "");
    EXPECT_NE(server->reload_tls(bad), "");
    bad.client_authorities[0].crl_file = authority.file("missing.pem");
    EXPECT_NE(server->reload_tls(bad), "");
    bad.client_authorities[0].crl_file = other.file("crl.pem");
    EXPECT_NE(server->reload_tls(bad).find("not signed by the authority"), std::string::npos);
    bad = options.tls;
    bad.key_file = other.file("server.key");
    EXPECT_NE(server->reload_tls(bad), "");
    bad = options.tls;
    bad.certificate_file = authority.file("nothing.crt");
    EXPECT_NE(server->reload_tls(bad), "");
    bad = options.tls;
    bad.client_authorities[0].ca_file = authority.file("bob.crt");
    EXPECT_NE(server->reload_tls(bad).find("not the certificate of a CA"), std::string::npos);

    EXPECT_FALSE(served_with(authority, "alice"));
    EXPECT_TRUE(served_with(authority, "bob"));
}

TEST_F(Tls, AnExpiredListIsNotReloadedAndDoesNotKeepTheServerFromStarting)
{
    Authority authority;
    authority.client("alice");
    options.tls.client_authorities.clear();
    trust(authority, true, true);
    http::TlsFiles expired = options.tls;
    expired.client_authorities[0].crl_file = authority.file("expired.pem");
    const std::string command = "openssl ca -config " + authority.file("ca.cnf") + " -gencrl -crl_lastupdate " +
                                "20200101000000Z -crl_nextupdate 20200201000000Z -out " + authority.file("expired.pem") + " 2>/dev/null";
    ASSERT_EQ(std::system(command.c_str()), 0);
    start();
    EXPECT_NE(server->reload_tls(expired).find("has expired"), std::string::npos);
    EXPECT_TRUE(served_with(authority, "alice"));
    server.reset();

    options.tls = expired;
    start();
    EXPECT_FALSE(served_with(authority, "alice"));
    EXPECT_TRUE(served_with(browser()));
    EXPECT_GT(server->statistics().crl_age_seconds, 365 * 24 * 3600);
}

TEST_F(Tls, AReloadIsForNewConnectionsAndOpenOnesGoOn)
{
    Authority authority;
    start();
    RawClient before(browser());
    EXPECT_EQ(before.exchange(get("/echo"))->status, 200);
    http::TlsFiles files = options.tls;
    files.certificate_file = authority.file("server.crt");
    files.key_file = authority.file("server.key");
    EXPECT_EQ(server->reload_tls(files), "");
    EXPECT_EQ(before.exchange(get("/echo"))->status, 200);
    EXPECT_FALSE(RawClient(browser()).connected());
    RawOptions after = browser();
    after.ca_file = authority.file("ca.crt");
    EXPECT_TRUE(served_with(after));
}

TEST_F(Tls, TheCertificateListenerSendsNoTicketAndTheBrowserListenerDoes)
{
    Authority authority;
    authority.client("alice");
    options.tls.client_authorities.clear();
    trust(authority, true, true);
    start();
    RawClient with(mtls(authority, "alice"));
    ASSERT_TRUE(with.exchange(get("/peer")));
    EXPECT_EQ(with.session_tickets(), 0);
    EXPECT_EQ(SSL_SESSION_is_resumable(with.session()), 0);
    RawClient without(browser());
    ASSERT_TRUE(without.exchange(get("/peer")));
    EXPECT_GT(without.session_tickets(), 0);
}

TEST_F(Tls, AServerKeyThatIsNotP256DoesNotStart)
{
    Authority authority;
    const std::string at = authority.file("");
    const std::string command = "cd " + at + " && openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -days 2 " +
                                "-keyout rsa.key -out rsa.crt 2>/dev/null";
    ASSERT_EQ(std::system(command.c_str()), 0);
    options.tls.certificate_file = authority.file("rsa.crt");
    options.tls.key_file = authority.file("rsa.key");
    EXPECT_THROW(start(), std::runtime_error);
}

}  // namespace
}  // namespace cbmx::test
