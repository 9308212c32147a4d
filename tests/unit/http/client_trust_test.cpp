// Which certificate would be accepted, asked before it is registered. See server/http/revocation.hpp; the handshake itself and
// what becomes of open connections: integration/http.
#include "base/ed25519.hpp"
#include "http/revocation.hpp"
#include "support/certificates.hpp"
#include "support/openssl_folder.hpp"
#include <map>

namespace cbmx::test {
namespace {

using http::CertificateFault;
using http::ClientTrust;
using http::ExpiredCrl;

constexpr std::time_t day = 24 * 3600;  // seconds
constexpr std::time_t start = 1'800'000'000;

class ClientTrustTest : public OpensslFolder {
protected:
    void trust(const ClientAuthority& one, const std::string& name, bool crl_required, const std::optional<std::string>& list)
    {
        write(name + ".pem", one.pem());
        if (list)
            write(name + ".crl", *list);
        authorities_.push_back({file(name + ".pem"), list ? file(name + ".crl") : std::string(), crl_required});
    }
    void trust_own(const std::vector<std::string>& revoked = {})
    {
        trust(authority, "own", true, authority.revocation_list(revoked, start - day, start + 30 * day));
    }
    std::optional<CertificateFault> fault_of(const std::string& certificate)
    {
        boost::asio::ssl::context context(boost::asio::ssl::context::tls_server);
        return ClientTrust(context, authorities_, ExpiredCrl::load, [this] { return now; }).fault_of(certificate);
    }

    std::time_t now = start;
    ClientAuthority authority{start};

private:
    std::string file(const std::string& name) const { return (folder_ / name).string(); }
    std::vector<http::TrustedAuthority> authorities_;
};

TEST_F(ClientTrustTest, ACertificateForClientsByAKnownAuthorityIsAccepted)
{
    trust_own();
    for (const auto kind : {KeyKind::p256, KeyKind::p384, KeyKind::ed25519, KeyKind::rsa_2048})
        EXPECT_EQ(fault_of(authority.issue({.key = kind}).pem), std::nullopt) << static_cast<int>(kind);
    EXPECT_EQ(fault_of(authority.issue({.purposes = "serverAuth,clientAuth"}).pem), std::nullopt);
}

TEST_F(ClientTrustTest, PemAndDerAreJudgedAlike)
{
    trust_own();
    write("good.pem", authority.issue().pem);
    write("server.pem", authority.issue({.purposes = "serverAuth"}).pem);
    for (const std::string name : {"good", "server"}) {
        openssl("x509 -in " + name + ".pem -outform DER -out " + name + ".der");
        EXPECT_EQ(fault_of(read(name + ".der")), fault_of(read(name + ".pem"))) << name;
    }
}

TEST_F(ClientTrustTest, ACertificateThatIsNotForClientsIsRefusedByItsPurpose)
{
    trust_own();
    EXPECT_EQ(fault_of(authority.issue({.purposes = "serverAuth"}).pem), CertificateFault::wrong_purpose);
    EXPECT_EQ(fault_of(authority.issue({.purposes = std::nullopt}).pem), CertificateFault::wrong_purpose) << "for anything";
    EXPECT_EQ(fault_of(authority.issue({.usage = "keyEncipherment"}).pem), CertificateFault::wrong_purpose);
}

TEST_F(ClientTrustTest, ACertificateByAnotherAuthorityIsRefused)
{
    trust_own();
    const CertificateWish year{.from = start - day, .until = start + 364 * day};
    EXPECT_EQ(fault_of(ClientAuthority(start, "Another").issue().pem), CertificateFault::unknown_authority);
    EXPECT_EQ(fault_of(ClientAuthority(start).issue().pem), CertificateFault::unknown_authority) << "of the same name";
    EXPECT_EQ(fault_of(self_signed(year).pem), CertificateFault::unknown_authority);
}

TEST_F(ClientTrustTest, TheDatesOfTheCertificateCount)
{
    trust_own();
    const auto certificate = authority.issue({.from = start - 10, .until = start + 10}).pem;
    for (const auto moment : {start - 10, start, start + 9}) {
        now = moment;
        EXPECT_EQ(fault_of(certificate), std::nullopt) << moment - start;
    }
    now = start - 11;
    EXPECT_EQ(fault_of(certificate), CertificateFault::not_yet_valid);
    now = start + 11;
    EXPECT_EQ(fault_of(certificate), CertificateFault::expired);
}

TEST_F(ClientTrustTest, ARevokedCertificateIsRefused)
{
    const auto revoked = authority.issue().pem, good = authority.issue().pem;
    trust_own({revoked});
    EXPECT_EQ(fault_of(revoked), CertificateFault::revoked);
    EXPECT_EQ(fault_of(good), std::nullopt);
}

TEST_F(ClientTrustTest, WithoutACurrentListNoneOfAnAuthorityIsAcceptedUnlessItNeedNotGiveOne)
{
    ClientAuthority lenient(start, "Lenient"), ended(start, "Ended"), missing(start, "Missing");
    trust(lenient, "lenient", false, std::nullopt);
    trust(ended, "ended", false, ended.revocation_list({}, start - 10 * day, start - day));
    trust(missing, "missing", true, std::nullopt);
    EXPECT_EQ(fault_of(lenient.issue().pem), std::nullopt);
    EXPECT_EQ(fault_of(ended.issue().pem), CertificateFault::no_current_list);
    EXPECT_EQ(fault_of(missing.issue().pem), CertificateFault::no_current_list);
}

TEST_F(ClientTrustTest, AListEndsWhileItIsLoaded)
{
    trust_own();
    const auto certificate = authority.issue().pem;
    now = start + 31 * day;
    EXPECT_EQ(fault_of(certificate), CertificateFault::no_current_list);
}

TEST_F(ClientTrustTest, AFaultOfTheAuthoritysOwnCertificateIsNotSaidOfTheOneItIssued)
{
    trust(authority, "own", false, std::nullopt);
    now = start + 6 * 365 * day;
    EXPECT_EQ(fault_of(authority.issue({.from = start, .until = start + 7 * 365 * day}).pem), CertificateFault::other);
}

TEST_F(ClientTrustTest, WhatIsNoCertificateOrHasAWeakKeyIsRefused)
{
    trust_own();
    EXPECT_EQ(fault_of(authority.issue({.key = KeyKind::rsa_1024}).pem), CertificateFault::other);
    for (const auto& text : {std::string(), std::string("nonsense"), PrivateKey().public_pem()})
        EXPECT_EQ(fault_of(text), CertificateFault::other);
    EXPECT_EQ(ERR_peek_error(), 0U) << "TLS on the same thread reads that queue";
}

}  // namespace
}  // namespace cbmx::test
