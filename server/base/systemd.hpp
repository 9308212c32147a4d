// What systemd hands over and is notified of: listening sockets that it keeps while the portal restarts (sd_listen_fds(3)), and how
// the start went (sd_notify(3)). Both protocols are a few stable lines. Without systemd nothing happens. Not thread-safe:
// start and end of the program.
#pragma once
#include <string_view>

namespace cbmx::base {

// The listening socket whose FileDescriptorName= this is; the caller owns it. -1: there is none.
int socket_handed_over(std::string_view name);
// "READY=1", "STOPPING=1": a notification may get lost, and nothing depends on it.
void tell_systemd(std::string_view state);

}  // namespace cbmx::base
