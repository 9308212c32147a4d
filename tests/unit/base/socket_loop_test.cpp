// One peer after the other, until the end, which a peer that says nothing does not hold up. See server/base/socket_loop.hpp.
#include "base/socket_loop.hpp"
#include <array>
#include <atomic>
#include <cstring>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace cbmx::base {
namespace {

using namespace std::chrono_literals;

sockaddr_un address_of(std::string_view name)  // abstract: gone with the socket
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const auto text = std::string(name) + std::to_string(getpid());
    std::memcpy(address.sun_path + 1, text.data(), text.size());
    return address;
}

int listener_at(const sockaddr_un& address)
{
    const int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(listen(listener, 4), 0);
    return listener;
}

int connected_to(const sockaddr_un& address)
{
    const int peer = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(connect(peer, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    return peer;
}

std::string said_by(int peer)  // until it closes
{
    std::string text;
    std::array<char, 64> buffer{};
    for (ssize_t count = 0; (count = read(peer, buffer.data(), buffer.size())) > 0;)
        text.append(buffer.data(), static_cast<std::size_t>(count));
    close(peer);
    return text;
}

TEST(SocketLoop, ServesOnePeerAfterTheOtherAndClosesIt)
{
    const auto address = address_of("cbmx-serves");
    int served = 0;
    const SocketLoop loop("test", listener_at(address), [&served](int peer, int) {
        send_all(peer, "number " + std::to_string(++served));
        if (served == 1)
            throw std::runtime_error("the next peer is served all the same");
    });
    EXPECT_EQ(said_by(connected_to(address)), "number 1");
    EXPECT_EQ(said_by(connected_to(address)), "number 2");
}

TEST(SocketLoop, EndsThoughAPeerSaysNothing)
{
    const auto address = address_of("cbmx-ends");
    std::atomic<bool> is_waiting{false}, came{true};
    int silent = -1;
    const auto begin = std::chrono::steady_clock::now();
    {
        const SocketLoop loop("test", listener_at(address), [&](int peer, int ending) {
            is_waiting = true;
            came = wait_readable(peer, ending, 1h);
        });
        silent = connected_to(address);
        while (!is_waiting)
            std::this_thread::sleep_for(1ms);
    }
    EXPECT_FALSE(came);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s);
    EXPECT_EQ(said_by(silent), "");
}

TEST(SocketLoop, WaitsForAPeerNoLongerThanItsPatience)
{
    std::array<int, 2> pair{};
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair.data()), 0);
    EXPECT_FALSE(wait_readable(pair[0], -1, 10ms));
    EXPECT_TRUE(send_all(pair[1], "x"));
    EXPECT_TRUE(wait_readable(pair[0], -1, 10s));
    close(pair[0]);
    EXPECT_FALSE(send_all(pair[1], "x"));
    close(pair[1]);
}

}  // namespace
}  // namespace cbmx::base
