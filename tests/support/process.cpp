// See process.hpp.
#include "support/process.hpp"
#include "support/paths.hpp"
#include "support/portal.hpp"
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

extern char** environ;

namespace cbmx::test {
namespace {

constexpr std::chrono::seconds start_patience{30};

std::string read_all(const std::filesystem::path& path)
{
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

int exit_code(int status) { return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status); }

pid_t spawn(const std::vector<std::string>& arguments, const std::vector<std::string>& environment, const std::filesystem::path& output)
{
    std::vector<char*> argv, envp;
    for (const auto& argument : arguments)
        argv.push_back(const_cast<char*>(argument.c_str()));
    for (const auto& variable : environment)
        envp.push_back(const_cast<char*>(variable.c_str()));
    argv.push_back(nullptr);
    envp.push_back(nullptr);
    const pid_t child = fork();
    if (child == 0) {
        const int file = open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
        dup2(file, STDOUT_FILENO);
        dup2(file, STDERR_FILENO);
        execve(argv[0], argv.data(), envp.data());
        _exit(127);
    }
    return child;
}

}  // namespace

Process::Process(std::filesystem::path directory, std::map<std::string, std::string> settings)
    : directory_(std::move(directory)), settings_(std::move(settings))
{
    std::filesystem::create_directories(directory_ / "outside");
}

Process::~Process()
{
    if (child_ > 0)
        kill_hard();
}

std::vector<std::string> Process::environment() const
{
    const auto& certificates = development_certificates();
    std::map<std::string, std::string> variables{{"CBMX_DATA", directory_ / "data"},
                                                 {"CBMX_OUTSIDE", directory_ / "outside"},
                                                 {"CBMX_LOG_KEY", directory_ / "log-key.pem"},
                                                 {"CBMX_ORIGIN", "test.example/log"},
                                                 {"CBMX_PORT", "0"},
                                                 {"CBMX_MTLS_PORT", "0"},
                                                 {"CBMX_METRICS_PORT", "0"},
                                                 {"CBMX_MAX_CONNECTIONS_PER_PEER", "1000"},
                                                 {"CBMX_MAX_HANDSHAKES", "1000"},
                                                 {"CBMX_MAX_HANDSHAKES_PER_PEER", "1000"},
                                                 {"CBMX_ACCOUNT_REQUESTS_PER_MINUTE", "100000000"},
                                                 {"CBMX_TLS_CERTIFICATE", certificates / "server.crt"},
                                                 {"CBMX_TLS_KEY", certificates / "server.key"},
                                                 {"CBMX_CLIENT_CA", certificates / "ca.crt"},
                                                 {"CBMX_CLIENT_CRL", certificates / "crl.pem"},
                                                 {"CBMX_ACCOUNT_LOG_INTERVAL_SECONDS", "1"},
                                                 {"CBMX_PUBLIC_LOG_INTERVAL_SECONDS", "1"},
                                                 {"CBMX_DRAIN_SECONDS", "5"}};
    for (const auto& [name, value] : settings_)
        variables[name] = value;
    std::vector<std::string> list;
    for (char** variable = environ; *variable != nullptr; ++variable)
        if (!std::string_view(*variable).starts_with("CBMX_"))
            list.emplace_back(*variable);
    for (const auto& [name, value] : variables)
        list.push_back(name + "=" + value);
    return list;
}

Run Process::command(const std::vector<std::string>& arguments) { return command_under({}, arguments); }

Run Process::command_under(const std::vector<std::string>& launcher, const std::vector<std::string>& arguments)
{
    const auto output = directory_ / "command.txt";
    std::filesystem::remove(output);
    auto all = launcher;
    all.push_back(program());
    all.insert(all.end(), arguments.begin(), arguments.end());
    const pid_t child = spawn(all, environment(), output);
    int status = 0;
    waitpid(child, &status, 0);
    return {exit_code(status), read_all(output)};
}

nlohmann::json Process::init() { return nlohmann::json::parse(command({"init", "--demo"}).output, nullptr, false); }

void Process::begin()
{
    log_begin_ = log().size();
    child_ = spawn({program(), "serve"}, environment(), directory_ / "serve.log");
}

bool Process::start()
{
    begin();
    const auto until = std::chrono::steady_clock::now() + start_patience;
    while (std::chrono::steady_clock::now() < until) {
        std::istringstream lines(log().substr(log_begin_));
        for (std::string line; std::getline(lines, line);) {
            const auto entry = nlohmann::json::parse(line, nullptr, false);
            if (entry.is_object() && entry.value("event", "") == "started") {
                port_ = entry.at("port").get<std::uint16_t>();
                mtls_port_ = entry.at("mtls_port").get<std::uint16_t>();
                return true;
            }
        }
        int status = 0;
        if (waitpid(child_, &status, WNOHANG) == child_) {
            child_ = -1;
            return false;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return false;
}

// Only to a child of ours: to the system, -1 means every process that there is.
void Process::send(int signal) const
{
    if (child_ <= 0)
        throw std::logic_error("no portal runs that could be sent a signal");
    kill(child_, signal);
}

void Process::kill_hard()
{
    send(SIGKILL);
    waitpid(child_, nullptr, 0);
    child_ = -1;
}

void Process::hang_up() { send(SIGHUP); }

int Process::terminate()
{
    send(SIGTERM);
    int status = 0;
    waitpid(child_, &status, 0);
    child_ = -1;
    return exit_code(status);
}

std::string Process::log() const { return read_all(directory_ / "serve.log"); }

std::unique_ptr<RawClient> Process::connect() const
{
    return std::make_unique<RawClient>(RawOptions{.port = port_, .ca_file = development_certificates() / "ca.crt"});
}

std::unique_ptr<RawClient> Process::connect_with(const std::filesystem::path& certificate, const std::filesystem::path& key) const
{
    return std::make_unique<RawClient>(
        RawOptions{.port = mtls_port_, .ca_file = development_certificates() / "ca.crt", .certificate_file = certificate, .key_file = key});
}

std::optional<RawResponse> ask(RawClient& client, const std::string& method, const std::string& path, const std::string& token,
                               const std::string& body, const std::vector<std::pair<std::string, std::string>>& fields)
{
    std::string bytes = method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n";
    if (!token.empty())
        bytes += "Authorization: Bearer " + token + "\r\n";
    std::string type = "Content-Type: application/json\r\n";
    for (const auto& [name, value] : fields) {
        bytes += name + ": " + value + "\r\n";
        if (name == "Content-Type")
            type.clear();
    }
    if (!body.empty())
        bytes += type + "Content-Length: " + std::to_string(body.size()) + "\r\n";
    return client.exchange(bytes + "\r\n" + body);
}

}  // namespace cbmx::test
