// The four tables of subjects say the same: what has kinds of entries has rows, records, an export and an address; the lists that
// follow from them (audit's choices, retention, routes) are complete. How to add a subject: server/domain/subject.hpp.
#include "api/represent.hpp"
#include "api/route.hpp"
#include "domain/event.hpp"
#include "i18n/texts.hpp"
#include "service/subjects.hpp"
#include "store/retention.hpp"
#include "store/sqlite/migrate.hpp"
#include "store/subjects.hpp"
#include <algorithm>
#include <filesystem>
#include <gtest/gtest.h>
#include <set>

namespace cbmx::test {
namespace {

using domain::Subject;

// Subjects that are rows which entries account for: all but the portal itself and what only answers are about.
std::vector<Subject> recorded()
{
    std::vector<Subject> list;
    for (const auto& row : domain::subject_table)
        if (domain::has_entries(row.subject) && row.subject != Subject::portal)
            list.push_back(row.subject);
    return list;
}

// An empty database after every migration.
class Subjects : public testing::Test {
protected:
    void SetUp() override
    {
        ASSERT_NE(mkdtemp(directory_.data()), nullptr);
        db_ = std::make_unique<store::Connection>(directory_ + "/portal.sqlite", store::OpenMode::read_write);
        store::migrate(*db_, store::embedded_migrations());
    }
    void TearDown() override
    {
        db_.reset();
        std::filesystem::remove_all(directory_);
    }

    std::string directory_ = (std::filesystem::temp_directory_path() / "cbmx-subjects-XXXXXX").string();
    std::unique_ptr<store::Connection> db_;
};

TEST_F(Subjects, WhatHasEntriesIsReadByVerifyAndNumberedInANewEpoch)
{
    const auto numbered = store::subjects_with_numbered_rows();
    for (const auto subject : recorded()) {
        EXPECT_NE(std::count(numbered.begin(), numbered.end(), subject) == 1, domain::has_content(subject)) << domain::name_of(subject);
        if (subject == Subject::report)
            continue;  // each revision has its own number: verify/reports.cpp
        store::set_seq(*db_, subject, "none", 1);
        if (domain::has_content(subject)) {
            store::set_content_seq(*db_, subject, "none", 1);
            EXPECT_TRUE(store::known_ids(*db_, subject).empty());
        } else {
            EXPECT_TRUE(store::numbered_rows(*db_, subject).empty());
        }
        EXPECT_TRUE(store::repeated_columns(*db_, subject).empty());
        EXPECT_TRUE(store::json_texts(*db_, subject).empty());
    }
    EXPECT_EQ(numbered.size() + 3, recorded().size());
}

TEST_F(Subjects, WhatCanBeErasedCanBeBlankedAndHasATableFromWhichErasureTakesSomething)
{
    for (const auto& row : domain::subject_table) {
        store::blank(*db_, row.subject, "none");
        EXPECT_FALSE(store::is_erased(*db_, row.subject, "none"));
        if (!domain::is_erasable(row.subject))
            continue;
        const auto tables = store::retention();
        EXPECT_TRUE(std::any_of(tables.begin(), tables.end(), [&row](const store::RetentionRow& table) {
            return table.subject.value == row.subject && !table.erasure.starts_with("nothing");
        })) << row.name;
    }
}

TEST_F(Subjects, EveryTableThatRetentionNamesForOneIsCopiedIntoANewEpoch)
{
    std::size_t copied = 0;
    for (const auto& table : store::retention()) {
        if (!table.subject.value)
            continue;
        const auto subject = *table.subject.value;
        const auto statements = store::copy_statements(subject);
        const bool is_recorded = domain::has_entries(subject) && subject != Subject::portal;
        const auto name = std::string(table.table);
        EXPECT_EQ(statements.find("INSERT INTO " + name + " SELECT * FROM old." + name + ";") != std::string_view::npos, is_recorded)
            << name;
        copied += is_recorded;
    }
    std::size_t statements = 0;
    for (const auto& row : domain::subject_table) {
        const auto text = store::copy_statements(row.subject);
        for (auto at = text.find("INSERT INTO"); at != std::string_view::npos; at = text.find("INSERT INTO", at + 1))
            ++statements;
    }
    EXPECT_EQ(statements, copied);
}

TEST(SubjectTables, WhatHasEntriesIsExportedUnderANameThatThePageKnowsInFourLanguages)
{
    std::set<std::string_view> names;
    for (const auto subject : recorded()) {
        const auto name = service::exported(subject).name;
        EXPECT_TRUE(names.insert(name).second) << domain::name_of(subject);
        EXPECT_TRUE(i18n::has((domain::has_content(subject) ? "export.section." : "export.list.") + std::string(name))) << name;
    }
    for (const auto subject : {Subject::portal, Subject::batch, Subject::cosignature})
        EXPECT_TRUE(service::exported(subject).name.empty());
}

TEST(SubjectTables, ThePathOfEachIsARouteThatReads)
{
    std::set<std::string> paths;
    for (const auto& route : api::routes())
        if (route.method == api::Method::get) {
            std::string path(route.path);
            if (const auto code = path.find("{code}"); code != std::string::npos)
                path.replace(code, 6, "{id}");
            paths.insert(std::move(path));
        }
    for (const auto& row : domain::subject_table) {
        const auto path = api::path_of({.subject = row.subject, .id = "{id}"});
        EXPECT_TRUE(path.empty() ? row.subject == Subject::portal : paths.contains(path)) << row.name << ": " << path;
    }
    EXPECT_TRUE(paths.contains(api::path_of({.subject = Subject::report, .id = "{id}", .draft = true})));
}

TEST(SubjectTables, EachIsFoundByItsName)
{
    for (const auto& row : domain::subject_table)
        EXPECT_EQ(domain::subject_from(row.name), row.subject);
    EXPECT_EQ(domain::subject_from("reports"), std::nullopt);
}

TEST(SubjectTables, EveryKindOfEntryIsAboutASubjectThatHasEntriesAndOneErasesWhatCanBeErased)
{
    std::map<Subject, int> erasures;
    for (const auto& row : domain::event_table) {
        EXPECT_TRUE(domain::has_entries(row.subject)) << row.name;
        EXPECT_TRUE(row.name.starts_with(domain::name_of(row.subject)) || row.subject == Subject::portal) << row.name;
        erasures[row.subject] += domain::is_erasure(row.kind);
    }
    for (const auto& [subject, count] : erasures)
        EXPECT_EQ(count, domain::is_erasable(subject) ? 1 : 0) << domain::name_of(subject);
}

TEST(SubjectTables, AuditCanBeAskedForEveryKindOfEntryAndForNothingElse)
{
    const auto routes = api::routes();
    const auto audit =
        std::find_if(routes.begin(), routes.end(), [](const api::Route& route) { return route.operation_id == "listAudit"; });
    ASSERT_NE(audit, routes.end());
    const auto kind =
        std::find_if(audit->query.begin(), audit->query.end(), [](const api::Parameter& parameter) { return parameter.name == "kind"; });
    ASSERT_NE(kind, audit->query.end());
    std::string kinds;
    for (const auto& row : domain::event_table)
        kinds.append(kinds.empty() ? "" : "|").append(row.name);
    EXPECT_EQ(kind->choices, kinds);
}

}  // namespace
}  // namespace cbmx::test
