// What the handlers of lists and of single records share: keys as cursors, and their answers.
#pragma once
#include "api/answer.hpp"

namespace cbmx::api {

// The key after which the page begins; empty for the first page.
inline Result<std::string> cursor_of(const Call& call)
{
    const auto cursor = call.parameter("cursor");
    if (!cursor)
        return std::string();
    if (auto key = key_from(*cursor); key && !key->empty())
        return std::move(*key);
    return bad_parameter("cursor", Rule::format, {{"format", "cursor"}});
}

inline Result<Answer> listed(const Call& call, Result<service::Page> page)
{
    if (!page)
        return page.error();
    if (page->next)
        page->next = cursor_from(*page->next);
    return page_answer(call, *page);
}

inline Result<Answer> shown(const Result<service::Representation>& representation)
{
    if (!representation)
        return representation.error();
    return representation_answer(*representation);
}

}  // namespace cbmx::api
