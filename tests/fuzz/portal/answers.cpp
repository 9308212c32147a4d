// See answers.hpp.
#include "fuzz/portal/answers.hpp"
#include "api/handlers/exports.hpp"
#include "api/router.hpp"
#include "base/archive/reader.hpp"
#include "base/text.hpp"
#include "http/answer.hpp"
#include "http/text.hpp"
#include "json/schema.hpp"
#include "json/text.hpp"
#include "support/decoded.hpp"
#include <algorithm>
#include <charconv>
#include <sys/mman.h>
#include <unistd.h>

namespace cbmx::fuzz {
namespace {

using nlohmann::json;

constexpr std::string_view line_end = "\r\n", head_end = "\r\n\r\n";
constexpr std::size_t largest_checked_json_bytes = 128 * 1024;  // /openapi.json and its like are always the same
constexpr std::size_t shown_bytes = 2000;

std::optional<std::uint64_t> number_in(std::string_view text, int base = 10)
{
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
    if (text.empty() || error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return number;
}

// "HTTP/1.1 404 Not Found", then fields.
bool read_head(std::string_view head, Answered& answered)
{
    const std::string_view version = "HTTP/1.1 ";
    const auto first = head.substr(0, head.find(line_end));
    const auto status =
        first.size() > version.size() + 3 && first.starts_with(version) ? number_in(first.substr(version.size(), 3)) : std::nullopt;
    if (!status || first[version.size() + 3] != ' ')
        return false;
    answered.status = static_cast<int>(*status);
    for (auto rest = head.substr(first.size()); rest.size() > line_end.size();) {
        rest.remove_prefix(line_end.size());
        const auto line = rest.substr(0, rest.find(line_end));
        const auto colon = line.find(": ");
        if (colon == std::string_view::npos || !http::is_token(line.substr(0, colon)) || !http::is_field_value(line.substr(colon + 2)))
            return false;
        answered.fields.push_back({std::string(line.substr(0, colon)), std::string(line.substr(colon + 2))});
        rest.remove_prefix(line.size());
    }
    return true;
}

enum class Body { read, torn, wrong };

Body read_chunks(std::string_view& rest, std::string& body)
{
    for (;;) {
        const auto end = rest.find(line_end);
        if (end == std::string_view::npos)
            return Body::torn;
        const auto size = number_in(rest.substr(0, end), 16);
        if (!size)
            return Body::wrong;
        rest.remove_prefix(end + line_end.size());
        if (rest.size() < *size + line_end.size())
            return Body::torn;
        body += rest.substr(0, *size);
        rest.remove_prefix(*size);
        if (!rest.starts_with(line_end))
            return Body::wrong;
        rest.remove_prefix(line_end.size());
        if (*size == 0)
            return Body::read;
    }
}

Body read_body(std::string_view& rest, const Asked& asked, Answered& answered)
{
    const auto length = answered.field("Content-Length"), coding = answered.field("Transfer-Encoding");
    const bool bodiless = answered.status == 204 || answered.status == 304;
    if (!coding.empty())
        return coding != "chunked" || !length.empty() || bodiless ? Body::wrong
               : asked.method == "HEAD"                           ? Body::read
                                                                  : read_chunks(rest, answered.body);
    const auto size = number_in(length);
    if (bodiless || asked.method == "HEAD")
        return bodiless && size ? Body::wrong : Body::read;
    if (!size) {  // to the connection's end
        answered.body = std::exchange(rest, {});
        return length.empty() && answered.field("Connection") == "close" ? Body::read : Body::wrong;
    }
    if (rest.size() < *size)
        return Body::torn;
    answered.body = rest.substr(0, *size);
    rest.remove_prefix(*size);
    return Body::read;
}

std::string fault_of_json(const Asked& asked, Answered& answered)
{
    const auto type = answered.field("Content-Type");
    if (answered.body.size() > largest_checked_json_bytes)
        return {};
    answered.json = json::parse(answered.body, nullptr, false);
    if (answered.json.is_discarded())
        return "a body that says that it is JSON is JSON";
    const auto& schemas = cbmx::json::SchemaSet::embedded();
    std::string schema;
    bool list = false;
    if (type == "application/problem+json") {
        schema = "problem";
    } else if (const auto match = api::find_route(asked.method, asked.path);
               match.route != nullptr && answered.status < 300 && !answered.json.contains("dry_run")) {
        schema = answered.status == 202 ? "proposal" : std::string(match.route->response);
        list = match.route->list;
    }
    if (schema.empty() || !schemas.contains(schema))
        return {};
    if (list && (!answered.json.contains("items") || !answered.json.contains("next")))
        return "a list has items, and says what comes next";
    for (const auto& value : list ? answered.json.at("items") : json::array({answered.json}))
        for (const auto& violation : schemas.validate(schema, value))
            return "an answer is as schema " + schema + " says, at " + violation.pointer + " too (" +
                   std::string(domain::name_of(violation.rule)) + ")";
    return {};
}

// What is in an archive, one file after the other; nothing when it is damaged, or of another form than an export's.
std::optional<std::string> unpacked(std::string_view archive)
{
    const int file = memfd_create("answer", MFD_CLOEXEC);
    if (file < 0 || write(file, archive.data(), archive.size()) != static_cast<ssize_t>(archive.size()))
        throw std::runtime_error("no memory for an archive");
    std::optional<std::string> all;
    try {
        const base::ArchiveReader reader("/proc/self/fd/" + std::to_string(file));
        std::string text;
        for (const auto& path : reader.paths())
            reader.read(path, [&text](std::string_view piece) { text += piece; });
        if (reader.deviation().empty())
            all = std::move(text);
    } catch (const base::ArchiveError&) {
    }
    close(file);
    return all;
}

std::string fault_of_archive(Answered& answered)
{
    auto text = unpacked(answered.body);
    if (!text)
        return "an archive can be unpacked, and has the form of an export";
    answered.unpacked = std::move(*text);
    return {};
}

// Compressed is only what everyone may read; what follows looks at the text.
std::string fault_of_coding(const Asked& asked, Answered& answered)
{
    const auto coding = answered.field("Content-Encoding");
    if (coding.empty())
        return {};
    if (!asked.token.empty() || asked.by_certificate)
        return "nothing that was made for a credential is compressed";
    if (answered.body.empty())
        return {};
    auto text = test::decoded(coding, answered.body);
    if (!text)
        return "a compressed body is in the coding that it names";
    answered.body = std::move(*text);
    answered.unpacked = answered.body;
    return {};
}

std::string fault_of_problem(const Asked& asked, const Answered& answered)
{
    if (asked.method != "HEAD" && (answered.field("Content-Type") != "application/problem+json" || answered.json.is_null()))
        return "a refusal is a problem";
    if (!answered.json.is_null() && answered.json.at("status") != answered.status)
        return "a problem says the status that it has";
    if (!answered.json.is_null() && answered.json.at("instance") != "urn:uuid:" + answered.field("X-Request-Id"))
        return "a problem says which request it is about";
    if (answered.status == 401 && answered.field("WWW-Authenticate").empty())
        return "401 says how to sign in";
    if (answered.status == 405 && answered.field("Allow").empty())
        return "405 says which methods there are";
    return {};
}

}  // namespace

std::string Answered::field(std::string_view name) const
{
    const auto found =
        std::find_if(fields.begin(), fields.end(), [name](const http::Field& each) { return base::equals_ignoring_case(each.name, name); });
    return found == fields.end() ? std::string() : found->value;
}

// Found at their first letters alone: libFuzzer looks at what is compared and would soon send the whole of it.
Words words_in(std::string_view text)
{
    const auto is_in_word = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '+' || c == '/';
    };
    Words words;
    for (const std::string_view beginning : {token_beginning, key_beginning, planted_beginning})
        for (auto at = text.find(beginning); at != std::string_view::npos; at = text.find(beginning, at)) {
            const auto from = text.begin() + static_cast<std::ptrdiff_t>(at);
            const auto end = std::find_if_not(from, text.end(), is_in_word);
            ++words[std::string(from, end)];
            at += static_cast<std::size_t>(end - from);
        }
    return words;
}

Words words_to_return(std::string_view sent, const std::vector<Asked>& asked)
{
    auto words = words_in(sent);
    for (const auto& each : asked)
        if (const auto credential = words.find(each.token); credential != words.end() && --credential->second == 0)
            words.erase(credential);
    return words;
}

Read read_answers(std::string_view output, const std::vector<Asked>& asked, bool whole)
{
    Read read;
    for (auto rest = output; !rest.empty();) {
        if (rest.starts_with(http::continue_answer)) {
            rest.remove_prefix(http::continue_answer.size());
            continue;
        }
        if (read.answers.size() == asked.size())
            return {std::move(read.answers), "no answer without a request: " + std::string(rest.substr(0, shown_bytes))};
        const auto begin = rest;
        const auto end = rest.find(head_end);
        Answered answered;
        if (end == std::string_view::npos || !read_head(rest.substr(0, end), answered))
            return {std::move(read.answers), "an answer begins with a head: " + std::string(rest.substr(0, shown_bytes))};
        rest.remove_prefix(end + head_end.size());
        const auto body = read_body(rest, asked[read.answers.size()], answered);
        if (body == Body::wrong || (body == Body::torn && whole))
            return {std::move(read.answers), "a body is as long as the head says: " + std::string(begin.substr(0, shown_bytes))};
        answered.text = begin.substr(0, begin.size() - (body == Body::torn ? 0 : rest.size()));
        read.answers.push_back(std::move(answered));
        if (body == Body::torn)
            return read;
        if (!rest.empty() && read.answers.back().field("Connection") == "close")
            return {std::move(read.answers), "after Connection: close nothing comes"};
    }
    const bool is_torn = read.answers.size() + 1 == asked.size() && !asked.back().is_due;
    if (whole && read.answers.size() < asked.size() && !is_torn)
        read.fault = "every request that was sent to its end is answered";
    return read;
}

std::string fault_of(const Asked& asked, Answered& answered, bool busy)
{
    if (answered.status == 500 || (answered.status == 503 && !busy))
        return "no request makes the server fail";
    if (answered.status < 200 || answered.status > 599)
        return "an answer has a status";
    if (answered.field("X-Request-Id").empty())
        return "every answer has the request's number";
    if (answered.body.empty() !=
        (answered.field("Content-Type").empty() || asked.method == "HEAD" || answered.field("Content-Length") == "0"))
        return "a body has a type, and a type a body";
    if (auto fault = fault_of_coding(asked, answered); !fault.empty())
        return fault;
    const auto type = answered.field("Content-Type");
    if (!answered.body.empty() && (type == "application/json" || type == "application/problem+json"))
        if (auto fault = fault_of_json(asked, answered); !fault.empty())
            return fault;
    if (!answered.body.empty() && type == api::exports::media_type)
        if (auto fault = fault_of_archive(answered); !fault.empty())
            return fault;
    if (type.starts_with("text/") && !cbmx::json::is_utf8(answered.body))
        return "text is UTF-8";
    return answered.status >= 400 ? fault_of_problem(asked, answered) : std::string();
}

std::string fault_of_change(const std::vector<Asked>& asked, const std::vector<Answered>& answers, const std::vector<std::string>& unproven)
{
    const auto proves = [&](const Asked& each) { return std::find(unproven.begin(), unproven.end(), each.token) != unproven.end(); };
    // A wrong code of an enrolment is counted; a token that is renewed twice ends.
    const auto counts = [](const Asked& each) { return !each.path.empty() && (each.path.back() == "use" || each.path.back() == "renew"); };
    for (std::size_t i = 0; i < asked.size(); ++i)
        if (proves(asked[i]) || (asked[i].is_write() && (i >= answers.size() || answers[i].status < 400 || counts(asked[i]))))
            return {};
    return "only a write that was accepted changes anything";
}

std::vector<std::string> Watch::callers(const Asked& asked) const
{
    std::vector<std::string> callers;
    if (!asked.token.empty())
        callers.push_back(asked.token);
    if (asked.by_certificate)
        callers.push_back(certificates_token_);
    return callers;
}

std::string Watch::fault_of(const Asked& asked, const Answered& answered, const Words& to_return)
{
    auto told = words_in(answered.text);
    told.merge(words_in(answered.unpacked));
    const auto is_told = [&](const std::string& word) { return told.contains(word) && !to_return.contains(word); };
    for (const auto& [word, times] : told)
        if (secrets_.contains(word) && is_told(word))
            return "no answer holds a secret";
    const auto who = callers(asked);
    const bool is_new = asked.token == new_token_;
    for (const auto& marker : markers_) {
        const auto is_among = [&who, is_new](const std::set<std::string>& tokens) {
            return is_new || std::any_of(who.begin(), who.end(), [&tokens](const std::string& token) { return tokens.contains(token); });
        };
        if (!is_among(marker.readers) && !released_.contains(marker.name) && is_told(marker.text))
            return "only those who may read it are shown " + marker.name;
        const bool opens =
            !marker.published || asked.target.find("/confirm") != std::string::npos || asked.target.find("/publish") != std::string::npos;
        if (is_among(marker.owners) && asked.is_write() && answered.status < 300 && opens)
            released_.insert(marker.name);
    }
    return {};
}

}  // namespace cbmx::fuzz
