// An archive gives back what was put in, and equal files give equal bytes. What others make of it: reader_test.cpp.
#include "unit/base/archive/archive_fixture.hpp"

namespace cbmx::test {
namespace {

using base::ArchiveReader;
using base::ArchiveWriter;

using Archive = ArchiveFixture;

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

TEST_F(Archive, EqualFilesGiveEqualBytesInWhateverOrderTheyWereAdded)
{
    packed([](ArchiveWriter& writer) { writer.add("one", std::string(1000, 'y')), writer.add("two", "2"); });
    const auto first = bytes();
    packed([](ArchiveWriter& writer) { writer.add("two", "2"), writer.add("one", std::string(1000, 'y')); });
    EXPECT_TRUE(first == bytes());
}

// Every byte of the headers, as PKWARE's APPNOTE has them.
TEST_F(Archive, ItsBytesAreThese)
{
    packed([](ArchiveWriter& writer) { writer.add("b", "hi", false), writer.add("a", "", true); });
    const std::string facts_of_a("\x14\0\0\0\x08\0\0\0\x21\0\0\0\0\0\x02\0\0\0\0\0\0\0\x01\0\0\0", 26);
    const std::string facts_of_b("\x14\0\0\0\0\0\0\0\x21\0\xac\x2a\x93\xd8\x02\0\0\0\x02\0\0\0\x01\0\0\0", 26);
    const std::string stream_of_nothing("\x03\0", 2), version("\x14\0", 2), nothing(10, '\0'), at_0(4, '\0'), at_33("\x21\0\0\0", 4);
    const std::string end("\0\0\0\0\x02\0\x02\0\x5e\0\0\0\x42\0\0\0\0\0", 18);
    std::string expected;
    for (const std::string_view part : std::initializer_list<std::string_view>{"PK\x03\x04", facts_of_a, "a",        stream_of_nothing,  //
                                                                               "PK\x03\x04", facts_of_b, "b",        "hi",               //
                                                                               "PK\x01\x02", version,    facts_of_a, nothing,
                                                                               at_0,         "a",  //
                                                                               "PK\x01\x02", version,    facts_of_b, nothing,
                                                                               at_33,        "b",  //
                                                                               "PK\x05\x06", end})
        expected += part;
    EXPECT_EQ(bytes(), expected);
}

// No more than 65,534 have their number in the end itself.
TEST_F(Archive, LargeNumbersOfFilesAreCounted)
{
    for (const std::size_t count : {65'534U, 65'535U}) {
        packed([count](ArchiveWriter& writer) {
            for (std::size_t i = 0; i < count; ++i)
                writer.add("f" + std::to_string(i), "x", false);
        });
        EXPECT_EQ(refusal(file()), "not refused");
        EXPECT_EQ(ArchiveReader(file()).paths().size(), count);
        EXPECT_EQ(bytes().find("PK\x06\x06") != std::string::npos, count == 65'535U);
    }
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

}  // namespace
}  // namespace cbmx::test
