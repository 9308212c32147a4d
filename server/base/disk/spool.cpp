// See spool.hpp.
#include "base/disk/spool.hpp"
#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace cbmx::base {
namespace {

constexpr std::size_t piece_bytes = 64 * 1024;

[[noreturn]] void fail(const std::string& what) { throw std::system_error(errno, std::generic_category(), what); }

// Is removed again unless it was written completely.
struct Begun {
    const std::string& file;
    int descriptor = -1;
    bool is_whole = false;
    ~Begun()
    {
        if (descriptor < 0)
            return;
        close(descriptor);
        if (!is_whole)
            unlink(file.c_str());
    }
};

void write_all(int descriptor, std::string_view bytes)
{
    while (!bytes.empty()) {
        const auto written = write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            fail("cannot write the file");
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
}

}  // namespace

Spool::Spool(const std::string& directory) : descriptor_(open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600))
{
    if (descriptor_ < 0)
        fail("cannot make a temporary file");
}

Spool::~Spool() { close(descriptor_); }

void Spool::write(std::uint64_t offset, std::string_view bytes)
{
    while (!bytes.empty()) {
        const auto written = pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            fail("cannot write a temporary file");
        offset += static_cast<std::uint64_t>(written);
        size_ = std::max(size_, offset);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
}

std::string Spool::read(std::uint64_t offset, std::size_t at_most) const
{
    std::string bytes(at_most, '\0');
    std::size_t filled = 0;
    while (filled < at_most) {
        const auto got = pread(descriptor_, bytes.data() + filled, at_most - filled, static_cast<off_t>(offset + filled));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            fail("cannot read a temporary file");
        if (got == 0)
            break;
        filled += static_cast<std::size_t>(got);
    }
    bytes.resize(filled);
    return bytes;
}

void save(const Spool& spool, const std::string& file)
{
    Begun begun{file, open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
    if (begun.descriptor < 0)
        fail("cannot make " + file);
    for (std::uint64_t done = 0; done < spool.size(); done += piece_bytes)
        write_all(begun.descriptor, spool.read(done, piece_bytes));
    if (fsync(begun.descriptor) != 0)
        fail("cannot write " + file);
    begun.is_whole = true;
}

}  // namespace cbmx::base
