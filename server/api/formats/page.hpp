// The frame of every HTML page that the portal serves (problems, documentation): well-structured, readable on a phone,
// light or dark, without script. A page may load the portal's own style sheet, and nothing else.
#pragma once
#include "api/route.hpp"
#include "base/html.hpp"

namespace cbmx::api {

inline constexpr std::string_view html_media_type = "text/html";
inline constexpr std::string_view style_path = "/docs/style.css";

struct HtmlPage {
    i18n::Language language = i18n::Language::en;
    std::string title;       // plain text
    std::string navigation;  // HTML: what stands before the content; empty: nothing
    std::string content;     // HTML
};

using base::html_escaped;
Answer html_answer(const HtmlPage& page);

}  // namespace cbmx::api
