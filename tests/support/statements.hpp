// Counts what is asked of a connection to the database: the statements, and the steps of the engine's machine, which grow with the rows
// that are visited, whatever the machine it runs on.
#pragma once
#include "store/connection.hpp"
#include <atomic>

namespace cbmx::test {

// From its making to its end, which comes before the connection's. Any thread may use the connection meanwhile.
class Statements {
public:
    explicit Statements(store::Connection& connection);
    ~Statements();
    Statements(const Statements&) = delete;
    Statements& operator=(const Statements&) = delete;

    std::uint64_t begun() const { return begun_.load(); }
    std::uint64_t ended() const { return ended_.load(); }
    std::uint64_t steps() const { return steps_.load(); }  // of those that have ended

private:
    static int note(unsigned event, void* self, void* statement, void* text);

    sqlite3* handle_;
    std::atomic<std::uint64_t> begun_{0}, ended_{0}, steps_{0};
};

}  // namespace cbmx::test
