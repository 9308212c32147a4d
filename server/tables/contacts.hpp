// Contacts as a table, both ways: what an export writes an import reads. Pure, any thread. How a table is read:
// tables/rows.hpp; the members behind the columns: schema/json/contact-fields and nomination-create.
#pragma once
#include "tables/rows.hpp"
#include <array>
#include <optional>

namespace cbmx::service {

inline constexpr std::array<std::string_view, 38> contact_columns{"state",
                                                                  "category",
                                                                  "rank",
                                                                  "person",
                                                                  "office",
                                                                  "position",
                                                                  "institution",
                                                                  "emails",
                                                                  "phones",
                                                                  "languages",
                                                                  "time_zone",
                                                                  "hours",
                                                                  "address",
                                                                  "website",
                                                                  "valid_from",
                                                                  "valid_until",
                                                                  "openpgp_key",
                                                                  "smime_certificate",
                                                                  "csirt_short_name",
                                                                  "csirt_constituency",
                                                                  "csirt_mission",
                                                                  "csirt_sponsor",
                                                                  "csirt_authority",
                                                                  "csirt_services",
                                                                  "csirt_incidents",
                                                                  "csirt_disclosure",
                                                                  "csirt_communication",
                                                                  "csirt_incident_form",
                                                                  "minimal_for",
                                                                  "note_reference",
                                                                  "note_date",
                                                                  "id",
                                                                  "confirmed_at",
                                                                  "confirmation_due_at",
                                                                  "freshness",
                                                                  "entered_by",
                                                                  "status",
                                                                  "scope"};

// What the portal says of a contact; an import takes no notice of them, but refuses a row that is not
// listed or not whole.
inline constexpr std::array<std::string_view, 7> columns_of_the_portal{
    "id", "confirmed_at", "confirmation_due_at", "freshness", "entered_by", "status", "scope"};

// The cells of a contact as served (schema/json/contact), in the order of contact_columns; what it does not say is empty.
// Lists are joined by "; ", a semicolon within an item is written \; and a backslash \\. Keys of one kind stand one below
// the other. note_reference and note_date are always empty: the note belongs to the nomination. content: not null.
std::vector<std::string> cells_of_contact(const nlohmann::json& contact);

// Each row as the body of nomination-create (kind nomination), to be checked by that schema. Beyond the violations of
// rows_of_table: format for hours and telephone numbers that cannot be read.
ImportedTable nominations_from_csv(std::string_view text, std::size_t most_rows = any_number_of_rows);

// "hours" from "/fields/hours/0/from": the column behind a JSON Pointer into such a body; "" when there is none.
std::string contact_column_at(std::string_view pointer);

// Member "hours" of contact-fields as "24x7" or "mo-fr 09:00-18:00; sa 10:00-12:00", and back. Days come in the order of
// the week, three or more in a row as a range. Read are also "24/7", capitals, and a range across the week's end (sa-mo).
std::string hours_text(const nlohmann::json& hours);
std::optional<nlohmann::json> hours_from_text(std::string_view text);

// A run of days of the week (0 = Monday) as the texts of hours name them: first and last, or one day twice.
struct DayRun {
    std::size_t first = 0;
    std::size_t last = 0;
};
inline constexpr std::array<std::string_view, 7> days_of_week{"mo", "tu", "we", "th", "fr", "sa", "su"};
std::vector<DayRun> runs_of_days(const nlohmann::json& days);  // ["mo","tu","we","fr"] gives {0,2} {4,4}

// Member "phones", one item: "+56225550101 office" or "+56225550101", and back. Blanks, hyphens and points between the
// digits are dropped; the number's length and the use are the schema's to judge.
std::string phone_text(const nlohmann::json& phone);
std::optional<nlohmann::json> phone_from_text(std::string_view text);

}  // namespace cbmx::service
