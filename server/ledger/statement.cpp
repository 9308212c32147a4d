// See statement.hpp.
#include "ledger/statement.hpp"
#include "base/random.hpp"
#include "json/parse.hpp"
#include "ledger/quoted.hpp"
#include <algorithm>
#include <array>

namespace cbmx::ledger {
namespace {

using Json = nlohmann::json;

constexpr std::string_view first_line = "cbmx-statement/v1\n";
constexpr int statement_version = 1;
constexpr std::size_t signed_member = 2;  // of a signed statement: signature and statement

base::Hash hash_in(const Json& text) { return base::to_hash(base::from_base64(text.get_ref<const std::string&>()).value()).value(); }

// Throws where a member is missing, or is not what it should be: what comes out is compared with the text as a whole.
Statement statement_in(const Json& object)
{
    Statement said;
    said.content = hash_in(object.at("content"));
    said.key = base::to_hash(base::from_hex(object.at("key").get_ref<const std::string&>()).value()).value();
    said.kind = object.at("kind").get<std::string>();
    if (object.contains("label"))
        said.label = object.at("label").get<std::string>();
    said.origin = object.at("origin").get<std::string>();
    if (object.contains("recipients"))
        said.recipients = hash_in(object.at("recipients"));
    said.subject = object.at("subject").at("id").get<std::string>();
    said.subject_kind = object.at("subject").at("kind").get<std::string>();
    said.time = object.at("time").get<std::string>();
    said.version = object.at("version").get<std::int64_t>();
    return said;
}

}  // namespace

bool is_statement_time(std::string_view text)
{
    constexpr std::string_view form = "0000-00-00T00:00:00Z";
    return text.size() == form.size() && std::equal(text.begin(), text.end(), form.begin(),
                                                    [](char c, char like) { return like == '0' ? c >= '0' && c <= '9' : c == like; });
}

// In the order of json::canonical: that of the names.
std::string statement_object(const Statement& said)
{
    std::string text = R"({"content":)";
    const auto add = [&text](std::string_view before, const std::string& value) { text.append(before).append(value); };
    add("", quoted(base::base64(said.content)));
    add(R"(,"key":)", quoted(base::hex(said.key)));
    add(R"(,"kind":)", quoted(said.kind));
    if (said.label)
        add(R"(,"label":)", quoted(*said.label));
    add(R"(,"origin":)", quoted(said.origin));
    if (said.recipients)
        add(R"(,"recipients":)", quoted(base::base64(*said.recipients)));
    add(R"(,"subject":{"id":)", quoted(said.subject));
    add(R"(,"kind":)", quoted(said.subject_kind));
    add(R"(},"time":)", quoted(said.time));
    add(R"(,"v":)", std::to_string(statement_version));
    add(R"(,"version":)", json::canonical(said.version));
    return text.append("}");
}

std::string statement_text(const Statement& statement) { return std::string(first_line).append(statement_object(statement)); }

std::optional<Statement> parse_statement(std::string_view text)
{
    if (text.size() > max_statement_bytes || !text.starts_with(first_line))
        return std::nullopt;
    const auto object = json::parse(text.substr(first_line.size()));
    if (!object)
        return std::nullopt;
    try {
        auto said = statement_in(*object);
        const bool is_one =
            is_statement_time(said.time) && said.label.has_value() == said.recipients.has_value() && statement_text(said) == text;
        return is_one ? std::optional(std::move(said)) : std::nullopt;
    } catch (const std::exception&) {  // of the JSON, of an absent value, or outside our profile
        return std::nullopt;
    }
}

std::string signed_statement(std::string_view object, std::string_view signature)
{
    std::string text = R"({"signature":")";
    return text.append(base::base64(signature)).append(R"(","statement":)").append(object).append("}");
}

std::optional<SignedStatement> parse_signed_statement(std::string_view text)
{
    const auto both = json::parse(text);
    try {
        if (!both || !both->is_object() || both->size() != signed_member)
            return std::nullopt;
        const auto signature = base::from_base64(both->at("signature").get_ref<const std::string&>());
        auto signed_text = std::string(first_line).append(json::canonical(both->at("statement")));
        auto said = parse_statement(signed_text);
        if (!signature || !said || signed_statement(statement_object(*said), *signature) != text)
            return std::nullopt;
        return SignedStatement{std::move(*said), std::move(signed_text), *signature};
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

std::string record_id(std::string_view home, const base::Hash& content_salt, bool is_second)
{
    constexpr std::size_t half = 16;
    const auto hash = base::sha256(std::string("cbmx/id/v1\n").append(home).append("\n"), base::as_chars(content_salt));
    return base::random_uuid([&hash, is_second](std::span<std::uint8_t> bytes) {
        std::copy_n(hash.begin() + (is_second ? half : 0), bytes.size(), bytes.begin());
    });
}

}  // namespace cbmx::ledger
