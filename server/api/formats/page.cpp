// See page.hpp. The style sheet is the one thing that the portal's Content-Security-Policy is opened for (rules.md 11).
#include "api/formats/page.hpp"

namespace cbmx::api {
namespace {

constexpr std::string_view page_policy = "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action "
                                         "'none'; require-trusted-types-for 'script'; trusted-types 'none'";

}  // namespace

Answer html_answer(const HtmlPage& page)
{
    const std::string language(i18n::code_of(page.language));
    std::string html = "<!DOCTYPE html>\n<html lang=\"" + language + "\">\n<head>\n<meta charset=\"utf-8\">\n";
    html +=
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n";
    html += "<title>" + html_escaped(page.title) + "</title>\n<link rel=\"stylesheet\" href=\"" + std::string(style_path) +
            "\">\n</head>\n<body>\n";
    html += page.navigation + "<main>\n" + page.content + "</main>\n</body>\n</html>\n";
    Answer answer;
    answer.body = std::move(html);
    answer.content_type.assign(html_media_type).append("; charset=utf-8");
    answer.fields = {{"Content-Security-Policy", std::string(page_policy)}, {"Content-Language", language}};
    return answer;
}

}  // namespace cbmx::api
