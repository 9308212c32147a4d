// RFC 4180 read and written, and the guard against formulas both ways. See server/base/csv.hpp.
#include "base/csv.hpp"
#include <gtest/gtest.h>

namespace cbmx::base {
namespace {

using Cells = std::vector<std::string>;

Cells only_row(std::string_view text)
{
    const auto read = read_csv(text);
    EXPECT_FALSE(read.fault) << text;
    EXPECT_EQ(read.rows.size(), 1U) << text;
    return read.rows.empty() ? Cells{} : read.rows.front().cells;
}

TEST(Csv, LinesEndWithCrlfOrLfAndTheLastWithNeither)
{
    for (const auto* text : {"a,b\r\nc,d\r\n", "a,b\nc,d\n", "a,b\r\nc,d",
                             "\xEF\xBB\xBF"
                             "a,b\nc,d"}) {
        const auto read = read_csv(text);
        ASSERT_EQ(read.rows.size(), 2U);
        EXPECT_EQ(read.rows[0].cells, (Cells{"a", "b"}));
        EXPECT_EQ(read.rows[1].cells, (Cells{"c", "d"}));
    }
}

TEST(Csv, AQuotedCellKeepsSeparatorsQuotesAndLineBreaks)
{
    EXPECT_EQ(only_row("\"a,b\",\"say \"\"yes\"\"\",\"two\r\nlines\"\n"), (Cells{"a,b", "say \"yes\"", "two\r\nlines"}));
    EXPECT_EQ(only_row("\"\",x,\"\""), (Cells{"", "x", ""}));
    EXPECT_EQ(only_row("a,,"), (Cells{"a", "", ""}));
}

TEST(Csv, ARecordNamesTheLineOnWhichItBegins)
{
    const auto read = read_csv("h\n\n\"one\ntwo\"\r\nlast");
    ASSERT_EQ(read.rows.size(), 3U);
    EXPECT_EQ(read.rows[0].line, 1U);
    EXPECT_EQ(read.rows[1].line, 3U);
    EXPECT_EQ(read.rows[2].line, 5U);
}

TEST(Csv, AFaultIsNamedWithItsLineAndWhatCameBeforeIsKept)
{
    struct Case {
        const char* text;
        std::size_t line;
        CsvProblem what;
    };
    for (const auto& [text, line, what] :
         {Case{"a\nb\"c\n", 2, CsvProblem::stray_quote}, Case{"a\n\"b\"c\n", 2, CsvProblem::stray_quote},
          Case{"a\nb,\"c\n\nd", 2, CsvProblem::unclosed_quote}, Case{"a\nb\rc", 2, CsvProblem::stray_return},
          Case{"a\n\"", 2, CsvProblem::unclosed_quote}, Case{"a\n\"x\ny\"\rz", 3, CsvProblem::stray_return}}) {
        const auto read = read_csv(text);
        ASSERT_TRUE(read.fault) << text;
        EXPECT_EQ(read.fault->line, line) << text;
        EXPECT_EQ(read.fault->what, what) << text;
        EXPECT_EQ(read.rows.size(), 1U) << text;
    }
}

TEST(Csv, AnEmptyTextHasNoRows)
{
    for (const auto* text : {"", "\n\r\n", "\xEF\xBB\xBF"}) {
        EXPECT_TRUE(read_csv(text).rows.empty());
        EXPECT_FALSE(read_csv(text).fault);
    }
}

TEST(Csv, RecordsComeOneByOneUntilTheReaderHasEnough)
{
    std::vector<std::string> first;
    const auto take_two = [&first](CsvRow row) {
        first.push_back(row.cells.at(0));
        return first.size() < 2;
    };
    EXPECT_FALSE(each_csv_row("a\nb\nc\n\"d", {}, take_two)) << "what comes behind is not read";
    EXPECT_EQ(first, (Cells{"a", "b"}));
    const auto take_all = [](CsvRow) { return true; };
    EXPECT_EQ(each_csv_row("a\nb\nc\n\"d", {}, take_all).value().line, 4U);
}

TEST(Csv, OfAWideRecordTheFirstCellsAreKeptAndAllAreCounted)
{
    each_csv_row("a;b;;\"d;\";", {.separator = ';', .max_cells = 2}, [](const CsvRow& row) {
        EXPECT_EQ(row.cells, (Cells{"a", "b"}));
        EXPECT_EQ(row.width, 5U);
        return true;
    });
    EXPECT_EQ(read_csv("a,b").rows.at(0).width, 2U);
}

TEST(Csv, AnotherSeparatorCanBeRead) { EXPECT_EQ(read_csv("a;\"b;c\";d,e", ';').rows.at(0).cells, (Cells{"a", "b;c", "d,e"})); }

TEST(Csv, ACellThatASpreadsheetWouldRunIsGuarded)
{
    for (const std::string cell : {"=1+1", "+56225550101 office", "-2", "@SUM(A1)", "\tx", "\rx", "'=1", "''+1"}) {
        EXPECT_EQ(escape_formula(cell), "'" + cell);
        EXPECT_EQ(unescape_formula(escape_formula(cell)), cell);
    }
    for (const std::string cell : {"", "a", "'", "'quoted'", "O'Higgins", " =1"}) {
        EXPECT_EQ(escape_formula(cell), cell);
        EXPECT_EQ(unescape_formula(cell), cell);
    }
    EXPECT_EQ(csv_row({"=HYPERLINK(\"x\")"}), "\"'=HYPERLINK(\"\"x\"\")\"\r\n");
}

TEST(Csv, WhatIsWrittenIsReadBack)
{
    const Cells cells{"plain", "a,b", "a;b", "quo\"te", "line\nbreak", "crlf\r\n", "",         "=1",   "'=1",
                      "+1",    "-",   "@x",  "\t",      "\r",          "'",        " spaces ", "Ñandú"};
    EXPECT_EQ(only_row(csv_row(cells)), cells);
    EXPECT_EQ(only_row(csv_row({""})), Cells{""});
    EXPECT_EQ(only_row(csv_row({"\xEF\xBB\xBF"})), Cells{"\xEF\xBB\xBF"});
}

}  // namespace
}  // namespace cbmx::base
