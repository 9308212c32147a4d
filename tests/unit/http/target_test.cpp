// Which request targets are clean, and what they decode to (rules.md 7, 8).
#include "http/message.hpp"
#include <gtest/gtest.h>

namespace cbmx::http {
namespace {

using Path = std::vector<std::string>;
using Query = std::vector<std::pair<std::string, std::string>>;

struct Clean {
    std::string_view target;
    Path path;
    Query query;
};

TEST(Target, DecodesPathAndQueryOnce)
{
    const std::vector<Clean> table{
        {"/", {}, {}},
        {"/v1/reports", {"v1", "reports"}, {}},
        {"/v1/reports/", {"v1", "reports", ""}, {}},
        {"/v1/a%20b", {"v1", "a b"}, {}},
        {"/v1/a+b", {"v1", "a+b"}, {}},
        {"/caf%C3%A9", {"caf\xC3\xA9"}, {}},
        {"/%2541", {"%41"}, {}},
        {"/...", {"..."}, {}},
        {"/a;b=c@d:e!$&'()*,~_-.", {"a;b=c@d:e!$&'()*,~_-."}, {}},
        {"/x?", {"x"}, {}},
        {"/x?q=1", {"x"}, {{"q", "1"}}},
        {"/x?b=2&a=1&b=3", {"x"}, {{"b", "2"}, {"a", "1"}, {"b", "3"}}},
        {"/x?flag&k=", {"x"}, {{"flag", ""}, {"k", ""}}},
        {"/x?q=a+b%2Bc%20d", {"x"}, {{"q", "a b+c d"}}},
        {"/x?cursor=a%2Fb/c?d", {"x"}, {{"cursor", "a/b/c?d"}}},
        {"/x?q=%2e%2e%2f", {"x"}, {{"q", "../"}}},
        {"/x?q=a=b", {"x"}, {{"q", "a=b"}}},
        {"/x?q=%2526", {"x"}, {{"q", "%26"}}},
    };
    for (const Clean& row : table) {
        const auto target = parse_target(row.target);
        ASSERT_TRUE(target) << row.target;
        EXPECT_EQ(target->path, row.path) << row.target;
        EXPECT_EQ(target->query, row.query) << row.target;
    }
}

TEST(Target, RefusesWhatIsNotClean)
{
    using namespace std::string_view_literals;
    const std::vector<std::string_view> table{
        ""sv,
        "*"sv,
        "v1"sv,
        "http://localhost/"sv,
        "//localhost/x"sv,
        "localhost:443"sv,
        "/a//b"sv,
        "//"sv,
        "/%"sv,
        "/%4"sv,
        "/%zz"sv,
        "/x?q=%"sv,
        "/x?q=%g0"sv,
        "/."sv,
        "/.."sv,
        "/a/../b"sv,
        "/a/./b"sv,
        "/a/.."sv,
        "/%2e%2e/x"sv,
        "/.%2E"sv,
        "/%2e"sv,
        "/a%2Fb"sv,
        "/a%2fb"sv,
        "/a%5Cb"sv,
        "/a\\b"sv,
        "/%00"sv,
        "/a%0Ab"sv,
        "/a%7F"sv,
        "/%C2%80"sv,
        "/x?q=%00"sv,
        "/x?q=%0d%0a"sv,
        "/x?%01=1"sv,
        "/x?q=%C2%9F"sv,
        "/%FF"sv,
        "/%C0%AF"sv,
        "/%ED%A0%80"sv,
        "/%F4%90%80%80"sv,
        "/%E2%82"sv,
        "/x?q=%FF"sv,
        "/x?q=%C0%80"sv,
        "/\xC3\xA9"sv,
        "/x?q=\xC3\xA9"sv,
        "/a b"sv,
        "/a\tb"sv,
        "/a\0b"sv,
        "/x#fragment"sv,
        "/x?q#f"sv,
        "/a\"b"sv,
        "/<"sv,
        "/{x}"sv,
        "/^"sv,
        "/`"sv,
        "/|"sv,
        "/x?q=<"sv,
        "/x?q={}"sv,
    };
    for (const std::string_view target : table)
        EXPECT_FALSE(parse_target(target)) << target;
}

}  // namespace
}  // namespace cbmx::http
