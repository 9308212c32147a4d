// `cbmx export`: what GET /v1/export would give, as a file.
#pragma once
#include "config.hpp"

namespace cbmx {

// For an account of this State or office (state:CL, office:reviewers); home empty: all of the log and of the records. after: the size of an
// earlier export that it goes on from; 0: a whole one. Reads only. Gives
// the sentence that says what was exported; throws std::runtime_error for an unknown reader, or when the file cannot be written.
std::string write_export(const Config& config, const std::string& target, const std::string& home, const std::string& language,
                         std::uint64_t after);

}  // namespace cbmx
