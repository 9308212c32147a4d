// A response team's description in the outline of RFC 2350 (its appendix D), as text/plain. Pure, any thread.
// Headings and sentences: server/i18n, keys rfc2350.*; the rest is what the State gave (schema/json/contact, csirt).
#pragma once
#include "i18n/texts.hpp"
#include <nlohmann/json.hpp>
#include <string>

namespace cbmx::api {

inline constexpr std::size_t rfc2350_columns = 72;  // characters (code points) a line; a longer word stands alone

// contact: as served, content not null. Every section of the outline is there; one for which nothing was given, or of
// which the caller is not shown anything, says so. Lines end with LF. Keys are named by fingerprint, not printed.
std::string rfc2350_text(const nlohmann::json& contact, i18n::Language language);

}  // namespace cbmx::api
