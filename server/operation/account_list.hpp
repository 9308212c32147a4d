// `cbmx account list`: who has an account, for the operator, who names an official's accounts when a note verbale suspends him.
#pragma once
#include "config.hpp"
#include <string>

namespace cbmx {

// One line of JSON for each account of this home (state:CL, office:secretariat): id, name, roles, status, authority. Reads the database
// beside a running portal. Throws std::runtime_error for a home that is none.
std::string account_list(const Config& config, const std::string& home);

}  // namespace cbmx
