// Both kinds of table go the same way; what differs between them is the two structs Contacts and Documents. The contract
// is service/intake/import.hpp.
#include "service/intake/import.hpp"
#include "base/text.hpp"
#include "json/schema.hpp"
#include "service/directory/contacts.hpp"
#include "service/directory/nominations.hpp"
#include "service/registry/documents.hpp"
#include "service/rights.hpp"
#include "store/rows/registry.hpp"
#include "tables/contacts.hpp"
#include "tables/documents.hpp"
#include <algorithm>
#include <set>

namespace cbmx::service {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t rows_per_read = 500;  // of what is there already
constexpr std::string_view line_prefix = "line:";
constexpr std::string_view keys_pointer = "/fields/keys";

// A rule that can be judged only where this column is sound.
struct Dependence {
    Rule rule;
    std::string_view column;
};
constexpr std::string_view own_column;
constexpr std::array dependences{
    Dependence{Rule::required, own_column},  // what could not be read was left out, and is not missing
    Dependence{Rule::unknown_state, own_column},      Dependence{Rule::invalid_value, "state"},
    Dependence{Rule::needs_a_way_to_reach, "phones"}, Dependence{Rule::csirt_only_technical, "category"},
    Dependence{Rule::order_of_dates, "valid_from"},   Dependence{Rule::order_of_dates, "valid_until"},
};

bool lies_below(std::string_view pointer, std::string_view above)
{
    return pointer.starts_with(above) && (pointer.size() == above.size() || pointer[above.size()] == '/');
}

// Contacts -------------------------------------------------------------------------------------------------------------

struct Contacts {
    static std::string column_of(const Json& body, const Violation& violation) { return column_of_nomination(body, violation); }

    static std::vector<Violation> other_faults(Connection& db, const PreparedRow& row)
    {
        const auto state = optional_member(row.body, "state");
        auto faults = other_faults_of_nomination(db, state.value_or(std::string()), row.body);
        if (state && !store::row_exists(db, store::RegistryTable::state, *state))
            faults.push_back({"/state", Rule::unknown_state});
        return faults;
    }

    static Json with_defaults(Json fields)
    {
        fields.emplace("rank", "primary");
        return fields;
    }
    // What makes two rows one.
    static std::string identity(const std::string& state, const Json& fields, const Json& note)
    {
        const auto word = [&fields](const char* member) { return fields.value(member, ""); };
        return Json::array({state, word("category"), word("rank"), word("person"), word("office"), word("institution"),
                            note.at("reference"), note.at("date")})
            .dump();
    }
    static std::string identity(const Json& body)
    {
        return identity(body.at("state").get<std::string>(), with_defaults(body.at("fields")), body.at("note"));
    }
    static Json said(const Json& body) { return Json::array({with_defaults(body.at("fields")), body.value("minimal_for", Json::array())}); }

    // What the secretariat has recorded so far, by identity.
    static std::map<std::string, Json> recorded(Connection& db)
    {
        domain::Visibility all;
        all.secretariat = true;
        std::map<std::string, Json> found;
        for (std::string after;;) {
            const auto rows = store::visible_nominations(db, all, {.kind = "nomination"}, after, rows_per_read);
            for (const auto& row : rows) {
                if (!row.position || !row.content)
                    continue;
                const auto content = Json::parse(*row.content);
                const auto fields = input_form(content.at("fields"));
                found.emplace(identity(row.state, fields, content.at("note")),
                              Json::array({fields, content.value("minimal_for", Json::array())}));
            }
            if (rows.size() < static_cast<std::size_t>(rows_per_read))
                return found;
            after = rows.back().id;
        }
    }

    static Result<std::string> make(Transaction& transaction, const Principal& principal, const PreparedRow& row)
    {
        const auto made = make_one_nomination(transaction, principal, row.body, row.inspection);
        if (!made)
            return made.error();
        return store::find_nomination(transaction.db(), made->id).value().contact;
    }
};

// Documents ------------------------------------------------------------------------------------------------------------

struct Documents {
    static std::string column_of(const Json&, const Violation& violation)
    {
        const auto name = violation.pointer.substr(std::min<std::size_t>(1, violation.pointer.size()));
        return name.substr(0, name.find('/'));
    }

    static std::vector<Violation> other_faults(Connection& db, const PreparedRow& row)
    {
        if (const auto state = optional_member(row.body, "state"); state && !store::row_exists(db, store::RegistryTable::state, *state))
            return {{"/state", Rule::unknown_state}};
        return {};
    }

    static std::string identity(const Json& body)
    {
        return Json::array({body.at("state"), body.at("kind"), body.at("year"), body.at("title")}).dump();
    }
    static Json said(Json body)
    {
        body.erase("id");
        body.emplace("verified_with_state", false);
        return body;
    }

    static std::map<std::string, Json> recorded(Connection& db)
    {
        std::map<std::string, Json> found;
        for (std::string after;;) {
            const auto rows = store::documents_after(db, {}, after, rows_per_read);
            for (const auto& document : rows) {
                const auto record = Json::parse(document.row.record);
                found.emplace(identity(record), said(record));
            }
            if (rows.size() < static_cast<std::size_t>(rows_per_read))
                return found;
            after = rows.back().row.key;
        }
    }

    static Result<std::string> make(Transaction& transaction, const Principal& principal, const PreparedRow& row)
    {
        const auto made = create_document(transaction, principal, row.body);
        if (!made)
            return made.error();
        return made->id;
    }
};

// What both share ------------------------------------------------------------------------------------------------------

PreparedImport prepared_from(ImportedTable table, std::string_view schema)
{
    PreparedImport prepared{{}, std::move(table.violations)};
    for (auto& row : table.rows) {
        auto violations = json::SchemaSet::embedded().validate(schema, row.body);
        if (schema == "nomination-create")
            for (auto& violation : check_form(row.body))
                violations.push_back(std::move(violation));
        prepared.rows.push_back({.line = row.line, .body = std::move(row.body), .violations = std::move(violations), .inspection = {}});
    }
    return prepared;
}

// Gathers the faults of a whole table, each at its line and column.
class Faults {
public:
    explicit Faults(const std::vector<Violation>& of_table) : all_(of_table)
    {
        for (const auto& violation : of_table)
            at_fault_.insert(violation.pointer);
    }

    // column: of the row that begins on this line. What follows from another fault is left out, and so is a repetition.
    void note(std::size_t line, const std::string& column, Violation violation)
    {
        const auto hinders = [&](const Dependence& dependence) {
            return dependence.rule == violation.rule && has(line, dependence.column == own_column ? column : dependence.column);
        };
        violation.pointer = place_in_table(line, column);
        const auto is_same = [&violation](const Violation& other) {
            return other.pointer == violation.pointer && other.rule == violation.rule && other.arguments == violation.arguments;
        };
        const auto row = all_.begin() + static_cast<std::ptrdiff_t>(first_of_row_);
        if (std::any_of(dependences.begin(), dependences.end(), hinders) || std::any_of(row, all_.end(), is_same))
            return;
        at_fault_.insert(violation.pointer);
        all_.push_back(std::move(violation));
    }
    void begin_row() { first_of_row_ = all_.size(); }
    bool none() const { return all_.empty(); }
    std::vector<Violation> in_order() &&
    {
        const auto line = [](const Violation& violation) { return table_place(violation.pointer).value_or(TablePlace{}).line; };
        std::stable_sort(all_.begin(), all_.end(), [&line](const auto& a, const auto& b) { return line(a) < line(b); });
        return std::move(all_);
    }

private:
    bool has(std::size_t line, std::string_view column) const { return at_fault_.contains(place_in_table(line, column)); }

    std::vector<Violation> all_;
    std::set<std::string, std::less<>> at_fault_;
    std::size_t first_of_row_ = 0;
};

template <class Kind>
void note_all(Faults& faults, const PreparedRow& row, const std::vector<Violation>& violations)
{
    for (const auto& violation : violations)
        faults.note(row.line, Kind::column_of(row.body, violation), violation);
}

template <class Kind>
Result<ImportReport> import_rows(Transaction& transaction, const Principal& principal, const PreparedImport& prepared)
{
    Faults faults(prepared.violations);
    const auto recorded = Kind::recorded(transaction.db());
    std::set<std::string> named;
    ImportReport report{.rows = prepared.rows.size()};
    const auto before = transaction.next_seq();
    for (const auto& row : prepared.rows) {
        faults.begin_row();
        if (!row.violations.empty()) {
            note_all<Kind>(faults, row, row.violations);
            note_all<Kind>(faults, row, Kind::other_faults(transaction.db(), row));
            continue;
        }
        const auto identity = Kind::identity(row.body);
        if (!named.insert(identity).second) {
            faults.note(row.line, "", {"", Rule::duplicate_item});
            continue;
        }
        if (const auto known = recorded.find(identity); known != recorded.end()) {
            ++report.already_there;
            if (known->second != Kind::said(row.body))
                report.different.push_back(row.line);
            continue;
        }
        auto made = Kind::make(transaction, principal, row);
        if (made)
            report.ids.push_back(std::move(*made));
        else if (made.error().code == ErrorCode::validation_failed)
            note_all<Kind>(faults, row, made.error().violations);
        else
            return made.error();
    }
    if (!faults.none())
        return Error{ErrorCode::validation_failed, std::move(faults).in_order()};
    if (transaction.next_seq() > before) {
        report.first_seq = before;
        report.last_seq = transaction.next_seq() - 1;
    }
    return report;
}

}  // namespace

std::string column_of_nomination(const Json& body, const Violation& violation)
{
    if (violation.rule == Rule::needs_person_or_office)
        return "office";
    if (violation.rule == Rule::needs_a_way_to_reach)
        return "emails";
    if (violation.pointer.size() > keys_pointer.size() && lies_below(violation.pointer, keys_pointer)) {
        const auto& keys = body.at("fields").at("keys");
        const auto item = std::string_view(violation.pointer).substr(keys_pointer.size() + 1);
        const auto index = base::whole_number<std::size_t>(item.substr(0, item.find('/')));
        return index && *index < keys.size() && keys[*index].at("kind") == "smime" ? "smime_certificate" : "openpgp_key";
    }
    return contact_column_at(violation.pointer);
}

std::vector<Violation> other_faults_of_nomination(Connection& db, const std::string& state, const Json& body)
{
    auto fields = body.value("fields", Json::object());
    if (!fields.contains("category"))
        fields.erase("csirt");
    auto faults = check_contact_fields(db, state, fields, "/fields");
    for (auto& fault : check_reductions(db, state, body.value("minimal_for", std::vector<std::string>())))
        faults.push_back(std::move(fault));
    return faults;
}

PreparedImport prepare_contacts(std::string_view csv, domain::Instant now)
{
    auto table = nominations_from_csv(csv);
    for (auto& row : table.rows)
        row.body.emplace("note", Json::object());  // so that reference and date are each asked for
    auto prepared = prepared_from(std::move(table), "nomination-create");
    for (auto& row : prepared.rows) {
        if (!row.body.contains("state"))  // which the API asks of the secretariat alone
            row.violations.push_back({"/state", Rule::required});
        const auto is_of_keys = [](const Violation& violation) { return lies_below(violation.pointer, keys_pointer); };
        if (std::any_of(row.violations.begin(), row.violations.end(), is_of_keys))
            continue;
        row.inspection = inspect_keys(row.body, now);
        row.violations.insert(row.violations.end(), row.inspection.violations.begin(), row.inspection.violations.end());
    }
    return prepared;
}

PreparedImport prepare_documents(std::string_view csv, domain::Instant)
{
    return prepared_from(documents_from_csv(csv), "document-create");
}

Result<ImportReport> import_contacts(Transaction& transaction, const Principal& principal, const PreparedImport& prepared)
{
    return import_rows<Contacts>(transaction, principal, prepared);
}

Result<ImportReport> import_documents(Transaction& transaction, const Principal& principal, const PreparedImport& prepared)
{
    return import_rows<Documents>(transaction, principal, prepared);
}

std::optional<TablePlace> table_place(std::string_view pointer)
{
    if (!pointer.starts_with(line_prefix))
        return std::nullopt;
    const auto slash = std::min(pointer.find('/'), pointer.size());
    const auto line = base::whole_number<std::size_t>(pointer.substr(line_prefix.size(), slash - line_prefix.size()));
    if (!line)
        return std::nullopt;
    return TablePlace{*line, std::string(pointer.substr(std::min(slash + 1, pointer.size())))};
}

}  // namespace cbmx::service
