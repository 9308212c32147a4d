// Copies of a database that somebody changed behind the portal's back, and what verify says of them.
#pragma once
#include "store/engine.hpp"
#include "support/ledger_fixture.hpp"
#include "verify/verify.hpp"
#include <sqlite3.h>

namespace cbmx::test {

class Tampering : public LedgerFixture {
protected:
    service::VerifyReport verified(const std::filesystem::path& file, std::optional<std::string> outside = {})
    {
        return service::verify(file.string(), {keys(), std::move(outside)});
    }
    // A copy with its triggers and checks out of the way, changed by the script.
    std::filesystem::path tampered(const std::string& script)
    {
        const auto file = directory() / ("tampered-" + std::to_string(copies_++) + ".sqlite");
        store::copy_database(database_file().string(), file.string());
        sqlite3* handle = nullptr;
        EXPECT_EQ(sqlite3_open(file.c_str(), &handle), SQLITE_OK);
        std::string triggers, dropped;
        const auto collect = [](void* out, int, char** values, char**) {
            *static_cast<std::string*>(out) = values[0];
            return 0;
        };
        constexpr auto every = " FROM sqlite_schema WHERE type = 'trigger'";
        sqlite3_exec(handle, (std::string("SELECT group_concat(sql, ';')") + every).c_str(), collect, &triggers, nullptr);
        sqlite3_exec(handle, (std::string("SELECT group_concat('DROP TRIGGER ' || name, ';')") + every).c_str(), collect, &dropped,
                     nullptr);
        std::string free_hand = "PRAGMA ignore_check_constraints = ON;";
        free_hand.append(dropped).append(";").append(script).append(";").append(triggers).append(";");
        char* error = nullptr;
        EXPECT_EQ(sqlite3_exec(handle, free_hand.c_str(), nullptr, nullptr, &error), SQLITE_OK) << (error != nullptr ? error : "") << "\n"
                                                                                                << script;
        EXPECT_GT(sqlite3_total_changes(handle), 0) << "nothing was changed by " << script;
        sqlite3_free(error);
        sqlite3_close(handle);
        return file;
    }

    // The tampering is found, the words occur, and the first wrong entry is this one where one is given.
    void finds(const std::string& script, const std::string& words, std::optional<Seq> first = {})
    {
        const auto report = verified(tampered(script));
        EXPECT_FALSE(report.ok()) << "not found: " << script;
        EXPECT_NE(report.summary().find(words), std::string::npos) << script << "\n" << report.summary();
        if (first) {
            ASSERT_TRUE(report.first_wrong_entry().has_value()) << script;
            EXPECT_EQ(report.first_wrong_entry()->seq, *first) << script << "\n" << report.summary();
        }
    }
    std::string at(Seq seq) const { return " WHERE seq = " + std::to_string(seq); }
    std::string of(const std::string& id) const { return " WHERE id = '" + id + "'"; }

private:
    int copies_ = 0;
};

}  // namespace cbmx::test
