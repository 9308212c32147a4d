// SQL is a literal, or literals joined while compiling.
#include "store/sql.hpp"
#include <gtest/gtest.h>
#include <string>
#include <string_view>
#include <type_traits>

namespace cbmx::store {
namespace {

// A text that was built at run time is no statement. Neither is a joined one that is not static: the compiler refuses the address.
static_assert(!std::is_constructible_v<Sql, std::string>);
static_assert(!std::is_constructible_v<Sql, std::string_view>);
static_assert(!std::is_constructible_v<Sql, const char*>);
static_assert(!std::is_constructible_v<SqlText<8>, const char*>);

constexpr SqlText columns = "a, b";
constexpr auto rows_of_t = columns + " FROM t";

TEST(SqlTexts, JoinedTextsReadAsOne)
{
    static constexpr auto statement = "SELECT " + rows_of_t + " WHERE a = ?1";
    EXPECT_EQ(std::string(Sql(statement).text), "SELECT a, b FROM t WHERE a = ?1");
    static constexpr auto twice = columns + columns;
    EXPECT_EQ(std::string(Sql(twice).text), "a, ba, b");
}

// The cache of prepared statements goes by the address.
TEST(SqlTexts, AStatementHasOneAddress)
{
    const auto address = [] {
        static constexpr auto statement = "SELECT " + columns;
        return Sql(statement).text;
    };
    EXPECT_EQ(address(), address());
}

}  // namespace
}  // namespace cbmx::store
