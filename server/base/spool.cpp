// See spool.hpp.
#include "base/spool.hpp"
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace cbmx::base {
namespace {

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

}  // namespace

Spool::Spool(const std::string& directory) : descriptor_(open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600))
{
    if (descriptor_ < 0)
        fail("cannot make a temporary file");
}

Spool::~Spool() { close(descriptor_); }

void Spool::append(std::string_view bytes)
{
    while (!bytes.empty()) {
        const auto written = pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(size_));
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            fail("cannot write a temporary file");
        size_ += static_cast<std::uint64_t>(written);
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

}  // namespace cbmx::base
