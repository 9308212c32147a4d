// Archives from anybody: unpacking ends at the stated sizes, whatever comes; and of one that is taken as an export's, a program that
// reads from the front and never looks at the table of contents finds the same files. See server/base/archive/reader.hpp.
#include "base/archive/reader.hpp"
#include "fuzz/target.hpp"
#include <stdexcept>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

using cbmx::fuzz::must;
using namespace cbmx;

namespace {

constexpr base::ArchiveLimits limits{.files = 100, .path_bytes = 50, .file_bytes = 1 << 20, .total_bytes = 4 << 20};

// One after the other from the front: path and text, by the headers before the files alone.
class FromTheFront {
public:
    explicit FromTheFront(std::string_view archive) : rest_(archive) {}

    void must_be(const std::string& path, const std::string& text)
    {
        must(rest_.size() >= base::local_bytes && base::number_at(rest_, 0, 4) == base::local_mark, "a file follows the one before", path);
        const auto path_bytes = base::number_at(rest_, 26, 2), packed_size = base::number_at(rest_, 18, 4);
        const auto checksum = crc32(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size()));
        must(rest_.substr(base::local_bytes, path_bytes) == path, "both ways of reading find the same names", path);
        must(base::number_at(rest_, 22, 4) == text.size() && base::number_at(rest_, 14, 4) == checksum, "and the same texts", path);
        must(base::number_at(rest_, 6, 2) == 0 && base::number_at(rest_, 28, 2) == 0, "nothing is beside them", path);
        const auto bytes = base::local_bytes + path_bytes + packed_size;
        must(bytes <= rest_.size(), "a file ends within the archive", path);
        rest_.remove_prefix(bytes);
    }
    void must_end() const
    {
        const auto next = base::number_at(rest_, 0, 4);
        must(next == base::central_mark || next == base::end_mark, "the table of contents follows the last file");
    }

private:
    std::string_view rest_;
};

void check(const base::ArchiveReader& reader, std::string_view archive)
{
    FromTheFront front(archive);
    bool is_whole = reader.deviation().empty();
    for (const auto& path : reader.paths()) {
        std::string text;
        try {
            reader.read(path, [&](std::string_view piece) {
                text += piece;
                must(text.size() <= reader.size(path), "unpacking ends at the stated size", path);
            });
            must(text.size() == reader.size(path), "what is unpacked has the stated size", path);
        } catch (const base::ArchiveError&) {
            is_whole = false;
        }
        if (is_whole)
            front.must_be(path, text);
    }
    if (is_whole)
        front.must_end();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    const std::string_view archive(reinterpret_cast<const char*>(bytes), size);
    const int file = memfd_create("archive", MFD_CLOEXEC);
    if (file < 0 || write(file, archive.data(), archive.size()) != static_cast<ssize_t>(archive.size()))
        throw std::runtime_error("no memory for an archive");
    try {
        check(base::ArchiveReader("/proc/self/fd/" + std::to_string(file), limits), archive);
    } catch (const base::ArchiveError&) {
        // it is none
    }
    close(file);
    return 0;
}
