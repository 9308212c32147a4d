// The contract is api/formats/content_lines.hpp.
#include "api/formats/content_lines.hpp"
#include <algorithm>

namespace cbmx::api {
namespace {

constexpr std::string_view line_break = "\r\n";
constexpr std::string_view fold = "\r\n ";
constexpr unsigned char delete_character = 0x7f;

bool is_control(char c) { return (static_cast<unsigned char>(c) < ' ' && c != '\t') || static_cast<unsigned char>(c) == delete_character; }
bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; }  // of a UTF-8 character

// Where the line that begins at "begin" has to break: never inside a character.
std::size_t end_of_line(std::string_view line, std::size_t begin, std::size_t octets)
{
    if (line.size() - begin <= octets)
        return line.size();
    auto end = begin + octets;
    while (end > begin + 1 && is_continuation(line[end]))
        --end;
    return end;
}

}  // namespace

void append_line(std::string& text, std::string_view name, std::string_view value) { append_line(text, name, {}, value); }

void append_line(std::string& text, std::string_view name, const std::vector<LineParameter>& parameters, std::string_view value)
{
    std::string line(name);
    for (const auto& parameter : parameters)
        for (std::size_t i = 0; i < parameter.values.size(); ++i)
            line += (i == 0 ? ";" + parameter.name + "=" : ",") + quoted_parameter(parameter.values[i]);
    line += ':';
    line += value;
    std::erase_if(line, is_control);
    for (std::size_t begin = 0; begin < line.size();) {
        const auto end = end_of_line(line, begin, begin == 0 ? max_line_octets : max_line_octets - 1);
        text += begin == 0 ? std::string_view() : fold;
        text += std::string_view(line).substr(begin, end - begin);
        begin = end;
    }
    text += line_break;
}

std::string escaped_text(std::string_view text)
{
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n')
            continue;
        if (c == '\n' || c == '\r') {
            result += "\\n";
            continue;
        }
        if (c == '\\' || c == ',' || c == ';')
            result += '\\';
        result += c;
    }
    return result;
}

std::string quoted_parameter(std::string_view value)
{
    std::string result;
    for (std::size_t i = 0; i < value.size(); ++i) {
        const char c = value[i];
        if (c == '\r' && i + 1 < value.size() && value[i + 1] == '\n')
            continue;
        if (c == '\n' || c == '\r')
            result += "^n";
        else if (c == '^')
            result += "^^";
        else if (c == '"')
            result += "^'";
        else
            result += c;
    }
    return result.find_first_of(":;,") == std::string::npos ? result : '"' + result + '"';
}

}  // namespace cbmx::api
