// See verify.hpp. The order of the checks: the file, the log, what stands beside it, the rows, what is kept outside.
#include "service/verify.hpp"
#include "ledger/receipt.hpp"
#include "service/outside.hpp"
#include "service/verify_parts.hpp"
#include "store/ledger_scan.hpp"
#include "store/migrate.hpp"
#include "store/schema_faults.hpp"
#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>

namespace cbmx::service {
namespace {

// A database that is damaged enough to throw still gets the other checks.
void guarded(Findings& findings, const char* what, const std::function<void()>& check)
{
    try {
        check();
    } catch (const store::SqliteError& error) {
        findings.fault(std::nullopt, std::string(what) + " cannot be read: " + error.what());
    } catch (const std::exception& error) {
        findings.fault(std::nullopt, std::string(what) + " cannot be checked: " + error.what());
    }
}

void check_file(store::Connection& db, Findings& findings)
{
    try {
        store::check_migrated(db, store::embedded_migrations());
    } catch (const std::runtime_error& unknown) {
        findings.fault(std::nullopt, std::string("table schema_migration: ") + unknown.what());
    }
    for (const auto& fault : store::file_faults(db))
        findings.fault(std::nullopt, "the file: " + fault);
    for (const auto& fault : store::schema_faults(db))
        findings.fault(std::nullopt, "the schema: " + fault);
    for (const auto& fault : store::broken_checks(db))
        findings.fault(std::nullopt, fault);
}

// The keys whose signatures count. A key in the database that nobody outside knows is a fault by itself.
std::vector<ledger::VerifierKey> keys_that_count(store::Connection& db, const VerifyOptions& options, Findings& findings)
{
    std::vector<ledger::VerifierKey> stored;
    for (const auto& row : store::log_keys(db))
        stored.push_back({row.name, row.public_key});
    if (stored.empty())
        findings.fault(std::nullopt, "the database names no log key");
    if (options.trusted_keys.empty())
        return stored;
    for (const auto& key : stored) {
        const bool known = std::any_of(options.trusted_keys.begin(), options.trusted_keys.end(),
                                       [&key](const ledger::VerifierKey& trusted) { return trusted.name == key.name && trusted.public_key == key.public_key; });
        if (!known)
            findings.fault(std::nullopt, "the log key " + ledger::verifier_key_text(key) + " in the database is not one of the trusted keys");
    }
    return options.trusted_keys;
}

void check_outside(store::Connection& db, const std::string& path, const std::vector<ledger::VerifierKey>& keys, Findings& findings)
{
    const auto note = read_whole(path);
    if (!note) {
        findings.fault(std::nullopt, "the checkpoint kept outside cannot be read: " + path);
        return;
    }
    const auto reason = behind_checkpoint(db, *note, keys);
    if (!reason.empty())
        findings.fault(std::nullopt, reason);
}

std::string line_of(const Fault& fault) { return (fault.seq ? "entry " + std::to_string(*fault.seq) + ": " : std::string()) + fault.what + "\n"; }

}  // namespace

bool opens(const std::optional<std::string>& salt, const std::optional<std::string>& content, const base::Hash& hash)
{
    const auto bytes = salt ? base::to_hash(*salt) : std::nullopt;
    return bytes && content && ledger::commitment(*bytes, *content) == hash;
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
        text = "verified: " + std::to_string(entries) + " entries, " + std::to_string(checkpoints) + " signed checkpoints";
        text += cosignatures > 0 ? ", " + std::to_string(cosignatures) + " cosignatures of witnesses" : "";
        text += log_only ? " (the log alone: neither the rows nor the pages of the file)\n" : "\n";
    } else {
        const auto first = first_wrong_entry();
        text = first ? "NOT verified. First wrong entry: " + std::to_string(*first->seq) + " (" + first->what + ")\n" : std::string("NOT verified.\n");
        for (const auto& fault : faults)
            text += line_of(fault);
        if (further_faults > 0)
            text += std::to_string(further_faults) + " further faults\n";
    }
    for (const auto& remark : remarks)
        text += "note: " + line_of(remark);
    return text;
}

VerifyReport verify(const std::string& database_path, const VerifyOptions& options)
{
    VerifyReport report{.log_only = options.log_only};
    Findings findings(report);
    store::Connection db(database_path, store::OpenMode::read_only);
    db.run_script("BEGIN");  // one snapshot for all checks, while the portal may go on writing
    store::check_is_database(db);
    if (!options.log_only)
        guarded(findings, "the file", [&] { check_file(db, findings); });
    std::vector<ledger::VerifierKey> keys = options.trusted_keys;
    guarded(findings, "the log keys", [&] { keys = keys_that_count(db, options, findings); });
    guarded(findings, "the log", [&] { check_log(db, keys, findings); });
    guarded(findings, "the cosignatures", [&] { check_cosignatures(db, findings); });
    if (!options.log_only) {
        guarded(findings, "the rows", [&] { check_rows(db, findings); });
        guarded(findings, "the reports", [&] { check_reports(db, findings); });
        guarded(findings, "the directory", [&] { check_directory(db, findings); });
    }
    if (options.outside_checkpoint)
        guarded(findings, "the checkpoint kept outside", [&] { check_outside(db, *options.outside_checkpoint, keys, findings); });
    db.run_script("COMMIT");
    return report;
}

ledger::ReceiptFault verify_receipt_file(const std::string& path, const std::vector<ledger::VerifierKey>& keys)
{
    const auto text = read_whole(path);
    if (!text)
        throw std::runtime_error("cannot read " + path);
    const auto value = nlohmann::json::parse(*text, nullptr, false);
    if (!value.is_object())
        return ledger::ReceiptFault::malformed;
    if (!value.contains("receipt"))
        return ledger::verify_receipt(value, nullptr, keys);
    return ledger::verify_receipt(value.at("receipt"), value.value("opening", nlohmann::json()), keys);
}

}  // namespace cbmx::service
