// A crowd that connects and says nothing, from many addresses and to both listeners: who has something to say gets in.
#include "fault/machine.hpp"
#include "integration/certificates.hpp"
#include <sys/resource.h>

namespace cbmx::test {
namespace {

class Crowd : public Machine {
protected:
    Crowd()
    {
        rlimit limit{};
        getrlimit(RLIMIT_NOFILE, &limit);
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
};

constexpr std::size_t bare_connections = 1100, from_each_address = 40;

std::string address_of(std::size_t connection)
{
    std::string address("127.0.1.");
    address.append(std::to_string(1 + connection / from_each_address));
    return address;
}

TEST_F(Crowd, OfBareConnectionsShutsNeitherListener)
{
    // As a portal is set up that names no limits.
    Process process(directory,
                    {{"CBMX_MAX_HANDSHAKES", "400"}, {"CBMX_MAX_HANDSHAKES_PER_PEER", "200"}, {"CBMX_MAX_CONNECTIONS_PER_PEER", "300"}});
    const auto tokens = found(process);
    ASSERT_TRUE(process.start()) << process.log();
    make_certificates("client", "crowded");
    const auto certificate = development_certificates() / "crowded.crt", key = development_certificates() / "crowded.key";
    operate(process, {"credential", "certificate", "--account", account(process, "state:PE", "drafter"), "--file", certificate.string()});
    begun_at = entries_so_far();  // what comes from now on is the clerks'
    Clerk inside(tokens, "inside"), newcomer(tokens, "newcomer");
    inside.connect(process);
    ASSERT_TRUE(inside.write_once());

    std::vector<std::unique_ptr<BareConnection>> crowd;
    for (std::size_t i = 0; i < bare_connections; ++i)
        crowd.push_back(std::make_unique<BareConnection>(i % 2 == 0 ? process.port() : process.mtls_port(), address_of(i)));
    EXPECT_TRUE(inside.write_once()) << "who was in stays in";
    const auto browsing = process.connect();
    const auto health = ask(*browsing, "GET", "/healthz", "");
    EXPECT_TRUE(health && health->status == 200);
    newcomer.connect(process);
    EXPECT_TRUE(newcomer.write_once());
    const auto holder = process.connect_with(certificate, key);
    const auto me = ask(*holder, "GET", "/v1/me", "");
    EXPECT_TRUE(me && me->status == 200);

    EXPECT_EQ(inside.unexpected + newcomer.unexpected, "");
    crowd.clear();
    EXPECT_EQ(process.terminate(), 0) << process.log();
    auto history = inside.history();
    history.insert(history.end(), newcomer.history().begin(), newcomer.history().end());
    const auto judgement = judge_copy(history);
    EXPECT_TRUE(judgement.lost.empty() && judgement.wrong.empty()) << judgement.text();
    write_row({"connections that say nothing, half of them to each listener", std::to_string(bare_connections) + " at once",
               judgement.acknowledged, judgement.lost.size(), "browsers, tokens and client certificates get in"});
}

}  // namespace
}  // namespace cbmx::test
