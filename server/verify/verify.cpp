// See verify.hpp. The order of the checks: the file, the log, what stands beside it, the rows, what is kept outside.
#include "verify/verify.hpp"
#include "domain/due.hpp"
#include "domain/principal.hpp"
#include "ledger/entry.hpp"
#include "ledger/key_history.hpp"
#include "service/log/outside.hpp"
#include "store/engine.hpp"
#include "store/log/scan.hpp"
#include "store/rows/report_ranges.hpp"
#include "verify/parts.hpp"
#include "verify/reading.hpp"
#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>

namespace cbmx::service {

void check_guarded(Findings& findings, std::string_view what, const std::function<void()>& check)
{
    try {
        check();
    } catch (const store::StoreError& error) {
        findings.fault(std::nullopt, std::string(what) + " cannot be read: " + error.what());
    } catch (const std::exception& error) {
        findings.fault(std::nullopt, std::string(what) + " cannot be checked: " + error.what());
    }
}

namespace {

constexpr std::int64_t reports_per_range = 2'000;
// The log is read once from its beginning to its end; rows are looked up in no order of the file.
constexpr std::size_t cache_kib_for_log = 6 * 1024, cache_kib_for_all = 192 * 1024;

// The tables of a database that another release made are others: no more can be said of it than that.
bool is_of_this_release(store::Connection& db, Findings& findings)
{
    try {
        store::check_migrated(db, store::embedded_migrations());
        return true;
    } catch (const std::runtime_error& unknown) {
        findings.fault(std::nullopt, std::string("table schema_migration: ") + unknown.what());
        return false;
    }
}

void check_pages(store::Connection& db, Findings& findings)
{
    for (const auto& fault : store::page_faults(db))
        findings.fault(std::nullopt, "the file: " + fault);
}

void check_references(store::Connection& db, Findings& findings)
{
    for (const auto& fault : store::reference_faults(db))
        findings.fault(std::nullopt, "the file: " + fault);
}

void check_schema(store::Connection& db, Findings& findings)
{
    for (const auto& fault : store::schema_faults(db))
        findings.fault(std::nullopt, "the schema: " + fault);
    for (const auto& fault : store::broken_checks(db))
        findings.fault(std::nullopt, fault);
}

using Keys = std::vector<ledger::VerifierKey>;

// As the entries say; the table beside them must say the same.
Keys keys_of_log(store::Connection& db, Findings& findings)
{
    Keys keys;
    for (const auto& stored : store::entries_about(db, domain::Subject::portal, domain::portal_id)) {
        const auto entry = ledger::parse_entry(stored.body);
        const auto kind = entry ? domain::event_kind_from(entry->kind) : std::nullopt;
        if (kind != domain::EventKind::genesis && kind != domain::EventKind::log_key_changed)
            continue;
        if (!ledger::change_keys(keys, entry->seq, nlohmann::json::parse(stored.opening.content.value_or(""), nullptr, false)))
            findings.fault(entry->seq, "it names no key of the log");
    }
    const auto stored = store::log_keys(db);
    if (stored.empty())
        findings.fault(std::nullopt, "the database names no log key");
    else if (stored != keys)
        findings.fault(std::nullopt, "table log_key does not name the keys that the entries name");
    return keys.empty() ? stored : keys;
}

// Of the log's keys those that a trusted one speaks for, however often the key has changed: it signed a tree in which the entry
// about the other stands. (That the entries give that tree is for check_log.)
Keys vouched_for(store::Connection& db, const Keys& of_log, const Keys& trusted)
{
    const auto is_trusted = [&trusted](const ledger::VerifierKey& key) {
        return std::any_of(trusted.begin(), trusted.end(), [&key](const ledger::VerifierKey& known) {
            return known.name == key.name && known.public_key == key.public_key;
        });
    };
    Keys counting;
    std::copy_if(of_log.begin(), of_log.end(), std::back_inserter(counting), is_trusted);
    for (bool found_more = true; found_more;) {
        found_more = false;
        for (const auto& named : of_log) {
            const auto checkpoint = store::checkpoint_over(db, named.from_seq);
            if (!checkpoint || !ledger::open_checkpoint(checkpoint->note, counting))
                continue;
            for (const auto& key : of_log)
                if (key.from_seq <= named.from_seq && std::find(counting.begin(), counting.end(), key) == counting.end()) {
                    counting.push_back(key);
                    found_more = true;
                }
        }
    }
    return counting;
}

// A reader who knows when a key ended must not be shown a log in which it continues: a thief may still have it. A copy from before
// that entry cannot say so.
void check_known_ends(store::Connection& db, const Keys& of_log, const Keys& trusted, Findings& findings)
{
    const auto size = static_cast<std::int64_t>(store::ledger_size(db));
    for (const auto& known : trusted) {
        if (!known.until_seq || size <= *known.until_seq + 1)
            continue;
        const auto named = std::find_if(of_log.begin(), of_log.end(), [&known](const ledger::VerifierKey& key) {
            return key.name == known.name && key.public_key == known.public_key;
        });
        if (named == of_log.end() || named->until_seq != known.until_seq)
            findings.fault(*known.until_seq,
                           "the log key " + ledger::verifier_key_text(known) + " ended here, and the database does not say so");
    }
}

// The keys whose signatures count. One in the database for which nobody known outside speaks is a fault by itself.
Keys keys_that_count(store::Connection& db, const VerifyOptions& options, Findings& findings)
{
    const auto of_log = keys_of_log(db, findings);
    if (options.trusted_keys.empty())
        return of_log;
    check_known_ends(db, of_log, options.trusted_keys, findings);
    auto counting = vouched_for(db, of_log, options.trusted_keys);
    for (const auto& key : of_log)
        if (std::find(counting.begin(), counting.end(), key) == counting.end())
            findings.fault(std::nullopt, "the log key " + ledger::verifier_key_text(key) +
                                             " in the database is not one of the trusted keys, and none of them vouches for it");
    return counting.empty() ? options.trusted_keys : counting;
}

// Nothing can be said of what came after this copy: the root that is signed there cannot be made from less.
// trusted: also keys that came after it.
void check_outside(store::Connection& db, const std::string& path, const Keys& keys, const Keys& trusted, Findings& findings)
{
    const auto note = read_bounded(path, max_key_file_bytes);
    auto kept = ledger::open_checkpoint(note, keys);
    if (!kept)
        kept = ledger::open_checkpoint(note, trusted);
    const auto size = store::ledger_size(db);
    if (kept && kept->size > size) {
        findings.report().older = OlderCopy{.size = size, .outside_size = kept->size};
        return;
    }
    const auto reason = behind_checkpoint(db, note, keys);
    if (!reason.empty())
        findings.fault(std::nullopt, reason);
}

using Parts = std::vector<std::future<VerifyReport>>;

template <class Check>
std::future<VerifyReport> start(VerifyPool& pool, std::string what, Check check)
{
    return pool.start([what = std::move(what), check = std::move(check)](store::Connection& db) {
        VerifyReport part;
        Findings findings(part);
        check_guarded(findings, what, [&] { check(db, findings); });
        return part;
    });
}

Parts start_reports(VerifyPool& pool)
{
    Parts parts;
    VerifyReport ranges_unreadable;
    Findings findings(ranges_unreadable);
    check_guarded(findings, "the reports", [&] {
        const auto firsts = store::report_ranges(pool.own(), reports_per_range);
        for (std::size_t i = 0; i < firsts.size(); ++i) {
            const auto end = i + 1 < firsts.size() ? std::optional(firsts[i + 1]) : std::nullopt;
            parts.push_back(start(pool, "the reports", [first = firsts[i], end](store::Connection& db, Findings& of_range) {
                check_reports(db, first, end, of_range);
            }));
        }
    });
    std::promise<VerifyReport> told;
    told.set_value(ranges_unreadable);
    parts.push_back(told.get_future());
    return parts;
}

std::string line_of(const Fault& fault)
{
    return (fault.seq ? "entry " + std::to_string(*fault.seq) + ": " : std::string()) + fault.what + "\n";
}

std::string behind_in_words(const OlderCopy& older)
{
    const auto behind = older.outside_size - older.size;
    return std::to_string(behind) + (behind == 1 ? " entry" : " entries") + " behind the checkpoint kept outside of " +
           std::to_string(older.outside_size);
}

// What is shown, and what is not.
std::string older_in_words(const OlderCopy& older)
{
    return "an intact older copy: " + behind_in_words(older) + "\nnote: that the log which that checkpoint signs goes on from this copy " +
           "is not shown: a proof from /v1/log/consistency?first=" + std::to_string(older.size) +
           "&second=" + std::to_string(older.outside_size) + " would show it\n";
}

}  // namespace

bool opens(const ledger::Entry& entry, ledger::Part part, const std::optional<std::string_view>& salt,
           const std::optional<std::string_view>& value, const base::Hash& hash)
{
    const auto bytes = salt ? base::to_hash(*salt) : std::nullopt;
    if (!bytes || !value)
        return false;
    if (part == ledger::Part::actor)
        return ledger::actor_handle(entry.kind, entry.seq, *bytes, *value) == hash;
    return ledger::commitment(part, entry.kind, entry.seq, *bytes, *value) == hash;
}

std::string_view wrong_of_portal(std::string_view role, std::optional<domain::EventKind> kind, bool names_account)
{
    if (role != domain::ActingRole::of_portal().name())
        return {};
    if (names_account)
        return "it names an account, and says that the portal made it";
    return kind && domain::is_done_by_portal(*kind) ? "" : "the portal does nothing of this kind by itself";
}

std::string_view wrong_of_authority(std::string_view role, bool names_authority)
{
    if (role == domain::name_of(domain::Role::everyone))  // anybody's
        return {};
    const auto named = domain::role_from(role);
    const bool is_of_state = named && domain::may_hold(domain::Home::of_state(domain::StateCode("CL")), *named);
    if (is_of_state == names_authority)
        return {};
    return is_of_state ? "it does not say what stood behind the account of a State that acted"
                       : "it says what stood behind an account of a State, and none acted";
}

std::optional<Fault> VerifyReport::first_wrong_entry() const
{
    std::optional<Fault> first;
    for (const auto& fault : faults)
        if (fault.seq && (!first || *fault.seq < *first->seq))
            first = fault;
    return first;
}

std::string VerifyReport::summary() const
{
    std::string text;
    if (ok()) {
        text = older ? older_in_words(*older) : std::string();
        text += "verified: " + std::to_string(entries) + " entries, " + std::to_string(checkpoints) + " signed checkpoints";
        text += cosignatures > 0 ? ", " + std::to_string(cosignatures) + " cosignatures of witnesses" : "";
        text += log_only ? " (the log alone: neither the rows nor the pages of the file)\n" : "\n";
    } else {
        const auto first = first_wrong_entry();
        text = first ? "NOT verified. First wrong entry: " + std::to_string(*first->seq) + " (" + first->what + ")\n"
                     : std::string("NOT verified.\n");
        for (const auto& fault : faults)
            text += line_of(fault);
        if (further_faults > 0)
            text += std::to_string(further_faults) + " further faults\n";
    }
    if (!ok() && older)
        text += "note: it is " + behind_in_words(*older) + " as well\n";
    for (const auto& remark : remarks)
        text += "note: " + line_of(remark);
    return text;
}

VerifyReport verify(const std::string& database_path, const VerifyOptions& options)
{
    VerifyReport report{.log_only = options.log_only};
    Findings findings(report);
    Keys keys = options.trusted_keys;
    KnownAccounts accounts;
    VerifyPool pool(database_path, options.low_priority ? 1 : VerifyPool::most(),
                    options.log_only ? cache_kib_for_log : cache_kib_for_all);  // ends before what its work refers to
    auto& db = pool.own();
    if (!is_of_this_release(db, findings)) {
        check_guarded(findings, "the file", [&] { check_pages(db, findings); });
        return report;
    }

    // What takes longest begins first. Findings are reported in the order below, whichever part is done first.
    Parts file, rest;
    if (!options.log_only) {
        for (auto check : {check_pages, check_references, check_schema})
            file.push_back(start(pool, "the file", check));
        rest.push_back(start(pool, "the cosignatures", check_cosignatures));
        rest.push_back(start(pool, "the rows", check_rows));
        for (auto& part : start_reports(pool))
            rest.push_back(std::move(part));
        rest.push_back(start(pool, "the directory", check_directory));
        rest.push_back(start(pool, "the membership of States", check_membership));
        rest.push_back(start(pool, "the attestations", check_attestations));
        rest.push_back(start(pool, "the statements of States", check_statements));
        rest.push_back(start(pool, "the keys of States", check_state_keys));
    } else {
        rest.push_back(start(pool, "the cosignatures", check_cosignatures));
    }
    VerifyReport log;
    Findings of_log(log);
    check_guarded(of_log, "the log keys", [&] { keys = keys_that_count(db, options, of_log); });
    if (!options.log_only)
        check_guarded(of_log, "the accounts of credentials", [&] {
            accounts = {store::accounts_of_credentials(db), store::authority_history(db)};
        });
    check_guarded(of_log, "the log", [&] { check_log(pool, keys, options.log_only ? nullptr : &accounts, of_log); });

    findings.take(log);  // first, so that the first wrong entry is reported however much else is wrong
    for (auto& part : file)
        findings.take(part.get());
    for (auto& part : rest)
        findings.take(part.get());
    if (options.outside_checkpoint)
        check_guarded(findings, "the checkpoint kept outside",
                      [&] { check_outside(db, *options.outside_checkpoint, keys, options.trusted_keys, findings); });
    return report;
}

}  // namespace cbmx::service
