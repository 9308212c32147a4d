// The few shapes that handlers' answers have, and the two list parameters that every list shares.
#pragma once
#include "api/route.hpp"
#include "service/paper.hpp"

namespace cbmx::api {

inline constexpr std::int64_t default_page_items = 25;
inline constexpr std::int64_t max_page_items = 100;

// A Content-Disposition that has the file saved under its name, whatever is in it (RFC 6266, RFC 8187).
std::string attachment_named(std::string_view file_name);
// A file that somebody sent, as it came: never shown in the portal's own origin (rules.md 27).
Answer file_answer(service::FileFacts file, std::string_view file_name);

Answer json_answer(const nlohmann::json& body, std::optional<std::string> tag = {});
Answer representation_answer(const service::Representation& representation);
// {"items": [...], "next": cursor or null} with Link: rel="next" (RFC 8288).
Answer page_answer(const Call& call, const service::Page& page);
// The same of items in JSON text; next: the key, not yet a cursor, of the last item.
Answer page_answer(const Call& call, const std::string& items, const std::optional<std::string>& next);

std::int64_t limit_of(const Call& call);  // already checked by the pipeline: 1..max_page_items
Error bad_parameter(std::string name, Rule rule, domain::Arguments arguments = {});

// A cursor is opaque to clients: base64url of the key. nullopt: it is none of ours.
std::string cursor_from(std::string_view key);
std::optional<std::string> key_from(std::string_view cursor);

// What every list takes.
inline constexpr Parameter limit_parameter{
    .name = "limit", .kind = Kind::integer, .summary = "Items per page, 1 to 100 (default 25)", .maximum = max_page_items};
inline constexpr Parameter cursor_parameter{.name = "cursor", .kind = Kind::text, .summary = "The \"next\" of the page before"};

// "<path>?<query of this call with these parameters replaced>", percent-encoded; relative, never from Host.
std::string link_to(const Call& call, const std::map<std::string, std::string>& replaced);

}  // namespace cbmx::api
