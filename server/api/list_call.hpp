// What the handlers of accounts, credentials, delegations, keys and proposals share: ids as cursors, and their answers.
#pragma once
#include "api/answer.hpp"

namespace cbmx::api {

// The id after which the page begins; empty for the first page.
inline Result<std::string> cursor_of(const Call& call)
{
    const auto cursor = call.parameter("cursor");
    if (!cursor)
        return std::string();
    const auto id = key_from(*cursor);
    if (!id || !domain::is_uuid(*id))
        return bad_parameter("cursor", Rule::invalid_value);
    return *id;
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
