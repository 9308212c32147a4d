// JSON Schema 2020-12, the subset that our schema files use, compiled at start. A keyword, format or type that this
// validator does not know stops the start: nothing in a schema file is silently ignored. "number" is refused
// (see canonical form). Patterns run in RE2: linear time. validate() is const and may run on any thread.
//
// Keywords: $schema $id $defs $ref(local "#/$defs/x" and "other.schema.json") title description examples default
//   deprecated readOnly type enum const properties required additionalProperties(false or schema) minProperties maxProperties
//   patternProperties propertyNames items minItems maxItems uniqueItems minLength maxLength(in code points) pattern format minimum maximum
//   oneOf anyOf allOf if/then/else not
// Formats: date date-time uuid uri(http/https) language-tag name text base64 sha256-hex
//   email(ASCII, unquoted, domain with a dot) phone-number(E.164) time-zone(IANA, Area/Location or UTC)
#pragma once
#include "domain/error.hpp"
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace cbmx::json {

class Schema;  // compiled

class SchemaSet {
public:
    // name -> text of the schema file; throws std::runtime_error that names file, place and keyword.
    explicit SchemaSet(const std::map<std::string, std::string_view>& files);
    static const SchemaSet& embedded();  // schema/json, compiled once
    ~SchemaSet();

    // The violations, in document order; more than `most` are not looked for, and more_errors then stands behind them. Items and members
    // beyond maxItems and maxProperties are not judged one by one. name without ".schema.json", e.g. "report-create".
    // Unknown members: Rule::unknown_member at the member's own pointer. Unknown schema name: std::logic_error.
    std::vector<domain::Violation> validate(std::string_view name, const nlohmann::json& value,
                                            std::size_t most = domain::max_violations_of_body) const;
    bool contains(std::string_view name) const;
    std::vector<std::string> names() const;
    const nlohmann::json& document(std::string_view name) const;  // the file as written

private:
    std::map<std::string, std::unique_ptr<Schema>, std::less<>> schemas_;
};

}  // namespace cbmx::json
