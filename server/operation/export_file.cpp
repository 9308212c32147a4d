// See export_file.hpp.
#include "operation/export_file.hpp"
#include "operation/data_directory.hpp"
#include "operation/key_file.hpp"
#include "service/accounts/authenticate.hpp"
#include "service/export/export.hpp"
#include "service/rights.hpp"
#include "store/engine.hpp"
#include "store/log/entries.hpp"
#include "store/rows/registry.hpp"

namespace cbmx {
namespace {

// Whom an export of the operator's is for; no home: whatever there is.
domain::Principal reader_named(store::Connection& db, domain::Instant now, const std::string& home_text)
{
    if (home_text.empty())
        return service::reader_of_everything(db);
    const auto home = domain::Home::from(home_text);
    const bool is_known =
        home.is_state() ? store::row_exists(db, store::RegistryTable::state, home.state().value) : home.office().has_value();
    if (!is_known)
        throw std::runtime_error(
            "\"" + home_text +
            "\" is no reader: state:CL, office:secretariat, office:chair, office:vice_chair, office:reviewers or office:audit");
    return service::reader_of_home(db, now, home);
}

}  // namespace

std::string write_export(const Config& config, const std::string& target, const std::string& home, const std::string& language,
                         std::uint64_t after)
{
    store::Connection db(database_path(config), store::OpenMode::read_only);
    store::ReadScope snapshot(db);  // one state, while the portal may go on writing
    const auto keys = store::log_keys(db);
    service::ExportRequest request{.now = domain::system_clock()(), .demo = service::is_demo(db), .spool_directory = config.data};
    request.language = i18n::language_from(language).value_or(i18n::default_language);
    request.origin = keys.at(0).name;
    request.keys = service::read_key_file(config.log_key).ring(request.origin);
    request.reader = reader_named(db, request.now, home);
    const std::chrono::seconds interval(home.empty() ? 0 : config.account_log_interval_seconds);
    request.size = service::size_shown(db, request.now, interval);
    if (after > request.size)
        throw std::runtime_error("the log is shown up to " + std::to_string(request.size) + " positions, and no export can go on from " +
                                 std::to_string(after));
    request.after = after;
    const auto collected = service::collect_export(db, request);
    snapshot.end();
    base::save(*collected.pack(), target);
    return "exported for " + service::reader_name(request.reader) + ": " + std::to_string(request.size) + " positions of the log " +
           request.origin;
}

}  // namespace cbmx
