// The Unix socket of operator.hpp: a line in, a line out. Only the user that runs the server can open it (0600).
#include "base/log.hpp"
#include "operation/operator.hpp"
#include <array>
#include <cstring>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>
#include <vector>

namespace cbmx {
namespace {

constexpr int patience_ms = 10'000;          // for a peer that says nothing
constexpr int answer_patience_ms = 600'000;  // an import examines every key, and another command may be before ours
constexpr std::size_t read_bytes = 64 * 1024;

sockaddr_un address_of(const std::filesystem::path& path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const auto text = path.string();
    if (text.size() >= sizeof address.sun_path)
        throw std::runtime_error("the path of the operator's socket is too long: " + text);
    std::memcpy(address.sun_path, text.c_str(), text.size() + 1);
    return address;
}

// wake: gives up when this one becomes readable (a request to stop); -1: none.
std::optional<std::string> read_line(int descriptor, int wait_ms, int wake = -1)
{
    std::string line;
    std::vector<char> buffer(read_bytes);
    while (line.size() < max_command_bytes) {
        std::array<pollfd, 2> ready{pollfd{descriptor, POLLIN, 0}, pollfd{wake, POLLIN, 0}};
        if (poll(ready.data(), ready.size(), wait_ms) <= 0 || ready[1].revents != 0)
            return std::nullopt;
        const auto count = read(descriptor, buffer.data(), buffer.size());
        if (count <= 0)
            return std::nullopt;
        line.append(buffer.data(), static_cast<std::size_t>(count));
        if (line.ends_with('\n'))
            return line;
    }
    return std::nullopt;
}

bool write_all(int descriptor, std::string_view bytes)
{
    while (!bytes.empty()) {
        const auto count = send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count <= 0)
            return false;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

}  // namespace

OperatorSocket::OperatorSocket(std::filesystem::path path, std::function<nlohmann::json(const nlohmann::json&)> carry_out_command)
    : path_(std::move(path)), carry_out_(std::move(carry_out_command))
{
    const auto address = address_of(path_);
    listener_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    unlink(path_.c_str());  // of a server that was killed: the lock on the data directory says that none runs
    const auto old_mask = umask(0177);
    const bool bound =
        listener_ >= 0 && bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 && listen(listener_, 4) == 0;
    umask(old_mask);
    if (!bound || pipe(wake_) != 0) {
        const std::string why = std::strerror(errno);
        close(listener_);
        throw std::runtime_error("cannot listen on " + path_.string() + ": " + why);
    }
    thread_ = std::thread([this] { loop(); });
}

OperatorSocket::~OperatorSocket()
{
    close(wake_[1]);
    thread_.join();
    close(wake_[0]);
    close(listener_);
    unlink(path_.c_str());
}

void OperatorSocket::loop()
{
    for (;;) {
        std::array<pollfd, 2> ready{pollfd{listener_, POLLIN, 0}, pollfd{wake_[0], POLLIN, 0}};
        if (poll(ready.data(), ready.size(), -1) < 0)
            continue;
        if (ready[1].revents != 0)
            return;
        const int peer = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (peer < 0)
            continue;
        const timeval patience{patience_ms / 1000, 0};
        setsockopt(peer, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        if (const auto line = read_line(peer, patience_ms, wake_[0])) {
            const auto command = nlohmann::json::parse(*line, nullptr, false);
            const auto answer = carry_out_(command.is_object() ? command : nlohmann::json::object());
            base::log(base::Severity::info, "operator",
                      {{"ok", answer.value("ok", false)}, {"kind", answer.contains("result") ? answer["result"].value("kind", "") : ""}});
            write_all(peer, answer.dump() + "\n");
        }
        close(peer);
    }
}

std::optional<nlohmann::json> ask_running_server(const std::filesystem::path& path, const nlohmann::json& command)
{
    const auto address = address_of(path);
    const int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        close(descriptor);
        return std::nullopt;
    }
    std::optional<nlohmann::json> answer;
    const auto sent = command.dump() + "\n";
    if (sent.size() > max_command_bytes) {
        close(descriptor);
        throw std::runtime_error("this is too much for one command: " + std::to_string(sent.size()) + " bytes, where at most " +
                                 std::to_string(max_command_bytes) + " are taken");
    }
    if (write_all(descriptor, sent))
        if (const auto line = read_line(descriptor, answer_patience_ms))
            answer = nlohmann::json::parse(*line);
    close(descriptor);
    if (!answer)
        throw std::runtime_error("the running server did not answer on " + path.string());
    return answer;
}

}  // namespace cbmx
