// What an operator's machine does to the portal: kill -9, SIGTERM, SIGHUP, a full disk, a second server, an old copy.
// Nothing that was acknowledged is lost, nothing that was refused leaves a trace.
#include "fault/machine.hpp"
#include <atomic>
#include <fstream>
#include <sys/mount.h>
#include <thread>

namespace cbmx::test {
namespace {

TEST_F(Machine, ASecondServerOnTheSameDataIsRefused)
{
    Process first(directory);
    first.init();
    ASSERT_TRUE(first.start());
    Process second(directory);
    const auto run = second.command({"serve"});
    EXPECT_EQ(run.status, 2);
    EXPECT_NE(run.output.find("in use by another process"), std::string::npos) << run.output;
}

TEST_F(Machine, ARevokedCertificateIsRefusedAfterSighupWithoutARestart)
{
    const auto certs = directory / "certs";
    const auto make = [&certs](const std::string& what) {
        EXPECT_EQ(std::system((std::string(CBMX_SOURCE_DIR) + "/certs/make-dev-certs.sh " + what + " > /dev/null 2>&1").c_str()), 0) << what;
    };
    make("init " + certs.string());
    make("client " + certs.string() + " clerk");
    Process process(directory, {{"CBMX_TLS_CERTIFICATE", certs / "server.crt"}, {"CBMX_TLS_KEY", certs / "server.key"}, {"CBMX_CLIENT_CA", certs / "ca.crt"}, {"CBMX_CLIENT_CRL", certs / "crl.pem"}});
    process.init();
    ASSERT_TRUE(process.start());
    const auto clerk = account(process, "state:CL", "drafter");
    operate(process, {"credential", "certificate", "--account", clerk, "--file", (certs / "clerk.crt").string()});
    const auto me = [&]() -> int {
        RawClient client({.port = process.mtls_port(), .ca_file = certs / "ca.crt", .certificate_file = certs / "clerk.crt", .key_file = certs / "clerk.key"});
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

TEST_F(Machine, ADatabaseOfANewerReleaseIsRefusedWithOneClearSentence)
{
    Process process(directory);
    process.init();
    {
        store::Connection connection((directory / "data" / "cbmx.sqlite").string(), store::OpenMode::read_write);
        connection.run("INSERT INTO schema_migration (number, name, hash) VALUES (9999, '9999_future.sql', 'x')");
    }
    const auto run = process.command({"serve"});
    EXPECT_EQ(run.status, 2);
    EXPECT_NE(run.output.find("newer release"), std::string::npos) << run.output;
}

TEST_F(Machine, AnOldCopyIsNoticedAndStartsReadOnly)
{
    Process process(directory);
    const auto secretariat_token = process.init().at("token").get<std::string>();
    std::filesystem::copy(directory / "data", directory / "old", std::filesystem::copy_options::recursive);
    ASSERT_TRUE(process.start());
    const auto client = process.connect();
    EXPECT_EQ(ask(*client, "POST", "/v1/periods", secretariat_token, period("2030"))->status, 201);
    EXPECT_EQ(process.terminate(), 0);
    std::filesystem::remove_all(directory / "data");
    std::filesystem::rename(directory / "old", directory / "data");
    ASSERT_TRUE(process.start()) << process.log();
    const auto reader = process.connect();
    EXPECT_EQ(ask(*reader, "GET", "/v1/periods", secretariat_token)->status, 200);
    EXPECT_EQ(ask(*reader, "GET", "/readyz", "")->status, 503);
    EXPECT_EQ(ask(*reader, "POST", "/v1/periods", secretariat_token, period("2031"))->status, 503);
}

TEST_F(Machine, ABackupMadeUnderWritesRestoresAndVerifies)
{
    Process process(directory);
    const auto secretariat_token = process.init().at("token").get<std::string>();
    ASSERT_TRUE(process.start());
    std::atomic<bool> stop{false};
    std::atomic<int> written{0};
    std::thread writer([&] {
        const auto client = process.connect();
        while (!stop)
            if (const auto answer = ask(*client, "POST", "/v1/periods", secretariat_token, period("b" + std::to_string(written))); answer && answer->status == 201)
                ++written;
    });
    while (written < 20)
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    const auto backup = process.command({"backup", (directory / "backup.sqlite").string()});
    stop = true;
    writer.join();
    EXPECT_EQ(backup.status, 0) << backup.output;
    EXPECT_EQ(process.terminate(), 0);
    std::filesystem::rename(directory / "data", directory / "lost");
    // The writer went on after the backup: it is behind what is kept outside.
    const auto refused = process.command({"restore", (directory / "backup.sqlite").string()});
    EXPECT_NE(refused.status, 0);
    std::filesystem::remove_all(directory / "data");
    const auto restored = process.command({"restore", (directory / "backup.sqlite").string(), "--new-epoch"});
    EXPECT_EQ(restored.status, 0) << restored.output;
    EXPECT_EQ(process.command({"verify"}).status, 0) << process.command({"verify"}).output;
    ASSERT_TRUE(process.start()) << process.log();
    const auto client = process.connect();
    EXPECT_EQ(ask(*client, "GET", "/v1/periods/b0", secretariat_token)->status, 200);
}

TEST_F(Machine, AFullDiskGivesRetryAfterAndReadsGoOn)
{
    const auto small = directory / "data";
    std::filesystem::create_directories(small);
    ASSERT_EQ(mount("tmpfs", small.c_str(), "tmpfs", 0, "size=4m"), 0) << "this test mounts a small tmpfs: it runs as root";
    struct Unmount {
        std::filesystem::path path;
        ~Unmount() { umount2(path.c_str(), MNT_DETACH); }
    };
    const Unmount unmount{small};
    {
        Process process(directory);
        const auto secretariat_token = process.init().at("token").get<std::string>();
        ASSERT_FALSE(secretariat_token.empty());
        ASSERT_TRUE(process.start()) << process.log();
        const auto client = process.connect();
        EXPECT_EQ(ask(*client, "POST", "/v1/periods", secretariat_token, period("before"))->status, 201);
        {
            std::ofstream filler(small / "filler", std::ios::binary);
            const std::string block(4096, 'x');
            while (filler.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) {
            }
        }
        std::optional<RawResponse> refused;
        for (int i = 0; i < 200; ++i) {
            refused = ask(*client, "POST", "/v1/periods", secretariat_token, period("full" + std::to_string(i)));
            ASSERT_TRUE(refused);
            if (refused->status != 201)
                break;
        }
        EXPECT_EQ(refused->status, 503) << refused->body;
        EXPECT_FALSE(refused->field("Retry-After").empty());
        EXPECT_EQ(ask(*client, "GET", "/v1/periods/before", secretariat_token)->status, 200);
        EXPECT_EQ(ask(*client, "GET", "/readyz", "")->status, 503);
        std::filesystem::remove(small / "filler");
        EXPECT_EQ(ask(*client, "POST", "/v1/periods", secretariat_token, period("after"))->status, 201);
        EXPECT_EQ(ask(*client, "GET", "/readyz", "")->status, 200);
        EXPECT_EQ(process.terminate(), 0);
        const auto checked = process.command({"verify"});
        EXPECT_EQ(checked.status, 0) << checked.output;
    }
}

}  // namespace
}  // namespace cbmx::test
