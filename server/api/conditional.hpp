// Conditional requests (RFC 9110 section 13): our ETags, If-Match for changes, If-None-Match for reads. Pure.
#pragma once
#include "service/portal.hpp"
#include <optional>
#include <string>
#include <string_view>

namespace cbmx::api {

// "<version>-<view>" for those who may change the row ("d<version>-<view>" for a draft), else a hash of the bytes.
std::string entity_tag(const std::optional<std::int64_t>& version, std::string_view body);

// The version in an If-Match value: one of our strong tags, or "*" (any). nullopt: malformed or weak; matches nothing.
std::optional<service::ExpectedVersion> parse_if_match(std::string_view value);

// True when the client already holds this representation.
bool matches_if_none_match(std::string_view value, std::string_view tag);

}  // namespace cbmx::api
