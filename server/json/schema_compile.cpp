// Schema files to nodes, at start: one handler per keyword in keyword_table, then references, then a search for
// references that would run in a circle. schema_validate.cpp walks the result.
#include "json/parse.hpp"
#include "json/pointer.hpp"
#include "json/schema.hpp"
#include "json/schema_node.hpp"
#include <algorithm>
#include <array>
#include <set>
#include <stdexcept>
#include <utility>

namespace cbmx::json {

namespace {

using Value = nlohmann::json;

constexpr std::string_view file_suffix = ".schema.json";
constexpr std::string_view dialect = "https://json-schema.org/draft/2020-12/schema";

[[noreturn]] void refuse(const std::string& place, const std::string& what) { throw std::runtime_error(place + ": " + what); }

RE2::Options pattern_options()
{
    RE2::Options options;
    options.set_log_errors(false);
    return options;
}

class Compiler {
public:
    Compiler(std::string_view name, Schema& schema) : file_(std::string(name) + std::string(file_suffix)), schema_(schema) {}

    void run() { compile(schema_.document, ""); }

private:
    using Handler = void (Compiler::*)(Node&, const Value&);
    struct Keyword {
        std::string_view name;
        Handler handler;
    };

    Node* compile(const Value& text, const std::string& pointer)
    {
        auto& node = *schema_.nodes.emplace_back(std::make_unique<Node>());
        const std::string outer = std::exchange(pointer_, pointer);
        node.place = place();
        if (text.is_boolean()) {
            node.forbidden = !text.get<bool>();
        } else if (text.is_object()) {
            for (const auto& [name, value] : text.get_ref<const Value::object_t&>())
                apply(node, name, value);
            if ((node.then || node.otherwise) && !node.condition)
                refuse(place(), "\"then\" or \"else\" without \"if\"");
        } else {
            refuse(place(), "a schema is an object or a boolean");
        }
        pointer_ = outer;
        return &node;
    }

    void apply(Node& node, const std::string& name, const Value& value);

    std::string place() const { return file_ + '#' + pointer_; }
    std::string below(std::string_view token) const { return child_of(pointer_, token); }
    std::string here(std::string_view token) const { return child_of(child_of(pointer_, keyword_), token); }
    void need(bool holds, const std::string& what) const
    {
        if (!holds)
            refuse(place(), '"' + std::string(keyword_) + "\" " + what);
    }
    const std::string& text(const Value& value) const
    {
        need(value.is_string(), "has to be a string");
        return value.get_ref<const std::string&>();
    }
    bool flag(const Value& value) const
    {
        need(value.is_boolean(), "has to be true or false");
        return value.get<bool>();
    }
    std::int64_t integer(const Value& value) const
    {
        need(value.is_number_integer(), "has to be an integer");
        return value.get<std::int64_t>();
    }
    std::int64_t count(const Value& value) const
    {
        const auto number = integer(value);
        need(number >= 0, "has to be zero or more");
        return number;
    }
    std::unique_ptr<Pattern> pattern_of(const std::string& source) const
    {
        auto pattern = std::make_unique<Pattern>(source);
        need(pattern->program.ok(), "is not a pattern of RE2: " + pattern->program.error());
        return pattern;
    }
    const Node* child(const Value& value) { return compile(value, below(keyword_)); }

    std::vector<const Node*> branches(const Value& value)
    {
        need(value.is_array() && !value.empty(), "has to be a non-empty list of schemas");
        const std::string_view keyword = keyword_;
        std::vector<const Node*> nodes;
        for (std::size_t i = 0; i < value.size(); ++i) {
            nodes.push_back(compile(value[i], here(std::to_string(i))));
            keyword_ = keyword;
        }
        return nodes;
    }
    // Calls use(name, compiled schema) for every member of an object of schemas.
    template <class Use>
    void each_member(const Value& value, Use use)
    {
        need(value.is_object(), "has to be an object of schemas");
        const std::string_view keyword = keyword_;
        for (const auto& [name, schema] : value.get_ref<const Value::object_t&>()) {
            auto* node = compile(schema, here(name));
            keyword_ = keyword;
            use(name, node);
        }
    }

    void on_annotation(Node&, const Value& value) { text(value); }
    void on_examples(Node&, const Value& value) { need(value.is_array(), "has to be a list"); }
    void on_default(Node&, const Value&) {}
    void on_deprecated(Node&, const Value& value) { flag(value); }
    void on_schema(Node&, const Value& value)
    {
        need(pointer_.empty(), "belongs at the top of the file");
        need(text(value) == dialect, "has to be " + std::string(dialect));
    }
    void on_id(Node&, const Value& value)
    {
        need(pointer_.empty(), "belongs at the top of the file");
        text(value);
    }
    void on_defs(Node&, const Value& value)
    {
        need(pointer_.empty(), "belongs at the top of the file");
        each_member(value, [this](const std::string& name, Node* node) { schema_.defs.emplace(name, node); });
    }
    void on_ref(Node& node, const Value& value) { node.reference_text = text(value); }
    void on_read_only(Node& node, const Value& value) { node.read_only = flag(value); }

    void on_type(Node& node, const Value& value)
    {
        const auto add = [this, &node](const std::string& name) {
            static constexpr std::array<std::pair<std::string_view, Type>, 6> types{{{"null", Type::null},
                                                                                     {"boolean", Type::boolean},
                                                                                     {"integer", Type::integer},
                                                                                     {"string", Type::string},
                                                                                     {"array", Type::array},
                                                                                     {"object", Type::object}}};
            const auto type = std::find_if(types.begin(), types.end(), [&name](const auto& row) { return row.first == name; });
            need(type != types.end(), "is unknown here: \"" + name + '"');
            const auto bit = static_cast<std::uint8_t>(type->second);
            need((node.types & bit) == 0, "names \"" + name + "\" twice");
            node.types = static_cast<std::uint8_t>(node.types | bit);
            node.type_names += (node.type_names.empty() ? "" : ", ") + name;
        };
        if (!value.is_array())
            return add(text(value));
        need(!value.empty(), "has to name a type");
        for (const auto& name : value)
            add(text(name));
    }
    void on_enum(Node& node, const Value& value)
    {
        need(value.is_array() && !value.empty(), "has to be a non-empty list");
        node.enumeration.emplace(value.begin(), value.end());
        for (const auto& item : value) {
            need(std::count(value.begin(), value.end(), item) == 1, "has an item twice");
            node.enumeration_text += node.enumeration_text.empty() ? "" : ", ";
            node.enumeration_text += item.is_string() ? item.get<std::string>() : item.dump();
        }
    }
    void on_const(Node& node, const Value& value) { node.constant = value; }

    void on_properties(Node& node, const Value& value)
    {
        each_member(value, [&node](const std::string& name, Node* member) { node.properties.emplace(name, member); });
    }
    void on_pattern_properties(Node& node, const Value& value)
    {
        each_member(value, [this, &node](const std::string& source, Node* member) {
            node.pattern_properties.push_back({pattern_of(source), member});
        });
    }
    void on_additional_properties(Node& node, const Value& value) { node.additional_properties = child(value); }
    void on_property_names(Node& node, const Value& value) { node.property_names = child(value); }
    void on_required(Node& node, const Value& value)
    {
        need(value.is_array(), "has to be a list of names");
        for (const auto& name : value) {
            need(std::count(value.begin(), value.end(), name) == 1, "has a name twice");
            node.required.push_back(text(name));
        }
    }
    void on_min_properties(Node& node, const Value& value) { node.min_properties = count(value); }
    void on_max_properties(Node& node, const Value& value) { node.max_properties = count(value); }

    void on_items(Node& node, const Value& value) { node.items = child(value); }
    void on_min_items(Node& node, const Value& value) { node.min_items = count(value); }
    void on_max_items(Node& node, const Value& value) { node.max_items = count(value); }
    void on_unique_items(Node& node, const Value& value) { node.unique_items = flag(value); }

    void on_min_length(Node& node, const Value& value) { node.min_length = count(value); }
    void on_max_length(Node& node, const Value& value) { node.max_length = count(value); }
    void on_pattern(Node& node, const Value& value) { node.pattern = pattern_of(text(value)); }
    void on_format(Node& node, const Value& value)
    {
        node.format = find_format(text(value));
        need(node.format != nullptr, "is unknown here: \"" + text(value) + '"');
    }
    void on_minimum(Node& node, const Value& value) { node.minimum = integer(value); }
    void on_maximum(Node& node, const Value& value) { node.maximum = integer(value); }

    void on_all_of(Node& node, const Value& value) { node.all_of = branches(value); }
    void on_any_of(Node& node, const Value& value) { node.any_of = branches(value); }
    void on_one_of(Node& node, const Value& value) { node.one_of = branches(value); }
    void on_not(Node& node, const Value& value) { node.negated = child(value); }
    void on_if(Node& node, const Value& value) { node.condition = child(value); }
    void on_then(Node& node, const Value& value) { node.then = child(value); }
    void on_else(Node& node, const Value& value) { node.otherwise = child(value); }

    std::string file_;
    Schema& schema_;
    std::string pointer_;       // of the schema being compiled
    std::string_view keyword_;  // of it, for messages
};

void Compiler::apply(Node& node, const std::string& name, const Value& value)
{
    static constexpr std::array keyword_table{
        Keyword{"$schema", &Compiler::on_schema},
        Keyword{"$id", &Compiler::on_id},
        Keyword{"$defs", &Compiler::on_defs},
        Keyword{"$ref", &Compiler::on_ref},
        Keyword{"title", &Compiler::on_annotation},
        Keyword{"description", &Compiler::on_annotation},
        Keyword{"examples", &Compiler::on_examples},
        Keyword{"default", &Compiler::on_default},
        Keyword{"deprecated", &Compiler::on_deprecated},
        Keyword{"readOnly", &Compiler::on_read_only},
        Keyword{"type", &Compiler::on_type},
        Keyword{"enum", &Compiler::on_enum},
        Keyword{"const", &Compiler::on_const},
        Keyword{"properties", &Compiler::on_properties},
        Keyword{"patternProperties", &Compiler::on_pattern_properties},
        Keyword{"additionalProperties", &Compiler::on_additional_properties},
        Keyword{"propertyNames", &Compiler::on_property_names},
        Keyword{"required", &Compiler::on_required},
        Keyword{"minProperties", &Compiler::on_min_properties},
        Keyword{"maxProperties", &Compiler::on_max_properties},
        Keyword{"items", &Compiler::on_items},
        Keyword{"minItems", &Compiler::on_min_items},
        Keyword{"maxItems", &Compiler::on_max_items},
        Keyword{"uniqueItems", &Compiler::on_unique_items},
        Keyword{"minLength", &Compiler::on_min_length},
        Keyword{"maxLength", &Compiler::on_max_length},
        Keyword{"pattern", &Compiler::on_pattern},
        Keyword{"format", &Compiler::on_format},
        Keyword{"minimum", &Compiler::on_minimum},
        Keyword{"maximum", &Compiler::on_maximum},
        Keyword{"allOf", &Compiler::on_all_of},
        Keyword{"anyOf", &Compiler::on_any_of},
        Keyword{"oneOf", &Compiler::on_one_of},
        Keyword{"not", &Compiler::on_not},
        Keyword{"if", &Compiler::on_if},
        Keyword{"then", &Compiler::on_then},
        Keyword{"else", &Compiler::on_else},
    };
    const auto* row =
        std::find_if(keyword_table.begin(), keyword_table.end(), [&name](const Keyword& keyword) { return keyword.name == name; });
    if (row == keyword_table.end())
        refuse(place(), "unknown keyword \"" + name + '"');
    keyword_ = row->name;
    (this->*row->handler)(node, value);
}

using Schemas = std::map<std::string, std::unique_ptr<Schema>, std::less<>>;

// "#", "#/$defs/x", "other.schema.json" and "other.schema.json#/$defs/x".
const Node* resolve(const Schemas& schemas, const std::string& own_name, const Node& node)
{
    constexpr std::string_view defs = "/$defs/";
    const auto unknown = [&node]() { refuse(node.place, "\"$ref\" leads nowhere: \"" + node.reference_text + '"'); };
    const std::string_view reference = node.reference_text;
    const auto hash = std::min(reference.find('#'), reference.size());
    auto file = reference.substr(0, hash);
    const auto fragment = reference.substr(std::min(hash + 1, reference.size()));
    if (!file.empty() && !file.ends_with(file_suffix))
        unknown();
    file = file.empty() ? std::string_view(own_name) : file.substr(0, file.size() - file_suffix.size());
    const auto schema = schemas.find(file);
    if (schema == schemas.end())
        unknown();
    if (fragment.empty())
        return schema->second->nodes.front().get();
    if (!fragment.starts_with(defs))
        unknown();
    const auto definition = schema->second->defs.find(fragment.substr(defs.size()));
    if (definition == schema->second->defs.end())
        unknown();
    return definition->second;
}

// Steps that stay at the same place of the input: a circle of these would never end. A circle through a member or an
// item is a recursive schema, which the depth of the input ends.
std::vector<const Node*> steps_in_place(const Node& node)
{
    std::vector<const Node*> steps{node.reference, node.negated, node.condition, node.then, node.otherwise};
    for (const auto* list : {&node.all_of, &node.any_of, &node.one_of})
        steps.insert(steps.end(), list->begin(), list->end());
    std::erase(steps, nullptr);
    return steps;
}

void refuse_circles(const Node& node, std::set<const Node*>& open, std::set<const Node*>& done)
{
    if (done.contains(&node))
        return;
    if (!open.insert(&node).second)
        refuse(node.place, "\"$ref\" runs in a circle");
    for (const auto* step : steps_in_place(node))
        refuse_circles(*step, open, done);
    open.erase(&node);
    done.insert(&node);
}

}  // namespace

Pattern::Pattern(const std::string& source) : text(source), program(source, pattern_options()) {}

bool Pattern::matches(std::string_view subject) const
{
    return RE2::PartialMatch(re2::StringPiece(subject.data(), subject.size()), program);
}

SchemaSet::SchemaSet(const std::map<std::string, std::string_view>& files)
{
    for (const auto& [name, text] : files) {
        auto document = parse(text);
        if (!document) {
            const auto violation = document.error().violations.front();  // error() returns a copy
            std::string what(domain::name_of(violation.rule));
            for (const auto& [argument, value] : violation.arguments)
                what += ' ' + argument + ' ' + value;
            refuse(name + std::string(file_suffix) + '#' + violation.pointer, what);
        }
        auto& schema = *schemas_.emplace(name, std::make_unique<Schema>()).first->second;
        schema.document = std::move(*document);
        Compiler(name, schema).run();
    }
    for (const auto& [name, schema] : schemas_)
        for (const auto& node : schema->nodes)
            if (!node->reference_text.empty())
                node->reference = resolve(schemas_, name, *node);
    std::set<const Node*> done;
    for (const auto& [name, schema] : schemas_)
        for (const auto& node : schema->nodes) {
            std::set<const Node*> open;
            refuse_circles(*node, open, done);
        }
}

SchemaSet::~SchemaSet() = default;

}  // namespace cbmx::json
