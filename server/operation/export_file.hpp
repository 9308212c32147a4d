// `cbmx export`: what GET /v1/export would give, as a file.
#pragma once
#include "config.hpp"

namespace cbmx {

// For an account of this State or office (state:CL, office:reviewers); home empty: all of the log and of the records. Reads only. Gives
// the sentence that says what was exported; throws std::runtime_error for an unknown reader, or when the file cannot be written.
std::string write_export(const Config& config, const std::string& target, const std::string& home, const std::string& language);

}  // namespace cbmx
