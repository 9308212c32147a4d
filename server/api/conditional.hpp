// Conditional requests (RFC 9110 section 13): our ETags, If-Match for changes, If-None-Match for reads. Pure.
#pragma once
#include "service/portal.hpp"
#include <optional>
#include <string>
#include <string_view>

namespace cbmx::api {

// For those who may change the record "TAG-VIEW": its record_tag, which If-Match compares, and a hash of the bytes, by which
// every view (language, time, reader) has an ETag of its own. Otherwise a hash of the bytes alone.
std::string entity_tag(const std::optional<std::string>& record_tag, std::string_view body);

// All lines of If-Match as one list (RFC 9110, 5.3): tags of any form and strength, or "*". nullopt: malformed.
std::optional<service::ExpectedVersion> parse_if_match(std::string_view value);

// True when the client already holds this representation: "*", or a tag that is the same but for being weak. Malformed: false.
bool matches_if_none_match(std::string_view value, std::string_view tag);

}  // namespace cbmx::api
