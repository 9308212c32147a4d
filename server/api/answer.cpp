// See answer.hpp. Links are relative: nothing of an answer is built from the request's Host (rules.md 11).
#include "api/answer.hpp"
#include "base/bytes.hpp"
#include "base/text.hpp"

namespace cbmx::api {
namespace {

constexpr std::size_t page_frame_bytes = 128;

std::string percent_encode(std::string_view text)
{
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    for (const char letter : text) {
        const auto c = static_cast<unsigned char>(letter);
        const bool plain =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '~';
        if (plain)
            out += static_cast<char>(c);
        else
            out.append({'%', digits[c >> 4], digits[c & 15]});
    }
    return out;
}

}  // namespace

std::optional<std::string> Call::parameter(std::string_view name) const
{
    const auto found = query.find(name);
    return found == query.end() ? std::nullopt : std::optional(found->second);
}

std::string attachment_named(std::string_view file_name) { return "attachment; filename*=UTF-8''" + percent_encode(file_name); }

Answer file_answer(service::FileFacts file, std::string_view file_name)
{
    Answer answer;
    answer.body = std::move(file.bytes);
    answer.content_type = std::move(file.media_type);
    answer.fields.push_back({"Content-Disposition", attachment_named(file_name)});
    answer.fields.push_back({"Content-Security-Policy", "sandbox; default-src 'none'; require-trusted-types-for 'script'"});
    return answer;
}

Answer json_answer(const nlohmann::json& body, std::optional<std::string> tag)
{
    Answer answer;
    answer.body = body.dump();
    answer.tag = std::move(tag);
    return answer;
}

Answer representation_answer(const service::Representation& representation) { return json_answer(representation.body, representation.tag); }

namespace {

Answer page_of_text(const Call& call, const std::string& items, const std::optional<std::string>& cursor)
{
    Answer answer;
    answer.body.reserve(items.size() + page_frame_bytes);
    answer.body.append("{\"items\":")
        .append(items)
        .append(",\"next\":")
        .append((cursor ? nlohmann::json(*cursor) : nlohmann::json()).dump())
        .append("}");
    if (cursor)
        answer.fields.push_back({"Link", "<" + link_to(call, {{"cursor", *cursor}}) + ">; rel=\"next\""});
    return answer;
}

}  // namespace

Answer page_answer(const Call& call, const service::Page& page) { return page_of_text(call, page.items.dump(), page.next); }

Answer page_answer(const Call& call, const std::string& items, const std::optional<std::string>& next)
{
    return page_of_text(call, items, next ? std::optional(cursor_from(*next)) : std::nullopt);
}

std::int64_t limit_of(const Call& call)
{
    const auto text = call.parameter("limit");
    const auto limit = text ? base::whole_number<std::int64_t>(*text) : std::nullopt;
    return limit.value_or(default_page_items);
}

Error bad_parameter(std::string name, Rule rule, domain::Arguments arguments)
{
    return Error{ErrorCode::invalid_parameter, {{"query:" + std::move(name), rule, std::move(arguments)}}};
}

std::string cursor_from(std::string_view key)
{
    auto text = base::base64(key);
    for (auto& c : text)
        c = c == '+' ? '-' : c == '/' ? '_' : c;
    while (text.ends_with('='))
        text.pop_back();
    return text;
}

std::optional<std::string> key_from(std::string_view cursor)
{
    std::string text(cursor);
    for (auto& c : text)
        c = c == '-' ? '+' : c == '_' ? '/' : c;
    while (text.size() % 4 != 0)
        text += '=';
    return base::from_base64(text);
}

std::string link_to(const Call& call, const std::map<std::string, std::string>& replaced)
{
    std::string link;
    std::string_view rest = call.route.path;
    while (!rest.empty()) {
        const auto open = rest.find('{');
        link += rest.substr(0, open);
        if (open == std::string_view::npos)
            break;
        const auto close = rest.find('}', open);
        link += percent_encode(call.at(rest.substr(open + 1, close - open - 1)));
        rest.remove_prefix(close + 1);
    }
    std::map<std::string, std::string> query(call.query.begin(), call.query.end());
    for (const auto& [name, value] : replaced)
        query[name] = value;
    char separator = '?';
    for (const auto& [name, value] : query) {
        link += separator + percent_encode(name) + "=" + percent_encode(value);
        separator = '&';
    }
    return link;
}

}  // namespace cbmx::api
