// Documents that came on paper, a note verbale or a resolution, as files: which are taken, by content and never by name.
#pragma once
#include "domain/clock.hpp"
#include "domain/error.hpp"
#include <string>
#include <string_view>

namespace cbmx::service {

inline constexpr std::size_t max_note_file_bytes = 2 * 1024 * 1024;

struct FileFacts {
    std::string media_type;  // application/pdf, image/jpeg or image/png
    std::string bytes;
};

std::string media_type_of(std::string_view bytes);  // by how they begin; empty: none that is taken

// base64: valid by its schema. Error validation_failed at the pointer: too_long (limit in bytes), file_type.
domain::Result<FileFacts> inspect_file(const std::string& base64, const std::string& pointer);

std::string file_name(const std::string& sent);             // a name, not a path
std::string_view file_ending(std::string_view media_type);  // ".pdf": so that a program opens it

// A document's date, as "2026-11-30", lies in the future even where it may be tomorrow already.
bool is_dated_later(const std::string& date, domain::Instant now);

}  // namespace cbmx::service
