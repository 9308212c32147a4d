// See programs.hpp. A file to be saved, never one that a browser shows or runs in the portal's own origin (rules.md 27, 27i).
#include "api/handlers/programs.hpp"
#include "api/answer.hpp"
#include "base/embedded.hpp"
#include <algorithm>

namespace cbmx::api::programs {

Result<Answer> get(const Call& call)
{
    const auto& files = base::embedded::verifiers();
    const auto file = std::find_if(files.begin(), files.end(), [&call](const auto& known) { return known.name == call.at("file"); });
    if (file == files.end())
        return domain::not_found();
    return file_answer({.media_type = std::string(call.route.media_type) + "; charset=utf-8", .bytes = std::string(file->bytes)},
                       file->name);
}

}  // namespace cbmx::api::programs
