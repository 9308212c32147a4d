// Contacts as text/csv. The columns and what stands in a cell: tables/contacts.hpp, which reads the same table back.
// contacts: as served, filtered and reduced for the caller; those whose content is erased are left out. Pure, any thread.
#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace cbmx::api {

std::string contacts_csv(const std::vector<nlohmann::json>& contacts);  // with a header, also for none

}  // namespace cbmx::api
