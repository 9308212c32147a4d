// See export.hpp. Page by page into spools; what is in memory grows with the number of records, not with what they say.
#include "service/export/export.hpp"
#include "ledger/note.hpp"
#include "service/accounts/authenticate.hpp"
#include "service/export/parts.hpp"
#include "service/log/changes.hpp"
#include "service/log/cosignatures.hpp"
#include "service/log/log.hpp"
#include "service/log/openings.hpp"
#include "store/log/entries.hpp"
#include <algorithm>

namespace cbmx::service {
namespace {

constexpr std::int64_t entries_per_page = 500;
constexpr std::int64_t witnesses_per_page = 100;
constexpr Seq leaves_per_page = 4096;

void write_checkpoint(Exporting& exporting)
{
    const auto row = store::checkpoint_of_size(exporting.db, exporting.request.size);
    const auto text = row ? std::string_view(row->note).substr(0, row->note.find("\n\n") + 1) : std::string_view();
    const auto checkpoint = ledger::parse_checkpoint_text(text);
    if (!checkpoint)
        throw std::logic_error("no checkpoint of that size was signed");
    exporting.root = base::base64(checkpoint->root);
    exporting.archive.add("checkpoint", cosigned(exporting.db, *row));
}

void write_leaves(Exporting& exporting)
{
    exporting.archive.begin("leaves");
    const auto size = static_cast<Seq>(exporting.request.size);
    for (auto from = static_cast<Seq>(exporting.request.after); from < size; from += leaves_per_page) {
        std::string lines;
        for (const auto& leaf : store::leaves(exporting.db, from, std::min(size, from + leaves_per_page) - 1))
            lines += base::base64(leaf.hash) + "\n";
        exporting.archive.append(lines);
    }
}

void write_edge(Exporting& exporting)
{
    if (exporting.request.after == 0)
        return;
    std::string lines;
    const auto frontier = ledger::Frontier::read(exporting.request.after, store::node_reader(exporting.db));
    for (const auto& root : frontier.edge())
        lines += base::base64(root) + "\n";
    exporting.archive.add("edge", lines);
}

// The entries that the reader sees, after < seq < before, in pages.
template <class Take>
void each_page(Exporting& exporting, Seq after, Seq before, const Take& take)
{
    for (;;) {
        const auto page = store::feed(exporting.db, exporting.request.reader.visibility, after, before, entries_per_page);
        take(page);
        if (static_cast<std::int64_t>(page.size()) < entries_per_page)
            return;
        after = page.back().seq;
    }
}

void write_proven(Exporting& exporting, const Entries& entries)
{
    for (const auto& change : proven_changes(exporting.db, exporting.request.reader, entries))
        exporting.archive.append(change + "\n");
}

// After the records: of those that are shown the earlier entries are needed too.
void write_changes(Exporting& exporting)
{
    const auto after = static_cast<Seq>(exporting.request.after), size = static_cast<Seq>(exporting.request.size);
    exporting.archive.begin("changes.ndjson");
    each_page(exporting, -1, after, [&exporting](Entries page) {
        std::erase_if(page, [&exporting](const store::EntryRow& entry) {
            return entry.tombstone || !exporting.shown.contains({entry.subject_kind, entry.subject});
        });
        write_proven(exporting, page);
    });
    each_page(exporting, after - 1, size, [&exporting](const Entries& page) {
        for (const auto& entry : page)
            ++(entry.tombstone ? exporting.tombstones : exporting.entries);
        write_proven(exporting, page);
    });
}

// The log's own entries name its keys: every archive has them all.
void note_what_is_new(Exporting& exporting)
{
    const auto after = static_cast<Seq>(exporting.request.after), size = static_cast<Seq>(exporting.request.size);
    if (after == 0)
        return;
    exporting.shown.emplace(domain::name_of(domain::Subject::portal), domain::portal_id);
    each_page(exporting, after - 1, size, [&exporting](const Entries& page) {
        for (const auto& entry : page) {
            exporting.changed_since.emplace(entry.subject_kind, entry.subject);
            exporting.shown.emplace(entry.subject_kind, entry.subject);
        }
    });
}

// Whose lines stand on the checkpoint besides the log's own.
void write_witnesses(Exporting& exporting)
{
    auto items = nlohmann::json::array();
    std::string after;
    for (bool more = true; more;) {
        const auto page = list_witnesses(exporting.db, witnesses_per_page, after);
        items.insert(items.end(), page.items.begin(), page.items.end());
        more = page.next.has_value();
        after = page.next.value_or("");
    }
    exporting.add_json("witnesses.json", {{"items", std::move(items)}});
}

// Records are given as they stand now; where that was not so yet at the size, no entry in the archive can prove it.
void note_what_changed_later(Exporting& exporting)
{
    const auto size = static_cast<Seq>(exporting.request.size);
    each_page(exporting, size - 1, static_cast<Seq>(store::ledger_size(exporting.db)), [&exporting](const Entries& page) {
        for (const auto& entry : page)
            exporting.changed_later.emplace(entry.subject_kind, entry.subject);
    });
}

std::string sums_of(base::ArchiveWriter& archive)
{
    auto files = archive.files();
    std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    std::string lines;
    for (const auto& file : files)
        lines += base::hex(file.sha256) + "  " + file.path + "\n";
    return lines;
}

void seal(Exporting& exporting)
{
    const auto& request = exporting.request;
    const auto sums = sums_of(exporting.archive);
    exporting.archive.add("SHA256SUMS", sums);
    std::vector<std::string> lines{std::string(export_mark),        request.origin,
                                   std::to_string(request.size),    exporting.root,
                                   domain::to_rfc3339(request.now), reader_name(request.reader)};
    if (request.after > 0)
        lines.push_back(std::to_string(request.after));
    lines.push_back(base::hex(base::sha256(sums)));
    std::string text;
    for (const auto& line : lines)
        text += line + "\n";
    exporting.archive.add("manifest", ledger::sign_note(text, request.keys.signing(store::log_keys(exporting.db))));
}

}  // namespace

bool Exporting::is_later(std::string_view kind, const nlohmann::json& record)
{
    const auto id = record.at("id").get<std::string>();
    bool is_beyond = changed_later.contains({std::string(kind), id});
    for (const char* number : {"seq", "changed_seq", "content_seq"})
        if (const auto found = record.at("meta").find(number); found != record.at("meta").end() && found->is_number())
            is_beyond = is_beyond || found->get<std::uint64_t>() >= request.size;
    if (is_beyond)
        later.push_back({{"kind", kind}, {"id", id}});
    return is_beyond;
}

bool Exporting::is_new(std::string_view kind, const nlohmann::json& record)
{
    if (request.after == 0)
        return true;
    std::pair subject{std::string(kind), record.at("id").get<std::string>()};
    const auto& meta = record.at("meta");
    bool has_number = false, is = changed_since.contains(subject) || meta.contains("draft");
    for (const char* number : {"seq", "changed_seq", "content_seq"})
        if (const auto found = meta.find(number); found != meta.end() && found->is_number()) {
            has_number = true;
            is = is || found->get<std::uint64_t>() >= request.after;
        }
    if (!is && has_number)
        return false;
    shown.insert(std::move(subject));
    return true;
}

std::string reader_name(const Principal& reader)
{
    if (reader.is_operator)
        return std::string(domain::ActingRole::of_operator().name());
    auto name = reader.home.text();
    for (const auto& role : domain::names_of(reader.roles))
        name += " " + role;
    return name;
}

std::uint64_t size_shown(Connection& db, domain::Instant now, std::chrono::seconds interval)
{
    const auto at = interval.count() == 0 ? std::nullopt : std::optional(now - now.time_since_epoch() % interval);
    const auto checkpoint = at ? store::last_checkpoint_until(db, domain::to_rfc3339(*at)) : store::last_checkpoint(db);
    if (checkpoint)
        return checkpoint->size;
    const auto first = store::first_checkpoint(db);
    return first ? first->size : 0;
}

std::uint64_t export_stamp(const Portal& portal, const Principal& principal)
{
    const bool decides = principal.reach(domain::Permission::proposal_read) != domain::Reach::none;
    return portal.database.writer().views().stamp(store::view_words_beside_the_log(principal.visibility, decides));
}

std::string export_state(const Portal& portal, std::uint64_t size, std::uint64_t stamp)
{
    constexpr std::size_t date_characters = 10;
    const auto date = domain::to_rfc3339(portal.clock()).substr(0, date_characters);
    std::string state = portal.run;
    for (const auto& part : {std::to_string(size), std::to_string(stamp), date})
        state.append(" ").append(part);
    return state;
}

CollectedExport collect_export(Connection& db, const ExportRequest& request)
{
    Exporting exporting(db, request);
    write_checkpoint(exporting);
    exporting.add_json("keys.json", keys_of_log(db, request.origin, request.size));
    write_witnesses(exporting);
    write_edge(exporting);
    write_leaves(exporting);
    note_what_changed_later(exporting);
    note_what_is_new(exporting);
    write_records(exporting);
    write_changes(exporting);
    exporting.add_json("later.json", {{"items", exporting.later}});
    exporting.archive.add("index.html", index_page(exporting));
    seal(exporting);
    return {.contents = std::move(exporting.contents), .reader = request.reader, .size = request.size};
}

Result<CollectedExport> collect_export_for(const Portal& portal, Connection& db, const Principal& principal, i18n::Language language,
                                           std::uint64_t after)
{
    const auto now = portal.clock();
    auto reader = reload(db, now, principal);
    if (!reader)
        return reader.error();
    const auto size = published_size(portal, db, *reader);
    if (after > size)
        return Error{ErrorCode::beyond_published_size};
    return collect_export(db, {.reader = std::move(*reader),
                               .language = language,
                               .now = now,
                               .size = size,
                               .after = after,
                               .origin = portal.origin,
                               .keys = portal.keys,
                               .demo = portal.demo,
                               .spool_directory = portal.spool_directory});
}

}  // namespace cbmx::service
