// What a request's header says of media types: which the answer has, and which the body (RFC 9110, 8.3 and 12.5.1). Pure.
#pragma once
#include "api/route.hpp"

namespace cbmx::api {

// All lines of a field that is a list, as one list (RFC 9110, 5.3); nullopt: there is no such field.
std::optional<std::string> list_in(const http::Head& head, std::string_view field);

inline constexpr std::size_t max_media_ranges = 100;  // elements of Accept that are looked at

// accept: the whole list; nullopt: there is no such field. The route's own type or one of its alternatives; nullopt: none is
// acceptable. Of each type the most specific range that names it gives the weight, 0 means no; parameters are passed over. The
// greatest weight wins, among equal ones the type that is named more specifically, then the route's own, then the order of the row.
std::optional<std::string_view> type_of_answer(const Route& route, std::optional<std::string_view> accept);

// One of the route's raw_body_types, "application/json" or, of a change, "application/merge-patch+json", in UTF-8; nullopt: the
// route takes no such body.
std::optional<std::string_view> type_of_body(const Route& route, std::string_view content_type);

}  // namespace cbmx::api
