// Batches: many reports, nominations and decisions of the own State in one request, in three steps, so that nobody else's write waits for
// what many items cost (rules.md 27a). read_batch judges what needs no database (and may start gpg), judge_batch on a snapshot what it
// can tell of the items that are refused anyway, and carry_out_batch does the rest inside the writer. batch_reading.cpp,
// batch_judging.cpp and batches.cpp are the steps, batch_results.cpp what is kept and read afterwards.
//
// An atomic batch is carried out in one transaction, so it is small (max_atomic_items), and the route tries it out on a copy of the
// database first (Route::is_tried_first): what is refused never enters the writer. One of mode=each goes through the writer in parts of
// longest_part, each a job of its own behind which others come in. Its row is written with the first part, and each part's results in the
// transaction of its items: so what was accepted has its result whatever happens, the first item without one is where to go on, and an item
// is never done twice. After a fall the same request under its Idempotency-Key, whose record came with the first part, goes on there
// (Route::is_unfinished); the fingerprint of the key says that the items are the same. Two of one account are never under way at once
// (Pipeline::take_turn).
#pragma once
#include "domain/names.hpp"
#include "service/directory/inspection.hpp"
#include "service/portal.hpp"
#include <chrono>
#include <span>

namespace cbmx::service {

inline constexpr std::size_t max_batch_items = 1000;
inline constexpr std::uint64_t max_batch_bytes = 16 * 1024 * 1024;
// Of an atomic batch of several items, which all others' writes wait for: some 50 ms, at half a millisecond for an item that makes two
// entries and 100 ms for a MiB of text.
inline constexpr std::size_t max_atomic_items = 100;
inline constexpr std::size_t max_atomic_bytes = 512 * 1024;
// After so much of it in the writer a batch of mode=each waits for its next turn; at least one item each time.
inline constexpr std::chrono::milliseconds longest_part{50};

enum class BatchGoal { draft, submit, publish };  // how far each report is to come; a nomination is made at once
inline constexpr std::string_view mode_name(bool is_atomic) { return is_atomic ? "atomic" : "each"; }
enum class BatchForm { array, lines, table };  // JSON array, NDJSON, CSV
enum class ItemKind { report, nomination, decision };

// What an approver decides on a report (schema report-decision), with the tag of what was read.
enum class Decision { publish, send_back, withdraw };

struct BatchItem {
    std::size_t number = 0;  // from 1
    std::size_t line = 0;    // of a table; 0: no table
    ItemKind kind = ItemKind::report;
    std::string text;                   // JSON of the body; as text, so that one tree at a time is in memory
    std::vector<Violation> violations;  // found by the reading, with pointers into the body; of schema, keys and file
    std::vector<Violation> placed;      // found by the reading, with the place in the batch
    Inspection inspection;              // of a nomination
    // Of judge_batch, which empties the three above:
    std::vector<Violation> faults;                          // with the place in the batch; empty: it is to be carried out
    nlohmann::json body;                                    // then, instead of text, while there is memory for it
    std::optional<store::BroughtStatement> statement = {};  // then, of that body
};

struct Batch {
    BatchGoal goal = BatchGoal::draft;
    bool atomic = true;  // all or nothing; else item by item
    BatchForm form = BatchForm::array;
    std::vector<BatchItem> items;
    bool is_rehearsal = false;  // a dry run
    bool is_judged = false;
    std::size_t told = 0;   // faults so far, of all items
    std::string id;         // of one in parts, once the first is done
    std::size_t next = 0;   // of one in parts: the first item, from 0, that has no result yet
    nlohmann::json result;  // of one that is carried out whole: for a dry run, which reads no row
};

// Of a table, items says what its rows are. Errors, of the text as a whole: malformed_json; validation_failed (too_few_items,
// too_many_items, a table's header or rows that cannot be separated). What is wrong with an item stands with the item.
// Throws as inspect_keys() does, and when the keys of all items take more than a minute.
Result<Batch> read_batch(std::string_view text, BatchForm form, ItemKind items, domain::Instant now);
bool takes_long_to_read(std::string_view text);  // keys or files may be in it, or it is large

// Once, on a snapshot, not in the writer. validation_failed with too_many_for_atomic, at "query:mode", for what has to be sent with
// mode=each.
Result<void> judge_batch(Connection& db, const Principal& principal, Batch& batch);

// Atomic with an item refused: validation_failed with the broken rules of every item, at "item:3/report/status" or
// "line:4/status"; the problem that refuses an item as a whole is Rule::refused. Then nothing is kept. Of a batch that is not atomic
// the items from Batch::next on, and after `longest` the outcome is unfinished: call it again, in another transaction, once this one is
// committed. nullopt: all at once. Throws std::logic_error unless it is judged.
Result<Outcome> carry_out_batch(Transaction& transaction, const Principal& principal, Batch& batch,
                                std::optional<std::chrono::steady_clock::duration> longest = std::nullopt);
// The same batch, after a fall: the next part is the first that the row lacks. Does nothing to one that is under way.
void go_on_with_batch(Connection& db, const std::string& id, Batch& batch);
bool is_batch_unfinished(Connection& db, const Principal& principal, const std::string& id);  // a batch of the account, that lacks results

struct BatchResult {
    // {"goal", "mode", "created_at", "accepted", "known", "refused", "waiting", "items"}; no item has "errors" yet
    nlohmann::json content;
    std::vector<std::vector<Violation>> violations;  // of each item, in the same order
};

// not_found for every account but the one that sent it.
Result<BatchResult> get_batch(const Portal& portal, Connection& db, const Principal& principal, const std::string& id);
// Of what carry_out_batch left in Batch::result. After a dry run, forget first the numbers and ids that were rolled back.
void forget_what_was_rolled_back(Batch& batch);
BatchResult batch_result(const Portal& portal, Connection& db, const Principal& principal, nlohmann::json result);

}  // namespace cbmx::service

template <>
struct cbmx::domain::Names<cbmx::service::BatchGoal> {
    static constexpr std::array<std::string_view, 3> text{"draft", "submit", "publish"};
};
template <>
struct cbmx::domain::Names<cbmx::service::ItemKind> {  // the member that an item is in
    static constexpr std::array<std::string_view, 3> text{"report", "nomination", "decision"};
};
template <>
struct cbmx::domain::Names<cbmx::service::Decision> {
    static constexpr std::array<std::string_view, 3> text{"publish", "return", "withdraw"};
};
