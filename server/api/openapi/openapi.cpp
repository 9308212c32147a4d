// See openapi.hpp. One operation per route; the parts that it refers to are in openapi_components.cpp.
#include "api/openapi/openapi.hpp"
#include "api/openapi/components.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <map>

namespace cbmx::api {
namespace {

using Value = nlohmann::json;

constexpr std::string_view problem_media_type = "application/problem+json";
constexpr std::string_view dry_run_schema = "dry-run";
constexpr std::string_view out_of_sight_schema = "out-of-sight";

bool is_write(const Route& route) { return std::holds_alternative<WriteHandler>(route.handler); }
bool is_public(const Route& route) { return domain::reach_of(route.permission.permission, {}) != domain::Reach::none; }
bool takes_key(const Route& route) { return is_write(route) && !is_public(route); }  // pipeline.cpp: the others need none

// What may become a proposal that a second person, or the State concerned, has to confirm: answered with 202.
bool may_wait(const Route& route)
{
    using enum Permission;
    const auto permission = route.permission.permission;
    return is_write(route) && (permission == account_write || permission == state_settings_write || permission == report_audience ||
                               (permission == signing_key_write && route.success == 201));
}

// What may be there already (the same client_ref with the same content, the same cosignature): answered with 200.
bool may_be_known(const Route& route)
{
    return is_write(route) && route.success == 201 &&
           (route.permission.permission == Permission::log_cosign ||
            std::find(route.fails_with.begin(), route.fails_with.end(), ErrorCode::reference_conflict) != route.fails_with.end());
}

// What a change may hide from whoever makes it: a report, and with it a proposal about its audience. The schema of a change of audience
// says so itself.
bool may_go_out_of_sight(const Route& route) { return is_write(route) && (route.response == "report" || route.response == "proposal"); }

// "{rest*}" takes several segments; in the description it is a plain parameter.
std::vector<std::string> path_names(std::string_view path)
{
    std::vector<std::string> names;
    for (auto open = path.find('{'); open != std::string_view::npos; open = path.find('{')) {
        const auto close = path.find('}', open);
        names.emplace_back(path.substr(open + 1, close - open - 1));
        path.remove_prefix(close + 1);
    }
    return names;
}

std::string described_path(std::string_view path)
{
    std::string text(path);
    text.erase(std::remove(text.begin(), text.end(), '*'), text.end());
    return text;
}

Value path_parameter(std::string name)
{
    const bool takes_rest = name.ends_with('*');
    if (takes_rest)
        name.pop_back();
    Value schema{{"type", "string"}, {"minLength", 1}};
    std::string description = takes_rest ? "The rest of the path; it may contain slashes." : "The " + name + " of the record.";
    if (name == "page")
        description = "The name of the page, as /docs lists it.";
    if (name == "file")
        description = "The name of the program, as /docs/verification lists it.";
    if (name == "id")
        schema = {{"type", "string"}, {"format", "uuid"}};
    if (name == "sha256") {
        description = "The SHA-256 of the document, in lower-case hex.";
        schema = {{"type", "string"}, {"pattern", "^[0-9a-f]{64}$"}};
    }
    if (name == "seq" || name == "revision")
        schema = {{"type", "integer"}, {"minimum", name == "seq" ? 0 : 1}};
    return {{"name", name}, {"in", "path"}, {"required", true}, {"description", std::move(description)}, {"schema", std::move(schema)}};
}

Value choices_of(std::string_view text)
{
    auto choices = Value::array();
    while (true) {
        const auto bar = text.find('|');
        choices.push_back(std::string(text.substr(0, bar)));
        if (bar == std::string_view::npos)
            return choices;
        text.remove_prefix(bar + 1);
    }
}

Value schema_of(const Parameter& parameter)
{
    switch (parameter.kind) {
    case Kind::text: return {{"type", "string"}};
    case Kind::boolean: return {{"type", "boolean"}};
    case Kind::choice: return {{"type", "string"}, {"enum", choices_of(parameter.choices)}};
    case Kind::seq: return {{"type", "integer"}, {"minimum", 0}};
    case Kind::integer: {
        Value schema{{"type", "integer"}, {"minimum", parameter.minimum}};
        if (parameter.maximum != json::max_integer)
            schema["maximum"] = parameter.maximum;
        return schema;
    }
    }
    throw std::logic_error("parameter kind");
}

Value parameters_of(const Route& route)
{
    auto parameters = Value::array();
    for (const auto& name : path_names(route.path))
        parameters.push_back(path_parameter(name));
    for (const auto& parameter : route.query)
        parameters.push_back({{"name", parameter.name},
                              {"in", "query"},
                              {"required", parameter.required},
                              {"description", parameter.summary},
                              {"schema", schema_of(parameter)}});
    parameters.push_back(reference_to("parameters", "Accept-Language"));
    if (!is_write(route))
        parameters.push_back(reference_to("parameters", "If-None-Match"));
    if (route.condition == Condition::if_match)
        parameters.push_back(reference_to("parameters", "If-Match"));
    if (route.condition == Condition::one_tag)
        parameters.push_back(reference_to("parameters", "If-Match-one"));
    if (takes_key(route))
        parameters.push_back(reference_to("parameters", "Idempotency-Key"));
    if (is_write(route))
        parameters.push_back(reference_to("parameters", "dry_run"));
    return parameters;
}

Value security_of(const Route& route)
{
    Value security = Value::array({Value{{"token", Value::array()}}, Value{{"certificate", Value::array()}}});
    if (is_public(route))
        security.insert(security.begin(), Value::object());
    return security;
}

Value roles_of(Permission permission)
{
    Value roles = Value::object();
    for (std::size_t i = 0; i < domain::role_count; ++i) {
        domain::RoleSet one;
        one.set(i);
        if (const auto reach = domain::reach_of(permission, one); reach != domain::Reach::none)
            roles[std::string(domain::name_of(static_cast<domain::Role>(i)))] = domain::name_of(reach);
    }
    return roles;
}

std::string description_of(const Route& route)
{
    const auto permission = route.permission.permission;
    std::string text(route.summary);
    text += ".\n\nPermission `" + std::string(domain::name_of(permission)) + "`, token scope `" +
            std::string(domain::name_of(domain::scope_of(permission))) + "`: ";
    if (is_public(route))
        return text + "everyone, for the records that each may see.";
    std::string list;
    const auto roles = roles_of(permission);
    for (const auto& [role, reach] : roles.items())
        list += (list.empty() ? "" : ", ") + role + " (" + reach.get<std::string>() + ")";
    return text + list + "." + one_of_text(route);
}

Value headers_of(const Route& route, int status)
{
    std::vector<std::string_view> names{"RateLimit", "RateLimit-Policy", "X-Request-Id"};
    if (status != 204)
        names.emplace_back("ETag");
    if (route.list)
        names.emplace_back("Link");
    if (status == 201)
        names.emplace_back("Location");
    if (takes_key(route))
        names.emplace_back("Idempotency-Replayed");
    Value headers;
    for (const auto name : names)
        headers[std::string(name)] = reference_to("headers", name);
    return headers;
}

Value page_of(const Value& item)
{
    return {{"type", "object"},
            {"required", Value::array({"items", "next"})},
            {"additionalProperties", false},
            {"properties",
             {{"items", {{"type", "array"}, {"items", item}}},
              {"next",
               {{"type", Value::array({"string", "null"})},
                {"description", "The cursor of the next page; null at the last one. A page may be short or empty before that."}}}}}};
}

// What a body that is no JSON of a schema looks like; of a list, all of its records in one.
Value plain_schema(std::string_view media_type, bool list = false)
{
    if (media_type.starts_with("text/") || media_type == "application/x-ndjson")
        return {{"type", "string"}};
    if (media_type.ends_with("json"))
        return list ? Value{{"type", "array"}, {"items", {{"type", "object"}}}} : Value{{"type", Value::array({"object", "boolean"})}};
    return {{"type", "string"}, {"contentMediaType", media_type}};
}

class Description {
public:
    Value run(std::span<const Route> table);

private:
    Value operation(const Route& route);
    Value responses_of(const Route& route);
    Value success_of(const Route& route);
    Value content_of(const Route& route);
    Value waiting_of(const Route& route);
    Value dry_run_of(const Route& route);
    Value refusal(const std::vector<ErrorCode>& codes);
    Value media(const std::string& schema, bool list);
    Value media_of_change(const std::string& schema);

    SchemaComponents schemas_;
    Value responses_ = Value::object(), examples_ = Value::object();
    std::set<std::string, std::less<>> tags_;
};

Value Description::media(const std::string& schema, bool list)
{
    const auto item = schemas_.use(schema);
    Value media{{"schema", list ? page_of(item) : item}};
    const auto examples = SchemaComponents::examples_of(schema, list);
    for (const auto& [name, example] : examples.items()) {
        const auto shared = schema + (list ? ".page." : ".") + name;
        examples_[shared] = example;
        media["examples"][name] = reference_to("examples", shared);
    }
    return media;
}

Value Description::media_of_change(const std::string& schema)
{
    auto described = media(schema, false);
    described["schema"] = {{"anyOf", Value::array({described["schema"], schemas_.use(std::string(out_of_sight_schema))})}};
    return described;
}

Value Description::content_of(const Route& route)
{
    Value content;
    const std::string media_type(route.media_type);
    content[media_type] = route.response.empty()       ? Value{{"schema", plain_schema(media_type)}}
                          : may_go_out_of_sight(route) ? media_of_change(std::string(route.response))
                                                       : media(std::string(route.response), route.list);
    for (const auto other : route.alternative_media_types)
        content[std::string(other)] = {{"schema", plain_schema(other, route.list)}};
    return content;
}

Value Description::success_of(const Route& route)
{
    Value response{{"description", route.success == 201   ? "Done: the new record."
                                   : route.success == 204 ? "Done."
                                                          : "The answer."},
                   {"headers", headers_of(route, route.success)}};
    if (route.success != 204)
        response["content"] = content_of(route);
    return response;
}

Value Description::waiting_of(const Route& route)
{
    return {{"description", "Nothing has changed yet: the change awaits confirmation by another person or by the State concerned. The "
                            "answer is the proposal."},
            {"headers", headers_of(route, 202)},
            {"content", {{"application/json", media_of_change("proposal")}}}};
}

Value Description::dry_run_of(const Route& route)
{
    auto headers = headers_of(route, 204);
    headers.erase("Idempotency-Replayed");
    return {{"description", "With dry_run=true: the answer that the request would have had. Nothing was stored."},
            {"headers", std::move(headers)},
            {"content", {{"application/json", {{"schema", reference_to("schemas", dry_run_schema)}}}}}};
}

// One shared response for each set of errors of one status, named by them.
Value Description::refusal(const std::vector<ErrorCode>& codes)
{
    std::string name, description;
    Value examples;
    for (const auto code : codes) {
        const auto& row = domain::row_of(code);
        const std::string slug(row.slug);
        name += (name.empty() ? "" : ".") + slug;
        description += (description.empty() ? "" : " ") + i18n::text(i18n::default_language, "problem." + slug + ".title") + ".";
        examples_[slug] = problem_example(code);
        examples[slug] = reference_to("examples", slug);
    }
    if (!responses_.contains(name)) {
        Value headers{{"X-Request-Id", reference_to("headers", "X-Request-Id")}};
        if (const int status = domain::row_of(codes.front()).status; status == 429 || status == 503)
            headers["Retry-After"] = reference_to("headers", "Retry-After");
        Value content{{"schema", schemas_.use("problem")}, {"examples", std::move(examples)}};
        responses_[name] = {{"description", std::move(description)},
                            {"headers", std::move(headers)},
                            {"content", {{std::string(problem_media_type), std::move(content)}}}};
    }
    return reference_to("responses", name);
}

Value Description::responses_of(const Route& route)
{
    Value responses;
    responses[std::to_string(route.success)] = success_of(route);
    if (may_wait(route))
        responses["202"] = waiting_of(route);
    if (is_write(route) && route.success != 200) {
        responses["200"] = dry_run_of(route);
        if (may_be_known(route)) {
            responses["200"]["description"] =
                "Nothing new: already known. With dry_run=true: the answer that the request would have had; nothing was stored.";
            responses["200"]["headers"] = headers_of(route, 200);
            auto& media = responses["200"]["content"]["application/json"];
            media["schema"] = {{"anyOf", Value::array({schemas_.use(std::string(route.response)), media["schema"]})}};
        }
    } else if (is_write(route)) {
        auto& media = responses["200"]["content"]["application/json"];
        auto& schema = media["schema"];
        if (!schema.contains("anyOf"))
            schema = {{"anyOf", Value::array({schema})}};
        schema["anyOf"].push_back(reference_to("schemas", dry_run_schema));
    } else {
        responses["304"] = {{"description", "Unchanged since the answer that If-None-Match names."}};
    }
    std::map<int, std::vector<ErrorCode>> by_status;
    for (const auto code : errors_of(route))
        by_status[domain::row_of(code).status].push_back(code);
    for (const auto& [status, codes] : by_status)
        responses[std::to_string(status)] = refusal(codes);
    return responses;
}

Value Description::operation(const Route& route)
{
    const auto permission = route.permission.permission;
    Value operation{
        {"operationId", route.operation_id},
        {"summary", route.summary},
        {"description", description_of(route)},
        {"tags", Value::array({route.tag})},
        {"parameters", parameters_of(route)},
        {"responses", responses_of(route)},
        {"security", security_of(route)},
        {"x-permission", domain::name_of(permission)},
        {"x-token-scope", domain::name_of(domain::scope_of(permission))},
        {"x-roles", roles_of(permission)},
    };
    if (!route.request.empty()) {
        const auto body = media(std::string(route.request), false);
        operation["requestBody"] = {{"required", SchemaComponents::asks_for_members(std::string(route.request))},
                                    {"content", {{"application/json", body}}}};
        for (const auto taken : route.raw_body_types)
            if (taken != "application/json")
                operation["requestBody"]["content"][taken] = {{"schema", plain_schema(taken)}};
        if (route.method == Method::patch)
            operation["requestBody"]["content"]["application/merge-patch+json"] = body;
    }
    tags_.emplace(route.tag);
    return operation;
}

Value Description::run(std::span<const Route> table)
{
    Value paths = Value::object();
    for (const auto& route : table) {
        const auto method = base::to_lower(name_of(route.method));
        paths[described_path(route.path)][method] = operation(route);
    }
    const bool has_writes = std::any_of(table.begin(), table.end(), is_write);
    const auto to_sign = has_writes ? schemas_.use("common", "to_sign") : Value();
    auto schemas = schemas_.all();
    if (has_writes)
        schemas[std::string(dry_run_schema)] = {
            {"type", "object"},
            {"title", "Dry run"},
            {"required", Value::array({"dry_run", "status"})},
            {"additionalProperties", false},
            {"properties",
             {{"dry_run", {{"const", true}}},
              {"status", {{"type", "integer"}, {"description", "The status that the answer would have had."}}},
              {"content", {{"type", "object"}, {"description", "For a batch: the result that each item would have had."}}},
              {"statement", to_sign}}}};
    return {{"openapi", "3.1.0"},
            {"info", info()},
            {"externalDocs",
             {{"url", "/docs"},
              {"description", "Documentation for scripts: credentials, reports, batches, errors, feed, verification, limits"}}},
            {"servers", Value::array({Value{{"url", "/"}, {"description", "This portal"}}})},
            {"tags", tags_of(tags_)},
            {"paths", std::move(paths)},
            {"components",
             {{"schemas", std::move(schemas)},
              {"responses", std::move(responses_)},
              {"examples", std::move(examples_)},
              {"headers", header_components()},
              {"parameters", parameter_components()},
              {"securitySchemes", security_components()}}}};
}

}  // namespace

std::vector<ErrorCode> errors_of(const Route& route)
{
    using enum ErrorCode;
    std::set<ErrorCode> codes{bad_request, unknown_parameter, invalid_credential, token_scope, not_acceptable, too_many_requests, internal};
    if (!is_public(route))
        codes.insert({unauthenticated, forbidden});
    if (!route.query.empty() || is_write(route))
        codes.insert(invalid_parameter);
    if (route.path.find('{') != std::string_view::npos)
        codes.insert(not_found);
    if (is_write(route))
        codes.insert({content_too_large, unsupported_media_type, unavailable, read_only});
    if (route.growth == Growth::new_material || route.body_limit > http::body_in_memory_bytes)
        codes.insert(storage_low);
    if (route.growth == Growth::new_material)
        codes.insert(quota_exceeded);
    if (takes_key(route))
        codes.insert(idempotency_key_reused);
    if (!route.request.empty())
        codes.insert({malformed_json, validation_failed});
    if (!route.request.empty() && SchemaComponents::has_member(std::string(route.request), "statement"))  // a word of a State
        codes.insert({signature_invalid, signature_required});
    if (route.condition != Condition::none)
        codes.insert({precondition_required, precondition_failed});
    codes.insert(route.fails_with.begin(), route.fails_with.end());
    return {codes.begin(), codes.end()};
}

Value openapi_document(std::span<const Route> table) { return Description().run(table); }
Value openapi_document() { return openapi_document(routes()); }

}  // namespace cbmx::api
