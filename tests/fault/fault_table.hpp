// The rows of the fault table: each test says what it did, how often, what had been acknowledged by then and what was
// lost. tests/fault/run.sh prints them; without CBMX_FAULT_TABLE (a file to append to) nothing is written.
#pragma once
#include <cstddef>
#include <cstdlib>
#include <string>

namespace cbmx::test {

struct FaultRow {
    std::string what;              // "power cut at a random file operation"
    std::string times;             // "120 cuts, 20 seeds"
    std::size_t acknowledged = 0;  // writes acknowledged under it, and looked for afterwards
    std::size_t lost = 0;          // of these
    std::string outcome;           // what else was seen: "starts read-only"
};

void write_row(const FaultRow& row);

inline bool is_long() { return std::getenv("CBMX_LONG") != nullptr; }  // the longer form of a test that has one

}  // namespace cbmx::test
