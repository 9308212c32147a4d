// See fault_table.hpp.
#include "fault/fault_table.hpp"
#include <fstream>

namespace cbmx::test {

void write_row(const FaultRow& row)
{
    const char* file = std::getenv("CBMX_FAULT_TABLE");
    if (file == nullptr)
        return;
    std::ofstream(file, std::ios::app) << "| " << row.what << " | " << row.times << " | " << row.acknowledged << " | " << row.lost << " | "
                                       << row.outcome << " |\n";
}

}  // namespace cbmx::test
