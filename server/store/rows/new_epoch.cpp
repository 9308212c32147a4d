// See new_epoch.hpp.
#include "store/rows/new_epoch.hpp"
#include <chrono>
#include <fcntl.h>
#include <memory>
#include <sqlite3.h>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace cbmx::store {
namespace {

struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close(handle); }
};

constexpr int pages_a_step = 1024;  // 4 MiB: what a writer's sync may have to wait behind

// Carries what was written of the copy to the disk, bit by bit: all of it at the end would hold up every sync of the portal's.
class Sync {
public:
    explicit Sync(const std::string& file) : descriptor_(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)), file_(file)
    {
        if (descriptor_ < 0)
            throw std::system_error(errno, std::generic_category(), file_);
    }
    Sync(const Sync&) = delete;
    Sync& operator=(const Sync&) = delete;
    ~Sync() { ::close(descriptor_); }
    void operator()() const
    {
        if (::fdatasync(descriptor_) != 0)
            throw std::system_error(errno, std::generic_category(), file_);
    }

private:
    int descriptor_;
    std::string file_;
};

[[noreturn]] void fail(sqlite3* handle, const std::string& doing)
{
    throw SqliteError(sqlite3_extended_errcode(handle), doing + ": " + sqlite3_errmsg(handle));
}

}  // namespace

void copy_database(const std::string& from, const std::string& to)
{
    Connection source(from, OpenMode::read_only);
    const Sync sync(to);  // closed after the target is: to close a descriptor takes SQLite's locks on its file along
    sqlite3* opened = nullptr;
    const int code = sqlite3_open_v2(to.c_str(), &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
    const std::unique_ptr<sqlite3, Close> target(opened);
    if (code != SQLITE_OK)
        throw SqliteError(code, "cannot open " + to);
    // In a transaction: all steps read one snapshot, which in WAL mode holds up no writer. Without it each write would restart the copy.
    source.run("BEGIN");
    source.query("SELECT 1 FROM sqlite_schema").next();
    sqlite3_backup* copy = sqlite3_backup_init(target.get(), "main", source.handle(), "main");
    if (copy == nullptr)
        fail(target.get(), "copy to " + to);
    int stepped = SQLITE_OK;
    while (stepped == SQLITE_OK) {
        const auto begun = std::chrono::steady_clock::now();
        stepped = sqlite3_backup_step(copy, pages_a_step);
        if (stepped == SQLITE_OK) {
            sync();
            std::this_thread::sleep_for(std::chrono::steady_clock::now() - begun);  // half of the disk's time is the portal's
        }
    }
    const int finished = sqlite3_backup_finish(copy);
    if (stepped != SQLITE_DONE || finished != SQLITE_OK)
        throw SqliteError(stepped != SQLITE_DONE ? stepped : finished, "copy to " + to);
    if (sqlite3_exec(target.get(), "PRAGMA journal_mode = DELETE", nullptr, nullptr, nullptr) != SQLITE_OK)
        fail(target.get(), "copy to " + to);
}

void checkpoint_wal(Connection& db)
{
    if (!db.truncate_wal())
        throw std::runtime_error("somebody else has the database open");
}

void attach_old(Connection& fresh, const std::string& old_path) { fresh.run("ATTACH DATABASE ?1 AS old", old_path); }
void detach_old(Connection& fresh) { fresh.run("DETACH DATABASE old"); }

void set_revision_seq(Connection& connection, const std::string& report, std::int64_t revision, std::int64_t seq)
{
    connection.run("UPDATE report_revision SET seq = ?3 WHERE report = ?1 AND revision = ?2", report, revision, seq);
}

void forget_revisions(Connection& connection, const std::string& report)
{
    connection.run("DELETE FROM report_revision WHERE report = ?1", report);
}
void set_changed_seq(Connection& connection, const std::string& report, std::int64_t seq)
{
    connection.run("UPDATE report SET changed_seq = ?2 WHERE id = ?1", report, seq);
}

void insert_checkpoint(Connection& connection, std::uint64_t size, const std::string& at, const std::string& note)
{
    connection.run("INSERT INTO ledger_checkpoint (size, at, note) VALUES (?1, ?2, ?3)", static_cast<std::int64_t>(size), at, note);
}

std::vector<SubmittedDraft> submitted_drafts(Connection& connection)
{
    std::vector<SubmittedDraft> list;
    auto rows = connection.query("SELECT d.report, r.state, d.submitted, d.label, d.recipients, d.version, r.revision + 1 FROM "
                                 "report_draft d JOIN report r ON r.id = d.report"
                                 " WHERE d.draft_state = 'submitted' AND d.submitted IS NOT NULL ORDER BY d.updated_at, d.report");
    while (rows.next())
        list.push_back({rows.text(0), rows.text(1), rows.text(2), rows.text(3), rows.text(4), rows.integer(5), rows.integer(6)});
    return list;
}

std::vector<std::string> published_reports(Connection& connection)
{
    std::vector<std::string> list;
    auto rows = connection.query("SELECT id FROM report WHERE record_state <> 'none' ORDER BY changed_seq, id");
    while (rows.next())
        list.push_back(rows.text(0));
    return list;
}

}  // namespace cbmx::store
