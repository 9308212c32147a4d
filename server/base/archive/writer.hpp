// An archive of an export, written file by file; its form: form.hpp. One thread at a time.
#pragma once
#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "base/disk/spool.hpp"
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace cbmx::base {

struct ArchivedFile {
    std::string path;
    std::uint64_t offset = 0, size = 0;  // in the spool of contents
    Hash sha256{};
    bool compressed = true;
};

// Contents lie in a spool until they are packed; of each file only its path, place and hash are in memory.
// Throws std::system_error when the disk fails, std::logic_error for a path that is none (is_archive_path) or was there before.
class ArchiveWriter {
public:
    explicit ArchiveWriter(const std::string& directory);  // where the spools go
    void begin(const std::string& path, bool compressed = true);
    void append(std::string_view bytes);  // to the file begun last
    void add(const std::string& path, std::string_view bytes, bool compressed = true);
    const std::vector<ArchivedFile>& files();  // as added; ends the one begun last
    // The archive: equal files give equal bytes, in whatever order they were added. Throws std::runtime_error when zlib fails.
    std::unique_ptr<Spool> pack();

private:
    void end();
    std::string directory_;
    Spool contents_;
    std::vector<ArchivedFile> files_;
    std::set<std::string, std::less<>> paths_;
    Sha256 digest_;
    bool is_open_ = false;
};

}  // namespace cbmx::base
