// The real program as a process, for what only a process can show: being killed, being stopped, a full disk.
#pragma once
#include "support/raw_client.hpp"
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <sys/types.h>
#include <vector>

namespace cbmx::test {

struct Run {
    int status = -1;  // exit code; 128 + signal when killed
    std::string output;
};

class Process {
public:
    // directory: data, outside, log key and log of this portal lie there. Settings go by the environment.
    explicit Process(std::filesystem::path directory, std::map<std::string, std::string> settings = {});
    ~Process();  // kills what still runs

    Run command(const std::vector<std::string>& arguments);  // runs the program to its end
    Run command_under(const std::vector<std::string>& launcher,
                      const std::vector<std::string>& arguments);  // ... by another, e.g. /usr/bin/prlimit
    nlohmann::json init();                                         // {"account", "token"} of the secretariat
    void begin();                                                  // serve; does not wait
    bool start();                                                  // serve; true once it said that it started
    void kill_hard();                                              // SIGKILL
    void hang_up();                                                // SIGHUP
    int terminate();                                               // SIGTERM; the exit code
    pid_t pid() const { return child_; }
    std::uint16_t port() const { return port_; }
    std::uint16_t mtls_port() const { return mtls_port_; }
    std::string log() const;
    std::unique_ptr<RawClient> connect() const;
    std::unique_ptr<RawClient> connect_with(const std::filesystem::path& certificate, const std::filesystem::path& key) const;

private:
    void send(int signal) const;
    std::vector<std::string> environment() const;
    std::filesystem::path directory_;
    std::map<std::string, std::string> settings_;
    pid_t child_ = -1;
    std::uint16_t port_ = 0, mtls_port_ = 0;
    std::size_t log_begin_ = 0;
};

// One request with a token; nullopt when the connection broke before a whole answer came.
std::optional<RawResponse> ask(RawClient& client, const std::string& method, const std::string& path, const std::string& token,
                               const std::string& body = "", const std::vector<std::pair<std::string, std::string>>& fields = {});

}  // namespace cbmx::test
