// See backup.hpp. Files become what they are called only after they have been verified.
#include "operation/backup.hpp"
#include "base/text.hpp"
#include "ledger/note.hpp"
#include "operation/new_epoch.hpp"
#include "service/log/outside.hpp"
#include "store/engine.hpp"
#include "store/log/entries.hpp"
#include "store/rows/accounts.hpp"
#include "store/rows/new_epoch.hpp"
#include "store/subjects.hpp"
#include <algorithm>

namespace cbmx::service {
namespace {

constexpr std::string_view epoch_mark = "/epoch-";

std::filesystem::path partial_of(const std::filesystem::path& file)
{
    auto partial = file;
    partial += ".partial";
    return partial;
}

// Removes what an attempt leaves behind, unless it was kept.
class Attempt {
public:
    explicit Attempt(std::filesystem::path file) : file_(std::move(file)) { remove(); }
    Attempt(const Attempt&) = delete;
    Attempt& operator=(const Attempt&) = delete;
    ~Attempt() { remove(); }
    const std::filesystem::path& file() const { return file_; }
    void become(const std::filesystem::path& name) const
    {
        std::filesystem::rename(file_, name);
        sync_directory(name.parent_path());
    }

private:
    void remove() const { store::remove_database(file_); }
    std::filesystem::path file_;
};

void refuse_existing(const std::filesystem::path& file)
{
    if (const auto remains = store::remains_of_database(file))
        throw std::runtime_error(remains->string() + " exists already: nothing is overwritten");
}

VerifyReport verified(const std::filesystem::path& file, const std::vector<ledger::VerifierKey>& keys, const std::string& what)
{
    auto report = verify(file.string(), {keys, std::nullopt});
    if (!report.ok())
        throw std::runtime_error(what + " does not verify. " + report.summary());
    return report;
}

// The backup's log keys that are trusted: by their bytes, since a new epoch gives the same key another name. All of them
// when none is given.
std::vector<ledger::VerifierKey> keys_of(const std::vector<ledger::VerifierKey>& stored, const std::vector<ledger::VerifierKey>& trusted)
{
    std::vector<ledger::VerifierKey> keys;
    for (const auto& row : stored) {
        const auto is_same = [&row](const ledger::VerifierKey& key) { return key.public_key == row.public_key; };
        if (trusted.empty() || std::any_of(trusted.begin(), trusted.end(), is_same))
            keys.push_back({row.name, row.public_key});
    }
    if (keys.empty())
        throw std::runtime_error("the backup is of a log whose key is not one of the trusted keys");
    return keys;
}

// What was kept outside may be signed by a key that the log got after the backup was made.
std::vector<ledger::VerifierKey> with_later(std::vector<ledger::VerifierKey> stored, const std::vector<ledger::VerifierKey>& trusted)
{
    const auto name = stored.front().name;
    for (const auto& key : trusted)
        if (std::none_of(stored.begin(), stored.end(), [&key](const ledger::VerifierKey& row) { return key.public_key == row.public_key; }))
            stored.push_back({name, key.public_key});
    return stored;
}

// What was erased after the backup was made must not come back with it.
void replay_erasures(Connection& db, const std::filesystem::path& outside)
{
    const auto text = read_whole(outside / outside_erasures_file);
    for (const auto& erasure : parse_erasures(text.value_or(""))) {
        const auto subject = domain::subject_from(erasure.subject_kind);
        if (!subject || store::is_erased(db, *subject, erasure.subject))
            continue;
        store::WriteScope scope(db);
        store::blank(db, *subject, erasure.subject);
        store::erase_openings(db, *subject, erasure.subject);
        scope.commit();
    }
}

std::optional<std::uint64_t> epoch_of(const std::string& origin)
{
    const auto at = origin.rfind(epoch_mark);
    if (at == std::string::npos)
        return std::nullopt;
    return base::whole_number<std::uint64_t>(std::string_view(origin).substr(at + epoch_mark.size()));
}

// The last known checkpoint of the old log, and the key that signed it.
PreviousLog previous_log(const std::string& note, const std::vector<ledger::VerifierKey>& keys)
{
    for (const auto& key : keys)
        if (ledger::open_checkpoint(note, {key}))
            return {note, ledger::verifier_key_text(key)};
    throw std::runtime_error("the checkpoint kept outside is not signed by a known key of this log: no new epoch can quote it");
}

RestoreReport open_new_epoch(const RestoreOptions& options, const Attempt& copy, const std::vector<ledger::VerifierKey>& keys)
{
    const auto note = read_whole(options.outside_directory / outside_checkpoint_file).value();
    const auto previous = previous_log(note, keys);
    const auto old_origin = ledger::parse_verifier_key(previous.key)->name;
    ledger::Signer signer = options.signer;
    signer.name = next_epoch(old_origin);
    const Attempt fresh(partial_of(options.database.parent_path() / "new-epoch.sqlite"));
    const auto size = build_new_epoch(copy.file(), fresh.file(),
                                      {.signer = signer, .previous = previous, .clock = options.clock, .random = options.random});
    verified(fresh.file(), {{signer.name, signer.public_key}}, "the new epoch");

    const auto epoch = "epoch-" + std::to_string(epoch_of(old_origin).value_or(1));
    const auto old_file = options.database.parent_path() / (epoch + ".sqlite");
    refuse_existing(old_file);
    copy.become(old_file);
    fresh.become(options.database);
    write_durably(options.outside_directory / (std::string(outside_checkpoint_file) + "." + epoch), note);
    Connection db(options.database.string(), store::OpenMode::read_only);
    write_durably(options.outside_directory / outside_erasures_file, erasures_text(store::erasures(db)));
    write_durably(options.outside_directory / outside_checkpoint_file, store::last_checkpoint(db)->note);
    return {size, signer.name, old_file};
}

}  // namespace

std::string next_epoch(const std::string& origin)
{
    const auto epoch = epoch_of(origin);
    const auto base = epoch ? origin.substr(0, origin.rfind(epoch_mark)) : origin;
    return base + std::string(epoch_mark) + std::to_string(epoch.value_or(1) + 1);
}

VerifyReport backup(const std::filesystem::path& database, const std::filesystem::path& target, const VerifyOptions& options)
{
    refuse_existing(target);
    const Attempt copy(partial_of(target));
    store::copy_database(database.string(), copy.file().string());
    auto beside_portal = options;
    beside_portal.low_priority = true;
    auto report = verify(copy.file().string(), beside_portal);
    if (!report.ok())
        throw std::runtime_error("the backup does not verify and does not count. " + report.summary());
    copy.become(target);
    return report;
}

RestoreReport restore(const RestoreOptions& options)
{
    refuse_existing(options.database);
    const auto stored = [&options] {
        Connection db(options.backup_file.string(), store::OpenMode::read_only);
        return store::log_keys(db);
    }();
    const auto report = verified(options.backup_file, keys_of(stored, options.trusted_keys), "the backup");
    const auto keys = with_later(stored, options.trusted_keys);
    const Attempt copy(partial_of(options.database));
    store::copy_database(options.backup_file.string(), copy.file().string());
    OutsideComparison outside;
    {
        Connection db(copy.file().string(), store::OpenMode::read_write);
        if (!options.outside_directory.empty()) {
            outside = compare_with_outside(db, options.outside_directory, keys);
            replay_erasures(db, options.outside_directory);
        }
        store::merge_pending_pages(db);
    }
    const bool is_behind = outside.state == OutsideState::behind;
    if (is_behind && !options.new_epoch)
        throw std::runtime_error("restore refused: " + outside.reason +
                                 "; with --new-epoch the restored records open a new log that quotes the old one's last checkpoint");
    if (!is_behind && options.new_epoch)
        throw std::runtime_error(
            "restore refused: the backup is not behind what is kept outside, so that the log goes on and needs no new epoch");
    if (is_behind)
        return open_new_epoch(options, copy, keys);
    copy.become(options.database);
    return {report.entries, keys.front().name, std::nullopt};
}

}  // namespace cbmx::service
