// Exports of a small portal, taken as services are called, and what stands in them.
#pragma once
#include "base/archive/reader.hpp"
#include "service/export/export.hpp"
#include "service/reports/reports.hpp"
#include "store/log/entries.hpp"
#include "unit/service/directory/directory_fixture.hpp"
#include "verify/archive.hpp"
#include <fstream>

namespace cbmx::test {

class Exported : public DirectoryFixture {
protected:
    Principal drafter = someone("state:CL", {"drafter"}), approver = someone("state:CL", {"approver"}),
              peru = someone("state:PE", {"drafter"});
    Principal reviewer = someone("office:reviewers", {"reviewer"}), auditor = someone("office:audit", {"auditor"});

    using Files = std::map<std::string, std::string>;

    service::ExportRequest request(const Principal& who)
    {
        service::ExportRequest wanted{.reader = who, .now = clock()(), .origin = signer().name, .spool_directory = directory().string()};
        wanted.size = static_cast<std::uint64_t>(size());
        wanted.keys = signer();
        return wanted;
    }
    std::string saved(const base::Spool& spool)
    {
        const auto file = (directory() / ("export-" + std::to_string(exports_++) + ".zip")).string();
        base::save(spool, file);
        return file;
    }
    // The path of an archive with all that the reader may see of the whole log.
    std::string taken(const service::ExportRequest& wanted)
    {
        return saved(*read([&](Connection& db) { return service::collect_export(db, wanted); }).pack());
    }
    std::string taken(const Principal& who) { return taken(request(who)); }

    static Files files_of(const std::string& archive)
    {
        const base::ArchiveReader contents(archive);
        Files files;
        for (const auto& path : contents.paths())
            files[path] = contents.text(path, 1 << 30);
        return files;
    }
    static Json json_of(const Files& files, const std::string& path) { return files.contains(path) ? Json::parse(files.at(path)) : Json(); }
    static std::vector<Json> changes_of(const Files& files)
    {
        std::vector<Json> changes;
        std::istringstream lines(files.at("changes.ndjson"));
        for (std::string line; std::getline(lines, line);)
            changes.push_back(Json::parse(line));
        return changes;
    }
    static std::string text_of(const std::vector<Json>& changes)
    {
        std::string text;
        for (const auto& change : changes)
            text += change.dump() + "\n";
        return text;
    }
    static std::string report_file(const std::string& id) { return "records/reports/" + id + ".json"; }
    static std::string contact_file(const std::string& id) { return "records/contacts/" + id + ".json"; }

    void is_genuine(const std::string& archive)
    {
        const auto report = service::verify_export(archive, keys());
        EXPECT_TRUE(report.ok()) << report.summary();
    }

    // A published report in two revisions, a narrowed one, a withdrawn one, an erased one, one submitted, one in the works.
    void populate_reports()
    {
        without_four_eyes("CL");
        revised_ = new_report(drafter, approver, {{"tags", {"strategy"}}});
        write([&](Transaction& t) { return service::start_revision(t, drafter, revised_, std::nullopt); });
        submitted(drafter, revised_);
        publication_ = published(approver, revised_);
        write([&](Transaction& t) { return service::start_revision(t, drafter, revised_, std::nullopt); });
        narrowed_ = new_report(drafter, approver, {{"label", "TLP:AMBER"}, {"recipients", {"state:PE"}}});
        write([&](Transaction& t) {
            return service::change_audience(t, approver, narrowed_, {{"recipients", {"state:CL"}}}, domain::Transition::recipients,
                                            std::nullopt);
        });
        withdrawn_ = new_report(drafter, approver);
        withdraw(withdrawn_);
        gone_ = new_report(drafter, approver);
        withdraw(gone_);
        erase(approver, gone_);
        submitted_ = drafted(drafter, a_report());
        submitted(drafter, submitted_);
        draft_ = drafted(drafter, a_report());
    }
    void withdraw(const std::string& id)
    {
        EXPECT_TRUE(write([&](Transaction& t) { return service::withdraw_report(t, approver, id, std::nullopt); }).has_value());
    }
    using LedgerFixture::submitted;

    std::string revised_, narrowed_, withdrawn_, gone_, submitted_, draft_;
    Seq publication_ = 0;

private:
    int exports_ = 0;
};

}  // namespace cbmx::test
