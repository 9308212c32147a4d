// The contract is api/formats/csv.hpp.
#include "api/formats/csv.hpp"
#include "api/formats/contact_words.hpp"
#include "base/csv.hpp"
#include "tables/contacts.hpp"

namespace cbmx::api {

std::string contacts_csv(const std::vector<nlohmann::json>& contacts)
{
    std::string text = base::csv_row({service::contact_columns.begin(), service::contact_columns.end()});
    for (const auto& contact : contacts)
        if (has_content(contact))
            text += base::csv_row(service::cells_of_contact(contact));
    return text;
}

}  // namespace cbmx::api
