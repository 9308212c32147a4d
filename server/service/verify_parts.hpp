// The parts of verify.cpp: the log (verify_log.cpp), its witnesses (verify_cosignatures.cpp), the rows (verify_rows.cpp), the
// reports (verify_reports.cpp), nominations and contacts (verify_directory.cpp).
#pragma once
#include "service/verify.hpp"
#include "store/ledger_scan.hpp"
#include <functional>
#include <map>
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
    VerifyReport& report() const { return report_; }

private:
    VerifyReport& report_;
};

// A database that is damaged enough to throw still gets the other checks.
void guarded(Findings& findings, std::string_view what, const std::function<void()>& check);

// Entries, their openings, the tree, the checkpoints. keys: those whose signatures count.
void check_log(store::Connection& db, const std::vector<ledger::VerifierKey>& keys, Findings& findings);
// The lines of witnesses below the checkpoints.
void check_cosignatures(store::Connection& db, Findings& findings);
// What stands beside the entries: kinds, losses, and every row except reports.
void check_rows(store::Connection& db, Findings& findings);
void check_reports(store::Connection& db, Findings& findings);
void check_directory(store::Connection& db, Findings& findings);
// Whether SHA-256(salt || content) is this hash; salt must be 32 bytes.
bool opens(const std::optional<std::string>& salt, const std::optional<std::string>& content, const base::Hash& hash);

}  // namespace cbmx::service
