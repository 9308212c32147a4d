// An archive that may come from anybody, as an export has it (form.hpp) and in no other form. Number of files, paths and sizes are
// bounded, and unpacking ends at the stated size. Every byte of the file is looked at: one that stands where none belongs, or is
// another than the writer's, is a fault or a deviation. Nothing is compressed again. client-examples/verify_export.py reads in the
// same way and says the same sentences without this code. One thread at a time.
#pragma once
#include "base/archive/form.hpp"
#include <functional>
#include <map>
#include <stdexcept>
#include <vector>

namespace cbmx::base {

// What cannot be read, as a sentence: "it is missing".
struct ArchiveError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct ArchiveLimits {
    std::size_t files = 1'000'000;
    std::size_t path_bytes = 200;
    std::uint64_t file_bytes = std::uint64_t{8} << 30;  // unpacked
    std::uint64_t total_bytes = std::uint64_t{64} << 30;
};

class ArchiveReader {
public:
    explicit ArchiveReader(const std::string& file, const ArchiveLimits& limits = {});  // throws ArchiveError
    ArchiveReader(const ArchiveReader&) = delete;
    ArchiveReader& operator=(const ArchiveReader&) = delete;
    ~ArchiveReader();

    // The first thing in which the archive is no export's although it is clear what is in it, as a sentence; empty: it is one's.
    const std::string& deviation() const { return deviation_; }
    const std::vector<std::string>& paths() const { return paths_; }  // sorted
    bool holds(std::string_view path) const { return places_.contains(path); }
    // All functions below throw ArchiveError when there is no such file, or its bytes are damaged.
    std::uint64_t size(std::string_view path) const;
    void read(std::string_view path, const std::function<void(std::string_view piece)>& take) const;
    std::string text(std::string_view path, std::uint64_t at_most) const;  // also when it is larger
    // Without its newline, which the last line must have too. Also when a line is longer.
    void lines(std::string_view path, std::size_t at_most, const std::function<void(std::string_view line)>& take) const;

private:
    struct Place {
        PackedFile file;
        std::uint64_t begin = 0;  // of its packed bytes
    };
    struct Table {
        std::uint64_t files = 0, offset = 0, size = 0;
    };
    std::string bytes(std::uint64_t offset, std::uint64_t count) const;  // fewer at the end alone
    Table end() const;
    void look_through(const Table& table, const ArchiveLimits& limits);
    PackedFile next_file(std::uint64_t number, std::uint64_t& at, std::uint64_t table_end, const ArchiveLimits& limits);
    std::uint64_t begin_of(const PackedFile& file);  // of its packed bytes, behind its header
    void deviates(std::string sentence);
    template <class Take>
    void each_packed_piece(const Place& place, const Take& take) const;
    template <class Take>
    void inflate(const Place& place, const Take& take) const;

    int descriptor_ = -1;
    std::uint64_t size_ = 0;  // of the archive
    std::string deviation_;
    std::vector<std::string> paths_;
    std::map<std::string, Place, std::less<>> places_;
};

}  // namespace cbmx::base
