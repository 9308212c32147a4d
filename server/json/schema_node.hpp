// One compiled subschema. Inside of json/ only: schema_compile.cpp builds these, schema_validate.cpp walks them.
#pragma once
#include "domain/error.hpp"
#include <cstdint>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <re2/re2.h>
#include <string>
#include <string_view>
#include <vector>

namespace cbmx::json {

struct FormatRule {
    std::string_view name;
    bool (*holds)(std::string_view text);
    domain::Rule broken;
};
const FormatRule* find_format(std::string_view name);  // formats.cpp; nullptr when unknown

enum class Type : std::uint8_t { null = 1, boolean = 2, integer = 4, string = 8, array = 16, object = 32 };

struct Pattern {
    explicit Pattern(const std::string& source);
    bool matches(std::string_view text) const;
    std::string text;
    RE2 program;
};

struct Node;

struct PatternMember {
    std::unique_ptr<Pattern> pattern;
    const Node* node;
};

struct Node {
    std::string place;       // "report-create.schema.json#/properties/x", for messages about the schema file
    bool forbidden = false;  // the schema `false`
    bool read_only = false;

    std::string reference_text;
    const Node* reference = nullptr;

    std::uint8_t types = 0;  // of Type; 0 is any
    std::string type_names;
    std::optional<nlohmann::json> constant;
    std::optional<std::vector<nlohmann::json>> enumeration;
    std::string enumeration_text;

    std::map<std::string, const Node*, std::less<>> properties;
    std::vector<PatternMember> pattern_properties;
    const Node* additional_properties = nullptr;
    const Node* property_names = nullptr;
    std::vector<std::string> required;
    std::optional<std::int64_t> min_properties, max_properties;

    const Node* items = nullptr;
    std::optional<std::int64_t> min_items, max_items;
    bool unique_items = false;

    std::optional<std::int64_t> min_length, max_length;  // code points
    std::unique_ptr<Pattern> pattern;
    const FormatRule* format = nullptr;

    std::optional<std::int64_t> minimum, maximum;

    std::vector<const Node*> all_of, any_of, one_of;
    const Node* negated = nullptr;
    const Node* condition = nullptr;
    const Node* then = nullptr;
    const Node* otherwise = nullptr;
};

class Schema {
public:
    nlohmann::json document;
    std::vector<std::unique_ptr<Node>> nodes;        // owns all of the file; the first is its root
    std::map<std::string, Node*, std::less<>> defs;  // by name below $defs
};

// As SchemaSet::validate().
std::vector<domain::Violation> validate(const Node& root, const nlohmann::json& value, std::size_t most);

}  // namespace cbmx::json
