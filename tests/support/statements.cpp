// See statements.hpp.
#include "support/statements.hpp"
#include <sqlite3.h>

namespace cbmx::test {

Statements::Statements(store::Connection& connection) : handle_(connection.handle())
{
    sqlite3_trace_v2(handle_, SQLITE_TRACE_STMT | SQLITE_TRACE_PROFILE, note, this);
}

Statements::~Statements() { sqlite3_trace_v2(handle_, 0, nullptr, nullptr); }

int Statements::note(unsigned event, void* self, void* statement, void* text)
{
    auto& counted = *static_cast<Statements*>(self);
    auto* const prepared = static_cast<sqlite3_stmt*>(statement);
    const auto steps = sqlite3_stmt_status(prepared, SQLITE_STMTSTATUS_VM_STEP, 1);
    if (event == SQLITE_TRACE_PROFILE) {
        counted.steps_ += static_cast<std::uint64_t>(steps);
        ++counted.ended_;
    } else if (!std::string_view(static_cast<const char*>(text)).starts_with("--"))  // a trigger's begins so
        ++counted.begun_;
    return 0;
}

}  // namespace cbmx::test
