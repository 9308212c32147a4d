// What comes from elsewhere is bounded, and is in the one form that an export has, byte for byte, or is refused. That Python says
// the same: tests/examples/export.sh.
#include "unit/base/archive/archive_fixture.hpp"

namespace cbmx::test {
namespace {

using base::ArchiveReader;
using base::ArchiveWriter;
using base::PackedFile;

// One file of an archive that is put together by hand: as the writer would have it, and then changed.
struct Part {
    PackedFile facts;
    std::string data;         // packed
    std::string junk_before;  // bytes that belong to no file
    std::function<void(std::string& header)> change_local = [](std::string&) {};
    std::function<void(std::string& header)> change_central = [](std::string&) {};
};

std::function<void(std::string& header)> put(std::size_t at, const std::string& bytes)
{
    return [at, bytes](std::string& header) { header.replace(at, bytes.size(), bytes); };
}

std::string laid_out(std::vector<Part> parts, const std::string& junk_at_end = "")
{
    std::string bytes;
    for (auto& part : parts) {
        bytes += part.junk_before;
        part.facts.offset = bytes.size();
        auto header = base::local_header(part.facts);
        part.change_local(header);
        bytes.append(header).append(part.data);
    }
    bytes += junk_at_end;
    const auto table = bytes.size();
    for (const auto& part : parts) {
        auto header = base::central_header(part.facts);
        part.change_central(header);
        bytes += header;
    }
    return bytes + base::end_of_archive(parts.size(), table, bytes.size() - table);
}

class Reading : public ArchiveFixture {
protected:
    // As the writer packs it.
    Part part(const std::string& path, const std::string& text, bool compressed = false)
    {
        packed([&](ArchiveWriter& writer) { writer.add("x", text, compressed); });
        const auto all = bytes();
        Part made;
        made.facts = {.path = path,
                      .is_deflated = compressed,
                      .checksum = static_cast<std::uint32_t>(base::number_at(all, 14, 4)),
                      .packed_size = base::number_at(all, 18, 4),
                      .size = text.size()};
        made.data = all.substr(base::local_bytes + 1, made.facts.packed_size);
        return made;
    }
    std::vector<Part> two() { return {part("a", "1"), part("b", "2")}; }
    std::string said_of(const std::vector<Part>& parts, const std::string& junk_at_end = "")
    {
        return refusal(written(laid_out(parts, junk_at_end)));
    }
    // What is said of two files after a change of them.
    std::string with(const std::function<void(std::vector<Part>&)>& change)
    {
        auto parts = two();
        change(parts);
        return said_of(parts);
    }
    std::string read_of(const Part& one)
    {
        const ArchiveReader reader(written(laid_out({one})));
        return error_of([&] { reader.text(one.facts.path, 1 << 20); });
    }
};

constexpr const char* not_refused = "not refused";

TEST_F(Reading, WhatTheWriterPacksIsNotRefused)
{
    EXPECT_EQ(said_of(two()), not_refused);
    EXPECT_EQ(said_of({part("a", std::string(5000, 'z'), true), part("b", "", true), part("c", "")}), not_refused);
    EXPECT_EQ(said_of({}), not_refused);
}

TEST_F(Reading, WhatIsNoArchiveIsRefused)
{
    EXPECT_NE(refusal(file("none")).find("it cannot be read as a ZIP archive: "), std::string::npos);
    EXPECT_NE(refusal(directory()), not_refused);
    for (const char* text : {"", "PK\x03\x04 and then nothing", "PK\x05\x06"})
        EXPECT_EQ(refusal(written(text)), "it cannot be read as a ZIP archive: it does not end as one does");
    const auto whole = laid_out(two());
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_NE(refusal(written(whole.substr(0, size))), not_refused) << size;
}

TEST_F(Reading, NoByteStandsWhereNoneBelongs)
{
    const auto whole = laid_out(two());
    const std::string hidden = base::local_header({.path = "hidden", .checksum = 1, .packed_size = 1, .size = 1}) + "x";
    for (const auto& junk : {std::string("x"), hidden}) {
        EXPECT_EQ(refusal(written(junk + whole)), "it cannot be read as a ZIP archive: its table of contents is not right before its end");
        EXPECT_EQ(with([&](auto& parts) { parts[0].junk_before = junk; }), "a does not stand at its beginning");
        EXPECT_EQ(with([&](auto& parts) { parts[1].junk_before = junk; }), "b does not begin where the file before it ends");
        EXPECT_EQ(said_of(two(), junk), "something stands between its last file and its table of contents");
        auto before_the_end = whole;
        before_the_end.insert(whole.size() - base::end_bytes, junk);
        EXPECT_EQ(refusal(written(before_the_end)),
                  "it cannot be read as a ZIP archive: its table of contents is not right before its end");
        EXPECT_EQ(refusal(written(whole + junk)), "it cannot be read as a ZIP archive: it does not end as one does");
    }
    auto with_comment = whole;
    with_comment.replace(whole.size() - 2, 2, std::string("\x01\0c", 3));
    EXPECT_EQ(refusal(written(with_comment)), "it cannot be read as a ZIP archive: it does not end as one does");
}

// Any other byte anywhere is seen, when it is opened or when it is read; how deflate puts it is not looked at.
TEST_F(Reading, EveryByteIsTheOneThatBelongsThere)
{
    const auto whole = laid_out(two());
    for (std::size_t at = 0; at < whole.size(); ++at)
        for (unsigned bit = 0; bit < 8; ++bit) {
            auto changed = whole;
            changed[at] = static_cast<char>(changed[at] ^ (1U << bit));
            written(changed);
            EXPECT_NE(error_of([&] {
                          const ArchiveReader reader(file());
                          if (!reader.deviation().empty())
                              throw base::ArchiveError(reader.deviation());
                          for (const auto& path : reader.paths())
                              reader.text(path, 1000);
                      }),
                      "no error")
                << at << " " << bit;
        }
}

TEST_F(Reading, AHeaderOfAnotherFormIsNamed)
{
    const std::string in_table = " in the table of contents", in_own = " in its own header",
                      other = "b is not packed as an export packs it: its ";
    const auto central = [&](std::size_t at, const std::string& bytes) {
        return with([&](auto& parts) { parts[1].change_central = put(at, bytes); });
    };
    const auto local = [&](std::size_t at, const std::string& bytes) {
        return with([&](auto& parts) { parts[1].change_local = put(at, bytes); });
    };
    EXPECT_EQ(central(5, "\x03"), other + "version" + in_table) << "made by Unix";
    EXPECT_EQ(central(6, "\x2d"), other + "version" + in_table);
    EXPECT_EQ(central(8, "\x08"), other + "flags" + in_table);
    EXPECT_EQ(central(9, "\x08"), other + "flags" + in_table) << "UTF-8";
    EXPECT_EQ(central(12, "\x01"), other + "time" + in_table);
    EXPECT_EQ(central(14, "\x22"), other + "time" + in_table);
    EXPECT_EQ(central(34, "\x01"), other + "disk number" + in_table);
    EXPECT_EQ(central(36, "\x01"), other + "attributes" + in_table);
    EXPECT_EQ(central(41, "\x81"), other + "attributes" + in_table);
    EXPECT_EQ(local(4, "\x2d"), other + "version" + in_own);
    EXPECT_EQ(local(6, "\x08"), other + "flags" + in_own);
    EXPECT_EQ(local(10, "\x01"), other + "time" + in_own);
    // The two disagree: what one program unpacks another must not show otherwise.
    EXPECT_EQ(local(8, "\x08"), other + "method" + in_own);
    EXPECT_EQ(local(14, std::string("\0\0\0\0", 4)), other + "checksum" + in_own);
    EXPECT_EQ(local(18, "\x02"), other + "packed size" + in_own);
    EXPECT_EQ(local(22, "\x02"), other + "size" + in_own);
    EXPECT_EQ(local(30, "c"), other + "name" + in_own);
    EXPECT_EQ(central(46, "c"), "c is not packed as an export packs it: its name in its own header");
}

TEST_F(Reading, NothingIsAddedToAHeader)
{
    const std::string extra("\x99\x99\0\0", 4), other = "a is not packed as an export packs it: its ";
    EXPECT_EQ(with([&](auto& parts) { parts[0].change_local = [&](std::string& header) { header.append(extra).replace(28, 1, "\x04"); }; }),
              other + "extra field in its own header");
    EXPECT_EQ(
        with([&](auto& parts) { parts[0].change_central = [&](std::string& header) { header.append(extra).replace(30, 1, "\x04"); }; }),
        other + "extra field in the table of contents");
    EXPECT_EQ(with([&](auto& parts) { parts[0].change_central = [&](std::string& header) { header.append("c").replace(32, 1, "\x01"); }; }),
              other + "comment in the table of contents");
    // A descriptor behind the file, as programs write it that do not know the sizes before.
    EXPECT_EQ(with([&](auto& parts) {
                  parts[0].change_local = put(6, "\x08");
                  parts[0].change_central = put(8, "\x08");
                  parts[0].data += std::string("PK\x07\x08") + std::string(12, 'd');
              }),
              other + "flags in the table of contents");
}

TEST_F(Reading, FilesComeInOrderEachOnceEachInItsPlace)
{
    EXPECT_EQ(said_of({part("b", "2"), part("a", "1")}), "its files are not in the order of their names");
    EXPECT_EQ(said_of({part("a", "1"), part("a", "2")}), "a is in it twice");
    EXPECT_EQ(with([](auto& parts) {
                  parts[1].change_local = [](std::string& header) { header.clear(); };
                  parts[1].data.clear();
              }),
              "b is not where its table of contents says");
    EXPECT_EQ(with([](auto& parts) { parts[1].change_central = put(42, std::string(4, '\0')); }),
              "b does not begin where the file before it ends")
        << "both in one place";
    EXPECT_EQ(with([](auto& parts) { parts[1].change_central = put(42, "\xf0\xff\xff\x7f"); }), "b is not where its table of contents says")
        << "far beyond";
}

TEST_F(Reading, NamesThatNoExportGivesAreRefused)
{
    for (const char* name : {"../outside", "/etc/passwd", "a\\b", "a b", ".hidden", "a//b", "a/", "\xc3\xa9", "a\x01", ""})
        EXPECT_EQ(said_of({part("a", "1"), part(name, "2")}), "a file in it has a name that no export gives: its file 2") << name;
    EXPECT_EQ(said_of({part(std::string(201, 'a'), "1")}), "a file in it has a name that no export gives: its file 1");
    EXPECT_EQ(said_of({part(std::string(200, 'a'), "1")}), not_refused);
    EXPECT_EQ(said_of({part("folder/", ""), part("folder/one", "1")}), "a file in it has a name that no export gives: its file 1");
}

TEST_F(Reading, OtherWaysOfPackingAreRefused)
{
    const std::string other = "a is packed in a way that no export uses";
    EXPECT_EQ(with([](auto& parts) { parts[0].change_central = put(10, "\x0c"); }), other) << "bzip2";
    EXPECT_EQ(with([](auto& parts) { parts[0].change_central = put(8, "\x01"); }), other) << "encrypted";
    EXPECT_EQ(with([](auto& parts) { parts[0].facts.size = 2; }), other) << "stored, and of two sizes";
}

TEST_F(Reading, ItsLimitsAreKept)
{
    written(laid_out({part("one", std::string(600, '1'), true), part("two", std::string(600, '2'), true)}));
    EXPECT_EQ(refusal(file()), not_refused);
    EXPECT_EQ(refusal(file(), {.files = 1}), "it holds more than 1 files");
    EXPECT_EQ(refusal(file(), {.path_bytes = 2}), "a file in it has a name that no export gives: its file 1");
    EXPECT_EQ(refusal(file(), {.file_bytes = 599}), "one is too large, or all files together are");
    EXPECT_EQ(refusal(file(), {.total_bytes = 1199}), "two is too large, or all files together are");
    const ArchiveReader reader(file());
    EXPECT_EQ(error_of([&] { reader.text("one", 599); }), "it is larger than 599 bytes");
}

// ZIP64 is there where a number needs it, and nowhere else.
TEST_F(Reading, LargeNumbersStandInTheirOwnPlacesWhereTheyAreNeeded)
{
    const PackedFile large{.path = "a", .packed_size = base::saturated, .size = base::saturated};
    const auto end_of_large = base::local_header(large).size() + large.size;
    auto small = part("b", "2");
    small.facts.offset = end_of_large;
    const auto small_bytes = base::local_header(small.facts) + small.data;
    const auto table = base::central_header(large) + base::central_header(small.facts);
    {
        std::ofstream out(file("large.zip"), std::ios::binary);  // with a hole of 4 GiB
        out << base::local_header(large);
        out.seekp(static_cast<std::streamoff>(end_of_large));
        out << small_bytes << table << base::end_of_archive(2, end_of_large + small_bytes.size(), table.size());
    }
    EXPECT_EQ(refusal(file("large.zip")), not_refused);
    const ArchiveReader reader(file("large.zip"));
    EXPECT_EQ(reader.size("a"), base::saturated);
    EXPECT_EQ(reader.text("b", 1), "2");

    const std::string all_ones(4, '\xff'), numbers("\x01\0\x10\0\x01\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0", 20);
    EXPECT_EQ(with([&](auto& parts) {
                  parts[0].change_central = [&](std::string& header) {
                      header.append(numbers).replace(20, 4, all_ones).replace(24, 4, all_ones).replace(30, 1, "\x14");
                  };
              }),
              "a is not packed as an export packs it: its packed size in the table of contents");
    EXPECT_EQ(with([&](auto& parts) {
                  parts[0].change_central = [&](std::string& header) { header.replace(20, 4, all_ones).replace(24, 4, all_ones); };
              }),
              "what it says of its file 1 cannot be read")
        << "without the place";
}

TEST_F(Reading, AnEndForLargeNumbersWithoutNeedIsRefused)
{
    const auto whole = laid_out(two());
    const auto small_end = whole.substr(whole.size() - base::end_bytes);
    auto large_end = base::end_of_archive(base::saturated_count, base::number_at(small_end, 16, 4), base::number_at(small_end, 12, 4));
    for (const std::size_t at : {24, 32})
        large_end.replace(at, 2, std::string("\x02\0", 2));
    const auto text = whole.substr(0, whole.size() - base::end_bytes).append(large_end);
    EXPECT_EQ(refusal(written(text)), "it cannot be read as a ZIP archive: its end has another form than an export's");
}

TEST_F(Reading, PackedBytesEndWhereTheyAreSaidToAndGiveWhatIsSaid)
{
    const std::string text(5000, 'z');
    const auto genuine = part("a", text, true);
    EXPECT_EQ(read_of(genuine), "no error");
    auto one = genuine;
    one.data += '\0', ++one.facts.packed_size;
    EXPECT_EQ(read_of(one), "it cannot be unpacked: something follows its packed bytes");
    one = genuine;
    one.data.append(genuine.data), one.facts.packed_size *= 2;
    EXPECT_EQ(read_of(one), "it cannot be unpacked: something follows its packed bytes") << "a second stream";
    one = genuine;
    one.data.pop_back(), --one.facts.packed_size;
    EXPECT_EQ(read_of(one), "it cannot be unpacked: its packed bytes end too early");
    one = genuine;
    one.data.clear(), one.facts.packed_size = 0;
    EXPECT_EQ(read_of(one), "it cannot be unpacked: its packed bytes end too early");
    one = genuine;
    one.data[0] = '\x07';  // a kind of block that there is not
    EXPECT_EQ(read_of(one), "it cannot be unpacked: its packed bytes are damaged");
    for (const auto size : {text.size() - 1, text.size() + 1, std::size_t{0}}) {
        one = genuine;
        one.facts.size = size;
        EXPECT_EQ(read_of(one), "it has not the size that the archive says") << size;
    }
    for (auto wrong : {genuine, part("a", text)}) {
        wrong.facts.checksum ^= 1;
        EXPECT_EQ(read_of(wrong), "it has not the checksum that the archive says");
    }
    const ArchiveReader reader(written(laid_out({genuine})));
    EXPECT_EQ(error_of([&] { reader.text("two", 100); }), "it is missing");
}

TEST_F(Reading, ABombEndsAtTheStatedSize)
{
    auto bomb = part("a", std::string(8'000'000, '\0'), true);
    bomb.facts.size = 10;
    const ArchiveReader reader(written(laid_out({bomb})));
    std::size_t taken = 0;
    EXPECT_EQ(error_of([&] { reader.read("a", [&](std::string_view piece) { taken += piece.size(); }); }),
              "it has not the size that the archive says");
    EXPECT_LE(taken, 10U);
}

TEST_F(Reading, LinesComeOneByOneHoweverTheyLieInPieces)
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
    EXPECT_EQ(error_of([&] { reader.lines("lines", 50, take); }), "a line of it is longer than 50 bytes");
}

}  // namespace
}  // namespace cbmx::test
