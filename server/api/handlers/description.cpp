// See description.hpp. Links are relative; only security.txt needs the portal's own name, which comes from its
// settings and never from the request's Host (rules.md 11).
#include "api/handlers/description.hpp"
#include "api/answer.hpp"
#include "api/formats/page.hpp"
#include "api/openapi/openapi.hpp"
#include "json/schema.hpp"
#include <algorithm>

namespace cbmx::api::description {
namespace {

constexpr std::string_view schema_suffix = ".schema.json";
constexpr int pretty = 2;                                // columns of indentation: these texts are read by people too
constexpr std::chrono::days security_txt_lifetime{180};  // RFC 9116 2.5.5 asks for less than a year

Answer text_answer(std::string body, std::string content_type)
{
    Answer answer;
    answer.body = std::move(body);
    answer.content_type = std::move(content_type);
    return answer;
}

std::string text_of(const domain::ErrorRow& row, i18n::Language language, std::string_view part)
{
    return i18n::text(language, "problem." + std::string(row.slug) + "." + std::string(part));
}

nlohmann::json page_of(const domain::ErrorRow& row, i18n::Language language)
{
    return {{"type", "/problems/" + std::string(row.slug)},
            {"title", text_of(row, language, "title")},
            {"page", text_of(row, language, "page")},
            {"status", row.status}};
}

Answer html_of(const domain::ErrorRow& row, i18n::Language language)
{
    const auto title = text_of(row, language, "title");
    std::string html =
        "<h1>" + html_escaped(title) + "</h1>\n<p><code>" + std::to_string(row.status) + " " + html_escaped(row.slug) + "</code></p>\n";
    html += "<p>" + html_escaped(text_of(row, language, "detail")) + "</p>\n<p>" + html_escaped(text_of(row, language, "page")) + "</p>\n";
    html += "<p><a href=\"/problems\">" + html_escaped(i18n::text(language, "problem.see_all")) + "</a></p>\n";
    return html_answer({.language = language, .title = title, .content = html});
}

// Seconds and smaller are left out on purpose: the text, and with it the ETag, stays the same for a day.
std::string expiry_from(domain::Instant now)
{
    const auto day = std::chrono::floor<std::chrono::days>(now) + security_txt_lifetime;
    return domain::to_rfc3339(domain::Instant(day));
}

}  // namespace

Result<Answer> index(const Call& call)
{
    const nlohmann::json links{
        {"docs", "/docs"},       {"openapi", "/openapi.json"}, {"problems", "/problems"},
        {"schemas", "/schemas"}, {"log_key", "/v1/log/key"},   {"security", "/.well-known/security.txt"},
    };
    const auto notice = call.portal.demo ? nlohmann::json(i18n::text(call.language, "meta.demo_notice")) : nlohmann::json();
    return json_answer({{"title", std::string(portal_title)}, {"notice", notice}, {"links", links}});
}

Result<Answer> openapi(const Call&)
{
    static const std::string document = openapi_document().dump(pretty) + "\n";
    return text_answer(document, "application/json");
}

Result<Answer> list_problems(const Call& call)
{
    service::Page page;
    for (const auto& row : domain::error_table)
        page.items.push_back(page_of(row, call.language));
    return page_answer(call, page);
}

Result<Answer> get_problem(const Call& call)
{
    const auto& slug = call.at("code");
    const auto row = std::find_if(domain::error_table.begin(), domain::error_table.end(),
                                  [&slug](const domain::ErrorRow& each) { return each.slug == slug; });
    if (row == domain::error_table.end())
        return domain::not_found();
    if (call.media_type == html_media_type)
        return html_of(*row, call.language);
    return json_answer(page_of(*row, call.language));
}

Result<Answer> list_schemas(const Call& call)
{
    const auto& schemas = json::SchemaSet::embedded();
    service::Page page;
    for (const auto& name : schemas.names()) {
        const auto& document = schemas.document(name);
        page.items.push_back(
            {{"name", name}, {"title", document.value("title", name)}, {"href", "/schemas/" + name + std::string(schema_suffix)}});
    }
    return page_answer(call, page);
}

Result<Answer> get_schema(const Call& call)
{
    std::string name = call.at("name");
    if (name.ends_with(schema_suffix))
        name.resize(name.size() - schema_suffix.size());
    const auto& schemas = json::SchemaSet::embedded();
    if (!schemas.contains(name))
        return domain::not_found();
    return text_answer(schemas.document(name).dump(pretty) + "\n", "application/schema+json");
}

Result<Answer> security_txt(const Call& call)
{
    if (call.portal.security_contact.empty())
        return domain::not_found();
    std::string text = "Contact: " + call.portal.security_contact + "\nExpires: " + expiry_from(call.now) + "\nPreferred-Languages: ";
    for (const auto language : i18n::all_languages)
        text += (language == i18n::all_languages.front() ? "" : ", ") + std::string(i18n::code_of(language));
    text += "\nCanonical: " + call.portal.public_url + "/.well-known/security.txt\n";
    return text_answer(std::move(text), "text/plain; charset=utf-8");
}

}  // namespace cbmx::api::description
