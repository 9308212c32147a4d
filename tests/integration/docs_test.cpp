// The documentation as the portal serves it: every page in both forms, every link leads somewhere, nothing in it runs.
#include "api/handlers/docs.hpp"
#include "api/router.hpp"
#include "contract/golden.hpp"
#include "support/portal.hpp"
#include <regex>
#include <set>

namespace cbmx::test {
namespace {

const Fields as_html{{"Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}};  // as browsers ask
const Fields as_markdown{{"Accept", "text/markdown"}};

std::string address_of(std::string_view page) { return page == "index" ? "/docs" : "/docs/" + std::string(page); }

std::set<std::string> pages_on_disk()
{
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(source("server/docs")))
        if (entry.path().extension() == ".md")
            names.insert(entry.path().stem().string());
    return names;
}

std::vector<std::string> found_in(const std::string& text, const std::regex& pattern)
{
    std::vector<std::string> found;
    for (auto match = std::sregex_iterator(text.begin(), text.end(), pattern); match != std::sregex_iterator(); ++match)
        found.push_back((*match)[1].str());
    return found;
}

class DocsServed : public Portal {
protected:
    std::string html_of(const std::string& page) { return as(anyone()).get(address_of(page), as_html).is(200).body(); }
};

TEST_F(DocsServed, EveryPageIsServedAsHtmlAndAsTheMarkdownItIsMadeOf)
{
    for (const auto& page : pages_on_disk()) {
        SCOPED_TRACE(page);
        const auto html = as(anyone()).get(address_of(page), as_html).is(200);
        EXPECT_EQ(html.field("Content-Type"), "text/html; charset=utf-8");
        EXPECT_EQ(html.field("Cache-Control"), "public, max-age=60");
        EXPECT_NE(html.body().find("<h1>"), std::string::npos);
        const auto markdown = as(anyone()).get(address_of(page), as_markdown).is(200);
        EXPECT_EQ(markdown.field("Content-Type"), "text/markdown; charset=utf-8");
        EXPECT_EQ(markdown.body(), text_of(source("server/docs/" + page + ".md")));
        EXPECT_NE(markdown.field("ETag"), html.field("ETag"));
        as(anyone()).get(address_of(page), {{"Accept", "text/markdown"}, {"If-None-Match", markdown.field("ETag")}}).is(304);
    }
}

TEST_F(DocsServed, ItIsEnglishWhateverLanguageIsAskedFor)
{
    const auto reply = as(anyone()).get("/docs", {{"Accept-Language", "es"}}).is(200);
    EXPECT_EQ(reply.field("Content-Language"), "en");
    EXPECT_NE(reply.body().find("<html lang=\"en\">"), std::string::npos);
}

TEST_F(DocsServed, TheIndexAndTheNavigationNameEveryPage)
{
    const auto index = as(anyone()).get("/docs", as_markdown).is(200).body(), html = html_of("index");
    std::set<std::string> named{"index"};
    for (const auto name : api::docs::page_names())
        named.emplace(name);
    EXPECT_EQ(named, pages_on_disk());
    for (const auto& page : pages_on_disk()) {
        EXPECT_TRUE(page == "index" || index.find("](/docs/" + page + ")") != std::string::npos) << page;
        EXPECT_NE(html.find("<li><a href=\"" + address_of(page) + "\""), std::string::npos) << page;
    }
}

TEST_F(DocsServed, TheIndexOfThePortalAndItsDescriptionLeadThere)
{
    EXPECT_EQ(as(anyone()).get("/").is(200).json()["links"]["docs"], "/docs");
    EXPECT_EQ(as(anyone()).get("/openapi.json").is(200).json()["externalDocs"]["url"], "/docs");
}

TEST_F(DocsServed, EveryLinkLeadsToSomethingThatIsThere)
{
    std::size_t followed = 0;
    for (const auto& page : pages_on_disk()) {
        SCOPED_TRACE(page);
        for (const auto& link : found_in(html_of(page), std::regex("href=\"([^\"]*)\""))) {
            ASSERT_TRUE(link.starts_with("/")) << link << " leaves the portal";
            const auto hash = link.find('#');
            const auto reply = as(anyone()).get(link.substr(0, hash), {{"Accept", "text/html, */*"}}).is(200);
            EXPECT_TRUE(hash == std::string::npos || reply.body().find("<a id=\"" + link.substr(hash + 1) + "\">") != std::string::npos)
                << link;
            ++followed;
        }
    }
    EXPECT_GT(followed, 100U);
}

// "`POST /v1/batches`" in a page is a row of the route table.
TEST_F(DocsServed, EveryOperationThatAPageNamesExists)
{
    std::size_t named = 0;
    for (const auto& page : pages_on_disk()) {
        const auto text = text_of(source("server/docs/" + page + ".md"));
        for (const auto& operation : found_in(text, std::regex("`((?:GET|POST|PATCH|DELETE) /[^`? ]*)[^`]*`"))) {
            const auto space = operation.find(' ');
            std::vector<std::string> segments;
            std::istringstream path(operation.substr(space + 2));
            for (std::string segment; std::getline(path, segment, '/');)
                segments.push_back(segment);
            EXPECT_NE(api::find_route(operation.substr(0, space), segments).route, nullptr) << page << ": " << operation;
            ++named;
        }
    }
    EXPECT_GT(named, 10U);
}

TEST_F(DocsServed, NothingInAPageRunsOrIsLoadedFromElsewhere)
{
    const std::regex unsafe("<script|<style|<iframe|<object|<embed|<form|<img|<base|javascript:|data:text| on[a-z]+=|style=|raw HTML "
                            "omitted|https?://[^ \"<&]*\"",
                            std::regex::icase);
    for (const auto& page : pages_on_disk()) {
        std::smatch found;
        const auto html = html_of(page);
        EXPECT_FALSE(std::regex_search(html, found, unsafe)) << page << ": " << found.str();
        EXPECT_EQ(found_in(html, std::regex("<(link [^>]*)>")),
                  std::vector<std::string>{"link rel=\"stylesheet\" href=\"/docs/style.css\""});
    }
}

TEST_F(DocsServed, OnlyThePortalsOwnStyleSheetIsAllowedAndItLoadsNothing)
{
    for (const auto& page : {std::string("/docs"), std::string("/problems/conflict")}) {
        const auto policy = as(anyone()).get(page, as_html).is(200).field("Content-Security-Policy");
        EXPECT_NE(policy.find("default-src 'none'; style-src 'self';"), std::string::npos) << policy;
        EXPECT_EQ(policy.find("unsafe"), std::string::npos);
        EXPECT_EQ(policy.find("script-src"), std::string::npos);
    }
    const auto style = as(anyone()).get("/docs/style.css").is(200);
    EXPECT_EQ(style.field("Content-Type"), "text/css; charset=utf-8");
    for (const char* loading : {"url(", "@import", "http"})
        EXPECT_EQ(style.body().find(loading), std::string::npos) << loading;
    EXPECT_NE(style.body().find("prefers-color-scheme: dark"), std::string::npos);
}

TEST_F(DocsServed, AnUnknownPageIsAProblem)
{
    for (const char* address : {"/docs/nothing", "/docs/index.md", "/docs/style", "/docs/errors/more"})
        as(anyone()).get(address, as_html).is_problem(404, "not-found");
    as(anyone()).get("/docs", {{"Accept", "image/png"}}).is_problem(406, "not-acceptable");
}

}  // namespace
}  // namespace cbmx::test
