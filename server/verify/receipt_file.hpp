// `cbmx verify FILE` of receipts, as the portal gives them: one, with its opening, in the answer to a write or to a batch, many in an array
// or a list. Closed forms, read to the last byte: every value that is shown is checked, and what nothing speaks for is named.
// client-examples/verify_receipt.py gives the same judgement in the same words without this code; the file may come from anybody.
#pragma once
#include "ledger/note.hpp"
#include "verify/word.hpp"
#include <string>
#include <string_view>
#include <vector>

namespace cbmx::service {

struct ReceiptVerdict {
    std::vector<std::string> lines;  // what is proven, a sentence for each receipt; then what is not vouched for
    std::string fault;               // what is wrong, and where; then there are no lines

    bool ok() const { return fault.empty(); }
    std::string summary() const;  // "genuine: ..." a line each, or "NOT genuine: ..."
};

// log_keys: of the log, known from elsewhere.
ReceiptVerdict judge_receipts(std::string_view text, const std::vector<ledger::VerifierKey>& log_keys, const StateKeys& state_keys = {});
// Throws std::runtime_error when the file cannot be read or is larger than max_receipt_file_bytes.
ReceiptVerdict verify_receipt_file(const std::string& path, const std::vector<ledger::VerifierKey>& log_keys,
                                   const StateKeys& state_keys = {});

}  // namespace cbmx::service
