// See guarded.hpp.
#include "api/guarded.hpp"
#include "base/log.hpp"

namespace cbmx::api {

void log_broken(std::string_view event, std::string_view request_id, const std::exception& broken)
{
    base::log(base::Severity::error, event, {{"id", request_id}, {"reason", broken.what()}});
}

}  // namespace cbmx::api
