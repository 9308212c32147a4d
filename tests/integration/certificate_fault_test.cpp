// The portal's services ask the running server whether a client certificate would be accepted, before it is registered.
#include "integration/certificates.hpp"

namespace cbmx::test {
namespace {

using domain::CertificateFault;

class CertificateFaults : public Portal {
protected:
    std::optional<CertificateFault> fault_of(const std::string& pem) { return portal().app().portal().judge_certificate(pem); }
};

TEST_F(CertificateFaults, AreThoseOfTheHandshake)
{
    EXPECT_EQ(fault_of(certificate_pem("judged")), std::nullopt);
    EXPECT_EQ(fault_of(file_of_certificate("server.crt")), CertificateFault::wrong_purpose);
    EXPECT_EQ(fault_of("nonsense"), CertificateFault::other);
}

TEST_F(CertificateFaults, FollowAReload)
{
    const auto pem = certificate_pem("judged-and-revoked");
    EXPECT_EQ(fault_of(pem), std::nullopt);
    revoke_certificate("judged-and-revoked");
    EXPECT_EQ(fault_of(pem), std::nullopt);
    portal().app().reload([&] { return portal().config(); });
    EXPECT_EQ(fault_of(pem), CertificateFault::revoked);
}

}  // namespace
}  // namespace cbmx::test
