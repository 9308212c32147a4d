// See wal_state.hpp; the layout: sqlite.org/walformat.html. Numbers stand in the machine's own order.
#include "store/sqlite/wal_state.hpp"
#include <algorithm>
#include <cstring>
#include <span>
#include <sqlite3.h>

namespace cbmx::store {
namespace {

constexpr int region_bytes = wal_index_region_words * sizeof(std::uint32_t);
constexpr std::int64_t wal_header_bytes = 32, frame_header_bytes = 24;
// Of the index: the header stands there twice, then the number of frames that are copied.
constexpr std::size_t page_size_at_byte = 14, frames_at_word = 4, copied_at_word = 2 * WalState::header_words;
// Behind that number: to where each reader reads, of which the first is always 0.
constexpr std::size_t marks_at_word = copied_at_word + 1, marks = 5;
constexpr std::size_t words_before_frames = 34, frames_of_first_region = 4'062, frames_of_region = 4'096;
constexpr std::uint32_t unused_mark = 0xffff'ffff;
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

sqlite3_file& database_of(Connection& connection)
{
    sqlite3_file* database = nullptr;
    sqlite3_file_control(connection.handle(), "main", SQLITE_FCNTL_FILE_POINTER, &database);
    if (database == nullptr || database->pMethods == nullptr || database->pMethods->iVersion < 2)
        throw sqlite_error(SQLITE_IOERR, "the database has no WAL-index");
    return *database;
}

const volatile std::uint32_t* region_of(sqlite3_file& database, std::size_t number)
{
    volatile void* region = nullptr;
    if (database.pMethods->xShmMap(&database, static_cast<int>(number), region_bytes, 0, &region) != SQLITE_OK || region == nullptr)
        throw sqlite_error(SQLITE_IOERR, "the WAL-index is not open");
    return static_cast<const volatile std::uint32_t*>(region);
}

}  // namespace

std::int64_t WalState::end() const { return wal_header_bytes + std::int64_t{frames} * (frame_header_bytes + page_bytes); }

std::optional<WalState> wal_state(Connection& connection)
{
    auto& database = database_of(connection);
    const auto* words = region_of(database, 0);
    WalState state;
    decltype(state.header) again{};
    copy(words, state.header);
    database.pMethods->xShmBarrier(&database);
    copy(words + WalState::header_words, again);
    if (again != state.header)
        return std::nullopt;
    state.frames = state.header[frames_at_word];
    state.page_bytes = page_bytes_in(state.header);
    copy(words + copied_at_word, {&state.copied, 1});
    return state;
}

// What others append meanwhile stands behind the state's own frames, where its reader does not look.
std::vector<std::uint32_t> wal_index_of(Connection& connection, const WalState& state, bool is_copied)
{
    auto& database = database_of(connection);
    std::size_t regions = 1;
    if (!is_copied && state.frames > frames_of_first_region)
        regions += (state.frames - frames_of_first_region + frames_of_region - 1) / frames_of_region;
    std::vector<std::uint32_t> index(regions * wal_index_region_words);
    const std::span all(index);
    for (std::size_t i = 0; !is_copied && i < regions; ++i)
        copy(region_of(database, i), all.subspan(i * wal_index_region_words, wal_index_region_words));
    std::fill_n(index.begin(), words_before_frames, 0);
    std::copy(state.header.begin(), state.header.end(), index.begin());
    std::copy(state.header.begin(), state.header.end(), index.begin() + WalState::header_words);
    index[copied_at_word] = is_copied ? state.frames : 0;
    std::fill_n(index.begin() + marks_at_word + 1, marks - 1, unused_mark);
    index[marks_at_word + 1] = state.frames;
    return index;
}

}  // namespace cbmx::store
