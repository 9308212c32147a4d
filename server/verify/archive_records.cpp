// The records of an export: each is what an entry in the archive commits to, is filed under its own name, and is the last word
// about itself; none that the entries tell of is missing. Which folders and lists there are: service/subjects.cpp.
#include "domain/event.hpp"
#include "service/subjects.hpp"
#include "verify/archive_parts.hpp"
#include <algorithm>
#include <set>
#include <vector>

namespace cbmx::service {
namespace {

using Json = nlohmann::json;

constexpr std::uint64_t max_record_bytes = 16 * 1024 * 1024;
constexpr std::uint64_t max_list_bytes = 64 * 1024 * 1024;
constexpr const char* drafts = "records/drafts/";
constexpr const char* revisions = "records/revisions/";

struct Folder {
    std::string name;  // "records/reports/"
    std::string_view kind;
};

const std::vector<Folder>& folders()
{
    static const auto list = [] {
        std::vector<Folder> found;
        for (const auto& row : domain::subject_table)
            if (const auto name = exported(row.subject).name; !name.empty() && domain::has_content(row.subject))
                found.push_back({"records/" + std::string(name) + "/", row.name});
        for (const char* name : {drafts, revisions})
            found.push_back({name, domain::name_of(domain::Subject::report)});
        return found;
    }();
    return list;
}

// Lists, and whether everyone who reads one is shown the entries about its records.
struct List {
    std::string path;  // "records/states.json"
    std::string_view kind;
    bool has_entries = false;
};

bool is_shown_to_everyone(domain::Subject subject)
{
    return std::all_of(domain::event_table.begin(), domain::event_table.end(), [subject](const domain::EventRow& row) {
        return row.subject != subject || row.audience == domain::EntryAudience::everyone;
    });
}

const std::vector<List>& lists()
{
    static const auto list = [] {
        std::vector<List> found;
        for (const auto& row : domain::subject_table)
            if (const auto name = exported(row.subject).name; !name.empty() && !domain::has_content(row.subject))
                found.push_back({"records/" + std::string(name) + ".json", row.name, is_shown_to_everyone(row.subject)});
        return found;
    }();
    return list;
}

std::optional<std::int64_t> number(const Json& object, const char* member)
{
    const auto found = object.find(member);
    return found == object.end() || found->is_null() ? std::nullopt : std::optional(found->get<std::int64_t>());
}

class RecordsCheck {
public:
    explicit RecordsCheck(ExportCheck& check) : check_(check) {}

    void run()
    {
        check_.at("later.json", [this] { read_later(); });
        for (const auto& path : check_.archive.paths())
            check_.at(place_ = path, [&] { check_path(path); });
        for (const auto& [subject, facts] : check_.subjects)
            check_present(subject.first, subject.second, facts);
    }

private:
    using Subject = std::pair<std::string, std::string>;

    void wrong(const std::string& what) { check_.fault(place_, what); }
    static std::string entry_name(std::int64_t seq) { return "entry " + std::to_string(seq); }

    void read_later()
    {
        const auto later = portal_json(check_.archive.text("later.json", max_list_bytes));
        for (const auto& item : later.at("items"))
            later_.emplace(item.at("kind").get<std::string>(), item.at("id").get<std::string>());
        check_.report.later = later_.size();
    }

    void check_path(const std::string& path)
    {
        for (const auto& list : lists())
            if (path == list.path)
                return check_list(list);
        for (const auto& folder : folders())
            if (path.starts_with(folder.name))
                return check_single(folder, path.substr(folder.name.size()));
        if (path.starts_with("records/"))
            wrong("no record has this name");
    }

    void check_single(const Folder& folder, const std::string& file)
    {
        const auto id = file.substr(0, file.size() - std::min<std::size_t>(file.size(), 5));  // without ".json"
        const auto record = portal_json(check_.archive.text(place_, max_record_bytes));
        if (folder.name == revisions) {
            for (const auto& revision : record.at("items"))
                if (is_named(revision, id))
                    check_revision(revision, id);
            return;
        }
        if (!is_named(record, id))
            return;
        if (folder.name == drafts)
            return check_draft(record, id);
        ++check_.report.records;
        present_.emplace(std::string(folder.kind), id);
        if (later_.contains({std::string(folder.kind), id}))
            wrong("it is in later.json too");
        if (folder.kind == "report")
            check_report(record, id);
        if (folder.kind == "contact")
            check_contact(record, id);
        if (folder.kind == "nomination")
            check_nomination(record, id);
    }

    bool is_named(const Json& record, const std::string& id)
    {
        const bool is = record.at("id") == id;
        if (!is)
            wrong("it is filed under another record's name");
        return is;
    }

    const SubjectFacts& subject(std::string_view kind, const std::string& id) const
    {
        static const SubjectFacts none;
        const auto found = check_.subjects.find({std::string(kind), id});
        return found == check_.subjects.end() ? none : found->second;
    }

    // The entry that the record names, when it is about that record.
    const EntryFacts* entry_about(std::string_view kind, const std::string& id, std::int64_t seq, bool is_needed = true)
    {
        const auto* entry = check_.entry(seq);
        if (entry == nullptr && is_needed)
            wrong(entry_name(seq) + ", which it names, is not in the archive");
        if (entry != nullptr && (entry->subject_kind != kind || entry->subject != id)) {
            wrong(entry_name(seq) + ", which it names, is about another record");
            return nullptr;
        }
        return entry;
    }

    // content and salt beside each other are what was committed to; without salt something else is shown, or nothing.
    bool is_committed(const Json& record, const EntryFacts& entry, std::int64_t seq)
    {
        if (record.at("salt").is_null())
            return false;
        const bool is =
            commitment_of(ledger::Part::commitment, entry.kind, seq, record.at("salt"), record.at("content")) == entry.commitment;
        if (!is)
            wrong("its content is not what " + entry_name(seq) + " commits to");
        return is;
    }

    void expect_last(std::int64_t seq, const std::optional<std::int64_t>& last)
    {
        if (last && *last != seq)
            wrong("it names " + entry_name(seq) + ", but " + entry_name(*last) + " is the last about it");
    }

    void check_report(const Json& report, const std::string& id)
    {
        const auto& meta = report.at("meta");
        const auto seq = number(meta, "seq"), changed = number(meta, "changed_seq");
        if (!seq && !changed)
            return check_draft(report, id);
        if (seq) {
            const auto* entry = entry_about("report", id, *seq);
            expect_last(*seq, subject("report", id).content);
            if (entry != nullptr && is_committed(report, *entry, *seq))
                ++check_.report.proven;
        }
        const auto* change = changed ? entry_about("report", id, *changed) : nullptr;
        if (change == nullptr)
            return;
        expect_last(*changed, subject("report", id).readers);
        if (meta.at("version") != change->version)
            wrong("its version is not that of " + entry_name(*changed));
        if (change->label && meta.at("label") != *change->label)
            wrong("its label is not that of " + entry_name(*changed));
    }

    // A working copy is nobody's word yet; what was submitted is, and must be the text of the last submission.
    void check_draft(const Json& draft, const std::string& id)
    {
        const auto submission = subject("report", id).submission;
        const auto* entry = submission ? check_.entry(*submission) : nullptr;
        if (draft.at("meta").at("workflow_state") != "submitted" || entry == nullptr || !entry->salt)
            return;
        if (commitment_of(ledger::Part::commitment, entry->kind, *submission, *entry->salt, draft.at("content")) != entry->commitment)
            wrong("its content is not what " + entry_name(*submission) + " commits to");
    }

    void check_revision(const Json& revision, const std::string& id)
    {
        const auto& meta = revision.at("meta");
        const auto seq = meta.at("seq").get<std::int64_t>();
        const auto* entry = entry_about("report", id, seq);
        if (entry == nullptr)
            return;
        is_committed(revision, *entry, seq);
        if (meta.at("revision") != entry->revision.value_or(0))
            wrong("a revision in it bears another number than " + entry_name(seq));
    }

    void check_contact(const Json& contact, const std::string& id)
    {
        const auto& meta = contact.at("meta");
        check_last_step(meta, "contact", id);
        const auto seq = number(meta, "content_seq");
        if (!seq)
            return;
        const auto* entry = entry_about("contact", id, *seq);
        expect_last(*seq, subject("contact", id).content);
        if (entry != nullptr && is_committed(contact, *entry, *seq))
            ++check_.report.proven;
    }

    void check_nomination(const Json& nomination, const std::string& id)
    {
        check_last_step(nomination.at("meta"), "nomination", id);
        const auto seq = subject("nomination", id).content;
        if (!seq)
            return wrong("the entry that made it is not in the archive");
        if (is_committed(nomination, *check_.entry(*seq), *seq))
            ++check_.report.proven;
        const auto& content = nomination.at("content");
        if (!content.is_object() || !content.at("note").contains("file"))
            return;
        const auto hash = content.at("note").at("file").at("sha256").get<std::string>();
        const auto& paths = check_.archive.paths();  // sorted
        const auto first = std::lower_bound(paths.begin(), paths.end(), "files/" + hash);
        if (first == paths.end() || !first->starts_with("files/" + hash))
            wrong("the file of its note verbale is missing: " + hash);
    }

    // Not everyone is shown every step of a contact: where the entry is there, it must fit.
    void check_last_step(const Json& meta, std::string_view kind, const std::string& id)
    {
        const auto seq = meta.at("seq").get<std::int64_t>();
        const auto* entry = entry_about(kind, id, seq, false);
        if (entry == nullptr)
            return;
        expect_last(seq, subject(kind, id).last);
        if (meta.at("version") != entry->version)
            wrong("its version is not that of " + entry_name(seq));
    }

    void check_list(const List& list)
    {
        const auto items = portal_json(check_.archive.text(place_, max_list_bytes)).at("items");
        for (const auto& record : items) {
            const auto id = record.at("id").get<std::string>();
            place_ = list.path + ", " + id;
            check_.at(place_, [&] { check_item(list, record, id); });
        }
    }

    void check_item(const List& list, const Json& record, const std::string& id)
    {
        ++check_.report.records;
        if (!present_.emplace(std::string(list.kind), id).second)
            wrong("it is in the list twice");
        if (later_.contains({std::string(list.kind), id}))
            wrong("it is in later.json too");
        const auto seq = number(record.at("meta"), "seq");
        const auto* entry = seq ? entry_about(list.kind, id, *seq, list.has_entries) : nullptr;
        if (entry == nullptr)
            return;
        expect_last(*seq, subject(list.kind, id).last);
        if (record.at("meta").at("version") != entry->version)
            wrong("its version is not that of " + entry_name(*seq));
        if (is_committed(record, *entry, *seq))
            ++check_.report.proven;
    }

    // A reader who is shown what an entry commits to is shown the record as well.
    void check_present(const std::string& kind, const std::string& id, const SubjectFacts& facts)
    {
        std::string place;
        for (const auto& folder : folders())
            if (place.empty() && folder.kind == kind)
                place = folder.name + id + ".json";
        for (const auto& list : lists())
            if (list.kind == kind && list.has_entries)
                place = list.path + ", " + id;
        const Subject subject(kind, id);
        if (!place.empty() && facts.opened && !present_.contains(subject) && !later_.contains(subject))
            check_.fault(place, "it is missing: " + entry_name(*facts.opened) + " is about it");
    }

    ExportCheck& check_;
    std::string place_;
    std::set<Subject> later_, present_;
};

}  // namespace

void check_records(ExportCheck& check) { RecordsCheck(check).run(); }

}  // namespace cbmx::service
