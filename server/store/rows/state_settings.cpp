// SQL of a State's settings.
#include "store/rows/state_settings.hpp"

namespace cbmx::store {

StateSettingsRow find_state_settings(Connection& connection, const std::string& state)
{
    StateSettingsRow row;
    row.state = state;
    auto rows =
        connection.query("SELECT four_eyes, require_signature, acts_alone, version, seq FROM state_settings WHERE state = ?1", state);
    if (rows.next()) {
        row.four_eyes = rows.integer(0) != 0;
        row.require_signature = rows.integer(1) != 0;
        row.acts_alone = rows.optional_text(2);
        row.version = rows.integer(3);
        row.seq = rows.integer(4);
    }
    return row;
}

bool write_state_settings(Connection& connection, const StateSettingsRow& row)
{
    if (row.version == 1)
        return connection.run("INSERT INTO state_settings (state, four_eyes, require_signature, acts_alone, version, seq)"
                              " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
                              row.state, row.four_eyes, row.require_signature, row.acts_alone, row.version, row.seq) == 1;
    return connection.run("UPDATE state_settings SET four_eyes = ?2, require_signature = ?3, acts_alone = ?4, version = ?5, seq = ?6"
                          " WHERE state = ?1 AND version = ?5 - 1",
                          row.state, row.four_eyes, row.require_signature, row.acts_alone, row.version, row.seq) == 1;
}

}  // namespace cbmx::store
