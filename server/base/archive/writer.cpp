// See writer.hpp.
#include "base/archive/writer.hpp"
#include "base/archive/form.hpp"
#include "base/ending.hpp"
#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>
#include <zlib.h>

namespace cbmx::base {
namespace {

constexpr std::size_t piece_bytes = 64 * 1024;
constexpr int compression_level = 6, memory_level = 8;  // zlib's own defaults
constexpr int window_bits = -15;                        // the largest window, without zlib's own frame

[[noreturn]] void fail() { throw std::runtime_error("cannot pack an archive"); }

// One stream of deflate, which goes to the end of an archive.
class Deflating {
public:
    explicit Deflating(Spool& target) : target_(target), buffer_(piece_bytes, '\0')
    {
        if (deflateInit2(&stream_, compression_level, Z_DEFLATED, window_bits, memory_level, Z_DEFAULT_STRATEGY) != Z_OK)
            fail();
    }
    Deflating(const Deflating&) = delete;
    Deflating& operator=(const Deflating&) = delete;
    ~Deflating() { deflateEnd(&stream_); }

    void add(std::string_view piece) { run(piece, Z_NO_FLUSH); }
    void end() { run({}, Z_FINISH); }

private:
    void run(std::string_view piece, int flush)
    {
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));  // zlib reads it alone
        stream_.avail_in = static_cast<uInt>(piece.size());
        do {
            stream_.next_out = reinterpret_cast<Bytef*>(buffer_.data());
            stream_.avail_out = static_cast<uInt>(buffer_.size());
            if (deflate(&stream_, flush) == Z_STREAM_ERROR)
                fail();
            target_.append(std::string_view(buffer_).substr(0, buffer_.size() - stream_.avail_out));
        } while (stream_.avail_out == 0);
    }

    Spool& target_;
    std::string buffer_;
    z_stream stream_ = {};
};

// At the end of the archive; what the header says is known once the bytes behind it are.
PackedFile packed(const Spool& contents, const ArchivedFile& file, Spool& archive)
{
    PackedFile packed{.path = file.path, .is_deflated = file.compressed, .size = file.size, .offset = archive.size()};
    const auto room = local_header(packed).size();
    archive.append(std::string(room, '\0'));
    std::optional<Deflating> deflating;
    if (file.compressed)
        deflating.emplace(archive);
    auto checksum = crc32(0, nullptr, 0);
    for (std::uint64_t done = 0; done < file.size;) {
        check_ending();
        const auto piece =
            contents.read(file.offset + done, static_cast<std::size_t>(std::min<std::uint64_t>(piece_bytes, file.size - done)));
        checksum = crc32(checksum, reinterpret_cast<const Bytef*>(piece.data()), static_cast<uInt>(piece.size()));
        if (deflating)
            deflating->add(piece);
        else
            archive.append(piece);
        done += piece.size();
    }
    if (deflating)
        deflating->end();
    packed.checksum = static_cast<std::uint32_t>(checksum);
    packed.packed_size = archive.size() - packed.offset - room;
    const auto header = local_header(packed);
    if (header.size() != room)  // a text of almost 4 GiB that deflate makes longer: no export has one
        fail();
    archive.write(packed.offset, header);
    return packed;
}

}  // namespace

ArchiveWriter::ArchiveWriter(const std::string& directory) : directory_(directory), contents_(directory) {}

void ArchiveWriter::begin(const std::string& path, bool compressed)
{
    end();
    if (!is_archive_path(path) || !paths_.insert(path).second)
        throw std::logic_error("no file of an archive can be named so, or one is already: " + path);
    files_.push_back({.path = path, .offset = contents_.size(), .compressed = compressed});
    is_open_ = true;
}

void ArchiveWriter::append(std::string_view bytes)
{
    if (!is_open_)
        throw std::logic_error("no file of the archive has been begun");
    contents_.append(bytes);
    digest_.add(bytes);
}

void ArchiveWriter::add(const std::string& path, std::string_view bytes, bool compressed)
{
    begin(path, compressed);
    append(bytes);
    end();
}

void ArchiveWriter::end()
{
    if (!std::exchange(is_open_, false))
        return;
    files_.back().size = contents_.size() - files_.back().offset;
    files_.back().sha256 = digest_.end();
}

const std::vector<ArchivedFile>& ArchiveWriter::files()
{
    end();
    return files_;
}

std::unique_ptr<Spool> ArchiveWriter::pack()
{
    auto files = this->files();
    std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    auto archive = std::make_unique<Spool>(directory_);
    std::vector<PackedFile> all;
    all.reserve(files.size());
    for (const auto& file : files)
        all.push_back(packed(contents_, file, *archive));
    const auto table = archive->size();
    for (const auto& file : all)
        archive->append(central_header(file));
    archive->append(end_of_archive(all.size(), table, archive->size() - table));
    return archive;
}

}  // namespace cbmx::base
