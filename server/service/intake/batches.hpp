// Batches: many reports, nominations and decisions of the own State in one request, in two steps, as an import: read_batch judges what
// needs no database (and may start gpg), carry_out_batch does the rest inside one transaction. batch_reading.cpp is the first
// step, batches.cpp the second and the reading afterwards.
#pragma once
#include "domain/names.hpp"
#include "service/directory/inspection.hpp"
#include "service/portal.hpp"
#include <span>

namespace cbmx::service {

inline constexpr std::size_t max_batch_items = 1000;
inline constexpr std::uint64_t max_batch_bytes = 16 * 1024 * 1024;

enum class BatchGoal { draft, submit, publish };  // how far each report is to come; a nomination is made at once
enum class BatchForm { array, lines, table };     // JSON array, NDJSON, CSV
enum class ItemKind { report, nomination, decision };

// What an approver decides on a report (schema report-decision), with the tag of what was read.
enum class Decision { publish, send_back, withdraw };

struct BatchItem {
    std::size_t number = 0;  // from 1
    std::size_t line = 0;    // of a table; 0: no table
    ItemKind kind = ItemKind::report;
    std::string text;                   // JSON of the body; kept as text, so that one body at a time is in memory
    std::vector<Violation> violations;  // found so far, with pointers into the body; of schema, keys and file
    std::vector<Violation> placed;      // found so far, with the place in the batch
    Inspection inspection;              // of a nomination
};

struct Batch {
    BatchGoal goal = BatchGoal::draft;
    bool atomic = true;  // all or nothing; else item by item
    BatchForm form = BatchForm::array;
    std::vector<BatchItem> items;
    nlohmann::json result;  // of carry_out_batch: what the row keeps
};

// Of a table, items says what its rows are. Errors, of the text as a whole: malformed_json; validation_failed (too_few_items,
// too_many_items, a table's header or rows that cannot be separated). What is wrong with an item stands with the item.
// Throws as inspect_keys() does, and when the keys of all items take more than a minute.
Result<Batch> read_batch(std::string_view text, BatchForm form, ItemKind items, domain::Instant now);
bool takes_long_to_read(std::string_view text);  // keys or files may be in it, or it is large

// Atomic with an item refused: validation_failed with every broken rule of every item, at "item:3/report/status" or
// "line:4/status"; the problem that refuses an item as a whole is Rule::refused. Then nothing is kept.
Result<Outcome> carry_out_batch(Transaction& transaction, const Principal& principal, Batch& batch);

struct BatchResult {
    nlohmann::json content;  // {"goal", "mode", "created_at", "accepted", "known", "refused", "items"}; no item has "errors" yet
    std::vector<std::vector<Violation>> violations;  // of each item, in the same order
};

// not_found for every account but the one that sent it.
Result<BatchResult> get_batch(const Portal& portal, Connection& db, const Principal& principal, const std::string& id);
// Of what carry_out_batch left in Batch::result. After a dry run, forget first the numbers and ids that were rolled back.
void forget_what_was_rolled_back(Batch& batch);
BatchResult batch_result(const Portal& portal, Connection& db, const Principal& principal, nlohmann::json result);

}  // namespace cbmx::service

template <>
struct cbmx::domain::Names<cbmx::service::ItemKind> {  // the member that an item is in
    static constexpr std::array<std::string_view, 3> text{"report", "nomination", "decision"};
};
template <>
struct cbmx::domain::Names<cbmx::service::Decision> {
    static constexpr std::array<std::string_view, 3> text{"publish", "return", "withdraw"};
};
