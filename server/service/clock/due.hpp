// The portal's clock: does what is due, as an ordinary write by the portal itself. A record's time stands in store/rows/due.hpp
// and is taken away in the transaction that does the thing, so that it is done once, however often the portal stops in between.
// What there is to do: domain/due.hpp. The thread that looks every second: app.cpp.
#pragma once
#include "service/portal.hpp"

namespace cbmx::service {

// Does all whose time has come, in the order of their times, and waits for it. Not from the writer's or an I/O thread.
// What the rules refuse by then, or what is about nothing any more, ends without effect: asking again would change neither.
// What the machine or the program could not do stays and keeps nothing else waiting; false: there is such a thing.
// Nothing while the portal is read-only.
bool do_what_is_due(const Portal& portal);

struct DueState {
    std::int64_t waiting = 0;     // times that are set, come or not
    std::chrono::seconds lag{0};  // since the earliest that has come
};
DueState due_state(Connection& connection, domain::Instant now);

}  // namespace cbmx::service
