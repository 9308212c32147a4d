// Inside of api/openapi*.cpp only: the parts of the description that operations refer to.
#pragma once
#include "api/route.hpp"
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>

namespace cbmx::api {

nlohmann::json reference_to(std::string_view section, std::string_view name);  // {"$ref": "#/components/<section>/<name>"}

// components/schemas: schema/json, each file and each of its $defs one component ("common.schema.json#/$defs/uuid" is
// "common.uuid"), as far as an operation needs it.
class SchemaComponents {
public:
    // Registers the schema with all that it refers to; throws std::logic_error when there is no such file.
    nlohmann::json use(const std::string& name);
    // The examples of the file, as a media type carries them; null when it has none. in_list: as the only item of a page.
    static nlohmann::json examples_of(const std::string& name, bool in_list);
    // False when the empty object is valid: then the body may be left out.
    nlohmann::json use(const std::string& file, const std::string& definition);  // of its "$defs"
    static bool asks_for_members(const std::string& name);
    static bool has_member(const std::string& name, const std::string& member);
    const nlohmann::json& all() const { return components_; }

private:
    void add(const std::string& component, const std::string& file, nlohmann::json schema);
    void rewrite(nlohmann::json& schema, const std::string& file);
    nlohmann::json components_ = nlohmann::json::object();
};

nlohmann::json header_components();
nlohmann::json parameter_components();  // Accept-Language, If-None-Match, If-Match, Idempotency-Key, dry_run
nlohmann::json security_components();
nlohmann::json problem_example(ErrorCode code);
nlohmann::json tags_of(const std::set<std::string, std::less<>>& used);  // with descriptions, in a fixed order
nlohmann::json info();
std::string one_of_text(const Route& route);  // what a request needs besides by what its head says (Route::one_of), or nothing

}  // namespace cbmx::api
