// See note_lines.hpp. Parsing is strict: whatever would not come out of the writing side again is refused.
#include "ledger/note_lines.hpp"
#include "json/text.hpp"
#include <algorithm>

namespace cbmx::ledger {
namespace {

constexpr std::size_t max_note_bytes = 1'000'000;
constexpr std::size_t max_signatures = 100;
constexpr std::size_t key_id_bytes = 4;
constexpr std::string_view dash = "\u2014 ";  // em dash, space: opens a signature line

std::string typed(KeyType type, const base::Ed25519Public& key) { return static_cast<char>(type) + std::string(base::as_chars(key)); }

// A line without its newline.
std::optional<SignatureLine> parse_signature_line(std::string_view line)
{
    if (!line.starts_with(dash))
        return std::nullopt;
    line.remove_prefix(dash.size());
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos || !is_key_name(line.substr(0, space)))
        return std::nullopt;
    const auto decoded = base::from_base64(line.substr(space + 1));
    if (!decoded || decoded->size() <= key_id_bytes)
        return std::nullopt;
    return SignatureLine{line.substr(0, space), decoded->substr(0, key_id_bytes), decoded->substr(key_id_bytes)};
}

}  // namespace

std::optional<SplitNote> split_note(std::string_view note)
{
    const std::size_t split = note.rfind("\n\n");  // the last empty line
    if (note.size() > max_note_bytes || split == std::string_view::npos || !is_note_text(note))
        return std::nullopt;
    SplitNote parts{note.substr(0, split + 1), {}};
    for (const auto text : lines_of(note.substr(split + 2))) {
        auto line = parse_signature_line(text);
        if (!line || parts.lines.size() == max_signatures)
            return std::nullopt;
        parts.lines.push_back(std::move(*line));
    }
    return parts;
}

std::vector<std::string_view> lines_of(std::string_view text)
{
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        lines.push_back(text.substr(0, end));
        text.remove_prefix(end + 1);
    }
    return lines;
}

bool is_note_text(std::string_view text)
{
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n'; };
    return text.ends_with('\n') && json::is_utf8(text) && std::none_of(text.begin(), text.end(), is_control);
}

bool is_key_name(std::string_view name)
{
    static constexpr std::string_view spaces[]{"\u0085", "\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003",
                                               "\u2004", "\u2005", "\u2006", "\u2007", "\u2008", "\u2009", "\u200a",
                                               "\u2028", "\u2029", "\u202f", "\u205f", "\u3000"};
    const auto is_refused = [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == '+'; };
    const auto occurs = [name](std::string_view space) { return name.find(space) != std::string_view::npos; };
    return !name.empty() && json::is_utf8(name) && std::none_of(name.begin(), name.end(), is_refused) &&
           std::none_of(std::begin(spaces), std::end(spaces), occurs);
}

std::string id_bytes(std::uint32_t id)
{
    return {static_cast<char>(id >> 24), static_cast<char>(id >> 16), static_cast<char>(id >> 8), static_cast<char>(id)};
}

std::string signature_line(std::string_view name, std::string_view id_and_bytes)
{
    return std::string(dash) + std::string(name) + " " + base::base64(id_and_bytes) + "\n";
}

std::uint32_t typed_key_id(std::string_view name, KeyType type, const base::Ed25519Public& key)
{
    const auto hash = base::sha256(std::string(name) + "\n", typed(type, key));
    return std::uint32_t{hash[0]} << 24 | std::uint32_t{hash[1]} << 16 | std::uint32_t{hash[2]} << 8 | hash[3];
}

std::string typed_key_text(std::string_view name, KeyType type, const base::Ed25519Public& key)
{
    return std::string(name) + "+" + base::hex(id_bytes(typed_key_id(name, type, key))) + "+" + base::base64(typed(type, key));
}

std::optional<NamedKey> parse_typed_key(std::string_view text, KeyType type)
{
    const std::size_t name_end = text.find('+');
    const std::size_t id_end = name_end == std::string_view::npos ? name_end : text.find('+', name_end + 1);
    if (id_end == std::string_view::npos || !is_key_name(text.substr(0, name_end)))
        return std::nullopt;
    const auto bytes = base::from_base64(text.substr(id_end + 1));
    if (!bytes || !bytes->starts_with(static_cast<char>(type)))
        return std::nullopt;
    const auto key = base::to_hash(std::string_view(*bytes).substr(1));
    if (!key)
        return std::nullopt;
    NamedKey named{std::string(text.substr(0, name_end)), *key};
    return typed_key_text(named.name, type, named.public_key) == text ? std::optional(std::move(named)) : std::nullopt;
}

}  // namespace cbmx::ledger
