// See archive.hpp. The order: what the archive is, what is signed, the files by their hashes, the tree, the entries, the
// records. Each goes on where the one before found faults, so that all are named.
#include "verify/archive.hpp"
#include "base/archive/form.hpp"
#include "base/digest.hpp"
#include "base/text.hpp"
#include "domain/event.hpp"
#include "json/parse.hpp"
#include "ledger/key_history.hpp"
#include "ledger/receipt.hpp"
#include "service/export/export.hpp"
#include "verify/archive_parts.hpp"
#include "verify/reading.hpp"
#include <algorithm>
#include <charconv>
#include <limits>
#include <sstream>

namespace cbmx::service {
namespace {

constexpr std::uint64_t max_note_bytes = 1'000'000;
constexpr std::uint64_t max_keys_bytes = 1'000'000;
constexpr std::size_t max_line_bytes = 1000;
constexpr std::uint64_t max_positions = 10'000'000;                 // leaves are kept in memory
constexpr std::size_t manifest_lines = 7;                           // one more says from which size it goes on
constexpr auto not_yet = std::numeric_limits<std::int64_t>::max();  // a key that begins beyond the archive

std::vector<std::string> lines_of(const std::string& text)
{
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    return lines;
}

std::vector<ledger::VerifierKey> of_origin(const std::vector<ledger::VerifierKey>& keys, const std::string& origin)
{
    std::vector<ledger::VerifierKey> own;
    std::copy_if(keys.begin(), keys.end(), std::back_inserter(own), [&origin](const auto& key) { return key.name == origin; });
    return own;
}

// The key that the line of a change of keys names, when one of the keys proves it; nullopt for every other line.
std::optional<ledger::VerifierKey> proven_key(std::string_view line, const std::vector<ledger::VerifierKey>& keys)
{
    constexpr auto kind = domain::row_of(domain::EventKind::log_key_changed).name;
    if (line.find(kind) == std::string_view::npos)
        return std::nullopt;
    try {
        const auto change = portal_json(line);
        const auto& receipt = change.at("receipt");
        const bool is_proven = receipt.at("entry").at("kind") == kind &&
                               ledger::verify_receipt(receipt, change.at("opening"), keys) == ledger::ReceiptFault::none;
        return is_proven ? ledger::parse_verifier_key(change.at("opening").at("record").at("key").get<std::string>()) : std::nullopt;
    } catch (const nlohmann::json::exception&) {
        return std::nullopt;
    }
}

using Sums = std::map<std::string, std::string, std::less<>>;  // path and hash

struct Manifest {
    std::string note, origin, size, root, made_at, reader, after, sums;
};

class Seal {
public:
    explicit Seal(ExportCheck& check) : check_(check) {}

    void run()
    {
        check_.at("keys.json", [this] { read_keys(); });
        check_.at("changes.ndjson", [this] { learn_keys(); });
        check_.at("manifest", [this] { check_manifest(); });
        check_.at("SHA256SUMS", [this] { check_sums(); });
        settle_keys();
        check_.at("checkpoint", [this] { check_checkpoint(); });
        if (check_.report.after > 0)
            check_.at("edge", [this] { read_edge(); });
        check_.at("leaves", [this] { check_leaves(); });
    }

private:
    void read_keys()
    {
        auto listed = ledger::parse_keys(portal_json(check_.archive.text("keys.json", max_keys_bytes)), not_yet);
        if (!listed)
            return check_.fault("keys.json", "it has not the form of one");
        check_.listed_keys = std::move(*listed);
        if (check_.report.keys_are_its_own)
            check_.keys = check_.listed_keys;
    }

    // A change of key with an overlap is signed by the old key too: a reader who knows that one knows the new one from there on.
    void learn_keys()
    {
        if (check_.report.keys_are_its_own)
            return;
        try {
            check_.archive.lines("changes.ndjson", max_change_bytes, [&](std::string_view line) {
                const auto key = proven_key(line, check_.keys);
                if (key && std::find(check_.keys.begin(), check_.keys.end(), *key) == check_.keys.end())
                    check_.keys.push_back(*key);
            });
        } catch (const base::ArchiveError&) {
            // said where the entries are checked
        }
    }

    void check_manifest()
    {
        const auto note = check_.archive.text("manifest", max_note_bytes);
        const auto end = note.rfind("\n\n");
        const auto lines = lines_of(note.substr(0, end == std::string::npos ? 0 : end + 1));
        const bool goes_on = lines.size() == manifest_lines + 1;
        const auto after = goes_on ? base::whole_number<std::uint64_t>(lines[6], 1, max_positions) : 0;
        if ((lines.size() != manifest_lines && !goes_on) || lines[0] != export_mark || !after ||
            (goes_on && std::to_string(*after) != lines[6]))
            return check_.fault("manifest", "it has not the form of one");
        manifest_ = {.note = note,
                     .origin = lines[1],
                     .size = lines[2],
                     .root = lines[3],
                     .made_at = lines[4],
                     .reader = lines[5],
                     .after = goes_on ? lines[6] : std::string(),
                     .sums = lines.back()};
        auto& report = check_.report;
        report.after = *after;
        report.origin = lines[1], report.made_at = lines[4], report.reader = lines[5];
        const auto own = of_origin(check_.keys, lines[1]);
        is_signed_ = ledger::open_note(note, own).has_value();
        if (!is_signed_)
            return check_.fault("manifest", "it is not signed by the log's key");
        const auto by =
            std::find_if(own.begin(), own.end(), [&note](const auto& key) { return ledger::open_note(note, {key}).has_value(); });
        if (by != own.end())
            report.key = ledger::verifier_key_text(*by);
    }

    // Lines in the order of their paths. No more are read than an archive can have files.
    Sums read_sums()
    {
        Sums listed;
        std::size_t number = 0;
        check_.archive.lines("SHA256SUMS", max_line_bytes, [&](std::string_view line) {
            if (++number > base::ArchiveLimits{}.files)
                throw base::ArchiveError("it has more lines than an archive can have files");
            constexpr std::size_t digits = 64, gap = 2;
            const auto hash = line.substr(0, std::min(digits, line.size()));
            const auto path = line.size() > digits + gap ? line.substr(digits + gap) : std::string_view();
            const bool is_sound = base::from_hex(hash).has_value() && base::to_lower(hash) == hash && base::is_archive_path(path) &&
                                  line.substr(digits, gap) == "  " && (listed.empty() || path > listed.rbegin()->first);
            if (is_sound)
                listed.emplace_hint(listed.end(), path, hash);
            else
                check_.fault("SHA256SUMS", "line " + std::to_string(number) + " has not the form of one");
        });
        return listed;
    }

    // Every file by its hash, none missing, none besides.
    void check_sums()
    {
        const bool is_listed = hash_of("SHA256SUMS") == manifest_.sums;
        if (!is_listed)
            check_.fault("SHA256SUMS", "it is not what the manifest says");
        const auto listed = read_sums();
        for (const auto& [path, hash] : listed)
            if (!check_.archive.holds(path))
                check_.fault(path, "it is missing");
        for (const auto& path : check_.archive.paths())
            if (path != "manifest" && path != "SHA256SUMS")
                check_file(path, listed);
        const auto keys = listed.find("keys.json");
        check_.are_keys_vouched_for = is_signed_ && is_listed && keys != listed.end() && hash_of("keys.json") == keys->second;
    }

    // The keys that the archive brings, and their numbers, are the log's when a known key says so.
    void settle_keys() { check_.all_keys = check_.are_keys_vouched_for ? check_.listed_keys : check_.keys; }

    std::string hash_of(const std::string& path) const
    {
        base::Sha256 digest;
        check_.archive.read(path, [&digest](std::string_view piece) { digest.add(piece); });
        return base::hex(digest.end());
    }

    void check_file(const std::string& path, const Sums& listed)
    {
        check_.at(path, [&] {
            const auto found = listed.find(path);
            if (found == listed.end())
                return check_.fault(path, "it is not among what was exported");
            const auto hash = hash_of(path);
            if (hash != found->second)
                return check_.fault(path, "it is not what was exported");
            if (path.starts_with("files/") && path.substr(6, hash.size()) != hash)
                check_.fault(path, "it is not the file that its name says");
        });
    }

    void check_checkpoint()
    {
        const auto note = check_.archive.text("checkpoint", max_note_bytes);
        const auto end = note.find("\n\n");  // the text has no empty line
        const auto checkpoint = ledger::parse_checkpoint_text(note.substr(0, end == std::string::npos ? 0 : end + 1));
        if (!ledger::open_checkpoint(note, check_.all_keys))
            check_.fault("checkpoint", "it is not signed by the log's key");
        if (!checkpoint)
            return;
        check_.report.root = root_ = checkpoint->root;
        check_.report.size = checkpoint->size;
        if (checkpoint->origin != manifest_.origin || std::to_string(checkpoint->size) != manifest_.size ||
            base::base64(checkpoint->root) != manifest_.root)
            check_.fault("checkpoint", "it is not the one that the manifest names");
        for (const auto* keys : {&check_.keys, &check_.all_keys})
            for (const auto& key : of_origin(*keys, manifest_.origin))
                if (key.until_seq && static_cast<std::int64_t>(checkpoint->size) - 1 > *key.until_seq &&
                    ledger::open_note(manifest_.note, {key}))
                    check_.fault("manifest", "it is signed by a key that had ended by then");
    }

    // From the roots below the earlier size follow its own root and, with the leaves, the present one.
    void read_edge()
    {
        std::vector<base::Hash> roots;
        bool is_sound = true;
        check_.archive.lines("edge", max_line_bytes, [&](std::string_view line) {
            const auto bytes = base::from_base64(line);
            const auto root = bytes ? base::to_hash(*bytes) : std::nullopt;
            is_sound = is_sound && root;
            roots.push_back(root.value_or(base::Hash{}));
        });
        auto edge = ledger::Frontier::from_edge(check_.report.after, std::move(roots));
        if (!is_sound || !edge)
            return check_.fault("edge", "it has not the form of one");
        check_.edge = std::move(*edge);
        check_.report.earlier_root = check_.edge.root();
    }

    void check_leaves()
    {
        if (check_.report.size > max_positions)
            return check_.fault("leaves", "the log is larger than this program can check");
        if (check_.report.after > check_.report.size)
            return check_.fault("manifest", "it goes on from beyond its size");
        const auto size = check_.report.size - check_.report.after;
        auto frontier = check_.edge;
        std::size_t number = 0;
        check_.archive.lines("leaves", max_line_bytes, [&](std::string_view line) {
            const auto bytes = base::from_base64(line);
            const auto leaf = bytes ? base::to_hash(*bytes) : std::nullopt;
            ++number;
            if (!leaf)
                check_.fault("leaves", "line " + std::to_string(number) + " is no leaf hash");
            if (number <= size) {
                check_.leaves.push_back(leaf.value_or(base::Hash{}));
                frontier.append(check_.leaves.back());
            }
        });
        if (number != size)
            check_.fault("leaves", "it has " + std::to_string(number) + " positions instead of " + std::to_string(size));
        else if (root_ != frontier.root())
            check_.fault("leaves", "its positions do not give the root that the checkpoint signs");
    }

    ExportCheck& check_;
    Manifest manifest_;
    bool is_signed_ = false;
    std::optional<base::Hash> root_;
};

// The log says itself, in entries that everyone sees, which keys sign it.
void check_keys(ExportCheck& check)
{
    std::erase_if(check.listed_keys, [](const ledger::VerifierKey& key) { return key.from_seq == not_yet; });
    if (check.are_keys_vouched_for && check.are_keys_named && check.listed_keys != check.named_keys)
        check.fault("keys.json", "it does not say what the entries say of the log's keys");
}

}  // namespace

nlohmann::json portal_json(std::string_view text)
{
    auto value = strict_json(text, std::numeric_limits<std::size_t>::max());
    if (!value)
        throw nlohmann::json::type_error::create(302, "no JSON as the portal writes it", nullptr);
    return std::move(*value);
}

nlohmann::json portal_line(std::string_view line)
{
    if (!line.starts_with('{') || !line.ends_with('}'))
        throw nlohmann::json::type_error::create(302, "no line as the portal writes it", nullptr);
    return portal_json(line);
}

std::optional<base::Hash> hash_from_base64(const nlohmann::json& text)
{
    const auto bytes = text.is_string() ? base::from_base64(text.get_ref<const std::string&>()) : std::nullopt;
    return bytes ? base::to_hash(*bytes) : std::nullopt;
}

std::optional<base::Hash> commitment_of(ledger::Part part, std::string_view kind, std::int64_t seq, const nlohmann::json& salt,
                                        const nlohmann::json& value)
{
    const auto bytes = hash_from_base64(salt);
    try {
        return bytes ? std::optional(ledger::commitment(part, kind, seq, *bytes, json::canonical(value))) : std::nullopt;
    } catch (const std::logic_error&) {
        return std::nullopt;
    }
}

void ExportReport::compare_with(const ExportReport& earlier)
{
    const auto wrong = [this](const char* place, std::string what) { faults.push_back({place, std::move(what)}); };
    is_compared = true;
    if (!earlier.ok())
        return wrong("earlier export", "it is not genuine itself");
    if (after == 0)
        return wrong("manifest", "it goes on from no earlier export");
    if (origin != earlier.origin)
        wrong("manifest", "the earlier export is of another log");
    if (reader != earlier.reader)
        wrong("manifest", "the earlier export is of another reader");
    if (after != earlier.size)
        wrong("manifest",
              "it goes on from " + std::to_string(after) + " positions, and the earlier export has " + std::to_string(earlier.size));
    else if (earlier_root != earlier.root)
        wrong("edge", "the log does not go on from what it was in the earlier export");
}

std::string ExportReport::summary() const
{
    std::string text;
    if (!ok()) {
        text = "NOT genuine: " + std::to_string(faults.size() + further_faults) +
               (faults.size() + further_faults == 1 ? " fault\n" : " faults\n");
        for (const auto& fault : faults)
            text += fault.place + ": " + fault.what + "\n";
        if (further_faults > 0)
            text += "and " + std::to_string(further_faults) + " more\n";
        return text;
    }
    const auto number = [](std::uint64_t value) { return std::to_string(value); };
    text = "genuine: all that " + reader + " could see at " + made_at + " in the log " + origin + "\n";
    std::string since;
    if (after > 0)
        since.append(", of which ").append(number(size - after)).append(" since the earlier export");
    text += "positions: " + number(size) + since + ", none missing; " + number(entries) + " shown, " + number(tombstones) +
            " as tombstones, " + number(size - after - entries - tombstones) + " not shown to this reader\n";
    text += "records: " + number(records) + ", of which " + number(proven) + " say what an entry commits to;" +
            " for the others (drafts, reduced contacts) the portal's signature vouches\n";
    for (const auto& [word, count] : words)
        text += word + ": " + number(count) + " entries\n";
    if (later > 0)
        text += "left for a later export, since they changed meanwhile: " + std::to_string(later) + "\n";
    if (after > 0 && is_compared)
        text += "it goes on from the earlier export of " + number(after) + " positions: the log has only grown\n";
    if (after > 0 && !is_compared)
        text += "note: it goes on from an earlier export of " + number(after) + " positions with the root " +
                base::base64(earlier_root.value_or(base::Hash{})) + "; give that one with --after\n";
    text += "key: " + key + "\n";
    if (keys_are_its_own)
        text += "note: that key came with the archive, which proves only that it agrees with itself; give a key that you know with --key\n";
    return text;
}

ExportReport verify_export(const std::string& file, const std::vector<ledger::VerifierKey>& keys, const StateKeys& state_keys)
{
    ExportReport report;
    report.keys_are_its_own = keys.empty();
    try {
        const base::ArchiveReader archive(file);
        ExportCheck check(archive, state_keys, report);
        if (!archive.deviation().empty())
            check.fault("archive", archive.deviation());
        check.keys = keys;
        Seal(check).run();
        check.at("changes.ndjson", [&check] { check_entries(check); });
        check_keys(check);
        check.at("records", [&check] { check_records(check); });
    } catch (const base::ArchiveError& error) {
        report.faults.push_back({"archive", error.what()});
    }
    return report;
}

}  // namespace cbmx::service
