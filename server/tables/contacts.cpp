// One function per kind of cell, both ways beside each other. The contract is tables/contacts.hpp.
#include "tables/contacts.hpp"
#include "base/text.hpp"
#include <algorithm>

namespace cbmx::service {
namespace {

using base::trimmed;
using base::white_space;

using Value = nlohmann::json;
using domain::Rule;

constexpr std::string_view list_separator = "; ";
constexpr std::string_view csirt_prefix = "csirt_";
constexpr std::string_view key_begin = "-----BEGIN ";
constexpr std::string_view always_text = "24x7";
constexpr std::string_view hours_example = "24x7; mo-fr 09:00-18:00; sa 10:00-12:00";
constexpr std::string_view phone_example = "+56225550101 office";
constexpr std::size_t shortest_range = 3;  // days in a row: "mo-we", but "mo,tu"
constexpr std::size_t clock_size = 5;      // "09:00"

struct KeyColumn {
    std::string_view column;
    std::string_view kind;
};
constexpr std::array key_columns{KeyColumn{"openpgp_key", "openpgp"}, KeyColumn{"smime_certificate", "smime"}};

// Members of content that stand in a column of the same name as they are.
constexpr std::array<std::string_view, 11> plain_columns{"category",  "rank",    "person",  "office",     "position",   "institution",
                                                         "time_zone", "address", "website", "valid_from", "valid_until"};

bool is_in(std::span<const std::string_view> names, std::string_view name)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

// nullopt: more than a cell can say.
std::optional<std::vector<std::string_view>> parts_of(std::string_view text, char separator)
{
    std::vector<std::string_view> parts;
    for (std::size_t begin = 0; begin <= text.size();) {
        if (parts.size() == most_items_of_cell)
            return std::nullopt;
        const auto end = std::min(text.find(separator, begin), text.size());
        parts.push_back(trimmed(text.substr(begin, end - begin), white_space));
        begin = end + 1;
    }
    return parts;
}

// Lists ----------------------------------------------------------------------------------------------------------------

std::string list_text(const Value& items)
{
    std::string text;
    for (const auto& item : items) {
        text += text.empty() ? "" : list_separator;
        for (const char c : item.get_ref<const std::string&>()) {
            if (c == ';' || c == '\\')
                text += '\\';
            text += c;
        }
    }
    return text;
}

// Keys -----------------------------------------------------------------------------------------------------------------

std::string keys_text(const Value& keys, std::string_view kind)
{
    std::string text;
    for (const auto& key : keys) {
        if (key.at("kind") != kind)
            continue;
        text += text.empty() || text.ends_with('\n') ? "" : "\n";
        text += key.at("key").get_ref<const std::string&>();
    }
    return text;
}

// Each block begins with a line "-----BEGIN ..."; a text without one is taken whole, to be judged as the key that it is not.
void add_keys(Value& keys, std::string_view text, std::string_view kind)
{
    for (std::size_t begin = 0; begin < text.size() && keys.size() <= most_items_of_cell;) {
        const auto next = text.find("\n" + std::string(key_begin), begin);
        const auto end = next == std::string_view::npos ? text.size() : next;
        keys.push_back({{"kind", kind}, {"key", std::string(trimmed(text.substr(begin, end - begin), white_space)) + "\n"}});
        begin = end + 1;
    }
}

// Hours ----------------------------------------------------------------------------------------------------------------

bool add_days(std::array<bool, days_of_week.size()>& chosen, std::string_view text)
{
    const auto day = [](std::string_view name) {
        return static_cast<std::size_t>(std::find(days_of_week.begin(), days_of_week.end(), name) - days_of_week.begin());
    };
    const auto hyphen = text.find('-');
    const auto first = day(trimmed(text.substr(0, hyphen), white_space));
    const auto last = hyphen == std::string_view::npos ? first : day(trimmed(text.substr(hyphen + 1), white_space));
    if (first == days_of_week.size() || last == days_of_week.size())
        return false;
    for (auto i = first;; i = (i + 1) % days_of_week.size()) {
        if (chosen[i])
            return false;
        chosen[i] = true;
        if (i == last)
            return true;
    }
}

bool is_clock(std::string_view text)
{
    const auto digits = [&text](std::size_t at, char most) { return text[at] >= '0' && text[at] <= most; };
    return text.size() == clock_size && digits(0, '2') && digits(1, '9') && text[2] == ':' && digits(3, '5') && digits(4, '9');
}

std::optional<Value> interval_from_text(std::string_view text)
{
    const auto space = text.find_last_of(" \t");
    if (space == std::string_view::npos)
        return std::nullopt;
    const auto times = text.substr(space + 1);
    const auto hyphen = times.find('-');
    if (hyphen == std::string_view::npos || !is_clock(times.substr(0, hyphen)) || !is_clock(times.substr(hyphen + 1)))
        return std::nullopt;
    std::array<bool, days_of_week.size()> chosen{};
    const auto named = parts_of(text.substr(0, space), ',');
    if (!named || !std::all_of(named->begin(), named->end(), [&chosen](std::string_view part) { return add_days(chosen, part); }))
        return std::nullopt;
    Value days = Value::array();
    for (std::size_t i = 0; i < chosen.size(); ++i)
        if (chosen[i])
            days.push_back(days_of_week[i]);
    return Value{{"days", days}, {"from", times.substr(0, hyphen)}, {"until", times.substr(hyphen + 1)}};
}

// Columns --------------------------------------------------------------------------------------------------------------

std::string phones_text(const Value& phones)
{
    std::string text;
    for (const auto& phone : phones)
        text += (text.empty() ? std::string() : std::string(list_separator)) + phone_text(phone);
    return text;
}

std::string text_of(const Value& object, std::string_view member)
{
    const auto found = object.find(member);
    return found == object.end() || !found->is_string() ? std::string() : found->get<std::string>();
}

std::string cell_of_csirt(const Value& content, std::string_view member)
{
    const auto csirt = content.find("csirt");
    if (csirt == content.end())
        return {};
    const auto services = csirt->find("services");
    return member != "services" ? text_of(*csirt, member) : services == csirt->end() ? std::string() : list_text(*services);
}

std::string cell_of(const Value& contact, std::string_view column)
{
    const auto& content = contact.at("content");
    const auto& meta = contact.at("meta");
    if (column == "id" || column == "state" || is_in(plain_columns, column))
        return text_of(content, column);
    if (column.starts_with(csirt_prefix))
        return cell_of_csirt(content, column.substr(csirt_prefix.size()));
    const auto part = [](const Value& object, std::string_view member) {
        const auto found = object.find(member);
        return found == object.end() || found->is_null() ? Value() : *found;
    };
    if (column == "emails" || column == "languages")
        return list_text(part(content, column));
    if (column == "minimal_for")
        return list_text(part(meta, column));
    if (column == "phones")
        return phones_text(part(content, column));
    if (column == "hours")
        return content.contains("hours") ? hours_text(content.at("hours")) : std::string();
    for (const auto& key : key_columns)
        if (key.column == column)
            return keys_text(part(content, "keys"), key.kind);
    return is_in(columns_of_the_portal, column) ? text_of(meta, column) : std::string();
}

// Puts one cell where it belongs in the body; false when it cannot be read.
bool add_cell(Value& body, const std::string& column, const std::string& cell)
{
    auto& fields = body["fields"];
    if (column == "state")
        body["state"] = cell;
    else if (column == "minimal_for")
        body["minimal_for"] = list_from_text(cell);
    else if (column == "note_reference" || column == "note_date")
        body["note"][column.substr(column.find('_') + 1)] = cell;
    else if (column == "emails" || column == "languages")
        fields[column] = list_from_text(cell);
    else if (column == "csirt_services")
        fields["csirt"]["services"] = list_from_text(cell);
    else if (column.starts_with(csirt_prefix))
        fields["csirt"][column.substr(csirt_prefix.size())] = cell;
    else if (is_in(plain_columns, column))
        fields[column] = cell;
    for (const auto& key : key_columns)
        if (key.column == column)
            add_keys(fields["keys"], cell, key.kind);
    if (column == "hours") {
        auto hours = hours_from_text(cell);
        if (!hours)
            return false;
        fields["hours"] = std::move(*hours);
    }
    if (column == "phones") {
        auto phones = Value::array();
        const auto parts = parts_of(cell, ';');
        if (!parts)
            return false;
        for (const auto part : *parts) {
            auto phone = phone_from_text(part);
            if (!phone && !part.empty())
                return false;
            if (phone)
                phones.push_back(std::move(*phone));
        }
        fields["phones"] = std::move(phones);
    }
    return true;
}

}  // namespace

std::vector<std::string> cells_of_contact(const Value& contact)
{
    std::vector<std::string> cells;
    for (const auto column : contact_columns)
        cells.push_back(cell_of(contact, column));
    return cells;
}

ImportedTable nominations_from_csv(std::string_view text, std::size_t most_rows)
{
    auto read = rows_of_table(text, contact_columns, most_rows);
    ImportedTable table{{}, std::move(read.violations)};
    for (const auto& row : read.rows) {
        Value body{{"kind", "nomination"}, {"fields", Value::object()}};
        for (const auto& [column, cell] : row.cells) {
            // The row of a contact that is no longer in the directory, or that is shown in part, must not be listed again.
            const bool is_partial = (column == "status" && cell != "listed") || (column == "scope" && cell != "full");
            if (is_partial && !cell.empty()) {
                table.violations.push_back(
                    {place_in_table(row.line, column), Rule::not_allowed_value, {{"allowed", column == "status" ? "listed" : "full"}}});
                continue;
            }
            if (is_in(columns_of_the_portal, column) || add_cell(body, column, cell))
                continue;
            const std::string example(column == "hours" ? hours_example : phone_example);
            table.violations.push_back({place_in_table(row.line, column), Rule::format, {{"format", example}}});
        }
        table.rows.push_back({row.line, std::move(body)});
    }
    return table;
}

std::string contact_column_at(std::string_view pointer)
{
    const auto has_step = [&pointer](std::string_view step) {
        return pointer.starts_with(step) && (pointer.size() == step.size() || pointer[step.size()] == '/');
    };
    for (const auto column : contact_columns) {
        const std::string name(column);
        const bool is_csirt = name.starts_with(csirt_prefix), is_note = name.starts_with("note_");
        const auto member = is_csirt                                   ? "/fields/csirt/" + name.substr(csirt_prefix.size())
                            : is_note                                  ? "/note/" + name.substr(name.find('_') + 1)
                            : name == "state" || name == "minimal_for" ? "/" + name
                                                                       : "/fields/" + name;
        if (!is_in(columns_of_the_portal, column) && has_step(member))
            return name;
    }
    return has_step("/fields/keys")    ? std::string(key_columns[0].column)
           : has_step("/fields/csirt") ? std::string("csirt_constituency")
           : has_step("/note")         ? std::string("note_reference")
                                       : std::string();
}

std::vector<DayRun> runs_of_days(const Value& days)
{
    std::vector<DayRun> runs;
    for (std::size_t i = 0; i < days_of_week.size(); ++i) {
        if (std::find(days.begin(), days.end(), days_of_week[i]) == days.end())
            continue;
        if (!runs.empty() && runs.back().last + 1 == i)
            runs.back().last = i;
        else
            runs.push_back({i, i});
    }
    return runs;
}

std::string hours_text(const Value& hours)
{
    if (hours.is_string())
        return std::string(always_text);
    std::string text;
    for (const auto& interval : hours) {
        std::string days;
        for (const auto& run : runs_of_days(interval.at("days"))) {
            const bool is_range = run.last - run.first + 1 >= shortest_range;
            for (auto i = run.first; i <= run.last; i = is_range && i < run.last ? run.last : i + 1)
                days += (days.empty() ? "" : is_range && i == run.last ? "-" : ",") + std::string(days_of_week[i]);
        }
        text += (text.empty() ? std::string() : std::string(list_separator)) + days + " " + interval.at("from").get<std::string>() + "-" +
                interval.at("until").get<std::string>();
    }
    return text;
}

std::optional<Value> hours_from_text(std::string_view text)
{
    const auto whole = base::to_lower(trimmed(text, white_space));
    if (whole == always_text || whole == "24/7")
        return Value(always_text);
    Value weekly = Value::array();
    const auto parts = parts_of(whole, ';');
    if (!parts)
        return std::nullopt;
    for (const auto part : *parts) {
        if (part.empty())
            continue;
        auto interval = interval_from_text(part);
        if (!interval)
            return std::nullopt;
        weekly.push_back(std::move(*interval));
    }
    return weekly.empty() ? std::nullopt : std::optional(std::move(weekly));
}

std::string phone_text(const Value& phone)
{
    const auto use = text_of(phone, "use");
    return text_of(phone, "number") + (use.empty() ? "" : " " + use);
}

std::optional<Value> phone_from_text(std::string_view text)
{
    text = trimmed(text, white_space);
    if (!text.starts_with('+'))
        return std::nullopt;
    const auto end = std::min(text.find_first_not_of("0123456789 -.", 1), text.size());
    std::string number(text.substr(0, end));
    std::erase_if(number, [](char c) { return c == ' ' || c == '-' || c == '.'; });
    const auto use = text.substr(end);
    const bool is_apart = use.empty() || text[end - 1] == ' ';
    if (number.size() < 2 || !is_apart || !std::all_of(use.begin(), use.end(), [](char c) { return c >= 'a' && c <= 'z'; }))
        return std::nullopt;
    Value phone{{"number", std::move(number)}};
    if (!use.empty())
        phone["use"] = use;
    return phone;
}

}  // namespace cbmx::service
