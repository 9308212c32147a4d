// Request targets and cursors: what is accepted is clean, and written again it is the same. See server/http/message.hpp
// (parse_target) and server/api/answer.hpp.
#include "api/answer.hpp"
#include "fuzz/target.hpp"
#include "http/message.hpp"
#include "json/text.hpp"
#include <algorithm>
#include <cctype>

using cbmx::fuzz::must;

namespace {

std::string encoded(std::string_view text)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string result;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) && byte < 0x80)
            result += c;
        else
            result += {'%', digits[byte >> 4], digits[byte & 15]};
    }
    return result;
}

bool is_clean(std::string_view text)
{
    return cbmx::json::is_utf8(text) &&
           std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

void check_target(std::string_view text)
{
    const auto target = cbmx::http::parse_target(text);
    if (!target)
        return;
    std::string written;
    for (std::size_t i = 0; i < target->path.size(); ++i) {
        const auto& segment = target->path[i];
        must(is_clean(segment) && segment.find_first_of("/\\") == std::string::npos && segment != "." && segment != "..",
             "a path segment is clean", segment);
        must(!segment.empty() || i + 1 == target->path.size(), "only the last segment may be empty", text);
        written += "/" + encoded(segment);
    }
    if (written.empty())
        written = "/";
    for (std::size_t i = 0; i < target->query.size(); ++i) {
        const auto& [name, value] = target->query[i];
        must(is_clean(name) && is_clean(value), "a parameter is clean", name + "=" + value);
        written += (i == 0 ? "?" : "&") + encoded(name) + "=" + encoded(value);
    }
    const auto again = cbmx::http::parse_target(written);
    must(again && again->path == target->path && again->query == target->query, "a target written again is the same", written);
}

void check_cursor(std::string_view text)
{
    must(cbmx::api::key_from(cbmx::api::cursor_from(text)) == text, "a cursor of ours leads back to its key", text);
    // Padding, the other alphabet and unused bits are let pass: base64 has several spellings of one key.
    if (const auto key = cbmx::api::key_from(text))
        must(cbmx::api::key_from(cbmx::api::cursor_from(*key)) == key, "a cursor written again means the same", text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    const auto [choice, text] = cbmx::fuzz::chosen(bytes, size);
    if (choice % 2 == 0)
        check_target(text);
    else
        check_cursor(text);
    return 0;
}
