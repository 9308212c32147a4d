// Walks a value along the compiled nodes and collects the broken rules with their places, in time that grows with the value and no
// faster: it stops at the bound of rules, and does not walk what lies beyond the longest list or object that a schema allows.
// Rules and arguments become texts in i18n ("rule.too_long" with {limit}).
#include "json/pointer.hpp"
#include "json/schema.hpp"
#include "json/schema_node.hpp"
#include <algorithm>
#include <limits>
#include <set>
#include <stdexcept>
#include <unicode/utf8.h>
#include <utility>

namespace cbmx::json {

namespace {

using domain::Arguments;
using domain::Rule;
using domain::Violation;
using Value = nlohmann::json;
using Violations = std::vector<Violation>;

std::int64_t count_code_points(std::string_view text)
{
    return std::count_if(text.begin(), text.end(), [](char c) { return !U8_IS_TRAIL(c); });
}

std::int64_t count_of(const Value& container) { return static_cast<std::int64_t>(container.size()); }

bool has_type(const Value& value, std::uint8_t types)
{
    const auto one_of_them = [types](Type type) { return (types & static_cast<std::uint8_t>(type)) != 0; };
    switch (value.type()) {
    case Value::value_t::null: return one_of_them(Type::null);
    case Value::value_t::boolean: return one_of_them(Type::boolean);
    case Value::value_t::number_integer:
    case Value::value_t::number_unsigned: return one_of_them(Type::integer);
    case Value::value_t::string: return one_of_them(Type::string);
    case Value::value_t::array: return one_of_them(Type::array);
    case Value::value_t::object: return one_of_them(Type::object);
    case Value::value_t::number_float:
    case Value::value_t::binary:
    case Value::value_t::discarded: return false;
    }
    return false;
}

std::string shown(const Value& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

// Whether this value chooses a branch of oneOf / anyOf: right type, and every `const` that distinguishes branches
// apart has its value.
bool is_meant(const Node& branch, const Value& value)
{
    if (branch.forbidden || (branch.types != 0 && !has_type(value, branch.types)))
        return false;
    if (branch.constant && value != *branch.constant)
        return false;
    if (branch.reference && !is_meant(*branch.reference, value))
        return false;
    if (!std::all_of(branch.all_of.begin(), branch.all_of.end(), [&value](const Node* part) { return is_meant(*part, value); }))
        return false;
    if (!value.is_object())
        return true;
    return std::all_of(branch.properties.begin(), branch.properties.end(), [&](const auto& property) {
        const auto& [name, node] = property;
        if (!node->constant)
            return true;
        const auto member = value.find(name);
        if (member != value.end())
            return *member == *node->constant;
        return std::find(branch.required.begin(), branch.required.end(), name) == branch.required.end();
    });
}

struct Found {
    Violations violations;
    bool cut_short = false;  // there are more than the bound
};

class Validator {
public:
    explicit Validator(std::size_t most) : most_(most) {}

    Found run(const Node& root, const Value& value)
    {
        check(root, value);
        return std::move(found_);
    }

private:
    void add(Violation violation)
    {
        if (found_.violations.size() < most_)
            found_.violations.push_back(std::move(violation));
        else
            found_.cut_short = true;
    }
    void add(Rule rule, Arguments arguments = {}) { add(Violation{pointer_, rule, std::move(arguments)}); }
    void add_limit(Rule rule, std::int64_t limit) { add(rule, {{"limit", std::to_string(limit)}}); }

    void check(const Node& node, const Value& value)
    {
        if (found_.cut_short)
            return;
        if (node.forbidden)
            return add(Rule::unknown_member);
        if (node.read_only)
            return add(Rule::server_owned);
        if (node.reference)
            check(*node.reference, value);
        // A wrong type makes every further complaint about this value noise.
        if (node.types != 0 && !has_type(value, node.types))
            return add(Rule::wrong_type, {{"expected", node.type_names}});
        check_value(node, value);
        if (value.is_string())
            check_string(node, value.get_ref<const std::string&>());
        else if (value.is_number_integer())
            check_integer(node, value);
        else if (value.is_array())
            check_array(node, value);
        else if (value.is_object())
            check_object(node, value);
        check_combinations(node, value);
    }

    template <class Token>
    void check_at(const Token& token, const Node& node, const Value& value)
    {
        const auto size = pointer_.size();
        append_token(pointer_, token);
        check(node, value);
        pointer_.resize(size);
    }

    void check_value(const Node& node, const Value& value)
    {
        if (node.constant && value != *node.constant)
            add(Rule::not_a_const, {{"expected", shown(*node.constant)}});
        if (node.enumeration && std::find(node.enumeration->begin(), node.enumeration->end(), value) == node.enumeration->end())
            add(Rule::not_allowed_value, {{"allowed", node.enumeration_text}});
    }

    void check_string(const Node& node, const std::string& text)
    {
        if (node.min_length || node.max_length)
            check_count(count_code_points(text), node.min_length, Rule::too_short, node.max_length, Rule::too_long);
        if (node.pattern && !node.pattern->matches(text))
            add(Rule::pattern, {{"pattern", node.pattern->text}});
        if (node.format && !node.format->holds(text))
            add(node.format->broken, {{"format", std::string(node.format->name)}});
    }

    void check_integer(const Node& node, const Value& value)
    {
        constexpr auto most = std::numeric_limits<std::int64_t>::max();
        const bool huge = value.is_number_unsigned() && value.get<std::uint64_t>() > static_cast<std::uint64_t>(most);
        check_count(huge ? most : value.get<std::int64_t>(), node.minimum, Rule::below_minimum, node.maximum, Rule::above_maximum);
    }

    void check_count(std::int64_t count, std::optional<std::int64_t> least, Rule below, std::optional<std::int64_t> most, Rule above)
    {
        if (least && count < *least)
            add_limit(below, *least);
        if (most && count > *most)
            add_limit(above, *most);
    }

    void check_array(const Node& node, const Value& value)
    {
        check_count(count_of(value), node.min_items, Rule::too_few_items, node.max_items, Rule::too_many_items);
        const auto before = [](const Value* a, const Value* b) { return *a < *b; };
        std::set<const Value*, decltype(before)> seen(before);
        const auto walked = walked_of(value, node.max_items);
        for (std::size_t index = 0; index < walked && !found_.cut_short; ++index) {
            const auto& item = value[index];
            const auto token = std::to_string(index);
            if (node.unique_items && !seen.insert(&item).second)
                add({child_of(pointer_, token), Rule::duplicate_item, {}});
            if (node.items)
                check_at(token, *node.items, item);
        }
    }

    // Beyond the bound that the schema sets nothing is looked at: that there is too much is said already.
    static std::size_t walked_of(const Value& container, std::optional<std::int64_t> most)
    {
        return most ? std::min(container.size(), static_cast<std::size_t>(*most)) : container.size();
    }

    void check_object(const Node& node, const Value& value)
    {
        check_count(count_of(value), node.min_properties, Rule::too_few_items, node.max_properties, Rule::too_many_items);
        for (const auto& name : node.required)
            if (!value.contains(name))
                add({child_of(pointer_, name), Rule::required, {}});
        auto left = walked_of(value, node.max_properties);
        for (const auto& [name, member] : value.get_ref<const Value::object_t&>()) {
            if (left-- == 0 || found_.cut_short)
                return;
            if (node.property_names)
                check_at(name, *node.property_names, Value(name));
            check_member(node, name, member);
        }
    }

    void check_member(const Node& node, const std::string& name, const Value& member)
    {
        bool known = false;
        if (const auto property = node.properties.find(name); property != node.properties.end()) {
            known = true;
            check_at(name, *property->second, member);
        }
        for (const auto& [pattern, schema] : node.pattern_properties) {
            if (!pattern->matches(name))
                continue;
            known = true;
            check_at(name, *schema, member);
        }
        if (!known && node.additional_properties)
            check_at(name, *node.additional_properties, member);
    }

    void check_combinations(const Node& node, const Value& value)
    {
        for (const auto* part : node.all_of)
            check(*part, value);
        if (!node.any_of.empty())
            check_branches(node.any_of, value, node.any_of.size());
        if (!node.one_of.empty())
            check_branches(node.one_of, value, 1);
        if (node.negated && fits(*node.negated, value))
            add(Rule::no_variant);
        if (!node.condition)
            return;
        const auto* next = fits(*node.condition, value) ? node.then : node.otherwise;
        if (next)
            check(*next, value);
    }

    // Each branch is walked once: walking it again for its report would double the work at every level.
    void check_branches(const std::vector<const Node*>& branches, const Value& value, std::size_t most_fitting)
    {
        std::size_t fitting = 0;
        std::size_t meant = 0;
        Found report;
        for (const auto* branch : branches) {
            auto found = attempt(*branch, value, most_);
            if (found.violations.empty())
                ++fitting;
            else if (is_meant(*branch, value) && ++meant == 1)
                report = std::move(found);
        }
        if (fitting >= 1 && fitting <= most_fitting)
            return;
        if (fitting > 0 || meant != 1)
            return add(Rule::no_variant);
        for (auto& violation : report.violations)
            add(std::move(violation));
        found_.cut_short = found_.cut_short || report.cut_short;
    }

    Found attempt(const Node& node, const Value& value, std::size_t most)
    {
        auto outer = std::exchange(found_, {});
        const auto outer_most = std::exchange(most_, most);
        check(node, value);
        most_ = outer_most;
        return std::exchange(found_, std::move(outer));
    }
    bool fits(const Node& node, const Value& value) { return attempt(node, value, 1).violations.empty(); }

    std::string pointer_;
    std::size_t most_;
    Found found_;
};

std::string_view take_token(std::string_view& pointer)
{
    const auto end = std::min(pointer.find('/', 1), pointer.size());
    const auto token = pointer.substr(0, end);
    pointer.remove_prefix(end);
    return token;
}

// Document order: a container before its members, items by index, members by name (as nlohmann keeps them).
// All-digit tokens sort before others, or the mix of both orders would not be an order.
bool is_before(std::string_view a, std::string_view b)
{
    const auto is_index = [](std::string_view token) {
        return token.size() > 1 && token.find_first_not_of("0123456789", 1) == std::string_view::npos;
    };
    while (!a.empty() && !b.empty()) {
        const auto left = take_token(a);
        const auto right = take_token(b);
        if (left == right)
            continue;
        if (is_index(left) != is_index(right))
            return is_index(left);
        if (is_index(left) && left.size() != right.size())
            return left.size() < right.size();
        return left < right;
    }
    return a.empty() && !b.empty();
}

// allOf and $ref may say the same thing twice. The list is sorted by pointer.
Violations without_repeats(Violations violations)
{
    Violations kept;
    for (auto& violation : violations) {
        const auto same_place = std::find_if_not(kept.rbegin(), kept.rend(),
                                                 [&violation](const Violation& other) { return other.pointer == violation.pointer; });
        const bool repeated = std::any_of(kept.rbegin(), same_place, [&violation](const Violation& other) {
            return other.rule == violation.rule && other.arguments == violation.arguments;
        });
        if (!repeated)
            kept.push_back(std::move(violation));
    }
    return kept;
}

}  // namespace

Violations validate(const Node& root, const Value& value, std::size_t most)
{
    auto found = Validator(most).run(root, value);
    std::stable_sort(found.violations.begin(), found.violations.end(),
                     [](const Violation& a, const Violation& b) { return is_before(a.pointer, b.pointer); });
    auto violations = without_repeats(std::move(found.violations));
    if (found.cut_short)
        violations.push_back(domain::more_errors("", violations.size()));
    return violations;
}

Violations SchemaSet::validate(std::string_view name, const Value& value, std::size_t most) const
{
    const auto schema = schemas_.find(name);
    if (schema == schemas_.end())
        throw std::logic_error("no such schema: " + std::string(name));
    return json::validate(*schema->second->nodes.front(), value, most);
}

bool SchemaSet::contains(std::string_view name) const { return schemas_.contains(name); }

std::vector<std::string> SchemaSet::names() const
{
    std::vector<std::string> names;
    for (const auto& [name, schema] : schemas_)
        names.push_back(name);
    return names;
}

const Value& SchemaSet::document(std::string_view name) const
{
    const auto schema = schemas_.find(name);
    if (schema == schemas_.end())
        throw std::logic_error("no such schema: " + std::string(name));
    return schema->second->document;
}

}  // namespace cbmx::json
