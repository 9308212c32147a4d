// Which answers are compressed: those that are the same for everyone, to callers who have shown nothing that says who they are. The
// length of a compressed answer tells of what stands beside each other in it, so nothing that was made for a token, a certificate or a
// cookie is (BREACH; rules.md 11a). Pure.
#pragma once
#include "api/exchange.hpp"
#include "api/kept_answers.hpp"
#include "base/compression.hpp"

namespace cbmx::api {

inline constexpr std::size_t least_coded_bytes = 1024;  // what is shorter fits into a packet as it is
inline constexpr std::size_t max_codings = 20;          // elements of Accept-Encoding that are looked at

// The route's answers are the same for everyone who has no account.
bool is_same_for_everyone(const Route& route);

// accept_encoding: the whole list; nullopt: there is no such field. br before gzip where both weigh the same; identity when the client
// takes neither.
base::Coding coding_in(std::optional<std::string_view> accept_encoding);

// A token, a certificate or a cookie, whether or not it is good for anything.
bool shows_a_credential(const http::Head& head, const domain::Principal& principal);

// What this request is answered in, if the answer is long enough.
base::Coding coding_for(const Exchange& exchange);

// The answer in this coding, with an ETag of its own (RFC 9110, 8.8.3.3); as it is where that makes it no shorter.
KeptAnswer coded(const KeptAnswer& plain, base::Coding coding);

}  // namespace cbmx::api
