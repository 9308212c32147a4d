// Text to JSON, canonical form and schema verdict: whatever parses is bounded, stable and can be judged by every schema.
// The first byte chooses the schema. See server/json.
#include "fuzz/target.hpp"
#include "json/parse.hpp"
#include "json/schema.hpp"
#include <algorithm>

using cbmx::fuzz::must;
using nlohmann::json;

namespace {

std::size_t depth_of(const json& value)
{
    std::size_t deepest = 0;
    if (value.is_structured())
        for (const auto& inner : value)
            deepest = std::max(deepest, depth_of(inner));
    return value.is_structured() ? deepest + 1 : 0;
}

void check_bounds(const json& value)
{
    must(!value.is_number_float() && !value.is_binary() && !value.is_discarded(), "only what our profile knows is let in");
    if (value.is_number_unsigned())
        must(value.get<std::uint64_t>() <= static_cast<std::uint64_t>(cbmx::json::max_integer), "no integer beyond 2^53-1");
    else if (value.is_number_integer())
        must(value.get<std::int64_t>() >= -cbmx::json::max_integer && value.get<std::int64_t>() <= cbmx::json::max_integer,
             "no integer beyond 2^53-1");
    if (value.is_object())
        must(value.size() <= cbmx::json::max_members_per_object, "no object with too many members");
    if (value.is_structured())
        for (const auto& inner : value)
            check_bounds(inner);
}

bool has_ascii_names(const json& value)
{
    const auto is_ascii = [](const std::string& name) {
        return std::all_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    };
    if (value.is_object())
        for (const auto& [name, inner] : value.items())
            if (!is_ascii(name))
                return false;
    return !value.is_structured() || std::all_of(value.begin(), value.end(), has_ascii_names);
}

void check_stable(const json& value)
{
    const auto text = value.dump();
    const auto again = cbmx::json::parse(text);
    must(again.has_value(), "what was let in and written is let in again", text);
    must(*again == value && again->dump() == text, "writing and reading gives the same", text);
    if (!has_ascii_names(value))
        return;
    const auto canonical = cbmx::json::canonical(value);
    const auto reread = cbmx::json::parse(canonical);
    must(reread.has_value() && *reread == value, "the canonical form says the same", canonical);
    must(cbmx::json::canonical(*reread) == canonical, "the canonical form is its own", canonical);
}

void check_verdict(const json& value, std::uint8_t choice)
{
    static const auto names = cbmx::json::SchemaSet::embedded().names();
    const auto& name = names[choice % names.size()];
    const auto violations = cbmx::json::SchemaSet::embedded().validate(name, value);
    must(violations.size() <= cbmx::domain::max_violations_of_body + 1, "judging stops at its bound", name);
    for (const auto& violation : violations)
        static_cast<void>(json::json_pointer(violation.pointer));  // throws when it is none
    const auto again = cbmx::json::SchemaSet::embedded().validate(name, value);
    must(again.size() == violations.size(), "a verdict is always the same", name);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    const auto [choice, text] = cbmx::fuzz::chosen(bytes, size);
    const auto parsed = cbmx::json::parse(text);
    if (!parsed) {
        must(!parsed.error().violations.empty(), "a refusal names a place");
        return 0;
    }
    must(depth_of(*parsed) <= cbmx::json::max_depth, "nothing is deeper than the limit");
    check_bounds(*parsed);
    check_stable(*parsed);
    check_verdict(*parsed, choice);
    return 0;
}
