// What a State has chosen for itself. A State without a row has the defaults, at version 0. Rules: service/accounts/state_settings.hpp.
#pragma once
#include "store/connection.hpp"
#include <optional>
#include <string>

namespace cbmx::store {

struct StateSettingsRow {
    std::string state;
    bool four_eyes = true;
    bool require_signature = false;
    std::optional<std::string> acts_alone;  // canonical JSON: the note verbale by which one official does
    std::int64_t version = 0;               // 0: no row yet
    std::optional<std::int64_t> seq;

    bool asks_for_two() const { return four_eyes && !acts_alone; }  // to publish
};

StateSettingsRow find_state_settings(Connection& connection, const std::string& state);
// Inserts version 1, updates any later one where the stored version is row.version - 1; false when it is another.
bool write_state_settings(Connection& connection, const StateSettingsRow& row);

}  // namespace cbmx::store
