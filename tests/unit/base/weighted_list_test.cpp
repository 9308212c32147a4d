// Elements of Accept and Accept-Language, with their weights.
#include "base/weighted_list.hpp"
#include <gtest/gtest.h>
#include <optional>
#include <string>

namespace cbmx::base {
namespace {

constexpr std::size_t many = 100;

// "value weight" of each element, with "+" where there are other parameters.
std::string read(std::string_view list, std::size_t at_most = many)
{
    std::string text;
    for (const auto& element : weighted_list(list, at_most))
        text += std::string(text.empty() ? "" : ", ") + std::string(element.value) + " " + std::to_string(element.weight) +
                (element.has_parameters ? "+" : "");
    return text;
}

TEST(WeightedList, KeepsTheOrderAndWeighsInThousandths)
{
    EXPECT_EQ(read("text/csv;q=0.5, text/vcard, */*;q=0.001"), "text/csv 500, text/vcard 1000, */* 1");
    EXPECT_EQ(read("  a ;\tQ=0.25\t,b;q=1.000"), "a 250, b 1000");
    EXPECT_EQ(read(""), "");
}

TEST(WeightedList, ZeroIsZeroHoweverItIsWritten)
{
    for (const auto* zero : {"a;q=0", "a;q=0.", "a;q=0.0", "a;q=0.000", "a; q=0.00"})
        EXPECT_EQ(read(zero), "a 0") << zero;
}

TEST(WeightedList, AWeightWithoutItsZeroIsRead) { EXPECT_EQ(read("*/*; q=.2"), "*/* 200"); }

TEST(WeightedList, LeavesOutAnElementWhoseWeightIsMalformed)
{
    for (const auto* wrong : {"q=", "q=.", "q=2", "q=1.001", "q=-1", "q=0.1234", "q=00", "q=0.5 1", "q=a", "q=0x1", "q= 1", "q=.1234"})
        EXPECT_EQ(read("a;" + std::string(wrong)), "") << wrong;
    EXPECT_EQ(read("a;q=2, b;q=0.1"), "b 100");
}

TEST(WeightedList, OtherParametersAreReportedButNotRead)
{
    EXPECT_EQ(read("text/html;level=1;q=0.3, text/html;q=0.3;level=1, text/html;level=1"),
              "text/html 300+, text/html 300+, text/html 1000+");
    EXPECT_EQ(read("a;q=0.5;q=0.1"), "a 500+");
}

TEST(WeightedList, AQuotedStringHoldsNoSeparator)
{
    EXPECT_EQ(read(R"(a;x="1,2;q=0";q=0.5, b;x="\",c")"), "a 500+, b 1000+");
    EXPECT_EQ(read(R"(a;x="unfinished, b)"), "a 1000+");
}

TEST(WeightedList, LooksAtSoManyElementsOnly)
{
    EXPECT_EQ(read("a,b,c", 2), "a 1000, b 1000");
    EXPECT_EQ(read(std::string(100'000, ',') + "a"), read(std::string(many, ',')));
}

}  // namespace
}  // namespace cbmx::base
