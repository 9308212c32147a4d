// The parts of verify.cpp: the log (verify_log.cpp, verify_entries.cpp), its witnesses (verify_cosignatures.cpp), the rows
// (verify_rows.cpp), the reports (verify_reports.cpp), nominations and contacts (verify_directory.cpp),
// membership of States (membership.cpp), attestations of enrolments (attestations.cpp), keys of States (state_keys.cpp), statements of
// States (statements.cpp).
#pragma once
#include "ledger/entry.hpp"
#include "ledger/receipt.hpp"
#include "store/log/scan.hpp"
#include "verify/entries.hpp"
#include "verify/pool.hpp"
#include "verify/verify.hpp"
#include <functional>
#include <string>

namespace cbmx::service {

// Collects faults up to the report's bound.
class Findings {
public:
    explicit Findings(VerifyReport& report) : report_(report) {}
    void fault(std::optional<std::int64_t> seq, std::string what)
    {
        if (report_.faults.size() < VerifyReport::max_faults)
            report_.faults.push_back({seq, std::move(what)});
        else
            ++report_.further_faults;
    }
    void remark(std::optional<std::int64_t> seq, std::string what)
    {
        if (report_.remarks.size() < VerifyReport::max_faults)
            report_.remarks.push_back({seq, std::move(what)});
    }
    // What somebody else has found, as if it had been found here and now.
    void take(const VerifyReport& other)
    {
        for (const auto& each : other.faults)
            fault(each.seq, each.what);
        for (const auto& each : other.remarks)
            remark(each.seq, each.what);
        report_.further_faults += other.further_faults;
        report_.entries += other.entries;
        report_.checkpoints += other.checkpoints;
        report_.cosignatures += other.cosignatures;
        if (!other.last_checkpoint.empty())
            report_.last_checkpoint = other.last_checkpoint;
    }
    VerifyReport& report() const { return report_; }

private:
    VerifyReport& report_;
};

// A database that is damaged enough to throw still gets the other checks.
void check_guarded(Findings& findings, std::string_view what, const std::function<void()>& check);

// Entries, their openings, the tree, the checkpoints. keys: those whose signatures count; accounts: nullptr for the log alone.
// Both must outlive the pool.
void check_log(VerifyPool& pool, const std::vector<ledger::VerifierKey>& keys, const KnownAccounts* accounts, Findings& findings);
// The lines of witnesses below the checkpoints.
void check_cosignatures(store::Connection& db, Findings& findings);
// What stands beside the entries: kinds, losses, and every row except reports.
void check_rows(store::Connection& db, Findings& findings);
// Those from the first id on and before the end; no end: all.
void check_reports(store::Connection& db, const std::string& first, const std::optional<std::string>& end, Findings& findings);
void check_directory(store::Connection& db, Findings& findings);
// What an entry made by the portal itself cannot be; empty: nothing, or somebody else made it.
std::string_view wrong_of_portal(std::string_view role, std::optional<domain::EventKind> kind, bool names_account);
// A State's account acts by its State's authority, and nobody else does; empty: the entry names one, or none, as its role says.
std::string_view wrong_of_authority(std::string_view role, bool names_authority);
// Membership, participation and access of States.
void check_membership(store::Connection& db, Findings& findings);
// That those who attested enrolments could.
void check_attestations(store::Connection& db, Findings& findings);
// That what a State's key signed is what its entry says, and that nothing lacks it that the State wanted signed.
void check_statements(store::Connection& db, Findings& findings);
// What shows that the keys of States are theirs.
void check_state_keys(store::Connection& db, Findings& findings);
// Whether salt and value give this hash as that member of the entry; salt must be 32 bytes. value: canonical JSON; of the actor its id.
bool opens(const ledger::Entry& entry, ledger::Part part, const std::optional<std::string_view>& salt,
           const std::optional<std::string_view>& value, const base::Hash& hash);

}  // namespace cbmx::service
