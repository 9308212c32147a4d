// See docs.hpp. Every page is rendered once, at the first request for any of them.
#include "api/handlers/docs.hpp"
#include "api/formats/page.hpp"
#include "base/embedded.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <array>
#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>
#include <cstdlib>
#include <memory>

namespace cbmx::api::docs {
namespace {

constexpr std::string_view index_name = "index", markdown_suffix = ".md", style_name = "style.css";
constexpr std::string_view markdown_media_type = "text/markdown";
constexpr std::array<std::string_view, 14> reading_order{"credentials", "notes",  "due",          "reports",    "batches",
                                                         "errors",      "feed",   "verification", "statements", "contacts",
                                                         "membership",  "limits", "operator",     "versioning"};

struct Page {
    std::string_view markdown;
    std::string title, html;  // html: of the content alone
};

struct FreeNode {
    void operator()(cmark_node* node) const { cmark_node_free(node); }
};
struct FreeParser {
    void operator()(cmark_parser* parser) const { cmark_parser_free(parser); }
};
struct FreeText {
    void operator()(char* text) const { std::free(text); }  // cmark's default allocator is malloc
};
using Tree = std::unique_ptr<cmark_node, FreeNode>;

Tree parse(std::string_view markdown)
{
    cmark_gfm_core_extensions_ensure_registered();
    const std::unique_ptr<cmark_parser, FreeParser> parser(cmark_parser_new(CMARK_OPT_VALIDATE_UTF8));
    if (auto* tables = cmark_find_syntax_extension("table"); tables != nullptr)
        cmark_parser_attach_syntax_extension(parser.get(), tables);
    cmark_parser_feed(parser.get(), markdown.data(), markdown.size());
    return Tree(cmark_parser_finish(parser.get()));
}

// The words of a heading, code and emphasis included.
std::string text_of(cmark_node* node)
{
    std::string text;
    for (auto* child = cmark_node_first_child(node); child != nullptr; child = cmark_node_next(child)) {
        const char* literal = cmark_node_get_literal(child);
        text += literal != nullptr ? std::string(literal) : text_of(child);
    }
    return text;
}

// "Send again, safely" is found at #send-again-safely.
std::string anchor_from(std::string_view heading)
{
    std::string anchor;
    for (const char c : heading) {
        const char lower = base::to_lower(c);
        if ((lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9'))
            anchor += lower;
        else if (!anchor.empty() && anchor.back() != '-')
            anchor += '-';
    }
    while (anchor.ends_with('-'))
        anchor.pop_back();
    return anchor;
}

void add_anchor(cmark_node* heading)
{
    auto* anchor = cmark_node_new(CMARK_NODE_CUSTOM_INLINE);
    const auto html = "<a id=\"" + anchor_from(text_of(heading)) + "\"></a>";  // letters, digits and hyphens alone
    cmark_node_set_on_enter(anchor, html.c_str());
    cmark_node_prepend_child(heading, anchor);
}

// Raw HTML goes, so that not even cmark's remark about it is left; headings can be linked to.
void prepare(cmark_node* document)
{
    for (auto* node = cmark_node_first_child(document); node != nullptr;) {
        auto* following = cmark_node_next(node);
        if (cmark_node_get_type(node) == CMARK_NODE_HTML_BLOCK)
            cmark_node_free(node);
        else if (cmark_node_get_type(node) == CMARK_NODE_HEADING)
            add_anchor(node);
        node = following;
    }
}

std::string title_of(cmark_node* document)
{
    auto* first = cmark_node_first_child(document);
    return first != nullptr && cmark_node_get_type(first) == CMARK_NODE_HEADING ? text_of(first) : std::string();
}

std::string html_of(cmark_node* document)
{
    prepare(document);
    const std::unique_ptr<char, FreeText> html(cmark_render_html(document, CMARK_OPT_DEFAULT, nullptr));
    return html.get();
}

std::string_view embedded_file(std::string_view name)
{
    for (const auto& file : base::embedded::docs())
        if (file.name == name)
            return file.bytes;
    throw std::logic_error("no embedded " + std::string(name));
}

using Pages = std::map<std::string, Page, std::less<>>;

const Pages& pages()
{
    static const Pages rendered = [] {
        Pages made;
        for (const auto& file : base::embedded::docs()) {
            if (!file.name.ends_with(markdown_suffix))
                continue;
            const auto tree = parse(file.bytes);
            auto title = title_of(tree.get());
            made.emplace(file.name.substr(0, file.name.size() - markdown_suffix.size()),
                         Page{file.bytes, std::move(title), html_of(tree.get())});
        }
        return made;
    }();
    return rendered;
}

std::string navigation_for(std::string_view name)
{
    std::string html = "<nav aria-label=\"Documentation\">\n<ul>\n";
    const auto entry = [&](std::string_view page, const std::string& path) {
        const std::string here = page == name ? " aria-current=\"page\"" : "";
        html += "<li><a href=\"" + path + "\"" + here + ">" + html_escaped(pages().at(std::string(page)).title) + "</a></li>\n";
    };
    entry(index_name, "/docs");
    for (const auto page : reading_order)
        entry(page, "/docs/" + std::string(page));
    return html + "</ul>\n</nav>\n";
}

Result<Answer> page_answer(const Call& call, std::string_view name)
{
    const auto found = pages().find(name);
    if (found == pages().end())
        return domain::not_found();
    const auto& page = found->second;
    if (call.media_type != markdown_media_type)
        return html_answer({.title = page.title, .navigation = navigation_for(name), .content = page.html});
    Answer answer;
    answer.body = std::string(page.markdown);
    answer.content_type.assign(markdown_media_type).append("; charset=utf-8");
    answer.fields = {{"Content-Language", "en"}};
    return answer;
}

}  // namespace

Result<Answer> index(const Call& call) { return page_answer(call, index_name); }

Result<Answer> get(const Call& call) { return page_answer(call, call.at("page")); }

Result<Answer> style(const Call&)
{
    Answer answer;
    answer.body = std::string(embedded_file(style_name));
    answer.content_type = "text/css; charset=utf-8";
    return answer;
}

std::vector<std::string_view> page_names() { return {reading_order.begin(), reading_order.end()}; }

std::string html_from_markdown(std::string_view markdown) { return html_of(parse(markdown).get()); }

}  // namespace cbmx::api::docs
