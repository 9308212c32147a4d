// See problem.hpp. One shape for every error, those of the HTTP layer included.
#include "api/problem.hpp"
#include <algorithm>

namespace cbmx::api {
namespace {

constexpr std::size_t max_reported_violations = domain::max_violations_of_batch;  // whoever found them
constexpr std::string_view soon_seconds = "5", room_seconds = "60";               // Retry-After
constexpr std::string_view item_prefix = "item:", line_prefix = "line:";

// A workflow state inside a sentence is a word of the caller's language.
domain::Arguments translated(domain::Arguments arguments, i18n::Language language)
{
    for (auto& [name, value] : arguments)
        if (name == "workflow_state" && i18n::has("workflow." + value))
            value = i18n::text(language, "workflow." + value);
    return arguments;
}

// The problem that refuses an item of a batch as a whole stands in its list under its own name.
bool is_problem_of_item(const domain::Violation& violation) { return violation.rule == Rule::refused && !violation.arguments.empty(); }

// "item:3/report/status" is item 3 and a pointer into it; "line:3/hours" also says line and column.
nlohmann::json place_of(const std::string& pointer)
{
    const auto slash = std::min(pointer.find('/'), pointer.size());
    const auto number = [&pointer, slash](std::string_view prefix) {
        return std::stoll(pointer.substr(prefix.size(), slash - prefix.size()));
    };
    if (pointer.starts_with(item_prefix))
        return {{"item", number(item_prefix)}, {"pointer", pointer.substr(slash)}};
    if (pointer.starts_with(line_prefix))
        return {{"line", number(line_prefix)}, {"column", slash == pointer.size() ? "" : pointer.substr(slash + 1)}, {"pointer", pointer}};
    return {{"pointer", pointer}};
}

}  // namespace

nlohmann::json violation_json(const domain::Violation& violation, i18n::Language language)
{
    auto json = place_of(violation.pointer);
    if (is_problem_of_item(violation)) {
        const auto& slug = violation.arguments.front().second;
        json["code"] = slug;
        json["detail"] = i18n::text(language, "problem." + slug + ".detail", translated(violation.arguments, language));
        return json;
    }
    const std::string code(domain::name_of(violation.rule));
    json["code"] = code;
    json["detail"] = i18n::text(language, "rule." + code, translated(violation.arguments, language));
    return json;
}

nlohmann::json problem_json(const Error& error, i18n::Language language, std::string_view instance)
{
    const auto& row = domain::row_of(error.code);
    const std::string slug(row.slug);
    auto errors = nlohmann::json::array();
    const auto told = std::min(error.violations.size(), max_reported_violations);
    for (std::size_t i = 0; i < told; ++i)
        errors.push_back(violation_json(error.violations[i], language));
    if (told < error.violations.size())
        errors.push_back(violation_json(domain::more_errors("", told), language));
    return {{"type", "/problems/" + slug},
            {"title", i18n::text(language, "problem." + slug + ".title")},
            {"status", row.status},
            {"detail", i18n::text(language, "problem." + slug + ".detail", translated(error.arguments, language))},
            {"instance", "urn:uuid:" + std::string(instance)},
            {"errors", std::move(errors)}};
}

http::Response problem(const Error& error, i18n::Language language, std::string_view instance)
{
    http::Response response;
    response.status = domain::row_of(error.code).status;
    response.body = problem_json(error, language, instance).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    response.fields.push_back({"Content-Type", "application/problem+json"});
    response.fields.push_back({"Content-Language", std::string(i18n::code_of(language))});
    response.fields.push_back({"Cache-Control", "no-store"});
    if (error.code == ErrorCode::unauthenticated || error.code == ErrorCode::invalid_credential)
        response.fields.push_back({"WWW-Authenticate", "Bearer realm=\"cbmx\""});
    else if (error.code == ErrorCode::unavailable || error.code == ErrorCode::read_only)
        response.fields.push_back({"Retry-After", std::string(soon_seconds)});
    else if (error.code == ErrorCode::storage_low)
        response.fields.push_back({"Retry-After", std::string(room_seconds)});
    return response;
}

}  // namespace cbmx::api
