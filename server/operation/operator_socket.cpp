// The Unix socket of operator.hpp: a line in, a line out. Only the user that runs the server can open it (0600).
#include "base/log.hpp"
#include "operation/operator.hpp"
#include <cstring>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>
#include <vector>

namespace cbmx {
namespace {

constexpr std::chrono::seconds patience{10};          // for a peer that says nothing
constexpr std::chrono::seconds answer_patience{600};  // an import checks every key, and another command may be queued before ours
constexpr int max_waiting_connections = 4;
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

// ending: as wait_readable has it.
std::optional<std::string> read_line(int descriptor, int ending, std::chrono::milliseconds wait)
{
    std::string line;
    std::vector<char> buffer(read_bytes);
    while (line.size() < max_command_bytes) {
        if (!base::wait_readable(descriptor, ending, wait))
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

int listener_at(const std::filesystem::path& path)
{
    const auto address = address_of(path);
    const int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    unlink(path.c_str());  // of a server that was killed: the lock on the data directory says that none runs
    const auto old_mask = umask(0177);
    const bool bound = listener >= 0 && bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
                       listen(listener, max_waiting_connections) == 0;
    umask(old_mask);
    if (!bound) {
        const std::string why = std::strerror(errno);
        close(listener);
        throw std::runtime_error("cannot listen on " + path.string() + ": " + why);
    }
    return listener;
}

}  // namespace

OperatorSocket::OperatorSocket(std::filesystem::path path, std::function<nlohmann::json(const nlohmann::json&)> apply_command)
    : path_(std::move(path)), apply_command_(std::move(apply_command))
{
    loop_.emplace("operator", listener_at(path_), [this](int peer, int ending) { serve(peer, ending); });
}

OperatorSocket::~OperatorSocket()
{
    loop_.reset();
    unlink(path_.c_str());
}

void OperatorSocket::serve(int peer, int ending)
{
    const timeval send_patience{patience.count(), 0};
    setsockopt(peer, SOL_SOCKET, SO_SNDTIMEO, &send_patience, sizeof send_patience);
    const auto line = read_line(peer, ending, patience);
    if (!line)
        return;
    const auto command = nlohmann::json::parse(*line, nullptr, false);
    const auto answer = apply_command_(command.is_object() ? command : nlohmann::json::object());
    base::log(base::Severity::info, "operator",
              {{"ok", answer.value("ok", false)}, {"kind", answer.contains("result") ? answer["result"].value("kind", "") : ""}});
    base::send_all(peer, answer.dump() + "\n");
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
    if (base::send_all(descriptor, sent))
        if (const auto line = read_line(descriptor, -1, answer_patience))
            answer = nlohmann::json::parse(*line);
    close(descriptor);
    if (!answer)
        throw std::runtime_error("the running server did not answer on " + path.string());
    return answer;
}

}  // namespace cbmx
