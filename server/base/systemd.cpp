// See systemd.hpp.
#include "base/systemd.hpp"
#include "base/text.hpp"
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace cbmx::base {
namespace {

constexpr int first_descriptor = 3;  // SD_LISTEN_FDS_START

std::string_view variable(const char* name)
{
    const char* value = std::getenv(name);
    return value == nullptr ? std::string_view() : std::string_view(value);
}

}  // namespace

int socket_handed_over(std::string_view name)
{
    if (whole_number<int>(variable("LISTEN_PID")) != getpid())
        return -1;
    auto names = variable("LISTEN_FDNAMES");
    const int count = whole_number<int>(variable("LISTEN_FDS")).value_or(0);
    for (int i = 0; i < count; ++i) {
        const auto colon = names.find(':');
        if (names.substr(0, colon) == name) {
            fcntl(first_descriptor + i, F_SETFD, FD_CLOEXEC);  // not gpg's
            return first_descriptor + i;
        }
        names = colon == std::string_view::npos ? std::string_view() : names.substr(colon + 1);
    }
    return -1;
}

void tell_systemd(std::string_view state)
{
    const auto path = variable("NOTIFY_SOCKET");
    sockaddr_un address{};
    if (path.empty() || path.size() >= sizeof address.sun_path)
        return;
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    if (path.front() == '@')
        address.sun_path[0] = '\0';  // an abstract name
    const int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0)
        return;
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
    [[maybe_unused]] const auto sent =
        sendto(descriptor, state.data(), state.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&address), size);
    close(descriptor);
}

}  // namespace cbmx::base
