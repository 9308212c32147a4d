// The one order in which a step on a record is judged: visible (404), permitted (403), possible (409), as seen (412). What
// would be refused anyway is refused before If-Match is compared (RFC 9110 13.2.1). Whether the caller is the second person
// that the step needs (403 four-eyes, not-eligible) is judged after that. server/docs/errors.md tells the callers.
#pragma once
#include "service/portal.hpp"

namespace cbmx::service {

inline Error forbidden(const Principal& principal, domain::Permission permission)
{
    if (principal.is_refused_as_suspended(permission))
        return Error{ErrorCode::forbidden, {{"", Rule::suspended}}};
    if (principal.is_refused_without_authority(permission))
        return Error{ErrorCode::forbidden, {{"", Rule::without_authority}}};
    if (principal.is_refused_as_outside(permission))
        return Error{ErrorCode::forbidden, {{"", Rule::not_participating}}};
    return Error{ErrorCode::forbidden};
}

// forbidden unless the caller's roles reach this home. The token's scope is judged by the route; where it must be judged
// again: require() in rights.hpp.
inline Result<void> reaches(const Principal& principal, domain::Permission permission, const domain::Home& home)
{
    if (!principal.reaches(permission, home))
        return forbidden(principal, permission);
    return {};
}

// The row that the caller may act on now, or the first of the errors above. row: as the caller sees it, nullopt: not at all.
// permitted, possible: Result<void>(const Row&).
template <class Row, class Permitted, class Possible>
Result<Row> actable(std::optional<Row> row, const Permitted& permitted, const Possible& possible)
{
    if (!row)
        return domain::not_found();
    if (const Result<void> allowed = permitted(*row); !allowed)
        return allowed.error();
    if (const Result<void> now = possible(*row); !now)
        return now.error();
    return std::move(*row);
}

// The same where the step asks for If-Match. tag: std::string(const Row&), the record_tag of what the step acts on.
template <class Row, class Permitted, class Possible, class TagOf>
Result<Row> actable(std::optional<Row> row, const Permitted& permitted, const Possible& possible, const ExpectedVersion& expected,
                    const TagOf& tag)
{
    auto found = actable(std::move(row), permitted, possible);
    if (found && !expected.is_any())
        if (const auto seen = expected.check(tag(*found)); !seen)
            return seen.error();
    return found;
}

// For records that can be changed in every state.
inline constexpr auto always = [](const auto&) { return Result<void>(); };

}  // namespace cbmx::service
