// An archive gives back what was put in; what comes from elsewhere is bounded, and read by all programs alike or not at all.
#include "base/archive.hpp"
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <zip.h>

namespace cbmx::test {
namespace {

using base::ArchiveError;
using base::ArchiveReader;
using base::ArchiveWriter;

constexpr std::time_t some_time = 1'769'860'800;  // 2026-01-31

class Archive : public ::testing::Test {
protected:
    Archive()
    {
        auto pattern = (std::filesystem::temp_directory_path() / "cbmx-archive-XXXXXX").string();
        directory_ = mkdtemp(pattern.data());
    }
    ~Archive() override { std::filesystem::remove_all(directory_); }

    std::string file(const std::string& name = "archive.zip") const { return directory_ / name; }
    // Packs what the work has added.
    template <class Work>
    std::string packed(const Work& work)
    {
        ArchiveWriter writer(directory_);
        work(writer);
        const auto spool = writer.pack(some_time);
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
    // As any other program would, without the rules of ours.
    std::string packed_by_others(const std::vector<std::pair<std::string, std::string>>& files, int method = ZIP_CM_DEFLATE)
    {
        std::filesystem::remove(file());
        auto* archive = zip_open(file().c_str(), ZIP_CREATE, nullptr);
        for (const auto& [name, content] : files) {
            const auto index = zip_file_add(archive, name.c_str(), zip_source_buffer(archive, content.data(), content.size(), 0), 0);
            zip_set_file_compression(archive, static_cast<zip_uint64_t>(index), method, 0);
        }
        EXPECT_EQ(zip_close(archive), 0);
        return file();
    }
    std::string refusal(const std::string& path, base::ArchiveLimits limits = {})
    {
        try {
            ArchiveReader reader(path, limits);
        } catch (const ArchiveError& error) {
            return error.what();
        }
        return "not refused";
    }
    template <class Work>
    static std::string error_of(const Work& work)
    {
        try {
            work();
        } catch (const ArchiveError& error) {
            return error.what();
        }
        return "no error";
    }

private:
    std::filesystem::path directory_;
};

TEST_F(Archive, GivesBackWhatWasPutIn)
{
    const std::string large(300'000, 'x');
    const ArchiveReader reader(packed([&](ArchiveWriter& writer) {
        writer.add("b", "second");
        writer.begin("a/large.txt");
        for (int i = 0; i < 3; ++i)
            writer.append(std::string_view(large).substr(0, 100'000));
        writer.add("empty", "");
        writer.add("a/stored.pdf", large, false);
    }));
    EXPECT_EQ(reader.paths(), (std::vector<std::string>{"a/large.txt", "a/stored.pdf", "b", "empty"}));
    EXPECT_EQ(reader.text("b", 100), "second");
    EXPECT_EQ(reader.text("empty", 100), "");
    EXPECT_EQ(reader.size("a/large.txt"), large.size());
    EXPECT_TRUE(reader.text("a/large.txt", large.size()) == large && reader.text("a/stored.pdf", large.size()) == large);
    std::size_t pieces = 0;
    reader.read("a/large.txt", [&pieces](std::string_view) { ++pieces; });
    EXPECT_GT(pieces, 4U) << "not all of it in memory at once";
    EXPECT_TRUE(reader.holds("b"));
    EXPECT_FALSE(reader.holds("c"));
}

TEST_F(Archive, TellsOfEachFileItsHash)
{
    ArchiveWriter writer(std::filesystem::temp_directory_path());
    writer.begin("one");
    writer.append("to");
    writer.append("gether");
    writer.add("two", "");
    ASSERT_EQ(writer.files().size(), 2U);
    EXPECT_EQ(writer.files()[0].sha256, base::sha256("together"));
    EXPECT_EQ(writer.files()[1].sha256, base::sha256(""));
}

TEST_F(Archive, EqualContentGivesEqualBytes)
{
    const auto work = [](ArchiveWriter& writer) { writer.add("one", std::string(1000, 'y')), writer.add("two", "2"); };
    packed(work);
    const auto first = bytes();
    packed(work);
    EXPECT_TRUE(first == bytes());
}

TEST_F(Archive, APathLeavesNoDirectory)
{
    for (const char* path : {"a", "records/reports/7d6f2a41.json", "SHA256SUMS", "a-b_c.d/e", "signing-keys.json"})
        EXPECT_TRUE(base::is_archive_path(path)) << path;
    for (const char* path :
         {"", "/", "/a", "a/", "a//b", "..", "../a", "a/../b", "a/.b", ".a", "-a", "a b", "a\\b", "a:b", "C:/a", "\xc3\xa9", "a\nb", "a*"})
        EXPECT_FALSE(base::is_archive_path(path)) << path;
    ArchiveWriter writer(std::filesystem::temp_directory_path());
    EXPECT_THROW(writer.add("../a", ""), std::logic_error);
    writer.add("a", "");
    EXPECT_THROW(writer.add("a", ""), std::logic_error) << "twice";
    ArchiveWriter fresh(std::filesystem::temp_directory_path());
    EXPECT_THROW(fresh.append("nothing was begun"), std::logic_error);
}

TEST_F(Archive, WhatIsNoArchiveIsRefused)
{
    EXPECT_NE(refusal(file("none")).find("cannot be read as a ZIP archive"), std::string::npos);
    EXPECT_NE(refusal(written("PK\x03\x04 and then nothing")).find("cannot be read as a ZIP archive"), std::string::npos);
    packed([](ArchiveWriter& writer) { writer.add("one", std::string(5000, 'z')), writer.add("two", "2"); });
    const auto whole = bytes();
    for (const auto size : {whole.size() - 1, whole.size() / 2, std::size_t{10}})
        EXPECT_NE(refusal(written(whole.substr(0, size))), "not refused") << size;
}

TEST_F(Archive, NamesThatNoExportGivesAreRefused)
{
    for (const char* name : {"../outside", "/etc/passwd", "a\\b", "a b", ".hidden", "a//b"})
        EXPECT_NE(refusal(packed_by_others({{"one", "1"}, {name, "2"}})).find("a name that no export gives: its file 2"), std::string::npos)
            << name;
    EXPECT_NE(refusal(packed_by_others({{std::string(201, 'a'), "1"}})).find("a name that no export gives"), std::string::npos);
    EXPECT_EQ(refusal(packed_by_others({{"folder/", ""}, {"folder/one", "1"}})), "not refused") << "folders are no files";
    EXPECT_NE(refusal(packed_by_others({{"folder/", "with bytes"}})), "not refused");
    EXPECT_NE(refusal(packed_by_others({{"../", ""}})), "not refused");
}

TEST_F(Archive, ItsLimitsAreKept)
{
    packed_by_others({{"one", std::string(600, '1')}, {"two", std::string(600, '2')}});
    EXPECT_EQ(refusal(file()), "not refused");
    EXPECT_NE(refusal(file(), {.files = 1}).find("more than 1 files"), std::string::npos);
    EXPECT_NE(refusal(file(), {.path_bytes = 2}).find("a name"), std::string::npos);
    EXPECT_NE(refusal(file(), {.file_bytes = 599}).find("one is too large"), std::string::npos);
    EXPECT_NE(refusal(file(), {.total_bytes = 1199}).find("two is too large, or all files together are"), std::string::npos);
    const ArchiveReader reader(file());
    EXPECT_NE(error_of([&] { reader.text("one", 599); }).find("larger than 599 bytes"), std::string::npos);
}

TEST_F(Archive, OtherWaysOfPackingAreRefused)
{
    EXPECT_EQ(refusal(packed_by_others({{"one", "1"}}, ZIP_CM_STORE)), "not refused");
    EXPECT_NE(refusal(packed_by_others({{"one", std::string(5000, '1')}}, ZIP_CM_BZIP2)).find("one is packed in a way that no export uses"),
              std::string::npos);
}

TEST_F(Archive, TwoFilesOfOneNameAreRefused)
{
    packed_by_others({{"aaaa", "1"}, {"bbbb", "2"}});
    auto twice = bytes();
    for (std::size_t at; (at = twice.find("bbbb")) != std::string::npos;)
        twice.replace(at, 4, "aaaa");
    EXPECT_EQ(refusal(written(twice)), "aaaa is in it twice");
}

// A ZIP names each file twice: what one program shows under a name another must not show under a different one.
TEST_F(Archive, TwoTablesOfContentsThatDisagreeAreRefused)
{
    packed_by_others({{"aaaa", "1"}, {"bbbb", "2"}});
    const auto whole = bytes();
    for (const auto at : {whole.find("bbbb"), whole.rfind("bbbb")}) {
        auto changed = whole;
        changed.replace(at, 4, "cccc");
        EXPECT_NE(refusal(written(changed)).find("inconsistent"), std::string::npos) << at;
    }
}

TEST_F(Archive, DamagedBytesAreFoundWhenTheyAreRead)
{
    std::string text;
    for (int i = 0; i < 20'000; ++i)
        text += std::to_string(i * 7919 % 10'007) + " ";
    packed([&text](ArchiveWriter& writer) { writer.add("one", text); });
    auto damaged = bytes();
    damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 1);
    const ArchiveReader reader(written(damaged));
    EXPECT_NE(error_of([&] { reader.text("one", text.size()); }).find("it cannot be unpacked"), std::string::npos);
    EXPECT_EQ(error_of([&] { reader.text("two", 100); }), "it is missing");
}

TEST_F(Archive, LinesComeOneByOneHoweverTheyLieInPieces)
{
    std::string text;
    std::vector<std::string> expected;
    for (int i = 0; i < 3000; ++i) {
        expected.push_back(std::string(static_cast<std::size_t>(i % 97), 'l') + std::to_string(i));
        text += expected.back() + "\n";
    }
    const ArchiveReader reader(packed([&](ArchiveWriter& writer) {
        writer.add("lines", text), writer.add("open", "one\ntwo"), writer.add("none", ""), writer.add("blank", "\n\n");
    }));
    std::vector<std::string> found;
    const auto take = [&found](std::string_view line) { found.emplace_back(line); };
    reader.lines("lines", 200, take);
    EXPECT_TRUE(found == expected);
    found.clear();
    reader.lines("blank", 200, take);
    EXPECT_EQ(found.size(), 2U);
    reader.lines("none", 200, take);
    EXPECT_EQ(found.size(), 2U);
    EXPECT_EQ(error_of([&] { reader.lines("open", 200, take); }), "its last line does not end");
    EXPECT_NE(error_of([&] { reader.lines("lines", 50, take); }).find("a line of it is longer than 50 bytes"), std::string::npos);
}

}  // namespace
}  // namespace cbmx::test
