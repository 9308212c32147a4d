// Signals of the operator to the running program: SIGTERM, SIGHUP.
#include "fault/machine.hpp"
#include "support/paths.hpp"
#include <thread>

namespace cbmx::test {
namespace {

class Signals : public Machine {};

TEST_F(Signals, SigtermFinishesWhatIsInFlightAndEndsWithZero)
{
    Process process(directory);
    process.init();
    ASSERT_TRUE(process.start());
    EXPECT_EQ(process.terminate(), 0) << process.log();
    ASSERT_TRUE(process.start());
    EXPECT_EQ(process.command({"verify"}).status, 0);
}

TEST_F(Signals, AfterSighupItRefusesARevokedCertificateWithoutARestart)
{
    const auto certs = directory / "certs";
    const auto make = [&certs](const std::string& what) {
        EXPECT_EQ(std::system((test::source_directory() + "/certs/make-dev-certs.sh " + what + " > /dev/null 2>&1").c_str()), 0) << what;
    };
    make("init " + certs.string());
    make("client " + certs.string() + " clerk");
    Process process(directory, {{"CBMX_TLS_CERTIFICATE", certs / "server.crt"},
                                {"CBMX_TLS_KEY", certs / "server.key"},
                                {"CBMX_CLIENT_CA", certs / "ca.crt"},
                                {"CBMX_CLIENT_CRL", certs / "crl.pem"}});
    process.init();
    ASSERT_TRUE(process.start());
    const auto clerk = account(process, "state:CL", "drafter");
    operate(process, {"credential", "certificate", "--account", clerk, "--file", (certs / "clerk.crt").string()});
    const auto me = [&]() -> int {
        RawClient client({.port = process.mtls_port(),
                          .ca_file = certs / "ca.crt",
                          .certificate_file = certs / "clerk.crt",
                          .key_file = certs / "clerk.key"});
        const auto answer = client.connected() ? ask(client, "GET", "/v1/me", "") : std::nullopt;
        return answer ? answer->status : 0;
    };
    EXPECT_EQ(me(), 200);
    make("revoke " + certs.string() + " clerk");
    process.hang_up();
    for (int i = 0; i < 100 && me() != 0; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    EXPECT_EQ(me(), 0) << process.log();
}

}  // namespace
}  // namespace cbmx::test
