// A ZIP archive (libzip): written file by file, read by path. What is read may come from anywhere: its number of files, their
// paths and sizes are bounded, and its two tables of contents must agree, so that every program unpacks the same files from
// it. One thread at a time.
#pragma once
#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "base/disk/spool.hpp"
#include <ctime>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

struct zip;

namespace cbmx::base {

struct ArchivedFile {
    std::string path;
    std::uint64_t offset = 0, size = 0;  // in the spool of contents
    Hash sha256{};
    bool compressed = true;
};

// "records/reports/7d6f.json": names of letters, digits, '.', '_' and '-', each beginning with a letter or digit, '/'-joined.
// Whatever unpacks it stays in its own directory.
bool is_archive_path(std::string_view path);

// Contents lie in a spool until they are packed; of each file only its path, place and hash are in memory.
// Throws std::system_error when the disk fails, std::logic_error for a path that is none or was there before.
class ArchiveWriter {
public:
    explicit ArchiveWriter(const std::string& directory);  // where the spools go
    void begin(const std::string& path, bool compressed = true);
    void append(std::string_view bytes);  // to the file begun last
    void add(const std::string& path, std::string_view bytes, bool compressed = true);
    const std::vector<ArchivedFile>& files();  // as added; ends the one begun last
    // The archive; every file in it bears this time. Throws std::runtime_error when it cannot be packed.
    std::unique_ptr<Spool> pack(std::time_t time);

private:
    void end();
    std::string directory_;
    Spool contents_;
    std::vector<ArchivedFile> files_;
    std::set<std::string, std::less<>> paths_;
    Sha256 digest_;
    bool is_open_ = false;
};

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
    explicit ArchiveReader(const std::string& file, ArchiveLimits limits = {});  // throws ArchiveError
    const std::vector<std::string>& paths() const { return paths_; }             // sorted
    bool holds(std::string_view path) const { return places_.contains(path); }
    // All functions below throw ArchiveError when there is no such file, or its bytes are damaged.
    std::uint64_t size(std::string_view path) const;
    void read(std::string_view path, const std::function<void(std::string_view piece)>& take) const;
    std::string text(std::string_view path, std::uint64_t at_most) const;  // also when it is larger
    // Without its newline, which the last line must have too. Also when a line is longer.
    void lines(std::string_view path, std::size_t at_most, const std::function<void(std::string_view line)>& take) const;

private:
    struct Close {
        void operator()(zip* archive) const;
    };
    struct Place {
        std::uint64_t index = 0, size = 0;
    };
    void open(const std::string& file, int flags);
    void look_through(const ArchiveLimits& limits);
    std::unique_ptr<zip, Close> archive_;
    std::vector<std::string> paths_;
    std::map<std::string, Place, std::less<>> places_;
};

}  // namespace cbmx::base
