// An export holds what its reader may see, all of it and nothing else, with what proves it.
#include "ledger/note.hpp"
#include "service/accounts/authenticate.hpp"
#include "service/accounts/credentials.hpp"
#include "service/log/changes.hpp"
#include "unit/verify/exported.hpp"
#include <set>

namespace cbmx::test {
namespace {

using Ids = std::set<std::string>;

class Export : public Exported {
protected:
    static Ids records(const Files& files, const std::string& folder)
    {
        Ids ids;
        for (const auto& [path, text] : files)
            if (const auto prefix = "records/" + folder + "/"; path.starts_with(prefix))
                ids.insert(path.substr(prefix.size(), path.size() - prefix.size() - 5));
        return ids;
    }
    static Ids ids_of(const Json& list)
    {
        Ids ids;
        for (const auto& item : list.value("items", Json::array()))
            ids.insert(item.at("id").get<std::string>());
        return ids;
    }
    // Every page of a list of the API.
    template <class Read>
    static Ids listed_by_api(const Read& read_page)
    {
        Ids ids;
        std::string after;
        for (bool more = true; more;) {
            const service::Page page = read_page(after);
            for (const auto& item : page.items)
                ids.insert(item.at("id").get<std::string>());
            more = page.next.has_value();
            after = page.next.value_or("");
        }
        return ids;
    }
    Ids reports_by_api(const Principal& who)
    {
        return listed_by_api([&](const std::string& after) {
            return read([&](Connection& db) {
                       return service::list_reports(db, who, i18n::Language::en, {}, store::ReportOrder::state, {}, {7, after});
                   })
                .value();
        });
    }
    Ids contacts_by_api(const Principal& who)
    {
        Ids all;
        for (const char* status : {"listed", "objected", "removed"})
            all.merge(listed_by_api([&](const std::string& after) {
                return read([&](Connection& db) {
                           return service::list_contacts(db, who, i18n::Language::en, {.status = status}, clock()(), 7, after);
                       })
                    .value();
            }));
        return all;
    }
    std::vector<Json> changes_by_api(const Principal& who)
    {
        std::vector<Json> all;
        std::optional<Seq> after;
        for (;;) {
            const auto page =
                Json::parse(read([&](Connection& db) {
                                return service::list_changes(portal(), db, who, i18n::Language::en, after, service::max_changes);
                            })
                                .value()
                                .text());
            for (auto item : page.at("items")) {
                item.erase("record");
                all.push_back(item);
            }
            if (page.at("next").is_null())
                return all;
            after = page.at("next").get<Seq>();
        }
    }
    Principal the_operator()
    {
        return read([](Connection& db) { return service::reader_of_everything(db); });
    }
    domain::Result<service::CollectedExport> for_account(const Principal& who)
    {
        portal().spool_directory = directory().string();
        return read([&](Connection& db) { return service::collect_export_for(portal(), db, who, i18n::Language::en); });
    }
};

TEST_F(Export, HoldsForEachReaderWhatTheApiShowsIt)
{
    populate_reports();
    populate_directory();
    for (const auto& who : {drafter, approver, nominator, reader, peru, reviewer, clerk, auditor}) {
        const auto name = service::reader_name(who);
        const auto archive = taken(who);
        is_genuine(archive);
        const auto files = files_of(archive);
        EXPECT_EQ(records(files, "reports"), reports_by_api(who)) << name;
        EXPECT_EQ(records(files, "contacts"), who.has(domain::Role::auditor) ? Ids() : contacts_by_api(who)) << name;
        auto changes = changes_of(files);
        for (auto& change : changes)
            change.erase("receipt");
        EXPECT_EQ(changes, changes_by_api(who)) << name;
        EXPECT_EQ(json_of(files, "later.json"), Json({{"items", Json::array()}})) << name;
    }
}

TEST_F(Export, HoldsWhatIsTheStatesOwnForThatStateAlone)
{
    populate_reports();
    populate_directory();
    const auto own = files_of(taken(drafter)), other = files_of(taken(peru)), office = files_of(taken(reviewer));
    EXPECT_TRUE(own.contains("records/drafts/" + revised_ + ".json") && own.contains(report_file(submitted_)) &&
                own.contains(report_file(draft_)));
    EXPECT_EQ(records(own, "nominations").size(), 10U);
    EXPECT_EQ(records(other, "nominations").size() + records(office, "nominations").size(), 0U);
    EXPECT_TRUE(ids_of(json_of(own, "records/accounts.json")).contains(drafter.account.value));
    EXPECT_FALSE(ids_of(json_of(other, "records/accounts.json")).contains(drafter.account.value));
    EXPECT_TRUE(ids_of(json_of(own, "records/credentials.json")).contains(drafter.credential.value));
    EXPECT_EQ(ids_of(json_of(own, "records/settings.json")), Ids{"CL"});
    EXPECT_EQ(ids_of(json_of(own, "records/quotas.json")), Ids{"CL"});
    EXPECT_EQ(own.at("records/quotas.json").find("used_tenths"), std::string::npos) << "how far a limit is used is no record";
    EXPECT_FALSE(office.contains("records/settings.json"));
    for (const auto& id : {draft_, submitted_})
        for (const auto* files : {&other, &office})
            for (const auto& [path, text] : *files)
                EXPECT_TRUE(path.find(id) == std::string::npos && text.find(id) == std::string::npos) << path;
    EXPECT_EQ(json_of(office, contact_file(amended_)).at("meta").at("scope"), "minimal");
    EXPECT_EQ(json_of(other, contact_file(amended_)).at("meta").at("scope"), "full");
}

TEST_F(Export, FilesAreThereByTheirHashForWhoMayReadThem)
{
    populate_directory();
    const auto path = "files/" + base::hex(base::sha256("%PDF-1.4 note")) + ".pdf";
    EXPECT_EQ(files_of(taken(nominator))[path], "%PDF-1.4 note");
    EXPECT_EQ(files_of(taken(clerk))[path], "%PDF-1.4 note");
    for (const auto& [name, text] : files_of(taken(reader)))
        EXPECT_FALSE(name.starts_with("files/")) << name;
}

TEST_F(Export, WhatIsHiddenLeavesItsHashAlone)
{
    const auto visible = new_report(drafter, approver, {{"label", "TLP:GREEN"}});
    const auto hidden = new_report(drafter, approver, {{"label", "TLP:AMBER+STRICT"}, {"narrative", "PLATYPUS"}});
    const auto files = files_of(taken(peru));
    EXPECT_TRUE(files.contains(report_file(visible)));
    for (const auto& [path, text] : files) {
        EXPECT_EQ(path.find(hidden), std::string::npos);
        EXPECT_TRUE(text.find(hidden) == std::string::npos && text.find("PLATYPUS") == std::string::npos) << path;
    }
    EXPECT_EQ(std::count(files.at("leaves").begin(), files.at("leaves").end(), '\n'), size());
}

TEST_F(Export, WhoLostSightOfARecordIsToldOfItsPlaceAlone)
{
    populate_reports();
    const auto files = files_of(taken(peru));
    EXPECT_FALSE(files.contains(report_file(narrowed_)));
    std::vector<Json> tombstones;
    for (const auto& change : changes_of(files))
        if (change.value("tombstone", false))
            tombstones.push_back(change);
    ASSERT_EQ(tombstones.size(), 1U);
    EXPECT_EQ(tombstones[0].at("subject").at("id"), narrowed_);
    EXPECT_FALSE(tombstones[0].contains("receipt") || tombstones[0].contains("entry"));
}

// Records are live, the log's size moves at an interval: what changed in between no entry in the archive could prove.
TEST_F(Export, WhatChangedBeyondThePublishedSizeIsLeftForALaterOne)
{
    const auto before = new_report(drafter, approver, {{"label", "TLP:GREEN"}});
    advance(std::chrono::minutes(6));
    ASSERT_TRUE(for_account(peru).has_value());  // the size is looked up, and stands from here on
    const auto published_then = size();
    const auto after = new_report(drafter, approver, {{"label", "TLP:GREEN"}});
    withdraw(before);
    const auto archive = saved(*for_account(peru).value().pack());
    is_genuine(archive);
    const auto files = files_of(archive);
    EXPECT_EQ(Json::parse(files.at("later.json")).at("items").size(), 2U);
    EXPECT_FALSE(files.contains(report_file(before)) || files.contains(report_file(after)));
    const auto changes = changes_of(files);
    EXPECT_EQ(changes.back().at("seq"), published_then - 1);
    EXPECT_EQ(text_of(changes).find(after), std::string::npos);
    EXPECT_NE(text_of(changes).find(before), std::string::npos) << "what it said before is still there";
    const auto hidden_since = files_of(saved(*for_account(reviewer).value().pack()));
    EXPECT_EQ(std::count(hidden_since.at("leaves").begin(), hidden_since.at("leaves").end(), '\n'), published_then)
        << "nobody can time what others did";
    advance(std::chrono::minutes(6));
    const auto later = saved(*for_account(peru).value().pack());
    is_genuine(later);
    EXPECT_TRUE(files_of(later).contains(report_file(before)) && files_of(later).contains(report_file(after)));
}

TEST_F(Export, MoreThanAPageOfEverything)
{
    for (int i = 0; i < 105; ++i)
        new_report(drafter, approver);
    for (int i = 0; i < 104; ++i)
        recorded("Contact " + std::to_string(i));
    for (const auto& who : {drafter, clerk}) {
        const auto archive = taken(who);
        is_genuine(archive);
        const auto files = files_of(archive);
        EXPECT_EQ(records(files, "reports").size(), 105U);
        EXPECT_EQ(records(files, "contacts").size(), 104U);
        EXPECT_EQ(records(files, "nominations").size(), 104U);
        EXPECT_GT(changes_of(files).size(), who.home.is_state() ? 500U : 300U);
    }
}

TEST_F(Export, WhatWasErasedIsNotInIt)
{
    populate_reports();
    populate_directory();
    for (const auto& everyone : {drafter, clerk, the_operator()}) {
        const auto archive = taken(everyone);
        is_genuine(archive);
        const auto files = files_of(archive);
        for (const auto& change : changes_of(files))
            if (const bool is_of_it = !change.value("tombstone", false) && (change.at("entry").at("subject").at("id") == erased_ ||
                                                                            change.at("entry").at("subject").at("id") == gone_);
                is_of_it) {
                EXPECT_TRUE(change.at("opening").is_null() || change.at("entry").at("kind").get<std::string>().ends_with("_erased"))
                    << change.dump();
            }
    }
    EXPECT_TRUE(json_of(files_of(taken(drafter)), report_file(gone_)).at("content").is_null());
    EXPECT_TRUE(json_of(files_of(taken(drafter)), contact_file(erased_)).at("content").is_null());
}

TEST_F(Export, TheOperatorsHoldsWhateverThereIs)
{
    populate_reports();
    populate_directory();
    const auto red = drafted(
        drafter,
        {{"measure", "OAS-CBM-1"}, {"period", "2025-2026"}, {"status", "planned"}, {"label", "TLP:RED"}, {"narrative", "For two."}});
    const auto archive = taken(the_operator());
    is_genuine(archive);
    const auto files = files_of(archive);
    EXPECT_EQ(records(files, "reports"), (Ids{revised_, narrowed_, withdrawn_, gone_, submitted_, draft_, red}));
    EXPECT_EQ(records(files, "contacts").size(), 5U);
    EXPECT_EQ(records(files, "nominations").size(), 10U);
    EXPECT_FALSE(json_of(files, report_file(withdrawn_)).at("content").is_null());
    EXPECT_GT(ids_of(json_of(files, "records/accounts.json")).size(), 8U);
    EXPECT_EQ(ids_of(json_of(files, "records/settings.json")).size(), 35U);
    EXPECT_EQ(ids_of(json_of(files, "records/quotas.json")).size(), 35U);
    const auto changes = changes_of(files);
    EXPECT_EQ(changes.size(), static_cast<std::size_t>(size()));
    std::size_t unopened = 0;
    for (const auto& change : changes)
        unopened += change.at("opening").is_null() ? 1 : 0;
    EXPECT_EQ(unopened, 9U) << "what was erased: three entries of a report, two of a contact, two each of its two nominations";
    EXPECT_TRUE(files.at("manifest").find("\noperator\n") != std::string::npos);
}

TEST_F(Export, ForAHomeItHoldsWhatItsAccountsMaySeeTogether)
{
    populate_reports();
    populate_directory();
    const auto everyone_of = [&](const std::string& home) {
        return read([&](Connection& db) { return service::reader_of_home(db, clock()(), domain::Home::from(home)); });
    };
    const auto own = taken(everyone_of("state:CL")), other = taken(everyone_of(reviewer.home.text()));
    is_genuine(own), is_genuine(other);
    EXPECT_EQ(records(files_of(own), "reports"), reports_by_api(drafter));
    EXPECT_EQ(records(files_of(own), "nominations").size(), 10U);
    EXPECT_EQ(files_of(other).at("changes.ndjson"), files_of(taken(reviewer)).at("changes.ndjson"));
    EXPECT_NE(files_of(own).at("manifest").find("\nstate:CL approver contact drafter nominator\n"), std::string::npos);
}

TEST_F(Export, EqualStateGivesEqualBytes)
{
    populate_reports();
    const auto bytes_of = [](const std::string& file) {
        std::ifstream in(file, std::ios::binary);
        return std::string(std::istreambuf_iterator<char>(in), {});
    };
    EXPECT_TRUE(bytes_of(taken(drafter)) == bytes_of(taken(drafter)));
}

TEST_F(Export, ItsSealIsNoCheckpointAndItsCheckpointNoSeal)
{
    const auto files = files_of(taken(peru));
    EXPECT_TRUE(ledger::open_note(files.at("manifest"), keys()).has_value());
    EXPECT_FALSE(ledger::open_checkpoint(files.at("manifest"), keys()).has_value());
    EXPECT_TRUE(ledger::open_checkpoint(files.at("checkpoint"), keys()).has_value());
    EXPECT_TRUE(files.at("manifest").starts_with("cbmx-export/v1\n"));
    EXPECT_NE(files.at("manifest").find("\nstate:PE drafter\n"), std::string::npos) << "whose it is";
}

TEST_F(Export, ThePageIsInTheReadersLanguageAndShowsTextsAsTexts)
{
    auto wanted = fields("Somebody");
    wanted["institution"] = "<script>alert(1)</script> & \"Sons\"";
    accepted(made(nominator, {{"kind", "nomination"}, {"fields", wanted}}));
    new_report(drafter, approver);
    for (const auto language : i18n::all_languages) {
        auto asked = request(drafter);
        asked.language = language;
        asked.demo = true;
        const auto page = files_of(taken(asked)).at("index.html");
        EXPECT_NE(page.find("<html lang=\"" + std::string(i18n::code_of(language)) + "\">"), std::string::npos);
        EXPECT_NE(page.find(">" + i18n::text(language, "export.section.reports")), std::string::npos);
        EXPECT_NE(page.find("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;Sons&quot;"), std::string::npos);
        EXPECT_EQ(page.find("<script"), std::string::npos);
        EXPECT_EQ(page.find("://"), std::string::npos) << "nothing from outside";
        EXPECT_EQ(page.find('{'), page.find("{font-family")) << "no placeholder is left";
    }
}

TEST_F(Export, WhoseRightsHaveEndedGetsNone)
{
    ASSERT_TRUE(for_account(peru).has_value());
    write([&](Transaction& transaction) { return service::revoke_credential(transaction, domain::machine_operator(), peru.credential); });
    const auto refused = for_account(peru);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, domain::ErrorCode::invalid_credential);
}

}  // namespace
}  // namespace cbmx::test
