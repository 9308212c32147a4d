// What SQLite and the tree cost alone, for tests/bench/bench.py. Prints one JSON object.
//   store_bench rows DATABASE DIRECTORY    the rows of the database's publications written again by 64 to a commit, into DIRECTORY
//   store_bench lists DATABASE -           first pages of lists whose filters find next to nothing, for everyone, and audit by a rare kind,
//                                          beside a page of everything
//   store_bench proofs DATABASE -          inclusion proofs of entries at random, each to its own checkpoint, as a receipt has it
#include "ledger/merkle.hpp"
#include "store/log/entries.hpp"
#include "store/rows/report_lists.hpp"
#include "store/sqlite/migrate.hpp"
#include <algorithm>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>
#include <random>
#include <sqlite3.h>

namespace {

using namespace cbmx;
using Clock = std::chrono::steady_clock;

constexpr std::int64_t most_publications = 20'000;
constexpr std::size_t publications_per_commit = 64;
constexpr std::size_t proofs = 10'000;

double seconds_since(Clock::time_point begun) { return std::chrono::duration<double>(Clock::now() - begun).count(); }

struct Publication {
    std::string report, state, measure, period, label, status, language, kind, at, role, home, body, content, account, credential,
        recipients, hands, authority;
    base::Hash salt, actor_salt, recipients_salt, hands_salt, authority_salt;
    std::vector<std::string> readers, tags;
    std::int64_t seq = 0;
};

std::vector<std::string> words(store::Rows rows)
{
    std::vector<std::string> list;
    while (rows.next())
        list.push_back(rows.text(0));
    return list;
}

std::vector<Publication> publications(store::Connection& db)
{
    std::vector<Publication> list;
    auto rows = db.query(
        "SELECT r.id, r.state, r.measure, r.period, r.label, r.status, r.language, e.kind, e.at, e.actor_role, e.home, e.body, o.content, "
        "o.actor, o.credential, o.recipients, h.hands, o.authority,"
        " o.salt, o.actor_salt, o.recipients_salt, h.salt, o.authority_salt FROM report r JOIN report_revision p ON p.report = r.id AND"
        " p.revision = r.revision"
        " JOIN ledger_entry e ON e.seq = p.seq JOIN ledger_opening o ON o.seq = p.seq JOIN ledger_hands h ON h.seq = p.seq WHERE "
        "r.record_state = 'published' ORDER BY p.seq "
        "DESC LIMIT ?1",
        most_publications);
    while (rows.next()) {
        Publication p{rows.text(0),
                      rows.text(1),
                      rows.text(2),
                      rows.text(3),
                      rows.text(4),
                      rows.text(5),
                      rows.text(6),
                      rows.text(7),
                      rows.text(8),
                      rows.text(9),
                      rows.text(10),
                      rows.text(11),
                      rows.text(12),
                      rows.text(13),
                      rows.text(14),
                      rows.text(15),
                      rows.text(16),
                      rows.text(17),
                      rows.hash(18),
                      rows.hash(19),
                      rows.hash(20),
                      rows.hash(21),
                      rows.hash(22),
                      {},
                      {},
                      0};
        p.readers = words(db.query("SELECT recipient FROM report_recipient WHERE report = ?1", p.report));
        p.tags = words(db.query("SELECT tag FROM report_tag WHERE report = ?1", p.report));
        list.push_back(std::move(p));
    }
    return list;
}

// As it stands before the publications: not timed.
void prepare(store::Connection& db, const std::string& portal, const std::vector<Publication>& list)
{
    store::migrate(db, store::embedded_migrations());
    db.run("ATTACH ?1 AS portal", portal);
    db.run("BEGIN IMMEDIATE");
    db.run("INSERT INTO main.state SELECT * FROM portal.state");
    db.run("INSERT INTO main.measure SELECT * FROM portal.measure");
    db.run("INSERT INTO main.period SELECT * FROM portal.period");
    for (const auto& p : list) {
        db.run("INSERT INTO main.report (id, state, measure, period, record_state, label, status, language, version, revision, "
               "changed_seq, drafted, created_by, created_at)"
               " VALUES (?1, ?2, ?3, ?4, 'none', ?5, ?6, ?7, 0, 0, NULL, 1, ?8, ?9)",
               p.report, p.state, p.measure, p.period, p.label, p.status, p.language, p.account, p.at);
        db.run("INSERT INTO main.report_draft (report, draft_state, fields, label, recipients, submitted, ever_submitted, return_reason, "
               "version, updated_at)"
               " VALUES (?1, 'submitted', ?2, ?3, ?4, ?2, 1, NULL, 2, ?5)",
               p.report, p.content, p.label, p.recipients, p.at);
        db.run("INSERT INTO main.report_touch SELECT * FROM portal.report_touch WHERE report = ?1", p.report);
    }
    db.run("COMMIT");
    db.run("DETACH portal");
}

void publish(store::Connection& db, const Publication& p, std::int64_t seq, ledger::Frontier& frontier)
{
    db.run("DELETE FROM report_draft WHERE report = ?1 AND version = 2", p.report);
    db.run("UPDATE report SET record_state = 'published', version = 1, revision = 1, changed_seq = ?2, drafted = 0 WHERE id = ?1 AND "
           "version = 0",
           p.report, seq);
    db.run("UPDATE report SET touches_published = (SELECT MAX(number) FROM report_touch WHERE report = ?1) WHERE id = ?1", p.report);
    for (const auto& reader : p.readers)
        db.run("INSERT INTO report_recipient (report, recipient, from_revision, state, changed_seq) VALUES (?1, ?2, 1, ?3, ?4)", p.report,
               reader, p.state, seq);
    for (const auto& tag : p.tags)
        db.run("INSERT INTO report_tag (report, tag, reach, changed_seq) VALUES (?1, ?2, 'public', ?3)", p.report, tag, seq);
    db.run("INSERT INTO ledger_entry (seq, kind, at, actor_role, home, subject_kind, subject, version, revision, body) VALUES (?1, ?2, ?3, "
           "?4, ?5, 'report', ?6, 1, 1, ?7)",
           seq, p.kind, p.at, p.role, p.home, p.report, store::Blob{p.body});
    db.run("INSERT INTO ledger_opening (seq, salt, content, actor, credential, actor_salt, recipients, recipients_salt, authority, "
           "authority_salt) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
           seq, p.salt, p.content, p.account, p.credential, p.actor_salt, p.recipients, p.recipients_salt, p.authority, p.authority_salt);
    db.run("INSERT INTO ledger_hands (seq, salt, hands, proposer, credential, proposer_salt) VALUES (?1, ?2, ?3, NULL, NULL, NULL)", seq,
           p.hands_salt, p.hands);
    for (const auto& node : frontier.append(ledger::leaf_hash(p.body)))
        db.run("INSERT INTO ledger_node (level, position, hash) VALUES (?1, ?2, ?3)", static_cast<int>(node.level),
               static_cast<std::int64_t>(node.index), node.hash);
    db.run("INSERT INTO report_revision (report, revision, seq, label) VALUES (?1, 1, ?2, ?3)", p.report, seq, p.label);
}

nlohmann::json rows(const std::string& portal, const std::filesystem::path& directory)
{
    std::vector<Publication> list;
    {
        store::Connection from(portal, store::OpenMode::read_only);
        list = publications(from);
    }
    const auto file = directory / "rows.sqlite";
    for (const char* end : {"", "-wal", "-shm"})
        std::filesystem::remove(file.string() + end);
    store::Connection db(file.string(), store::OpenMode::read_write);
    prepare(db, portal, list);
    ledger::Frontier frontier;
    const auto begun = Clock::now();
    for (std::size_t from = 0; from < list.size(); from += publications_per_commit) {
        db.run("BEGIN IMMEDIATE");
        const auto end = std::min(list.size(), from + publications_per_commit);
        for (auto i = from; i < end; ++i)
            publish(db, list[i], static_cast<std::int64_t>(i), frontier);
        db.run("INSERT INTO ledger_checkpoint (size, at, note) VALUES (?1, ?2, ?3)", static_cast<std::int64_t>(end), list[from].at,
               "a note of the usual length would stand here");
        db.run("COMMIT");
    }
    return {{"publications", list.size()}, {"per_second", static_cast<double>(list.size()) / seconds_since(begun)}};
}

nlohmann::json inclusion(const std::string& portal)
{
    store::Connection db(portal, store::OpenMode::read_only);
    db.run("BEGIN");
    const auto size = store::ledger_size(db);
    std::mt19937_64 chance(3);
    std::vector<double> microseconds;
    for (std::size_t i = 0; i < proofs; ++i) {
        const auto index = chance() % size;
        const auto begun = Clock::now();
        const auto checkpoint = store::checkpoint_over(db, static_cast<std::int64_t>(index));
        const auto proof = ledger::inclusion_proof(index, checkpoint.value().size, store::path_reader(db));
        microseconds.push_back(seconds_since(begun) * 1e6);
    }
    std::sort(microseconds.begin(), microseconds.end());
    return {{"entries", size}, {"median_microseconds", microseconds[proofs / 2]}, {"p99_microseconds", microseconds[proofs * 99 / 100]}};
}

// Microseconds of a processor and instructions of SQLite's machine, the median of many.
nlohmann::json cost_of(store::Connection& db, const auto& work)
{
    constexpr std::size_t rounds = 101;
    std::int64_t steps = 0;
    work();  // statements are prepared, pages are in the cache
    std::vector<double> microseconds;
    for (std::size_t i = 0; i < rounds; ++i) {
        const auto begun = std::clock();
        work();
        microseconds.push_back(1e6 * static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC);
    }
    sqlite3_progress_handler(
        db.handle(), 1, [](void* count) { return ++*static_cast<std::int64_t*>(count), 0; }, &steps);
    work();
    sqlite3_progress_handler(db.handle(), 0, nullptr, nullptr);
    std::sort(microseconds.begin(), microseconds.end());
    return {{"median_microseconds", microseconds[rounds / 2]}, {"steps", steps}};
}

nlohmann::json lists(const std::string& portal)
{
    constexpr std::int64_t page = 25;
    store::Connection db(portal, store::OpenMode::read_only);
    db.run("BEGIN");
    const domain::Visibility anyone{.tokens = R"(["public"])"};
    const domain::Visibility auditor{.tokens = R"(["public"])", .home = "office:auditors", .auditor = true};
    const std::pair<const char*, std::pair<store::ReportOrder, store::ReportFilter>> asked[]{
        {"everything", {store::ReportOrder::newest, {}}},
        {"tag=nothing", {store::ReportOrder::newest, {.tag = "nothing"}}},
        {"workflow_state=withdrawn", {store::ReportOrder::newest, {.workflow_state = "withdrawn"}}},
        {"sort=state with a State", {store::ReportOrder::state, {.state = "PE"}}},
        {"a status that nothing has", {store::ReportOrder::newest, {.status = "nothing_new"}}},
        {"a tag that nothing has, sort=state", {store::ReportOrder::state, {.tag = "nothing"}}},
    };
    auto answer = nlohmann::json::object();
    for (const auto& [name, list] : asked)
        answer[name] = cost_of(db, [&] { store::visible_reports(db, anyone, list.second, list.first, {}, page); });
    answer["audit by a rare kind"] = cost_of(db, [&] { store::audit(db, auditor, {.kind = "report_erased", .limit = page}); });
    return answer;
}

}  // namespace

int main(int count, char** arguments)
try {
    const std::string what = count == 4 ? arguments[1] : "";
    if (what == "rows")
        std::cout << rows(arguments[2], arguments[3]).dump() << "\n";
    else if (what == "lists")
        std::cout << lists(arguments[2]).dump() << "\n";
    else if (what == "proofs")
        std::cout << inclusion(arguments[2]).dump() << "\n";
    else
        throw std::runtime_error(
            "usage: store_bench rows DATABASE DIRECTORY | store_bench lists DATABASE - | store_bench proofs DATABASE -");
    return 0;
} catch (const std::exception& failure) {
    std::cerr << "store_bench: " << failure.what() << "\n";
    return 1;
}
