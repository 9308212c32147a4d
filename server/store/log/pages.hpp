// What goes with the entries of a page, each part of it read by one statement, however many they are. Not filtered by who asks: the
// caller was found to see the entries (entries.hpp).
#pragma once
#include "store/log/entries.hpp"
#include "store/log/hands.hpp"
#include "store/rows/touches.hpp"
#include <map>

namespace cbmx::store {

std::vector<domain::Seq> numbers_of(const std::vector<EntryRow>& entries);

// None of an entry whose personal data is hidden.
std::map<domain::Seq, OpeningRow> openings(Connection& connection, const std::vector<domain::Seq>& entries);
std::map<domain::Seq, HandsRow> hands(Connection& connection, const std::vector<domain::Seq>& entries);
// The smallest checkpoint that covers each: its own batch's.
std::map<domain::Seq, CheckpointRow> checkpoints_over(Connection& connection, const std::vector<domain::Seq>& entries);

struct TouchRange {
    std::string report;
    std::int64_t first = 0, last = 0;  // numbers, both included
};
std::vector<std::vector<TouchRow>> touches_of(Connection& connection, const std::vector<TouchRange>& ranges);  // in order, one a range

// For inclusion proofs: what reads the nodes of all of them at once. Throws std::runtime_error on a missing node.
struct ProofOf {
    std::uint64_t index = 0, size = 0;
};
ledger::NodeReader nodes_of(Connection& connection, const std::vector<ProofOf>& proofs);

}  // namespace cbmx::store
