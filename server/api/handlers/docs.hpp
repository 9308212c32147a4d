// Documentation for scripts: the Markdown pages of server/docs, embedded and rendered to HTML. No database.
// English alone, as the description is. tests/docs/run.sh runs every snippet in them.
#pragma once
#include "api/route.hpp"

namespace cbmx::api::docs {

Result<Answer> index(const Call& call);
Result<Answer> get(const Call& call);  // {page}: HTML, or the Markdown itself for who asks for text/markdown
Result<Answer> style(const Call& call);

// The two steps by themselves, for tests: the names of the pages behind the index, in reading order, and one page's HTML.
std::vector<std::string_view> page_names();
// Raw HTML, comments included, and links with a scheme that runs code are left out: cmark's safe mode stays on.
std::string html_from_markdown(std::string_view markdown);

}  // namespace cbmx::api::docs
