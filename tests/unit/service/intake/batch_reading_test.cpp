// What reading a batch makes of the worst that can be sent: every item that is refused says why, and nothing grows faster than the bytes.
#include "json/parse.hpp"
#include "service/intake/batches.hpp"
#include <gtest/gtest.h>
#include <numeric>

namespace cbmx::test {
namespace {

using namespace service;
using domain::Rule;

const domain::Instant now{std::chrono::milliseconds(1'769'860'800'000)};  // 2026-01-31

std::size_t named_of(const BatchItem& item) { return item.violations.size() + item.placed.size(); }

std::size_t named_of(const Batch& batch)
{
    return std::accumulate(batch.items.begin(), batch.items.end(), std::size_t{0},
                           [](std::size_t sum, const BatchItem& item) { return sum + named_of(item); });
}

std::string times(std::size_t count, const std::string& item)
{
    std::string text = "[" + item;
    for (std::size_t i = 1; i < count; ++i)
        text.append(",").append(item);
    return text + "]";
}

std::string unknown_members(std::size_t count)
{
    auto members = nlohmann::json::object();
    for (std::size_t i = 0; i < count; ++i)
        members["unknown" + std::to_string(i)] = 1;
    return members.dump();
}

Batch read(const std::string& text, BatchForm form = BatchForm::array, ItemKind kind = ItemKind::report)
{
    auto batch = read_batch(text, form, kind, now);
    EXPECT_TRUE(batch.has_value());
    return batch ? std::move(*batch) : Batch{};
}

// The bound, and beyond it of each item one of its cells, one of its schema, and behind each that there is more.
constexpr std::size_t most_of_a_batch = domain::max_violations_of_batch + 4 * max_batch_items;

TEST(BatchReading, OfItemsFullOfMistakesNoMoreIsNamedThanTheBounds)
{
    for (const auto& item :
         {R"({"report":)" + unknown_members(900) + "}", unknown_members(900),
          R"({"nomination":{"kind":"nomination","note":{"reference":"1","date":"2026-01-01"},"fields":)" + unknown_members(900) + "}}"}) {
        SCOPED_TRACE(item.substr(0, 60));
        const auto batch = read(times(max_batch_items, item));
        ASSERT_EQ(batch.items.size(), max_batch_items);
        EXPECT_LE(named_of(batch), most_of_a_batch);
        EXPECT_EQ(named_of(batch.items.front()), domain::max_violations_of_item + 1);
        for (const auto& each : batch.items) {
            ASSERT_GE(named_of(each), 1U) << "a refused item says why";
            EXPECT_TRUE(domain::is_cut_short(each.violations) || domain::is_cut_short(each.placed));
        }
    }
}

TEST(BatchReading, AnItemOfAHundredThousandEmptyObjectsIsRefusedByItsLength)
{
    const std::string report = R"({"report":{"measure":"OAS-CBM-1","period":"2025-2026","status":"planned","evidence":)";
    const auto batch = read("[" + report + times(60'000, "{}") + "}}," + report + times(json::max_values_of_body, "{}") + "}}]");
    EXPECT_EQ(batch.items.at(0).violations.at(0).pointer, "/evidence");
    EXPECT_EQ(batch.items.at(0).violations.at(0).rule, Rule::too_many_items);
    EXPECT_LE(named_of(batch.items.at(0)), domain::max_violations_of_item + 1);
    ASSERT_EQ(batch.items.at(1).placed.size(), 1U);
    EXPECT_EQ(batch.items.at(1).placed[0].rule, Rule::too_many_values);
    EXPECT_TRUE(batch.items.at(1).text.empty());
}

TEST(BatchReading, TooManyItemsAreFoundWithoutLookingAtThemAll)
{
    for (const auto& [text, form] : {std::pair{times(2 * max_batch_items, "1") + "{broken", BatchForm::array},
                                     std::pair{std::string("1\n").append(std::string(4 * max_batch_items, '\n')) +
                                                   [] {
                                                       std::string lines;
                                                       for (std::size_t i = 0; i < 2 * max_batch_items; ++i)
                                                           lines += "1\n";
                                                       return lines;
                                                   }(),
                                               BatchForm::lines}}) {
        const auto refused = read_batch(text, form, ItemKind::report, now);
        ASSERT_FALSE(refused.has_value());
        EXPECT_EQ(refused.error().violations.at(0).rule, Rule::too_many_items);
    }
}

TEST(BatchReading, TheCellsOfEachRowThatCannotBeReadStandWithTheirRow)
{
    std::string csv = "measure,last_declared_year\r\n";
    for (std::size_t i = 0; i < max_batch_items; ++i)
        csv += i % 2 == 0 ? "OAS-CBM-1,soon\r\n" : "OAS-CBM-1,2020\r\n";
    const auto batch = read(csv, BatchForm::table);
    ASSERT_EQ(batch.items.size(), max_batch_items);
    for (const auto& item : batch.items)
        EXPECT_EQ(item.placed.size(), item.number % 2 == 1 ? 1U : 0U) << item.number;
    EXPECT_EQ(batch.items[2].placed.at(0).pointer, "line:4/last_declared_year");
    EXPECT_LE(named_of(batch), most_of_a_batch);
}

TEST(BatchReading, ATableWhoseRowsCannotBeSeparatedIsRefusedAsAWhole)
{
    std::string csv = "measure,status\r\n";
    for (int i = 0; i < 100'000; ++i)
        csv += "x\r\n";
    const auto refused = read_batch(csv, BatchForm::table, ItemKind::report, now);
    ASSERT_FALSE(refused.has_value());
    const auto violations = refused.error().violations;
    EXPECT_EQ(violations.size(), domain::max_violations_of_body + 1);
    EXPECT_TRUE(domain::is_cut_short(violations));
}

}  // namespace
}  // namespace cbmx::test
