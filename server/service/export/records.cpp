// The records of an export, each by the read that the API answers with: who sees what is decided there and nowhere else. Which
// lists and folders there are: service/subjects.cpp.
#include "i18n/country.hpp"
#include "service/directory/nominations.hpp"
#include "service/export/parts.hpp"
#include "service/reports/reports.hpp"
#include "service/subjects.hpp"
#include <array>

namespace cbmx::service {
namespace {

using Json = nlohmann::json;
using domain::Subject;

constexpr std::int64_t revisions_per_page = 100;

using Cells = std::vector<std::string>;

std::string word(const Exporting& exporting, const std::string& key) { return i18n::text(exporting.request.language, key); }
std::string id_of(const Json& record) { return record.at("id").get<std::string>(); }
std::string path_of(const std::string& folder, const std::string& id) { return "records/" + folder + "/" + id + ".json"; }
std::string country(const Exporting& exporting, const Json& code)
{
    return i18n::country_name(exporting.request.language, code.get<std::string>());
}

// What the record is about: where its content is not shown, the marker still says so.
std::string about(const Json& report, const char* member)
{
    const auto& from = report.at("content").is_object() ? report.at("content") : report.at("meta");
    return from.value(member, std::string());
}

Cells report_cells(const Exporting& exporting, const Json& report)
{
    const auto& meta = report.at("meta");
    return {country(exporting, about(report, "state")),
            about(report, "measure"),
            about(report, "period"),
            word(exporting, "workflow." + meta.at("workflow_state").get<std::string>()),
            meta.at("label").get<std::string>(),
            std::to_string(meta.at("revision").get<std::int64_t>())};
}

Json revisions_of(Exporting& exporting, const std::string& id)
{
    const auto& request = exporting.request;
    auto revisions = Json::array();
    std::int64_t after = 0;
    for (;;) {
        auto page = list_revisions(exporting.db, request.reader, request.language, id, revisions_per_page, after);
        if (!page)
            throw std::logic_error("a list could not be read to its end");
        for (auto& revision : page->items)
            revisions.push_back(std::move(revision));
        if (!page->next)
            return revisions;
        after = std::stoll(*page->next);
    }
}

// The working copy, and what was published before.
void write_versions(Exporting& exporting, const Json& report)
{
    const auto& request = exporting.request;
    const auto id = id_of(report);
    if (report.at("meta").contains("draft"))
        if (const auto draft = get_draft(exporting.db, request.reader, request.language, id))
            exporting.add_json(path_of("drafts", id), draft->body);
    if (!report.at("meta").contains("published_at"))
        return;
    if (auto revisions = revisions_of(exporting, id); !revisions.empty())
        exporting.add_json(path_of("revisions", id), {{"items", std::move(revisions)}});
}

Cells contact_cells(const Exporting& exporting, const Json& contact)
{
    const auto& content = contact.at("content");
    if (!content.is_object())
        return {"", "", "", "", word(exporting, "workflow.erased")};
    return {country(exporting, content.at("state")), word(exporting, "contact_category." + content.at("category").get<std::string>()),
            content.value("office", content.value("person", std::string())), content.at("institution").get<std::string>(),
            contact.at("meta").at("freshness_text").get<std::string>()};
}

// The note verbale's file, under the hash that the nomination commits to.
void write_note(Exporting& exporting, const Json& nomination)
{
    const auto& content = nomination.at("content");
    if (!content.is_object() || !content.at("note").contains("file"))
        return;
    const auto file = get_note_file(exporting.db, exporting.request.reader, id_of(nomination));
    if (!file)
        return;
    const auto path = "files/" + base::hex(base::sha256(file->bytes)) + std::string(file_ending(file->media_type));
    if (exporting.files.insert(path).second)
        exporting.archive.add(path, file->bytes, false);
    add_row(exporting, "files", {content.at("note").at("reference").get<std::string>(), file->name}, path);
}

Cells nomination_cells(const Exporting& exporting, const Json& nomination)
{
    const auto& content = nomination.at("content");
    auto standing = word(exporting, "workflow." + nomination.at("meta").at("status").get<std::string>());
    if (!content.is_object())
        return {"", "", std::move(standing)};
    return {country(exporting, content.at("state")), content.at("note").at("reference").get<std::string>(), std::move(standing)};
}

void nothing_more(Exporting&, const Json&) {}

// What the page for a person says of each record that has a file of its own (its columns: page.cpp), and what lies beside it.
struct FolderRow {
    Subject subject;
    domain::Cell<Cells (*)(const Exporting&, const Json& record)> cells;
    domain::Cell<void (*)(Exporting&, const Json& record)> beside;
};
constexpr std::array folders{
    FolderRow{Subject::report, report_cells, write_versions},
    FolderRow{Subject::nomination, nomination_cells, write_note},
    FolderRow{Subject::contact, contact_cells, nothing_more},
};
constexpr const FolderRow* folder_of(Subject subject)
{
    for (const auto& row : folders)
        if (row.subject == subject)
            return &row;
    return nullptr;
}
static_assert(
    [] {
        for (const auto& row : domain::subject_table)
            if (domain::has_content(row.subject) != (folder_of(row.subject) != nullptr))
                return false;
        return true;
    }(),
    "each record with content of its own has a file of its own");

void write_folder(Exporting& exporting, const Reader& reader, const std::string& name, const FolderRow& row)
{
    each_record(exporting.db, reader, row.subject, [&](const Json& record) {
        if (exporting.is_later(domain::name_of(row.subject), record) || !exporting.is_new(domain::name_of(row.subject), record))
            return;
        const auto path = path_of(name, id_of(record));
        exporting.add_json(path, record);
        ++exporting.counts[name];
        add_row(exporting, name, row.cells(exporting, record), path);
        row.beside(exporting, record);
    });
}

void write_list(Exporting& exporting, const Reader& reader, const std::string& name, Subject subject)
{
    auto items = Json::array();
    std::set<std::string> ids;
    each_record(exporting.db, reader, subject, [&](const Json& record) {
        if (ids.insert(id_of(record)).second && !exporting.is_later(domain::name_of(subject), record) &&
            exporting.is_new(domain::name_of(subject), record))
            items.push_back(record);
    });
    if (items.empty())
        return;
    exporting.counts[name] = items.size();
    exporting.add_json("records/" + name + ".json", {{"items", std::move(items)}});
}

}  // namespace

void write_records(Exporting& exporting)
{
    const auto& request = exporting.request;
    const Reader reader{request.reader, request.language, request.now};
    for (const auto& row : domain::subject_table) {
        const auto place = exported(row.subject);
        if (place.name.empty() || request.reader.reach(place.permission) == domain::Reach::none)
            continue;
        const std::string name(place.name);
        if (const auto* folder = folder_of(row.subject))
            write_folder(exporting, reader, name, *folder);
        else
            write_list(exporting, reader, name, row.subject);
    }
    exporting.counts["files"] = exporting.files.size();
}

}  // namespace cbmx::service
