// What of the WAL counts: the header of the WAL-index, which SQLite writes when a commit is durable. From a connection's own handles:
// closing another one of the same file would end its locks.
#pragma once
#include "store/sqlite/sqlite.hpp"
#include <array>
#include <cstddef>

namespace cbmx::store {

struct WalState {
    static constexpr std::size_t header_words = 12;
    std::array<std::uint32_t, header_words> header{};  // another one after each commit and each restart
    std::uint32_t frames = 0;                          // committed
    std::uint32_t copied = 0;                          // of these, in the database file already
    std::uint32_t page_bytes = 0;
    std::int64_t end() const;  // of the committed frames in the WAL file, in bytes
};

// nullopt: it is being written in this moment. The connection has read from the database before. Throws StoreError.
std::optional<WalState> wal_state(Connection& connection);

inline constexpr std::size_t wal_index_region_words = 8'192;  // SQLite maps the WAL-index in pieces of so many

// The index of exactly that state, as its only reader finds it: a multiple of the regions. is_copied: all frames are taken to be in the
// database file. The connection is in a transaction that keeps the frames of the state from being overwritten. Throws StoreError.
std::vector<std::uint32_t> wal_index_of(Connection& connection, const WalState& state, bool is_copied);

}  // namespace cbmx::store
