// What a schema cannot say about the registry's records. Seed and writes keep to the same rules.
#include "base/text.hpp"
#include "service/registry/registry.hpp"
#include <algorithm>
#include <unicode/timezone.h>
#include <unicode/unistr.h>

namespace cbmx::service {
namespace {

using Value = nlohmann::json;

constexpr std::string_view measure_prefix = "OAS-CBM-";
constexpr std::string_view refers_to_note = "see_note";

bool is_time_zone(const std::string& id)
{
    UErrorCode status = U_ZERO_ERROR;
    UBool is_system = false;
    icu::UnicodeString canonical;
    icu::TimeZone::getCanonicalID(icu::UnicodeString::fromUTF8(id), canonical, is_system, status);
    return U_SUCCESS(status) != 0 && is_system != 0;
}

std::string at_item(std::string_view list, std::size_t index, std::string_view member)
{
    return "/" + std::string(list) + "/" + std::to_string(index) + "/" + std::string(member);
}

// Rows of a dated list hold from the day "from" up to, not including, the day "until"; dates compare as text.
void check_dated_list(const Value& rows, std::string_view name, std::vector<Violation>& violations)
{
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto& from = rows[i].at("from");
        const auto& until = rows[i].at("until");
        if (from.is_string() && until.is_string() && until <= from)
            violations.push_back({at_item(name, i, "until"), Rule::invalid_value, {{"allowed", "> " + from.get<std::string>()}}});
        if (i == 0)
            continue;
        const auto& before = rows[i - 1].at("until");
        if (before.is_null())
            violations.push_back({at_item(name, i - 1, "until"), Rule::required});
        else if (from.is_null() || from < before)
            violations.push_back({at_item(name, i, "from"), Rule::invalid_value, {{"allowed", "\u2265 " + before.get<std::string>()}}});
    }
}

}  // namespace

std::vector<Violation> check_state(const Value& record)
{
    std::vector<Violation> violations;
    if (!is_time_zone(record.at("time_zone").get<std::string>()))
        violations.push_back({"/time_zone", Rule::format, {{"format", "IANA TZ (America/Santiago)"}}});
    check_dated_list(record.at("membership"), "membership", violations);
    check_dated_list(record.at("participation"), "participation", violations);
    const auto& membership = record.at("membership");
    const bool refers =
        std::any_of(membership.begin(), membership.end(), [](const Value& row) { return row.at("status") == refers_to_note; });
    if (refers && !record.contains("note"))
        violations.push_back({"/note", Rule::required});
    return violations;
}

std::vector<Violation> check_measure(const Value& record)
{
    std::vector<Violation> violations;
    if (!number_in_measure_code(record.at("code").get<std::string>()))
        violations.push_back({"/code", Rule::pattern, {{"pattern", std::string(measure_prefix) + "n"}}});
    return violations;
}

std::vector<Violation> check_period(const Value& record)
{
    std::vector<Violation> violations;
    const auto& from = record.at("from").get_ref<const std::string&>();
    if (record.at("until").get_ref<const std::string&>() < from)
        violations.push_back({"/until", Rule::invalid_value, {{"allowed", "\u2265 " + from}}});
    return violations;
}

std::vector<Violation> check_office_term(Connection& connection, const Value& record)
{
    std::vector<Violation> violations;
    const auto& from = record.at("from").get_ref<const std::string&>();
    const auto& until = record.at("until");
    if (until.is_string() && until.get_ref<const std::string&>() <= from)
        violations.push_back({"/until", Rule::invalid_value, {{"allowed", "> " + from}}});
    if (const auto& state = record.at("state").get_ref<const std::string&>();
        !store::row_exists(connection, store::RegistryTable::state, state))
        violations.push_back({"/state", Rule::unknown_state, {{"state", state}}});
    const auto office = domain::value_named<domain::Office>(record.at("office").get<std::string>()).value();
    if (office == domain::Office::reviewers)  // several States may review at a time
        return violations;
    for (const auto& row : store::terms_of(connection, office)) {
        const auto other = Value::parse(row.record);
        const bool is_before = !other.at("until").is_null() && other.at("until").get_ref<const std::string&>() <= from;
        const bool is_behind = !until.is_null() && until.get_ref<const std::string&>() <= other.at("from").get_ref<const std::string&>();
        if (record.at("code") != row.key && !is_before && !is_behind)
            violations.push_back({"/from", Rule::term_overlaps, {{"term", row.key}}});
    }
    return violations;
}

std::optional<std::int64_t> number_in_measure_code(std::string_view code)
{
    if (!code.starts_with(measure_prefix))
        return std::nullopt;
    code.remove_prefix(measure_prefix.size());
    return code.starts_with('0') ? std::nullopt : base::whole_number<std::int64_t>(code, 1);
}

}  // namespace cbmx::service
