// The server under test: real TLS over loopback, certificates from certs/make-dev-certs.sh in a temporary directory,
// and a small Application whose paths name what they do.
#pragma once
#include "http/server.hpp"
#include "support/raw_client.hpp"
#include <atomic>
#include <filesystem>
#include <functional>
#include <gtest/gtest.h>
#include <mutex>
#include <thread>

namespace cbmx::test {

class Authority {  // one development CA in its own temporary directory
public:
    Authority();
    ~Authority();
    Authority(const Authority&) = delete;
    Authority& operator=(const Authority&) = delete;
    std::string file(const std::string& name) const { return (directory_ / name).string(); }
    void client(const std::string& name) const { make("client", name); }
    void revoke(const std::string& name) const { make("revoke", name); }
    void list_for(int days) const;  // its revocation list anew, which ends after so many days
    // A certificate of this CA with the given extended key usage, or with none.
    void issue(const std::string& name, const std::string& extended_key_usage) const;

private:
    void make(const std::string& command, const std::string& name = "") const;
    std::filesystem::path directory_;
};

const Authority& shared_authority();  // for tests that change nothing in it

class HttpServer : public ::testing::Test {
protected:
    HttpServer();
    ~HttpServer() override;
    void start();
    RawOptions browser() const;
    RawOptions mtls(const Authority& authority, const std::string& name) const;

    // GET /echo: "target"; POST /echo: the body; /slow: after `slow` from another thread; /denied: 403 on the head;
    // /small: body limit 16 bytes; /large: 64 MiB; /big: 3 MiB of answer; /empty: 204; /never: loses its Reply;
    // /twice: replies twice; /throws: in admit; /throws-later: in serve; /split: an answer field with a line break;
    // /wait: answered only once the client has gone, which `gone` counts; a field X-Home: as with a valid token of that home;
    // /peer: address and certificate; /stream, /stream-broken, /stream-lost, /stream-throws: in pieces; /stream-open: a piece, and
    // no other until the test has the server ended.
    http::Application application();
    http::ServerOptions options;
    std::chrono::milliseconds slow{150};
    std::unique_ptr<http::Server> server;
    std::atomic<int> admitted{0};
    std::atomic<int> served{0};
    std::atomic<int> done{0};  // of /slow, whether somebody waits for it or not
    std::atomic<int> gone{0};

    std::vector<std::string> reasons() const;

private:
    http::Admission admit(http::Head head);
    void serve(const http::Head& head, std::string body, http::Reply reply);
    mutable std::mutex mutex_;
    std::vector<std::string> reasons_;
    std::vector<std::thread> threads_;
};

std::string get(std::string_view target, std::string_view more_fields = "");
std::string post(std::string_view target, std::string_view body, std::string_view more_fields = "");

}  // namespace cbmx::test
