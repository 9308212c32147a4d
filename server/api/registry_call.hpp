// What the handlers of the registry and of documents share: the cursor.
#pragma once
#include "api/answer.hpp"
#include "service/registry.hpp"

namespace cbmx::api {

// The key that the cursor holds; empty at the first page.
inline Result<std::string> key_after(const Call& call)
{
    const auto cursor = call.parameter("cursor");
    if (!cursor)
        return std::string();
    if (auto key = key_from(*cursor); key && !key->empty())
        return std::move(*key);
    return bad_parameter("cursor", Rule::format, {{"format", "cursor"}});
}

inline Result<Answer> opaque_page(const Call& call, Result<service::Page> page)
{
    if (!page)
        return page.error();
    if (page->next)
        page->next = cursor_from(*page->next);
    return page_answer(call, *page);
}

}  // namespace cbmx::api
