// What was kept before the portal is taken over from a table: all rows or none, every fault at its line and column, and
// again without harm. The rules: server/service/intake/import.hpp; the columns: tables/contacts.hpp, document_table.hpp.
#include "base/csv.hpp"
#include "integration/proofs.hpp"
#include "operation/data_directory.hpp"
#include "operation/operator.hpp"
#include "tables/contacts.hpp"
#include "tables/documents.hpp"
#include "verify/verify.hpp"
#include <algorithm>
#include <gmock/gmock.h>
#include <map>

namespace cbmx::test {
namespace {

using Json = nlohmann::json;
using Row = std::map<std::string, std::string, std::less<>>;

template <std::size_t count>
std::string table_of(const std::array<std::string_view, count>& columns, const std::vector<Row>& rows)
{
    std::string text = base::csv_row({columns.begin(), columns.end()});
    for (const auto& row : rows) {
        std::vector<std::string> cells;
        for (const auto column : columns)
            cells.push_back(row.contains(column) ? row.find(column)->second : std::string());
        text += base::csv_row(cells);
    }
    return text;
}

Row with(Row row, const Row& changes)
{
    for (const auto& [column, cell] : changes)
        row[column] = cell;
    return row;
}

Row office_row(const Row& changes = {})
{
    return with({{"state", "CL"},
                 {"category", "foreign_affairs"},
                 {"office", "Oficina de Ciberdiplomacia"},
                 {"institution", "Ministerio de prueba"},
                 {"emails", "ciber@mre.example; turno@mre.example"},
                 {"phones", "+56 2 2555 0101 office"},
                 {"languages", "es; en"},
                 {"time_zone", "America/Santiago"},
                 {"hours", "mo-fr 09:00-13:00; mo-fr 14:00-18:00"},
                 {"note_reference", "NV 1/2026"},
                 {"note_date", "2026-05-04"}},
                changes);
}

Row team_row(const Row& changes = {})
{
    return with({{"state", "PE"},
                 {"category", "technical"},
                 {"office", "CSIRT de prueba"},
                 {"institution", "Centro de prueba"},
                 {"emails", "csirt@csirt.example"},
                 {"languages", "es"},
                 {"time_zone", "America/Lima"},
                 {"hours", "24x7"},
                 {"csirt_short_name", "CSIRT-P"},
                 {"csirt_constituency", "Administración pública"},
                 {"csirt_services", "Alertas; Respuesta"},
                 {"minimal_for", "state:CL"},
                 {"note_reference", "NV 7/2026"},
                 {"note_date", "2026-06-01"}},
                changes);
}

Row document_row(const Row& changes = {})
{
    return with({{"state", "PE"},
                 {"year", "2021"},
                 {"language", "es"},
                 {"kind", "policy"},
                 {"title", "Documento de prueba"},
                 {"confidence", "high"},
                 {"source", "prueba"}},
                changes);
}

class Import : public Portal {
protected:
    Json command(const std::string& what, const std::string& csv, bool dry_run = false)
    {
        return {{"command", "import " + what}, {"csv", csv}, {"dry_run", dry_run}};
    }
    Json import_contacts(const std::vector<Row>& rows, bool dry_run = false)
    {
        return portal().operate(command("contacts", table_of(service::contact_columns, rows), dry_run));
    }
    Json import_documents(const std::vector<Row>& rows, bool dry_run = false)
    {
        return portal().operate(command("documents", table_of(service::document_columns, rows), dry_run));
    }

    // "2 hours format": the errors of a refused table, in the answer's order.
    std::vector<std::string> faults(const std::string& what, const std::string& csv)
    {
        const auto size = portal().ledger_size();
        const auto answer = ask_running_server(socket_path(portal().config()), command(what, csv)).value();
        EXPECT_EQ(answer.at("ok"), false) << answer;
        EXPECT_EQ(portal().ledger_size(), size);
        std::vector<std::string> list;
        if (answer.contains("problem"))
            for (const auto& error : answer["problem"].at("errors")) {
                EXPECT_FALSE(error.at("detail").get<std::string>().empty());
                list.push_back(error.at("line").dump() + " " + error.at("column").get<std::string>() + " " +
                               error.at("code").get<std::string>());
            }
        return list;
    }
    std::vector<std::string> faults_of(const std::vector<Row>& rows)
    {
        return faults("contacts", table_of(service::contact_columns, rows));
    }

    Json contacts(const std::string& query = "")
    {
        return as(secretariat()).get("/v1/contacts?limit=100" + query).is(200).json().at("items");
    }
    void expect_verified()
    {
        const auto report = service::verify((portal().directory() / "data/cbmx.sqlite").string(), {log_keys(portal()), {}});
        EXPECT_TRUE(report.ok()) << report.summary();
    }
};

TEST_F(Import, EachRowIsRecordedAsANoteOnPaperOnBehalfOfItsState)
{
    const auto before = portal().ledger_size();
    const auto answer = import_contacts({office_row(), team_row()});
    EXPECT_EQ(answer["rows"], 2);
    EXPECT_EQ(answer["new"], 2);
    EXPECT_EQ(answer["already_there"], 0);
    EXPECT_EQ(answer["first_seq"], before);
    EXPECT_EQ(answer["last_seq"], portal().ledger_size() - 1);
    ASSERT_EQ(answer["contacts"].size(), 2u);
    const auto office = as(nominator_of("CL")).get("/v1/contacts/" + answer["contacts"][0].get<std::string>()).is(200).json();
    EXPECT_EQ(office["content"]["emails"], Json({"ciber@mre.example", "turno@mre.example"}));
    EXPECT_EQ(office["content"]["phones"], Json::array({{{"number", "+56225550101"}, {"use", "office"}}}));
    EXPECT_EQ(office["content"]["hours"].size(), 2u);
    EXPECT_EQ(office["content"]["entered_by"], "secretariat");
    EXPECT_EQ(office["content"]["as_of"], "2026-05-04");
    EXPECT_EQ(office["meta"]["state_position"], "unanswered");
    EXPECT_EQ(office["meta"]["confirmed_at"], "2026-05-04T00:00:00.000Z");
    EXPECT_FALSE(office["meta"]["notice"].is_null());
    const auto nomination =
        as(nominator_of("CL")).get("/v1/nominations/" + office["content"]["nomination"].get<std::string>()).is(200).json();
    EXPECT_EQ(nomination["content"]["note"]["reference"], "NV 1/2026");
    const auto team = as(nominator_of("CL")).get("/v1/contacts/" + answer["contacts"][1].get<std::string>()).is(200).json();
    EXPECT_EQ(team["meta"]["scope"], "minimal");
    expect_verified();
}

TEST_F(Import, TheLedgerSaysThatTheOperatorDidIt)
{
    const auto seq = import_contacts({office_row()}).at("first_seq").get<std::int64_t>();
    const auto entry = as(nominator_of("CL")).get("/v1/receipts/" + std::to_string(seq)).is(200).json().at("receipt").at("entry");
    EXPECT_EQ(entry["kind"], "nomination_recorded");
    EXPECT_EQ(entry["actor"]["role"], "operator");
}

TEST_F(Import, EveryFaultOfEveryRowIsNamedAtOnceWithLineAndColumn)
{
    const std::vector<Row> rows{
        office_row({{"hours", "whenever"}, {"emails", "not an address"}, {"category", "king"}}),                   // 2
        office_row({{"office", ""}, {"emails", ""}, {"phones", ""}, {"note_date", "2026-02-30"}}),                 // 3
        office_row({{"state", "XX"}}),                                                                             // 4
        office_row({{"state", ""}, {"note_reference", ""}, {"note_date", ""}}),                                    // 5
        office_row({{"csirt_constituency", "All"}}),                                                               // 6
        office_row({{"valid_from", "2026-05-01"}, {"valid_until", "2026-04-01"}, {"languages", "es; Spanish!"}}),  // 7
        team_row({{"csirt_constituency", ""}, {"minimal_for", "state:XX"}}),                                       // 8
        office_row({{"smime_certificate", "-----BEGIN CERTIFICATE-----\nnone"}, {"time_zone", "Mars/Base"}}),      // 9
        office_row({{"openpgp_key", "-----BEGIN PGP PRIVATE KEY BLOCK-----\nnone"}}),                              // 11
        office_row({{"phones", "nobody answers"}, {"emails", ""}, {"institution", ""}}),                           // 13
        office_row({{"hours", "mo 09:00-09:00"}, {"website", "ftp://mre.example"}}),                               // 14
    };
    const std::vector<std::string> expected{
        "2 hours format",
        "2 category not_allowed_value",
        "2 emails format",
        "3 note_date format",
        "3 office needs_person_or_office",
        "3 emails needs_a_way_to_reach",
        "4 state unknown_state",
        "5 note_date required",
        "5 note_reference required",
        "5 state required",
        "6 csirt_constituency csirt_only_technical",
        "7 languages format",
        "7 valid_until order_of_dates",
        "8 csirt_constituency required",
        "8 minimal_for unknown_state",
        "9 smime_certificate key_unreadable",
        "9 time_zone format",
        "11 openpgp_key key_secret",
        "13 phones format",
        "13 institution required",
        "14 website format",
        "14 hours empty_interval",
    };
    EXPECT_THAT(faults_of(rows), ::testing::UnorderedElementsAreArray(expected));
}

TEST_F(Import, FaultsOfTheTableAreToldTogetherWithThoseOfItsRows)
{
    EXPECT_EQ(faults("contacts", ""), std::vector<std::string>{"1  required"});
    EXPECT_EQ(faults("contacts", "state,colour\nCL,red\n"), std::vector<std::string>{"1 colour unknown_member"});
    EXPECT_EQ(faults("contacts", "state,category\nCL\nCL,king,3\n"), (std::vector<std::string>{"2  row_cells", "3  row_cells"}));
    const auto cut = table_of(service::contact_columns, {office_row({{"state", "XX"}})}) + "CL,\"never closed\n";
    EXPECT_EQ(faults("contacts", cut), (std::vector<std::string>{"2 state unknown_state", "3  format"}));
}

TEST_F(Import, OneFaultyRowKeepsAllOthersOut)
{
    EXPECT_EQ(faults_of({office_row(), team_row(), office_row({{"state", "XX"}})}), std::vector<std::string>{"4 state unknown_state"});
    EXPECT_TRUE(contacts().empty());
}

TEST_F(Import, TwoRowsThatAreOneAreNotGuessedAbout)
{
    EXPECT_EQ(faults_of({office_row(), office_row({{"emails", "other@mre.example"}})}), std::vector<std::string>{"3  duplicate_item"});
    EXPECT_EQ(import_contacts({office_row(), office_row({{"rank", "alternate"}})})["new"], 2);
}

TEST_F(Import, ADryRunSaysWhatWouldBeDoneAndKeepsNothing)
{
    import_contacts({office_row()});
    const auto size = portal().ledger_size();
    const auto answer = import_contacts({office_row(), team_row()}, true);
    EXPECT_EQ(answer, Json({{"kind", "contact"}, {"rows", 2}, {"new", 1}, {"already_there", 1}, {"dry_run", true}}));
    EXPECT_EQ(portal().ledger_size(), size);
    EXPECT_EQ(contacts().size(), 1u);
    EXPECT_EQ(import_contacts({office_row(), team_row()})["new"], 1);
}

TEST_F(Import, TheSameTableAgainAlsoWithRowsAddedDoesNoHarm)
{
    import_contacts({office_row(), team_row()});
    const auto size = portal().ledger_size();
    const auto again = import_contacts({office_row(), team_row()});
    EXPECT_EQ(again, Json({{"kind", "contact"}, {"rows", 2}, {"new", 0}, {"already_there", 2}, {"dry_run", false}}));
    EXPECT_EQ(portal().ledger_size(), size);
    const auto more = import_contacts({office_row(), team_row(), office_row({{"category", "policy"}})});
    EXPECT_EQ(more["new"], 1);
    EXPECT_EQ(contacts().size(), 3u);
    expect_verified();
}

TEST_F(Import, ARowThatNowSaysSomethingElseIsToldAndChangesNothing)
{
    import_contacts({team_row(), office_row()});
    const auto again = import_contacts({team_row(), office_row({{"emails", "new@mre.example"}})});
    EXPECT_EQ(again["already_there"], 2);
    EXPECT_EQ(again["already_there_but_different"], Json({3}));
    EXPECT_EQ(contacts("&state=CL")[0]["content"]["emails"][0], "ciber@mre.example");
}

TEST_F(Import, WhatAStateObjectedToDoesNotComeBack)
{
    const auto contact = import_contacts({office_row()})["contacts"][0].get<std::string>();
    const auto nomination = as(secretariat()).get("/v1/contacts/" + contact).is(200).json()["content"]["nomination"].get<std::string>();
    as(nominator_of("CL")).post("/v1/nominations/" + nomination + "/object", {{"reason", "No such office."}}).is(200);
    EXPECT_EQ(import_contacts({office_row()})["already_there"], 1);
    as(drafter_of("PE")).get("/v1/contacts/" + contact).is_problem(404, "not-found");
    EXPECT_EQ(contacts("&status=objected").size(), 1u);
    EXPECT_TRUE(contacts().empty());
}

TEST_F(Import, AnotherNoteAboutTheSameOfficeIsAnotherRow)
{
    import_contacts({office_row()});
    EXPECT_EQ(import_contacts({office_row({{"note_date", "2026-05-05"}})})["new"], 1);
}

// What an export does not tell, since it belongs to the nomination: the note.
std::string with_notes(const std::string& csv, const std::string& reference, const std::string& date)
{
    auto table = base::read_csv(csv);
    const auto place = [&table](std::string_view column) {
        return static_cast<std::size_t>(std::find(table.rows[0].cells.begin(), table.rows[0].cells.end(), column) -
                                        table.rows[0].cells.begin());
    };
    std::string text = base::csv_row(table.rows[0].cells);
    for (std::size_t i = 1; i < table.rows.size(); ++i) {
        auto& cells = table.rows[i].cells;
        cells[place("note_reference")] = reference;
        cells[place("note_date")] = date;
        text += base::csv_row(cells);
    }
    return text;
}

TEST_F(Import, WhatIsExportedGivesTheSameContentsInAnotherPortal)
{
    import_contacts({office_row({{"office", "=1+1; A \\ B"}, {"address", "Calle 1\nPiso 2"}}), team_row(),
                     office_row({{"category", "policy"}, {"rank", "alternate"}, {"valid_from", "2026-01-01"}})});
    const auto csv = as(secretariat()).get("/v1/contacts", {{"Accept", "text/csv"}}).is(200).body();
    const auto first = contacts();
    TestPortal other({.seed = 2});
    EXPECT_EQ(other.operate(command("contacts", with_notes(csv, "NV 9/2026", "2026-07-01"))).at("new"), 3);
    const auto second = other.as(secretariat()).get("/v1/contacts?limit=100").is(200).json().at("items");
    ASSERT_EQ(second.size(), first.size());
    const auto described = [](Json items) {
        Json all = Json::array();
        for (auto& item : items) {
            for (const char* of_this_portal : {"id", "nomination", "stated_at", "as_of"})
                item["content"].erase(of_this_portal);
            all.push_back({{"content", item["content"]}, {"minimal_for", item["meta"]["minimal_for"]}});
        }
        std::sort(all.begin(), all.end());
        return all;
    };
    EXPECT_EQ(described(first), described(second));
}

TEST_F(Import, DocumentsAreTakenOverLikewise)
{
    const auto answer = import_documents(
        {document_row(), document_row({{"kind", "law"}, {"verified_with_state", "true"}, {"url", "https://peru.example/ley"}})});
    EXPECT_EQ(answer["new"], 2);
    const auto document = as(anyone()).get("/v1/documents/" + answer["documents"][1].get<std::string>()).is(200).json();
    EXPECT_EQ(document["content"]["verified_with_state"], true);
    EXPECT_EQ(document["content"]["title"], "Documento de prueba");
    EXPECT_EQ(import_documents({document_row(), document_row({{"kind", "plan"}})}, true).at("new"), 1);
    EXPECT_EQ(import_documents({document_row({{"source", "somewhere else"}})})["already_there_but_different"], Json({2}));
    const auto table = table_of(service::document_columns,
                                {document_row({{"year", "many"}, {"state", "XX"}, {"kind", "song"}}), document_row({{"state", "XX"}}),
                                 document_row({{"title", ""}, {"verified_with_state", "perhaps"}})});
    EXPECT_THAT(faults("documents", table),
                ::testing::UnorderedElementsAre("2 year wrong_type", "2 kind not_allowed_value", "2 state unknown_state",
                                                "3 state unknown_state", "4 title required", "4 verified_with_state not_allowed_value"));
    expect_verified();
}

TEST_F(Import, ADirectoryOfManyRowsPassesTheSocket)
{
    std::vector<Row> rows;
    for (int i = 0; i < 2000; ++i)
        rows.push_back(office_row({{"office", "Oficina " + std::to_string(i)}, {"address", std::string(400, 'a')}}));
    EXPECT_EQ(import_contacts(rows)["new"], 2000);
    EXPECT_EQ(import_contacts(rows)["already_there"], 2000);
}

TEST_F(Import, MoreThanTheSocketTakesIsRefusedInOneSentence)
{
    EXPECT_THROW(import_contacts({office_row({{"address", std::string(max_command_bytes, 'a')}})}), std::runtime_error);
    EXPECT_EQ(import_contacts({office_row()})["new"], 1);
}

}  // namespace
}  // namespace cbmx::test
