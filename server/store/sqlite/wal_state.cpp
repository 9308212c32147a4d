// See wal_state.hpp; the layout: sqlite.org/walformat.html. Numbers stand in the machine's own order.
#include "store/sqlite/wal_state.hpp"
#include <cstring>
#include <span>
#include <sqlite3.h>

namespace cbmx::store {
namespace {

constexpr int index_bytes = 32'768;
constexpr std::int64_t wal_header_bytes = 32, frame_header_bytes = 24;
// Of the index: the header stands there twice, then the number of frames that are copied.
constexpr std::size_t page_size_at_byte = 14, frames_at_word = 4, copied_at_word = 2 * WalState::header_words;
constexpr std::uint32_t largest_page = 65'536;  // which 16 bits write as 1

// SQLite reads them the same way, beside a writer: that is why the header is there twice.
__attribute__((no_sanitize("thread"))) void copy(const volatile std::uint32_t* from, std::span<std::uint32_t> to)
{
    for (std::size_t i = 0; i < to.size(); ++i)
        to[i] = from[i];
}

std::uint32_t page_bytes_in(std::span<const std::uint32_t> header)
{
    std::uint16_t written = 0;
    std::memcpy(&written, reinterpret_cast<const char*>(header.data()) + page_size_at_byte, sizeof written);
    return written == 1 ? largest_page : written;
}

}  // namespace

std::int64_t WalState::end() const { return wal_header_bytes + std::int64_t{frames} * (frame_header_bytes + page_bytes); }

std::optional<WalState> wal_state(Connection& connection)
{
    sqlite3_file* database = nullptr;
    sqlite3_file_control(connection.handle(), "main", SQLITE_FCNTL_FILE_POINTER, &database);
    volatile void* index = nullptr;
    if (database == nullptr || database->pMethods == nullptr || database->pMethods->iVersion < 2 ||
        database->pMethods->xShmMap(database, 0, index_bytes, 0, &index) != SQLITE_OK || index == nullptr)
        throw sqlite_error(SQLITE_IOERR, "the WAL-index is not open");
    const auto* words = static_cast<const volatile std::uint32_t*>(index);
    WalState state;
    decltype(state.header) again{};
    copy(words, state.header);
    database->pMethods->xShmBarrier(database);
    copy(words + WalState::header_words, again);
    if (again != state.header)
        return std::nullopt;
    state.frames = state.header[frames_at_word];
    state.page_bytes = page_bytes_in(state.header);
    copy(words + copied_at_word, {&state.copied, 1});
    return state;
}

}  // namespace cbmx::store
