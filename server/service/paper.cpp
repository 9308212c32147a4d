// See paper.hpp.
#include "service/paper.hpp"
#include "base/bytes.hpp"
#include <algorithm>
#include <array>
#include <stdexcept>

namespace cbmx::service {
namespace {

using domain::Rule;

constexpr std::size_t date_characters = 10;

// How each kind of file begins. Three prefixes rather than a library: its parsers would see hostile bytes beside the log key.
struct FileKind {
    std::string_view media_type, beginning;
};
constexpr std::array note_files{FileKind{"application/pdf", "%PDF-"}, FileKind{"image/jpeg", "\xFF\xD8\xFF"},
                                FileKind{"image/png", "\x89PNG\r\n\x1A\n"}};

std::string allowed_media_types()
{
    std::string list;
    for (const auto& file : note_files)
        list += (list.empty() ? "" : ", ") + std::string(file.media_type);
    return list;
}

}  // namespace

std::string media_type_of(std::string_view bytes)
{
    const auto kind =
        std::find_if(note_files.begin(), note_files.end(), [bytes](const FileKind& file) { return bytes.starts_with(file.beginning); });
    return kind == note_files.end() ? std::string() : std::string(kind->media_type);
}

domain::Result<FileFacts> inspect_file(const std::string& base64, const std::string& pointer)
{
    auto bytes = base::from_base64(base64);
    if (!bytes)
        throw std::logic_error("inspection: a body that was not validated");
    if (bytes->size() > max_note_file_bytes)
        return domain::invalid(pointer, Rule::too_long, {{"limit", std::to_string(max_note_file_bytes)}});
    auto type = media_type_of(*bytes);
    if (type.empty())
        return domain::invalid(pointer, Rule::file_type, {{"allowed", allowed_media_types()}});
    return FileFacts{std::move(type), std::move(*bytes)};
}

std::string file_name(const std::string& sent)
{
    const auto part = sent.substr(sent.find_last_of("/\\") + 1);
    return part.empty() || part == "." || part == ".." ? "note" : part;
}

std::string_view file_ending(std::string_view media_type)
{
    return media_type == "application/pdf" ? ".pdf" : media_type == "image/png" ? ".png" : ".jpg";
}

bool is_dated_later(const std::string& date, domain::Instant now)
{
    return date > domain::to_rfc3339(now + std::chrono::days(1)).substr(0, date_characters);
}

}  // namespace cbmx::service
