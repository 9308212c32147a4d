// See components.hpp. English alone: scripts and those who write them read it.
#include "api/openapi/components.hpp"
#include "api/openapi/openapi.hpp"
#include "json/schema.hpp"
#include <array>
#include <stdexcept>

namespace cbmx::api {
namespace {

using Value = nlohmann::json;

constexpr std::string_view api_version = "1.0.0";  // of the description: grows with what /v1 offers
constexpr std::string_view schema_suffix = ".schema.json";
constexpr std::string_view defs = "#/$defs/";

constexpr std::string_view introduction =
    "The portal through which States exchange reports on cyber confidence-building measures.\n\n"
    "**Ledger.** Each accepted change is one entry of an append-only Merkle tree. The answer to a write that is an entry carries "
    "`receipt` (entry, inclusion proof, signed checkpoint) and `opening` (salt and the committed content); writes to a State's own "
    "workspace carry `receipt: null`. A record is `{id, content, salt, meta}`: SHA-256 over salt and canonical content (RFC 8785) is the "
    "commitment of its last entry; `meta` stands beside it. `salt` is null where the content shown is not exactly the committed one.\n\n"
    "**Credentials.** A bearer token, or a client certificate on the listener for certificates. Public records need none. A record that a "
    "caller "
    "may "
    "not see is 404; what it may see but not do is 403.\n\n"
    "**Errors** are `application/problem+json` (RFC 9457). `type` is a page of this portal, `errors` lists every broken rule with the "
    "place (a JSON Pointer into the body, or `query:name`, `header:Name`) and a stable code. Sentences are in the caller's language. "
    "Any address may also answer 405, 408, 414, 421, 431 or 501, in the same shape.\n\n"
    "**Languages.** `Accept-Language` chooses en, es, fr or pt for every sentence; codes and labels never change.\n\n"
    "**Versions.** A caller that may change a record gets an `ETag` whose first two parts are the record's version and a hash of what "
    "a step would act on. A change must send it back in `If-Match`: 428 without it, 412 when the record is no longer that, 400 when it "
    "is malformed. `\"3-\"`, made from `meta.version` (`\"d3-\"` for a working copy), says the version alone. What publishes, widens, "
    "withdraws or erases takes exactly one strong tag; elsewhere lists and `*` do as well. `If-None-Match` on reads answers 304.\n\n"
    "**Safe repeats.** Every write takes an `Idempotency-Key`: the same request with the same key is carried out once and answered "
    "again, with `Idempotency-Replayed: true`. The same key with another request is 422. Keys are kept 30 days. What needs no account "
    "takes none, and gives the same answer to the same request.\n\n"
    "**Dry runs.** `?dry_run=true` on a write checks everything and keeps nothing.\n\n"
    "**Lists** are `{items, next}`; pass `next` as `cursor` to continue, or follow `Link: rel=\"next\"`. Unknown query parameters are "
    "400.\n\n"
    "**Limits.** `RateLimit` and `RateLimit-Policy` say how much is left; 429 and 503 carry `Retry-After`.\n\n"
    "HEAD is answered wherever GET is. Times are RFC 3339 in UTC; ids are random UUIDs; order is the ledger's number, never a time.";

// "draft or publish"
std::string either(std::span<const Permission> permissions)
{
    std::string text;
    for (const auto permission : permissions)
        text += (text.empty() ? "`" : " or `") + std::string(domain::name_of(permission)) + "`";
    return text;
}

struct Tag {
    std::string_view name, description;
};
constexpr std::array tag_table{
    Tag{"portal", "The portal itself: index, description, problems, schemas, health."},
    Tag{"registry", "States, measures, reporting periods and terms of office: public, maintained by the secretariat."},
    Tag{"documents", "Reference documents compiled from the public record. Never a State's report."},
    Tag{"reports", "A State's reports on a measure in a period: drafts, publications, revisions, audience."},
    Tag{"batches", "Many reports and nominations in one request; every error of every item is reported at once."},
    Tag{"directory", "Points of contact and response teams, for participating States; nominated by note verbale. Never public."},
    Tag{"changes", "The change feed: every change that the caller may see, in the ledger's order."},
    Tag{"receipts", "Proofs that a change was accepted."},
    Tag{"log", "The Merkle tree: checkpoints, tiles, leaves and proofs for verifiers; and its witnesses."},
    Tag{"export", "All records that one reader may see, with their proofs, in one archive."},
    Tag{"audit", "Who did what."},
    Tag{"accounts", "The accounts of a State or an office, and their roles."},
    Tag{"credentials", "Tokens and registered client certificates."},
    Tag{"delegations", "Delegating some of one's own roles for a limited time."},
    Tag{"proposals", "Changes that await a second person, or the State concerned."},
    Tag{"signing keys", "A State's public keys: for its statements, and of its witnesses."},
    Tag{"settings", "A State's settings for its own workflow."},
};

Value header(std::string_view description, const Value& schema) { return {{"description", description}, {"schema", schema}}; }

Value parameter(std::string_view name, std::string_view in, bool required, std::string_view description, const Value& schema)
{
    return {{"name", name}, {"in", in}, {"required", required}, {"description", description}, {"schema", schema}};
}

std::string component_of(const std::string& file, std::string_view definition)
{
    return definition.empty() ? file : file + "." + std::string(definition);
}

}  // namespace

Value reference_to(std::string_view section, std::string_view name)
{
    return {{"$ref", "#/components/" + std::string(section) + "/" + std::string(name)}};
}

Value SchemaComponents::use(const std::string& name)
{
    add(name, name, json::SchemaSet::embedded().document(name));
    return reference_to("schemas", name);
}

Value SchemaComponents::use(const std::string& file, const std::string& definition)
{
    const auto component = component_of(file, definition);
    add(component, file, json::SchemaSet::embedded().document(file).at("$defs").at(definition));
    return reference_to("schemas", component);
}

void SchemaComponents::add(const std::string& component, const std::string& file, Value schema)
{
    if (components_.contains(component))
        return;
    components_[component] = nullptr;  // seen: a schema may lead back to itself
    for (const char* member : {"$schema", "$id", "$defs"})
        schema.erase(member);
    rewrite(schema, file);
    components_[component] = std::move(schema);
}

// Follows "$ref" wherever it is a keyword. Examples and constants are data: what they hold is left alone.
void SchemaComponents::rewrite(Value& schema, const std::string& file)
{
    if (schema.is_array()) {
        for (auto& item : schema)
            rewrite(item, file);
        return;
    }
    if (!schema.is_object())
        return;
    for (auto& [keyword, value] : schema.items()) {
        if (keyword == "examples" || keyword == "const" || keyword == "enum" || keyword == "default")
            continue;
        if (keyword != "$ref" || !value.is_string()) {
            rewrite(value, file);
            continue;
        }
        const auto target = value.get<std::string>();
        const auto suffix = target.find(schema_suffix);
        const auto other = suffix == std::string::npos ? file : target.substr(0, suffix);
        const auto at = target.find(defs);
        const auto definition = at == std::string::npos ? std::string() : target.substr(at + defs.size());
        const auto& document = json::SchemaSet::embedded().document(other);
        const auto component = component_of(other, definition);
        add(component, other, definition.empty() ? document : document.at("$defs").at(definition));
        value = "#/components/schemas/" + component;
    }
}

Value SchemaComponents::examples_of(const std::string& name, bool in_list)
{
    const auto& document = json::SchemaSet::embedded().document(name);
    Value examples;
    const auto listed = document.find("examples");
    if (listed == document.end())
        return examples;
    int number = 0;
    for (const auto& example : *listed)
        examples["example-" + std::to_string(++number)] = {
            {"value", in_list ? Value{{"items", Value::array({example})}, {"next", nullptr}} : example}};
    return examples;
}

bool SchemaComponents::asks_for_members(const std::string& name)
{
    return !json::SchemaSet::embedded().validate(name, Value::object()).empty();
}

bool SchemaComponents::has_member(const std::string& name, const std::string& member)
{
    const auto& document = json::SchemaSet::embedded().document(name);
    return document.contains("properties") && document.at("properties").contains(member);
}

Value header_components()
{
    const Value text{{"type", "string"}};
    return {
        {"ETag", header("Identifies this answer; a weak one stays as long as another answer would say the same. For callers who may change "
                        "the record, its first two parts are what If-Match compares.",
                        text)},
        {"Link", header("rel=\"next\" leads to the next page (RFC 8288).", text)},
        {"Location", header("Where the new record is.", text)},
        {"RateLimit", header("Requests left in the quota, and the seconds until it is full again.", text)},
        {"RateLimit-Policy", header("The quota and its window in seconds.", text)},
        {"Retry-After", header("Seconds to wait before trying again.", Value{{"type", "integer"}, {"minimum", 0}})},
        {"Idempotency-Replayed", header("Present when the answer repeats an earlier one with the same Idempotency-Key.",
                                        Value{{"type", "string"}, {"const", "true"}})},
        {"X-Request-Id", header("The request's identifier, as in a problem's instance.", Value{{"type", "string"}, {"format", "uuid"}})},
    };
}

Value parameter_components()
{
    const Value tag{{"type", "string"}, {"minLength", 1}};
    return {
        {"Accept-Language",
         parameter("Accept-Language", "header", false, "The language of sentences: en, es, fr or pt by look-up (RFC 4647).", tag)},
        {"If-None-Match", parameter("If-None-Match", "header", false, "The ETag of a cached answer: 304 when it is unchanged.", tag)},
        {"If-Match",
         parameter("If-Match", "header", true, "The ETag of the record as it was read; also a list, or * for any version.", tag)},
        {"If-Match-one", parameter("If-Match", "header", true, "The ETag of the record as it was read: exactly one strong tag.", tag)},
        {"Idempotency-Key", parameter("Idempotency-Key", "header", false, "Makes it safe to send this request again after an interruption.",
                                      Value{{"type", "string"}, {"minLength", 1}, {"maxLength", 257}})},
        {"dry_run",
         parameter("dry_run", "query", false, "true: check everything, keep nothing.", Value{{"type", "boolean"}, {"default", false}})},
    };
}

Value security_components()
{
    return {
        {"token",
         {{"type", "http"},
          {"scheme", "bearer"},
          {"bearerFormat", "cbmx_ and base62"},
          {"description", "An API token with scopes and an expiry; it may be bound to a client certificate (RFC 8705)."}}},
        {"certificate",
         {{"type", "mutualTLS"},
          {"description", "A client certificate whose SHA-256 fingerprint is registered; TLS 1.3, on its own listener."}}},
    };
}

Value problem_example(ErrorCode code)
{
    const auto& row = domain::row_of(code);
    const std::string key = "problem." + std::string(row.slug);
    const auto language = i18n::default_language;
    return {{"value",
             {{"type", "/problems/" + std::string(row.slug)},
              {"title", i18n::text(language, key + ".title")},
              {"status", row.status},
              {"detail", i18n::text(language, key + ".detail")},
              {"instance", "urn:uuid:0f8b3c52-6a64-4c43-9c7a-6ad0a5f1a2f1"},
              {"errors", Value::array()}}}};
}

Value tags_of(const std::set<std::string, std::less<>>& used)
{
    auto tags = Value::array();
    for (const auto& tag : tag_table)
        if (used.contains(tag.name))
            tags.push_back({{"name", tag.name}, {"description", tag.description}});
    return tags;
}

Value info()
{
    return {{"title", portal_title},
            {"version", api_version},
            {"summary", "Reports, registry and ledger of the exchange on cyber confidence-building measures"},
            {"description", introduction},
            {"license", {{"name", "Apache License 2.0"}, {"identifier", "Apache-2.0"}}}};
}

std::string one_of_text(const Route& route)
{
    std::string text;
    for (const auto& row : route.one_of) {
        text += text.empty() ? "\n\nBesides, before the body is read, one of these: " : "; ";
        if (!row.body_type.empty())
            text += "with " + std::string(row.body_type);
        if (!row.parameter.empty())
            text += " and `" + std::string(row.parameter) + "=" + std::string(row.value) + "`";
        text += (row.body_type.empty() ? "otherwise " : " ") + either(row.permissions);
    }
    return text.empty() ? text : text + ".";
}

}  // namespace cbmx::api
