// Markdown of the documentation becomes HTML that runs nothing, whatever stands in it.
#include "api/formats/page.hpp"
#include "api/handlers/docs.hpp"
#include <gtest/gtest.h>

namespace cbmx::api {
namespace {

bool holds(const std::string& html, std::string_view part) { return html.find(part) != std::string::npos; }

TEST(Docs, RawHtmlIsLeftOut)
{
    const auto html = docs::html_from_markdown("<script>alert(1)</script>\n\nwords <img src=x onerror=alert(1)> more\n\n<!-- generated: x "
                                               "-->\n| a |\n|---|\n| b |\n<!-- end -->\n");
    for (const auto* unsafe : {"<script", "alert(1)</script>", "<img", "onerror", "generated"})
        EXPECT_FALSE(holds(html, unsafe)) << unsafe << " in " << html;
    EXPECT_TRUE(holds(html, "<td>b</td>"));
}

TEST(Docs, LinksThatRunCodeLeadNowhere)
{
    const auto html = docs::html_from_markdown(
        "[a](javascript:alert(1)) [b](JavaScript:alert(1)) [c](data:text/html;base64,AA) [d](vbscript:x) [e](/docs/errors)");
    for (const auto* unsafe : {"javascript:", "JavaScript:", "data:", "vbscript:"})
        EXPECT_FALSE(holds(html, unsafe)) << unsafe << " in " << html;
    EXPECT_TRUE(holds(html, "<a href=\"/docs/errors\">e</a>"));
}

TEST(Docs, AHeadingCanBeLinkedTo)
{
    EXPECT_TRUE(
        holds(docs::html_from_markdown("## Send again, *safely*: `POST`\n"), "<h2><a id=\"send-again-safely-post\"></a>Send again"));
    EXPECT_TRUE(holds(docs::html_from_markdown("# \"><script>\n"), "<a id=\"script\"></a>"));
}

TEST(Docs, CodeIsShownAsItIs)
{
    EXPECT_TRUE(
        holds(docs::html_from_markdown("```sh\ncurl \"$URL\" <x\n```\n"), "<code class=\"language-sh\">curl &quot;$URL&quot; &lt;x\n"));
}

TEST(Page, WhatIsNoHtmlIsEscaped)
{
    EXPECT_EQ(html_escaped("<a href=\"x\">'&"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;");
    EXPECT_TRUE(holds(html_answer({.title = "<b>", .content = ""}).body, "<title>&lt;b&gt;</title>"));
}

}  // namespace
}  // namespace cbmx::api
