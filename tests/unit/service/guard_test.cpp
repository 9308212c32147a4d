// The one order in which a step on a record is judged (service/guard.hpp).
#include "service/guard.hpp"
#include <gtest/gtest.h>

namespace cbmx::service {
namespace {

struct Row {
    std::int64_t version = 5;
};

Result<void> refused(ErrorCode code, bool yes) { return yes ? Error{code} : Result<void>(); }

std::optional<ErrorCode> answer(bool visible, bool permitted, bool possible, const ExpectedVersion& expected)
{
    const auto row = actable(
        visible ? std::optional(Row()) : std::nullopt, [permitted](const Row&) { return refused(ErrorCode::forbidden, !permitted); },
        [possible](const Row&) { return refused(ErrorCode::conflict, !possible); }, expected,
        [](const Row& present) { return record_tag(present.version, "text"); });
    return row ? std::nullopt : std::optional(row.error().code);
}

TEST(Guard, TheFirstReasonToRefuseIsTheAnswer)
{
    constexpr std::int64_t stale = 4, present = 5;
    EXPECT_EQ(answer(false, false, false, stale), ErrorCode::not_found);
    EXPECT_EQ(answer(true, false, false, stale), ErrorCode::forbidden);
    EXPECT_EQ(answer(true, true, false, stale), ErrorCode::conflict);
    EXPECT_EQ(answer(true, true, true, stale), ErrorCode::precondition_failed);
    EXPECT_EQ(answer(true, true, true, present), std::nullopt);
    EXPECT_EQ(answer(true, true, true, std::nullopt), std::nullopt);
}

}  // namespace
}  // namespace cbmx::service
