// See reader.hpp. The table of contents says what is in the archive; every header is then compared with the one that the writer
// would have written for what the table says.
#include "base/archive/reader.hpp"
#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <new>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <zlib.h>

namespace cbmx::base {
namespace {

constexpr std::uint64_t piece_bytes = 64 * 1024;
constexpr int window_bits = -15;  // the largest window, without zlib's own frame

[[noreturn]] void no_archive(const std::string& why) { throw ArchiveError("it cannot be read as a ZIP archive: " + why); }

std::string deviation_of(const PackedFile& file, std::string_view field, std::string_view header)
{
    std::string sentence = file.path;
    return sentence.append(" is not packed as an export packs it: its ").append(field).append(" in ").append(header);
}

// In place of the sizes and the offset where they are saturated: form.cpp, large_numbers. False: there is nothing that can be read.
bool read_large_numbers(std::string_view extra, PackedFile& file)
{
    const bool has_sizes = file.size == saturated && file.packed_size == saturated, has_offset = file.offset == saturated;
    const std::size_t numbers = (has_sizes ? 2U : 0U) + (has_offset ? 1U : 0U);
    if (numbers == 0)
        return true;
    if (extra.size() != extra_head_bytes + numbers * large_number_bytes || number_at(extra, 0, 2) != large_numbers_id)
        return false;
    auto at = extra_head_bytes;
    const auto next = [&extra, &at] { return number_at(extra, std::exchange(at, at + large_number_bytes), large_number_bytes); };
    if (has_sizes)
        file.size = next(), file.packed_size = next();
    if (has_offset)
        file.offset = next();
    return true;
}

// One inflating, of which zlib keeps its own.
struct Inflating {
    Inflating()
    {
        if (inflateInit2(&stream, window_bits) != Z_OK)
            throw std::bad_alloc();
    }
    Inflating(const Inflating&) = delete;
    Inflating& operator=(const Inflating&) = delete;
    ~Inflating() { inflateEnd(&stream); }
    z_stream stream = {};
};

}  // namespace

ArchiveReader::ArchiveReader(const std::string& file, const ArchiveLimits& limits)
    : descriptor_(open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK))
{
    struct stat facts = {};
    try {
        if (descriptor_ < 0 || fstat(descriptor_, &facts) != 0)
            no_archive(std::generic_category().message(errno));
        size_ = S_ISREG(facts.st_mode) ? static_cast<std::uint64_t>(facts.st_size) : 0;
        look_through(end(), limits);
    } catch (...) {
        if (descriptor_ >= 0)
            close(descriptor_);
        throw;
    }
}

ArchiveReader::~ArchiveReader() { close(descriptor_); }

void ArchiveReader::deviates(std::string sentence)
{
    if (deviation_.empty())
        deviation_ = std::move(sentence);
}

std::string ArchiveReader::bytes(std::uint64_t offset, std::uint64_t count) const
{
    if (offset >= size_)
        return {};
    std::string bytes(static_cast<std::size_t>(std::min(count, size_ - offset)), '\0');
    for (std::size_t filled = 0; filled < bytes.size();) {
        const auto got = pread(descriptor_, bytes.data() + filled, bytes.size() - filled, static_cast<off_t>(offset + filled));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            throw ArchiveError("the disk does not give it");
        filled += static_cast<std::size_t>(got);
    }
    return bytes;
}

// The last bytes of the file are the end; what they say of the table is what the writer would have said, and it lies right before.
ArchiveReader::Table ArchiveReader::end() const
{
    const auto last = size_ < end_bytes ? std::string() : bytes(size_ - end_bytes, end_bytes);
    if (last.empty() || number_at(last, 0, 4) != end_mark)
        no_archive("it does not end as one does");
    Table table{number_at(last, 10, 2), number_at(last, 16, 4), number_at(last, 12, 4)};
    const auto large_bytes = large_end_bytes + locator_bytes;
    if ((table.files == saturated_count || table.offset == saturated || table.size == saturated) && size_ >= end_bytes + large_bytes) {
        const auto large = bytes(size_ - end_bytes - large_bytes, large_end_bytes);
        table = {number_at(large, 32, 8), number_at(large, 48, 8), number_at(large, 40, 8)};
    }
    const auto expected = end_of_archive(table.files, table.offset, table.size);
    if (expected.size() > size_ || bytes(size_ - expected.size(), expected.size()) != expected)
        no_archive("its end has another form than an export's");
    const auto before = size_ - expected.size();
    if (table.offset > before || table.size != before - table.offset)
        no_archive("its table of contents is not right before its end");
    return table;
}

void ArchiveReader::look_through(const Table& table, const ArchiveLimits& limits)
{
    if (table.files > limits.files)
        throw ArchiveError("it holds more than " + std::to_string(limits.files) + " files");
    std::uint64_t at = table.offset, next = 0, total = 0;
    for (std::uint64_t number = 1; number <= table.files; ++number) {
        auto file = next_file(number, at, table.offset + table.size, limits);
        if (file.size > limits.file_bytes || (total += file.size) > limits.total_bytes)
            throw ArchiveError(file.path + " is too large, or all files together are");
        if (places_.contains(file.path))
            throw ArchiveError(file.path + " is in it twice");
        if (file.offset != next)
            deviates(number == 1 ? file.path + " does not stand at its beginning"
                                 : file.path + " does not begin where the file before it ends");
        if (!paths_.empty() && file.path < paths_.back())
            deviates("its files are not in the order of their names");
        const auto begin = begin_of(file);
        if (file.packed_size > table.offset || begin > table.offset - file.packed_size)
            throw ArchiveError(file.path + " is not where its table of contents says");
        next = begin + file.packed_size;
        paths_.push_back(file.path);
        places_.emplace(paths_.back(), Place{std::move(file), begin});
    }
    if (at != table.offset + table.size)
        no_archive("its table of contents goes on after its last file");
    if (next != table.offset)
        deviates("something stands between its last file and its table of contents");
    std::sort(paths_.begin(), paths_.end());
}

// Of the table of contents, whose header begins at that place, which then is behind it.
PackedFile ArchiveReader::next_file(std::uint64_t number, std::uint64_t& at, std::uint64_t table_end, const ArchiveLimits& limits)
{
    const auto unreadable = [number] { return ArchiveError("what it says of its file " + std::to_string(number) + " cannot be read"); };
    if (table_end - at < central_bytes)
        throw unreadable();
    auto header = bytes(at, central_bytes);
    const auto path_bytes = number_at(header, 28, 2), extra_bytes = number_at(header, 30, 2);
    const auto rest = path_bytes + extra_bytes + number_at(header, 32, 2);
    if (number_at(header, 0, 4) != central_mark || rest > table_end - at - central_bytes)
        throw unreadable();
    header += bytes(at + central_bytes, rest);
    at += central_bytes + rest;
    PackedFile file{.path = header.substr(central_bytes, path_bytes),
                    .is_deflated = number_at(header, 10, 2) == deflate_method,
                    .checksum = static_cast<std::uint32_t>(number_at(header, 16, 4)),
                    .packed_size = number_at(header, 20, 4),
                    .size = number_at(header, 24, 4),
                    .offset = number_at(header, 42, 4)};
    if (file.path.size() > limits.path_bytes || !is_archive_path(file.path))
        throw ArchiveError("a file in it has a name that no export gives: its file " + std::to_string(number));
    if (!read_large_numbers(std::string_view(header).substr(central_bytes + path_bytes, extra_bytes), file))
        throw unreadable();
    const bool is_stored = number_at(header, 10, 2) == stored_method && file.packed_size == file.size;
    constexpr std::uint64_t encrypted = 1;
    if ((!is_stored && !file.is_deflated) || (number_at(header, 8, 2) & encrypted) != 0)
        throw ArchiveError(file.path + " is packed in a way that no export uses");
    if (const auto field = difference(central_fields(), header, central_header(file), file.path.size()); !field.empty())
        deviates(deviation_of(file, field, "the table of contents"));
    return file;
}

std::uint64_t ArchiveReader::begin_of(const PackedFile& file)
{
    auto header = bytes(file.offset, local_bytes);
    if (header.size() < local_bytes || number_at(header, 0, 4) != local_mark)
        throw ArchiveError(file.path + " is not where its table of contents says");
    const auto rest = number_at(header, 26, 2) + number_at(header, 28, 2);
    header += bytes(file.offset + local_bytes, rest);
    if (const auto field = difference(local_fields(), header, local_header(file), file.path.size()); !field.empty())
        deviates(deviation_of(file, field, "its own header"));
    return file.offset + local_bytes + rest;
}

std::uint64_t ArchiveReader::size(std::string_view path) const
{
    const auto place = places_.find(path);
    if (place == places_.end())
        throw ArchiveError("it is missing");
    return place->second.file.size;
}

template <class Take>
void ArchiveReader::each_packed_piece(const Place& place, const Take& take) const
{
    for (std::uint64_t done = 0; done < place.file.packed_size;) {
        const auto piece = bytes(place.begin + done, std::min(piece_bytes, place.file.packed_size - done));
        take(piece);
        done += piece.size();
    }
}

// No more comes out than the stated size and one byte, whatever is packed.
template <class Take>
void ArchiveReader::inflate(const Place& place, const Take& take) const
{
    Inflating inflating;
    auto& stream = inflating.stream;
    std::string buffer(piece_bytes, '\0');
    bool has_ended = false;
    auto left = place.file.size;
    each_packed_piece(place, [&](const std::string& piece) {
        stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));  // zlib reads it alone
        stream.avail_in = static_cast<uInt>(piece.size());
        for (bool is_full = true; !has_ended && (stream.avail_in > 0 || is_full);) {
            const auto room = static_cast<uInt>(std::min(piece_bytes, left + 1));
            stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
            stream.avail_out = room;
            const auto said = ::inflate(&stream, Z_SYNC_FLUSH);
            if (said != Z_OK && said != Z_STREAM_END && said != Z_BUF_ERROR)
                throw ArchiveError("it cannot be unpacked: its packed bytes are damaged");
            const auto got = room - stream.avail_out;
            if (got > left)
                throw ArchiveError("it has not the size that the archive says");
            left -= got;
            take(std::string_view(buffer).substr(0, got));
            has_ended = said == Z_STREAM_END;
            is_full = stream.avail_out == 0;
        }
        if (stream.avail_in > 0)
            throw ArchiveError("it cannot be unpacked: something follows its packed bytes");
    });
    if (!has_ended)
        throw ArchiveError("it cannot be unpacked: its packed bytes end too early");
    if (left > 0)
        throw ArchiveError("it has not the size that the archive says");
}

void ArchiveReader::read(std::string_view path, const std::function<void(std::string_view piece)>& take) const
{
    if (!holds(path))
        throw ArchiveError("it is missing");
    const auto& place = places_.find(path)->second;
    auto checksum = crc32(0, nullptr, 0);
    const auto taken = [&checksum, &take](std::string_view piece) {
        if (piece.empty())
            return;
        checksum = crc32(checksum, reinterpret_cast<const Bytef*>(piece.data()), static_cast<uInt>(piece.size()));
        take(piece);
    };
    if (place.file.is_deflated)
        inflate(place, taken);
    else
        each_packed_piece(place, taken);
    if (checksum != place.file.checksum)
        throw ArchiveError("it has not the checksum that the archive says");
}

std::string ArchiveReader::text(std::string_view path, std::uint64_t at_most) const
{
    if (size(path) > at_most)
        throw ArchiveError("it is larger than " + std::to_string(at_most) + " bytes");
    std::string text;
    read(path, [&text](std::string_view piece) { text += piece; });
    return text;
}

void ArchiveReader::lines(std::string_view path, std::size_t at_most, const std::function<void(std::string_view line)>& take) const
{
    std::string begun;
    read(path, [&](std::string_view piece) {
        for (std::size_t end; (end = piece.find('\n')) != std::string_view::npos; piece.remove_prefix(end + 1)) {
            begun += piece.substr(0, end);
            if (begun.size() > at_most)
                break;
            take(begun);
            begun.clear();
        }
        begun += piece;
        if (begun.size() > at_most)
            throw ArchiveError("a line of it is longer than " + std::to_string(at_most) + " bytes");
    });
    if (!begun.empty())
        throw ArchiveError("its last line does not end");
}

}  // namespace cbmx::base
