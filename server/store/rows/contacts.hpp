// Contacts: the directory's rows. Every read takes a Visibility, which is part of its SQL (visibility/contacts.hpp).
#pragma once
#include "domain/audience.hpp"
#include "domain/directory.hpp"
#include "store/connection.hpp"
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace cbmx::store {

struct WeekInterval {
    std::int64_t from = 0, until = 0;  // minutes of the week, Monday 00:00 is 0; until is not included
};

// What lists filter by: repeats the content.
struct ContactColumns {
    std::string category;
    std::optional<std::string> account;
    std::string time_zone;
    std::optional<std::string> valid_from, valid_until, key_expires_at;
    std::string minimal_text, full_text;  // folded
    std::vector<std::string> languages;   // lower case, sorted
    std::vector<WeekInterval> hours;      // in order, without overlaps
};

struct ContactRow {
    std::string id, state;
    domain::ContactStatus status = domain::ContactStatus::listed;
    bool erased = false;
    std::string nomination;
    std::optional<domain::Position> position;  // the State's, on what the secretariat recorded; nullopt: entered by the State
    std::string confirmed_at;
    std::optional<std::string> reachable_at;
    std::int64_t version = 1, content_version = 1, content_seq = 0, seq = 0;
    std::optional<std::string> account, valid_from, valid_until, key_expires_at;
    std::string sort_key;
    std::optional<std::string> content;  // canonical; nullopt once erased
    std::optional<base::Hash> salt;
    bool full = true;  // the caller sees the whole
    bool own = true;   // ... as its own State or the secretariat
};

struct ContactFilter {
    std::string status;
    std::optional<std::string> state, category, language;
    std::optional<std::map<std::string, std::int64_t>> reachable;  // by zone: the minute of the week that it is there
    std::string today;                                             // date, for reachable
    std::optional<std::string> confirmed_before;                   // timestamp
    std::optional<std::string> key_ends_before;                    // timestamp
    std::vector<std::string> words;                                // folded, all of them in the text
};

std::optional<ContactRow> visible_contact(Connection& db, const domain::Visibility& visibility, const std::string& id);
// Those of them that the caller sees, by id; one statement.
std::map<std::string, ContactRow> visible_contacts(Connection& db, const domain::Visibility& visibility,
                                                   const std::vector<std::string>& ids);
// In order of State, category and id, after that key. Filters by what the caller is not shown find nothing.
std::vector<ContactRow> visible_contacts(Connection& db, const domain::Visibility& visibility, const ContactFilter& filter,
                                         const std::string& after, std::int64_t limit);
std::vector<std::string> contact_zones(Connection& db);

std::optional<ContactRow> find_contact(Connection& db, const std::string& id);  // without a caller
void insert_contact(Connection& db, const ContactRow& row, const ContactColumns& columns);
bool update_contact(Connection& db, const ContactRow& row);  // false: its version is not the one before row's
void replace_columns(Connection& db, const std::string& id, const ContactColumns& columns);
ContactColumns columns_of_contact(Connection& db, const std::string& id);       // as they stand
std::vector<std::string> reductions_of(Connection& db, const std::string& id);  // sorted
std::map<std::string, std::vector<std::string>> reductions_of(Connection& db, const std::vector<std::string>& ids);
void replace_reductions(Connection& db, const std::string& id, const std::vector<std::string>& recipients);
bool is_contact_account(Connection& db, const std::string& state, const std::string& account);  // active, of the State, role contact
// What erasure takes out besides the ledger's openings.
void erase_traces_of_contact(Connection& db, const std::string& id);

}  // namespace cbmx::store
