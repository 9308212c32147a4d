// Nominations: what a State asks of the directory by note verbale. Read by that State and by the secretariat.
#pragma once
#include "domain/audience.hpp"
#include "domain/directory.hpp"
#include "store/connection.hpp"
#include <optional>
#include <string>
#include <vector>

namespace cbmx::store {

struct NominationRow {
    std::string id, state, kind, contact;
    domain::NominationStatus status = domain::NominationStatus::open;
    bool erased = false;
    std::optional<domain::Position> position;  // the State's, on what the secretariat recorded; nullopt: entered by the State
    std::optional<std::string> reason;
    std::string created_at;
    std::optional<std::string> decided_at;
    std::int64_t version = 1, content_seq = 0, seq = 0;
    std::optional<std::string> content;  // canonical; nullopt once erased
    std::optional<base::Hash> salt;
};

struct NominationFilter {
    std::optional<std::string> state, kind, status, position, contact;
};

std::optional<NominationRow> visible_nomination(Connection& db, const domain::Visibility& visibility, const std::string& id);
std::vector<NominationRow> visible_nominations(Connection& db, const domain::Visibility& visibility, const NominationFilter& filter,
                                               const std::string& after, std::int64_t limit);  // in id order

// Without a caller: what follows from a step, verify and a new epoch.
std::optional<NominationRow> find_nomination(Connection& db, const std::string& id);
std::vector<NominationRow> nominations_of_contact(Connection& db, const std::string& contact);  // oldest first

void insert_nomination(Connection& db, const NominationRow& row);
bool update_nomination(Connection& db, const NominationRow& row);  // false: its version is not the one before row's

struct NoteFile {
    std::string media_type, bytes;
};
void insert_note_file(Connection& db, const std::string& nomination, const NoteFile& file);
std::optional<NoteFile> note_file(Connection& db, const std::string& nomination);  // the caller has been shown the nomination
// What erasure takes out besides the ledger's openings.
void erase_traces_of_nomination(Connection& db, const std::string& id);

}  // namespace cbmx::store
