// See form.hpp.
#include "base/archive/form.hpp"
#include <algorithm>
#include <array>
#include <utility>

namespace cbmx::base {
namespace {

constexpr std::uint64_t plain_version = 20, large_version = 45;  // of the format, in tenths: 4.5 has ZIP64
constexpr std::uint64_t first_day = 0x0021;                      // 1980-01-01, as MS-DOS has it
constexpr std::uint64_t large_end_mark = 0x06064b50, locator_mark = 0x07064b50;
constexpr std::size_t uncounted_bytes = 12;  // of ZIP64's end: its mark and its own size

// clang-format off
constexpr std::array local_table{
    HeaderField{ 0, 4, "mark"},
    HeaderField{ 4, 2, "version"},
    HeaderField{ 6, 2, "flags"},
    HeaderField{ 8, 2, "method"},
    HeaderField{10, 4, "time"},
    HeaderField{14, 4, "checksum"},
    HeaderField{18, 4, "packed size"},
    HeaderField{22, 4, "size"},
    HeaderField{26, 2, "name"},
    HeaderField{28, 2, "extra field"},
};
constexpr std::array central_table{
    HeaderField{ 0, 4, "mark"},
    HeaderField{ 4, 4, "version"},  // that made it, and that is needed
    HeaderField{ 8, 2, "flags"},
    HeaderField{10, 2, "method"},
    HeaderField{12, 4, "time"},
    HeaderField{16, 4, "checksum"},
    HeaderField{20, 4, "packed size"},
    HeaderField{24, 4, "size"},
    HeaderField{28, 2, "name"},
    HeaderField{30, 2, "extra field"},
    HeaderField{32, 2, "comment"},
    HeaderField{34, 2, "disk number"},
    HeaderField{36, 6, "attributes"},
    HeaderField{42, 4, "place"},
};
// clang-format on

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

class Bytes {
public:
    Bytes& add(std::uint64_t number, std::size_t size)
    {
        for (std::size_t i = 0; i < size; ++i, number >>= 8)
            text_ += static_cast<char>(number & 0xff);
        return *this;
    }
    Bytes& add(std::string_view text)
    {
        text_ += text;
        return *this;
    }
    std::size_t size() const { return text_.size(); }
    std::string take() { return std::move(text_); }

private:
    std::string text_;
};

bool has_large_sizes(const PackedFile& file) { return file.size >= saturated || file.packed_size >= saturated; }
bool is_large(const PackedFile& file) { return has_large_sizes(file) || file.offset >= saturated; }

// ZIP64's own field; empty where all numbers fit.
std::string large_numbers(const PackedFile& file, bool with_offset)
{
    Bytes numbers;
    if (has_large_sizes(file))
        numbers.add(file.size, large_number_bytes).add(file.packed_size, large_number_bytes);
    if (with_offset && file.offset >= saturated)
        numbers.add(file.offset, large_number_bytes);
    if (numbers.size() == 0)
        return {};
    Bytes field;
    field.add(large_numbers_id, 2).add(numbers.size(), 2).add(numbers.take());
    return field.take();
}

// From the version that is needed to the length of the extra field: the same in both headers.
void add_facts(Bytes& header, const PackedFile& file, std::size_t extra_bytes)
{
    const bool is_beyond = has_large_sizes(file);
    header.add(is_large(file) ? large_version : plain_version, 2)
        .add(0, 2)  // flags
        .add(file.is_deflated ? deflate_method : stored_method, 2)
        .add(0, 2)  // midnight
        .add(first_day, 2)
        .add(file.checksum, 4)
        .add(is_beyond ? saturated : file.packed_size, 4)
        .add(is_beyond ? saturated : file.size, 4)
        .add(file.path.size(), 2)
        .add(extra_bytes, 2);
}

}  // namespace

bool is_archive_path(std::string_view path)
{
    bool begins = true;  // of a name
    for (const char c : path) {
        const bool fits = is_letter_or_digit(c) || (!begins && (c == '.' || c == '_' || c == '-' || c == '/'));
        if (!fits)
            return false;
        begins = c == '/';
    }
    return !begins;
}

std::string local_header(const PackedFile& file)
{
    const auto extra = large_numbers(file, false);
    Bytes header;
    header.add(local_mark, 4);
    add_facts(header, file, extra.size());
    return header.add(file.path).add(extra).take();
}

std::string central_header(const PackedFile& file)
{
    const auto extra = large_numbers(file, true);
    Bytes header;
    header.add(central_mark, 4).add(is_large(file) ? large_version : plain_version, 2);  // made by such a version, on MS-DOS
    add_facts(header, file, extra.size());
    header
        .add(0, 2)      // length of a comment
        .add(0, 2)      // disk
        .add(0, 2 + 4)  // attributes
        .add(std::min(file.offset, saturated), 4);
    return header.add(file.path).add(extra).take();
}

std::string end_of_archive(std::uint64_t files, std::uint64_t offset_of_table, std::uint64_t size_of_table)
{
    Bytes end;
    if (files >= saturated_count || offset_of_table >= saturated || size_of_table >= saturated) {
        end.add(large_end_mark, 4).add(large_end_bytes - uncounted_bytes, 8).add(large_version, 2).add(large_version, 2);
        end.add(0, 4 + 4).add(files, 8).add(files, 8).add(size_of_table, 8).add(offset_of_table, 8);  // 0: disks
        end.add(locator_mark, 4).add(0, 4).add(offset_of_table + size_of_table, 8).add(1, 4);         // 1: disks in all
    }
    const auto count = std::min(files, saturated_count);
    end.add(end_mark, 4).add(0, 2 + 2).add(count, 2).add(count, 2);
    return end.add(std::min(size_of_table, saturated), 4).add(std::min(offset_of_table, saturated), 4).add(0, 2).take();
}

std::span<const HeaderField> local_fields() { return local_table; }
std::span<const HeaderField> central_fields() { return central_table; }

std::string_view difference(std::span<const HeaderField> fields, std::string_view header, std::string_view expected, std::size_t path_bytes)
{
    for (const auto& field : fields)
        if (header.substr(field.at, field.size) != expected.substr(field.at, field.size))
            return field.name;
    const auto path_at = fields.back().at + fields.back().size;
    if (header.substr(path_at, path_bytes) != expected.substr(path_at, path_bytes))
        return "name";
    return header == expected ? std::string_view() : "extra field";
}

std::uint64_t number_at(std::string_view bytes, std::size_t at, std::size_t size)
{
    std::uint64_t number = 0;
    for (std::size_t i = size; i-- > 0;)
        number = number << 8 | static_cast<unsigned char>(bytes[at + i]);
    return number;
}

}  // namespace cbmx::base
