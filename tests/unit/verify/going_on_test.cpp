// Exports that go on from an earlier one: what is new since, judged alone and beside the earlier one. That both verifiers say the
// same: tests/examples/export.sh.
#include "ledger/note.hpp"
#include "unit/verify/exported.hpp"

namespace cbmx::test {
namespace {

class GoingOn : public Exported {
protected:
    GoingOn()
    {
        populate_reports();
        populate_directory();
        earlier_ = request(drafter);
        earlier_file_ = taken(earlier_);
    }

    service::ExportRequest going_on(const Principal& who)
    {
        auto wanted = request(who);
        wanted.after = earlier_.size;
        return wanted;
    }
    service::ExportReport beside(const std::string& file, const std::string& earlier)
    {
        auto report = service::verify_export(file, keys());
        report.compare_with(service::verify_export(earlier, keys()));
        return report;
    }
    // Changed, and signed again by the log's key.
    std::string resealed(Files files, const std::function<void(Files&)>& change)
    {
        change(files);
        std::string sums;
        for (const auto& [path, text] : files)
            if (path != "SHA256SUMS" && path != "manifest")
                sums += base::hex(base::sha256(text)) + "  " + path + "\n";
        files["SHA256SUMS"] = sums;
        auto text = files["manifest"].substr(0, files["manifest"].rfind("\n\n"));
        text = text.substr(0, text.rfind('\n') + 1) + base::hex(base::sha256(sums)) + "\n";
        files["manifest"] = ledger::sign_note(text, signer());
        base::ArchiveWriter writer(directory().string());
        for (const auto& [path, content] : files)
            writer.add(path, content);
        return saved(*writer.pack());
    }
    void finds(const Files& files, const std::function<void(Files&)>& change, const std::string& words)
    {
        const auto said = service::verify_export(resealed(files, change), keys()).summary();
        EXPECT_TRUE(said.starts_with("NOT genuine") && said.find(words) != std::string::npos) << words << "\n" << said;
    }

    service::ExportRequest earlier_;
    std::string earlier_file_;
};

TEST_F(GoingOn, OneHoldsWhatIsNewAndIsJudgedAlone)
{
    const auto fresh = new_report(drafter, approver);
    withdraw(revised_);
    const auto file = taken(going_on(drafter));
    is_genuine(file);
    const auto files = files_of(file);
    EXPECT_TRUE(files.contains(report_file(fresh)));
    EXPECT_TRUE(files.contains(report_file(revised_))) << "its last step is new";
    EXPECT_TRUE(files.contains(report_file(draft_))) << "a draft has no number";
    EXPECT_FALSE(files.contains(report_file(withdrawn_))) << "nothing was said about it since";
    EXPECT_LT(std::filesystem::file_size(file), std::filesystem::file_size(taken(drafter)));

    const auto report = service::verify_export(file, keys());
    EXPECT_EQ(report.after, earlier_.size);
    EXPECT_EQ(report.size, static_cast<std::uint64_t>(size()));
    EXPECT_GT(report.entries, 0U);
    EXPECT_LE(report.entries + report.tombstones, report.size - report.after) << "the earlier ones are not counted again";
    EXPECT_NE(report.summary().find("note: it goes on from an earlier export of " + std::to_string(earlier_.size)), std::string::npos);
}

TEST_F(GoingOn, BesideTheEarlierOneItSaysThatTheLogHasOnlyGrown)
{
    new_report(drafter, approver);
    const auto report = beside(taken(going_on(drafter)), earlier_file_);
    EXPECT_TRUE(report.ok()) << report.summary();
    EXPECT_NE(report.summary().find("the log has only grown"), std::string::npos);
}

TEST_F(GoingOn, WhereNothingHappenedItHasNoPosition)
{
    const auto file = taken(going_on(drafter));
    const auto report = beside(file, earlier_file_);
    EXPECT_TRUE(report.ok()) << report.summary();
    EXPECT_EQ(files_of(file).at("leaves"), "");
    EXPECT_EQ(report.entries, 0U);
}

TEST_F(GoingOn, EachReaderMayDoSoFromAnySize)
{
    new_report(drafter, approver);
    for (const auto& who : {drafter, approver, peru, reviewer, auditor})
        for (std::uint64_t after = 1; after <= static_cast<std::uint64_t>(size()); after += 3) {
            auto wanted = request(who);
            wanted.after = after;
            is_genuine(taken(wanted));
        }
}

TEST_F(GoingOn, AnErasureSinceIsToldAndShown)
{
    withdraw(revised_);
    erase(approver, revised_);
    const auto files = files_of(taken(going_on(drafter)));
    EXPECT_TRUE(json_of(files, report_file(revised_)).at("content").is_null());
    is_genuine(taken(going_on(drafter)));
}

TEST_F(GoingOn, AnotherEarlierOneIsFoundOut)
{
    new_report(drafter, approver);
    const auto file = taken(going_on(drafter));
    const auto says = [&](const std::string& earlier) { return beside(file, earlier).summary(); };
    auto other = earlier_;
    other.reader = peru;
    EXPECT_NE(says(taken(other)).find("manifest: the earlier export is of another reader"), std::string::npos);
    EXPECT_NE(says(taken(drafter)).find("manifest: it goes on from"), std::string::npos);
    EXPECT_NE(beside(earlier_file_, earlier_file_).summary().find("manifest: it goes on from no earlier export"), std::string::npos);
    const auto damaged = resealed(files_of(earlier_file_), [](Files& files) { files["leaves"].clear(); });
    EXPECT_NE(says(damaged).find("earlier export: it is not genuine itself"), std::string::npos);
}

TEST_F(GoingOn, WhatIsChangedInItIsFound)
{
    withdraw(revised_);
    const auto genuine = files_of(taken(going_on(drafter)));
    const auto first_line_gone = [](const std::string& path) {
        return [path](Files& files) { files[path].erase(0, files[path].find('\n') + 1); };
    };
    finds(
        genuine, [](Files& files) { files.erase("edge"); }, "edge: it is missing");
    finds(genuine, first_line_gone("edge"), "edge: it has not the form of one");
    finds(
        genuine, [](Files& files) { files["edge"][0] = files["edge"][0] == 'A' ? 'B' : 'A'; },
        "leaves: its positions do not give the root that the checkpoint signs");
    finds(genuine, first_line_gone("leaves"), "leaves: it has");
    finds(genuine, first_line_gone("changes.ndjson"), "keys.json: it does not say what the entries say of the log's keys");
    finds(
        genuine,
        [&](Files& files) {
            auto report = Json::parse(files.at(report_file(revised_)));
            report["content"]["narrative"] = "another";
            files[report_file(revised_)] = report.dump();
        },
        "its content is not what entry");
    const auto size_line = "\n" + std::to_string(earlier_.size) + "\n";
    finds(
        genuine,
        [&](Files& files) {
            auto& manifest = files["manifest"];
            manifest.replace(manifest.find(size_line, manifest.find("drafter")), size_line.size(), "\n0\n");
        },
        "manifest: it has not the form of one");
}

}  // namespace
}  // namespace cbmx::test
