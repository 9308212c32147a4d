// See answers.hpp.
#include "fuzz/answers.hpp"
#include "fuzz/target.hpp"
#include <algorithm>
#include <charconv>

namespace cbmx::fuzz {
namespace {

constexpr std::string_view line_end = "\r\n", status_line = "HTTP/1.1 ";
constexpr int no_content = 204, not_modified = 304, first_final_status = 200;

std::string_view taken_line(std::string_view& bytes)
{
    const auto end = bytes.find(line_end);
    must(end != std::string_view::npos, "a line of an answer ends", bytes);
    const auto line = bytes.substr(0, end);
    bytes.remove_prefix(end + line_end.size());
    return line;
}

std::size_t number(std::string_view text, int base)
{
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    must(error == std::errc() && end == text.data() + text.size(), "a length in an answer is a number", text);
    return value;
}

bool is_token(std::string_view text)
{
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-'; });
}

SentAnswer taken_head(std::string_view& bytes)
{
    SentAnswer answer;
    const auto first = taken_line(bytes);
    must(first.starts_with(status_line) && first.size() >= status_line.size() + 3, "an answer begins with its status", first);
    answer.status = static_cast<int>(number(first.substr(status_line.size(), 3), 10));
    for (auto line = taken_line(bytes); !line.empty(); line = taken_line(bytes)) {
        const auto colon = line.find(": ");
        must(colon != std::string_view::npos && is_token(line.substr(0, colon)), "a field has a name", line);
        const auto value = line.substr(colon + 2);
        must(std::all_of(value.begin(), value.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; }), "a field is one line of text", line);
        answer.fields.emplace_back(line.substr(0, colon), value);
    }
    return answer;
}

std::string taken_chunks(std::string_view& bytes)
{
    std::string body;
    for (;;) {
        const auto size = number(taken_line(bytes), 16);
        must(size + line_end.size() <= bytes.size(), "a chunk is whole");
        body += bytes.substr(0, size);
        bytes.remove_prefix(size);
        must(bytes.starts_with(line_end), "a chunk ends");
        bytes.remove_prefix(line_end.size());
        if (size == 0)
            return body;
    }
}

void take_body(SentAnswer& answer, std::string_view& bytes)
{
    const auto lengths = answer.count("Content-Length"), codings = answer.count("Transfer-Encoding");
    must(lengths + codings <= 1, "an answer's length is told once");
    if (answer.status == no_content || answer.status == not_modified) {
        answer.is_bare = true;
    } else if (codings == 1) {
        answer.is_bare = bytes.empty() || bytes.starts_with(status_line);
        if (!answer.is_bare)
            answer.body = taken_chunks(bytes);
    } else if (lengths == 1) {
        const auto size = number(answer.field("Content-Length"), 10);
        answer.is_bare = size > 0 && (bytes.empty() || bytes.starts_with(status_line));
        if (answer.is_bare)
            return;
        must(size <= bytes.size(), "a body is as long as it says");
        answer.body = bytes.substr(0, size);
        bytes.remove_prefix(size);
    } else {
        must(answer.field("Connection") == "close", "an answer without a length ends the connection");
        answer.body = std::exchange(bytes, {});
    }
}

}  // namespace

std::string_view SentAnswer::field(std::string_view name) const
{
    const auto found = std::find_if(fields.begin(), fields.end(), [name](const auto& field) { return field.first == name; });
    return found == fields.end() ? std::string_view() : std::string_view(found->second);
}

std::size_t SentAnswer::count(std::string_view name) const
{
    return static_cast<std::size_t>(std::count_if(fields.begin(), fields.end(), [name](const auto& field) { return field.first == name; }));
}

std::vector<SentAnswer> read_answers(std::string_view bytes)
{
    std::vector<SentAnswer> answers;
    while (!bytes.empty()) {
        must(answers.empty() || answers.back().field("Connection") != "close", "nothing follows the answer that closes", bytes);
        auto answer = taken_head(bytes);
        if (answer.status < first_final_status) {
            must(answer.status == 100 && answer.fields.empty(), "the only interim answer is 100 Continue");
            continue;
        }
        take_body(answer, bytes);
        answers.push_back(std::move(answer));
    }
    return answers;
}

}  // namespace cbmx::fuzz
