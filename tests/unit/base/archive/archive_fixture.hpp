// Archives in a directory of their own: what the writer packs, what others change in it, and what the reader says of it.
#pragma once
#include "base/archive/reader.hpp"
#include "base/archive/writer.hpp"
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

namespace cbmx::test {

class ArchiveFixture : public ::testing::Test {
protected:
    ArchiveFixture()
    {
        auto pattern = (std::filesystem::temp_directory_path() / "cbmx-archive-XXXXXX").string();
        directory_ = mkdtemp(pattern.data());
    }
    ~ArchiveFixture() override { std::filesystem::remove_all(directory_); }

    std::string directory() const { return directory_.string(); }
    std::string file(const std::string& name = "archive.zip") const { return directory_ / name; }
    // Packs what the work has added.
    template <class Work>
    std::string packed(const Work& work)
    {
        base::ArchiveWriter writer(directory_);
        work(writer);
        const auto spool = writer.pack();
        std::filesystem::remove(file());
        base::save(*spool, file());
        return file();
    }
    std::string written(const std::string& bytes)
    {
        std::ofstream(file(), std::ios::binary) << bytes;
        return file();
    }
    std::string bytes() const
    {
        std::ifstream in(file(), std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    // Why it cannot be read, or in what it is no export's.
    static std::string refusal(const std::string& path, base::ArchiveLimits limits = {})
    {
        try {
            const base::ArchiveReader reader(path, limits);
            return reader.deviation().empty() ? "not refused" : reader.deviation();
        } catch (const base::ArchiveError& error) {
            return error.what();
        }
    }
    template <class Work>
    static std::string error_of(const Work& work)
    {
        try {
            work();
        } catch (const base::ArchiveError& error) {
            return error.what();
        }
        return "no error";
    }

private:
    std::filesystem::path directory_;
};

}  // namespace cbmx::test
