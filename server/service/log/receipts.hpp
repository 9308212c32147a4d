// Receipts: byte-identical for ever, the same for all who see the entry; with the openings that go with them (openings.hpp).
#pragma once
#include "service/log/openings.hpp"

namespace cbmx::service {

// Not filtered by visibility: for the answer to the write itself. not_found when there is no sealed entry of that number.
Result<nlohmann::json> receipt_json(Connection& db, Seq seq);
Result<std::string> receipt_text(Connection& db, Seq seq);  // the same as JSON text
// Of entries that the caller was found to see, in their order; a few statements, however many they are.
std::vector<std::string> receipt_texts(Connection& db, const Entries& entries);

// {"opening", "receipt"} as JSON text; a change of audience also gives {"publication": {"opening", "receipt"}} of the
// revision that it is about, while that is the present one, for a reader who gained access there. not_found when not visible, or beyond the
// published size (anonymous).
Result<std::string> render_receipt(const Portal& portal, Connection& db, const Principal& principal, Seq seq);
Result<nlohmann::json> get_receipt(const Portal& portal, Connection& db, const Principal& principal, Seq seq);
// [{"opening", "receipt"}, ...] of every entry about the subject that the caller, who is of its State, may open. JSON text.
std::string openings_about(Connection& db, const Principal& principal, const std::string& subject);
// The C2SP tlog-proof text of the same receipt.
Result<std::string> get_tlog_proof(const Portal& portal, Connection& db, const Principal& principal, Seq seq);

}  // namespace cbmx::service
