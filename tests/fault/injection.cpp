// See injection.hpp.
#include "fault/injection.hpp"
#include "service/log/outside.hpp"
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace cbmx::test {
namespace {

constexpr std::chrono::seconds attach_patience{10};

bool is_traced(const std::filesystem::path& task)
{
    std::ifstream status(task / "status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("TracerPid:"))
            return line.find_first_not_of("\t 0", 10) != std::string::npos;
    return true;  // the thread has ended
}

bool all_traced(pid_t process)
{
    for (const auto& task : std::filesystem::directory_iterator("/proc/" + std::to_string(process) + "/task"))
        if (!is_traced(task.path()))
            return false;
    return true;
}

}  // namespace

Injection::Injection(pid_t process, const std::filesystem::path& data, const std::string& calls, const std::string& error,
                     const std::string& which)
    : trace_(data.parent_path() / "strace.txt")
{
    std::filesystem::remove(trace_);
    const auto database = (std::filesystem::canonical(data) / "cbmx.sqlite").string();
    const std::vector<std::string> words{"strace",
                                         "-f",
                                         "-q",
                                         "-p",
                                         std::to_string(process),
                                         "-P",
                                         database,
                                         "-P",
                                         database + "-wal",
                                         "-o",
                                         trace_.string(),
                                         "-e",
                                         "trace=" + calls,
                                         "-e",
                                         "inject=" + calls + ":error=" + error + ":when=" + which};
    std::vector<char*> argv;
    for (const auto& word : words)
        argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    strace_ = fork();
    if (strace_ == 0) {
        dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
        execvp(argv[0], argv.data());
        _exit(127);
    }
    const auto until = std::chrono::steady_clock::now() + attach_patience;
    while (!all_traced(process)) {
        const bool ended = waitpid(strace_, nullptr, WNOHANG) == strace_;
        if (ended || std::chrono::steady_clock::now() > until) {
            strace_ = ended ? -1 : strace_;
            ADD_FAILURE() << "strace could not attach to the portal: this test needs the package strace and a machine that allows ptrace "
                             "(as root, or with CAP_SYS_PTRACE)";
            return;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

Injection::~Injection() { end(); }

bool Injection::end()
{
    if (strace_ > 0) {
        kill(strace_, SIGTERM);  // strace detaches
        waitpid(strace_, nullptr, 0);
        strace_ = -1;
    }
    return service::read_whole(trace_).value_or("").find("(INJECTED)") != std::string::npos;
}

}  // namespace cbmx::test
