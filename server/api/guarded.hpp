// The one place where exceptions of the API end. What a caller may cause is a Result; an exception means that the machine or the
// program is broken. http/ ends what a connection itself throws.
#pragma once
#include <exception>
#include <string_view>
#include <utility>

namespace cbmx::api {

// The log line of an exception that has ended: event, the request's id, what() as the reason.
void log_broken(std::string_view event, std::string_view request_id, const std::exception& broken);

// false: work threw, which is logged as the event.
template <class Work>
bool guarded(std::string_view event, std::string_view request_id, Work&& work)
{
    try {
        std::forward<Work>(work)();
        return true;
    } catch (const std::exception& broken) {
        log_broken(event, request_id, broken);
        return false;
    }
}

}  // namespace cbmx::api
