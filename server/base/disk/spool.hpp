// A file without a name: written once, then read in pieces, gone when it is released or the process ends. For answers that
// are too large for memory. Throws std::system_error when the disk fails. One thread at a time.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace cbmx::base {

class Spool {
public:
    explicit Spool(const std::string& directory);
    ~Spool();
    Spool(const Spool&) = delete;
    Spool& operator=(const Spool&) = delete;

    void append(std::string_view bytes) { write(size_, bytes); }
    void write(std::uint64_t offset, std::string_view bytes);
    std::uint64_t size() const { return size_; }
    std::string read(std::uint64_t offset, std::size_t at_most) const;  // less only at the end

private:
    int descriptor_ = -1;
    std::uint64_t size_ = 0;
};

// Its bytes as a new file (mode 0600), on the disk when this returns. Throws std::system_error, also when there is such a
// file already; then nothing is left of it.
void save(const Spool& spool, const std::string& file);

}  // namespace cbmx::base
