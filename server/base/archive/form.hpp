// The one form of archive (ZIP, PKWARE's APPNOTE) that an export has: what its headers say, byte for byte (rules.md 42c). The writer
// writes them by these functions, and the reader compares with them. Pure, any thread.
//
// The files come one after the other from byte 0 on, in the order of their paths, each a header and its bytes: stored, or one
// stream of deflate. Then follow the table of contents and the end of the archive. Every time is 1980-01-01, the first that a ZIP
// has; flags and attributes are 0; there is no comment, no descriptor behind a file, and an extra field only where a number does
// not fit otherwise (ZIP64).
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace cbmx::base {

struct PackedFile {
    std::string path;
    bool is_deflated = false;
    std::uint32_t checksum = 0;  // CRC-32 of its bytes as they are unpacked
    std::uint64_t packed_size = 0, size = 0;
    std::uint64_t offset = 0;  // of its header
};

// "records/reports/7d6f.json": names of letters, digits, '.', '_' and '-', each beginning with a letter or digit, '/'-joined.
// Whatever unpacks it stays in its own directory.
bool is_archive_path(std::string_view path);

std::string local_header(const PackedFile& file);    // before its bytes
std::string central_header(const PackedFile& file);  // in the table of contents
// After the table of contents, of so many files.
std::string end_of_archive(std::uint64_t files, std::uint64_t offset_of_table, std::uint64_t size_of_table);

// Where numbers stand in a header, and what a person calls them. The name and the extra field follow the last one.
struct HeaderField {
    std::size_t at = 0, size = 0;
    std::string_view name;
};
std::span<const HeaderField> local_fields();
std::span<const HeaderField> central_fields();
// The first of the fields in which a header differs from what it has to be; both have the fields, and expected has the path.
// Empty: in none.
std::string_view difference(std::span<const HeaderField> fields, std::string_view header, std::string_view expected,
                            std::size_t path_bytes);

std::uint64_t number_at(std::string_view bytes, std::size_t at, std::size_t size);  // little-endian; within the bytes

inline constexpr std::uint32_t local_mark = 0x04034b50, central_mark = 0x02014b50, end_mark = 0x06054b50;
inline constexpr std::size_t local_bytes = 30, central_bytes = 46, end_bytes = 22;  // without what has no fixed length
inline constexpr std::size_t large_end_bytes = 56, locator_bytes = 20;              // of ZIP64, before the end
inline constexpr std::uint64_t saturated_count = 0xffff, saturated = 0xffffffff;    // stands for a number in ZIP64's own places
inline constexpr std::uint16_t stored_method = 0, deflate_method = 8, large_numbers_id = 1;
inline constexpr std::size_t extra_head_bytes = 4, large_number_bytes = 8;

}  // namespace cbmx::base
