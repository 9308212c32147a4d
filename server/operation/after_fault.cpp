// See after_fault.hpp.
#include "operation/after_fault.hpp"
#include "base/log.hpp"
#include "service/log/outside.hpp"
#include "store/engine.hpp"
#include "verify/verify.hpp"
#include <algorithm>

namespace cbmx::service {

std::vector<std::filesystem::path> fault_marks(const std::string& data, const std::string& outside)
{
    constexpr std::string_view name = "disk-failed";
    std::vector<std::filesystem::path> marks{std::filesystem::path(data) / name};
    if (!outside.empty())
        marks.push_back(std::filesystem::path(outside) / name);
    return marks;
}

bool is_marked(const std::vector<std::filesystem::path>& marks)
{
    return std::any_of(marks.begin(), marks.end(), [](const auto& mark) { return std::filesystem::exists(mark); });
}

void leave_fault_marks(const std::vector<std::filesystem::path>& marks)
{
    for (const auto& mark : marks)
        try {
            write_durably(mark, "");
        } catch (const std::exception& failure) {  // the disk may be too broken even for that
            base::log(base::Severity::error, "fault_not_marked", {{"file", mark.string()}, {"reason", failure.what()}});
        }
}

bool recover_after_fault(const std::string& database, const std::vector<std::filesystem::path>& marks)
{
    base::log(base::Severity::warning, "verifying_after_fault", {});
    base::flush_log();
    // The engine copies all that is pending only for the first to open the database.
    if (!store::is_open_nowhere_else(database))
        throw std::runtime_error("after a fault of the disk nobody else may have " + database +
                                 " open: end cbmx verify, cbmx backup, sqlite3 and the like, and start again");
    store::Connection db(database, store::OpenMode::read_write);
    db.keep_pending_pages_at_close();  // until all is verified it may be the only good copy
    const auto report = verify(database, {});
    base::log(base::Severity::warning, "verified_after_fault", {{"ok", report.ok()}, {"found", report.ok() ? "" : report.summary()}});
    if (!report.ok())
        return false;
    store::merge_pending_pages(db);
    for (const auto& mark : marks)
        std::filesystem::remove(mark);
    return true;
}

}  // namespace cbmx::service
