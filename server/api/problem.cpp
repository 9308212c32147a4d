// See problem.hpp. One shape for every error, those of the HTTP layer included.
#include "api/problem.hpp"

namespace cbmx::api {
namespace {

constexpr std::size_t max_reported_violations = 200;  // one answer stays one readable answer

// A workflow state inside a sentence is a word of the caller's language.
domain::Arguments translated(domain::Arguments arguments, i18n::Language language)
{
    for (auto& [name, value] : arguments)
        if (name == "workflow_state" && i18n::has("workflow." + value))
            value = i18n::text(language, "workflow." + value);
    return arguments;
}

}  // namespace

nlohmann::json problem_json(const Error& error, i18n::Language language, std::string_view instance)
{
    const auto& row = domain::row_of(error.code);
    const std::string slug(row.slug);
    auto errors = nlohmann::json::array();
    for (const auto& violation : error.violations) {
        if (errors.size() == max_reported_violations)
            break;
        const std::string code(domain::name_of(violation.rule));
        errors.push_back({{"pointer", violation.pointer}, {"code", code}, {"detail", i18n::text(language, "rule." + code, translated(violation.arguments, language))}});
    }
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
    switch (error.code) {
    case ErrorCode::unauthenticated:
    case ErrorCode::invalid_credential: response.fields.push_back({"WWW-Authenticate", "Bearer realm=\"cbmx\""}); break;
    case ErrorCode::unavailable:
    case ErrorCode::read_only: response.fields.push_back({"Retry-After", "5"}); break;
    default: break;
    }
    return response;
}

}  // namespace cbmx::api
