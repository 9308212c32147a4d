// Every sentence that an official reads, in the four languages of the organization: en.json es.json fr.json pt.json.
// language.cpp chooses the language and fills placeholders without any file; texts.cpp looks up the embedded files.
// Pure and immutable after the first call; any thread. Texts and filled placeholders are plain text: code that
// renders HTML escapes them.
#pragma once
#include "domain/error.hpp"
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cbmx::i18n {

enum class Language { en, es, fr, pt };

inline constexpr std::array all_languages{Language::en, Language::es, Language::fr, Language::pt};
inline constexpr Language default_language = Language::en;
inline constexpr std::size_t max_language_ranges = 20;  // elements of Accept-Language that are looked at

std::string_view code_of(Language language);                   // "en"
std::optional<Language> language_from(std::string_view code);  // exactly "en", "es", "fr" or "pt"

// Accept-Language (RFC 9110, 12.5.4) by look-up (RFC 4647, 3.4): "pt-BR" gives pt, "*" gives en, q=0 excludes.
// The earlier range wins among equal weights. What is malformed is ignored; nothing usable gives en.
Language negotiate(std::string_view accept_language);

// Replaces {name} by the argument of that name, once: braces inside an argument stay as they are. A placeholder
// without an argument becomes empty; braces that hold no name ([a-z0-9_]+) are text.
std::string fill(std::string_view pattern, const domain::Arguments& arguments);

// Unknown key: std::logic_error. Unreadable embedded files: std::runtime_error at the first call.
std::string text(Language language, std::string_view key, const domain::Arguments& arguments = {});
bool has(std::string_view key);   // in all four languages
std::vector<std::string> keys();  // sorted

}  // namespace cbmx::i18n
