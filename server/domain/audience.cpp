// The table of label x recipients: default recipients, and contradictions (rules.md 33).
#include "domain/audience.hpp"
#include "domain/policy.hpp"
#include <algorithm>
#include <array>

namespace cbmx::domain {
namespace {

struct Row {
    Label label;
    std::string_view name;
    bool public_allowed, members_allowed, states_and_offices_allowed, accounts_only;
    bool default_public, default_members, default_offices, default_secretariat;
};

// clang-format off
constexpr std::array table{
    //  label                name                public members others accounts-only | defaults: public members offices secretariat
    Row{Label::clear,        "TLP:CLEAR",        true,  true,   true,  false,           true,  false, false, false},
    Row{Label::green,        "TLP:GREEN",        false, true,   true,  false,           false, true,  true,  false},
    Row{Label::amber,        "TLP:AMBER",        false, false,  true,  false,           false, false, false, true},
    Row{Label::amber_strict, "TLP:AMBER+STRICT", false, false,  true,  false,           false, false, false, false},
    Row{Label::red,          "TLP:RED",          false, false,  false, true,            false, false, false, false},
};
// clang-format on

constexpr std::array reading_offices{Office::secretariat, Office::chair, Office::vice_chair, Office::reviewers};

const Row& row_for(Label label) { return table[static_cast<std::size_t>(label)]; }

bool allowed(const Row& row, std::string_view recipient)
{
    if (row.accounts_only)
        return recipient.starts_with("account:");
    if (recipient == "public")
        return row.public_allowed;
    if (recipient == "members")
        return row.members_allowed;
    return row.states_and_offices_allowed;
}

std::vector<Recipient> defaults(const Row& row)
{
    std::vector<Recipient> list;
    if (row.default_public)
        list.emplace_back("public");
    if (row.default_members)
        list.emplace_back("members");
    for (const auto office : reading_offices)
        if (row.default_offices || (row.default_secretariat && office == Office::secretariat))
            list.push_back(Home::of_office(office).text());
    return list;
}

}  // namespace

std::string_view name_of(Label label) { return row_for(label).name; }

std::optional<Label> label_from(std::string_view text)
{
    if (text == "TLP:WHITE")
        return Label::clear;
    for (const auto& row : table)
        if (row.name == text)
            return row.label;
    return std::nullopt;
}

bool is_recipient(std::string_view text)
{
    if (text == "public" || text == "members")
        return true;
    if (text.starts_with("state:"))
        return text.size() == 8 && text[6] >= 'A' && text[6] <= 'Z' && text[7] >= 'A' && text[7] <= 'Z';
    if (text.starts_with("office:")) {
        const auto home = Home::from(std::string(text));
        const auto office = home.office();
        const bool has_term = text.find('/') != std::string_view::npos;
        return office && std::find(reading_offices.begin(), reading_offices.end(), *office) != reading_offices.end() &&
               (!has_term || (has_terms(*office) && is_term_code(home.term())));
    }
    return text.starts_with("account:") && is_uuid(text.substr(8));
}

bool is_whoever_holds(std::string_view recipient)
{
    const auto home = Home::from(std::string(recipient));
    const auto office = home.office();
    return office && has_terms(*office) && home.term().empty();
}

// Recipient words hold no character that JSON escapes (is_recipient).
std::string recipients_as_json(const std::vector<Recipient>& recipients)
{
    std::string text = "[";
    for (const auto& recipient : recipients)
        text += (text.size() > 1 ? ",\"" : "\"") + recipient + "\"";
    return text + "]";
}

std::vector<Recipient> recipients_from_json(std::string_view text)
{
    std::vector<Recipient> list;
    std::size_t at = 0;
    while ((at = text.find('"', at)) != std::string_view::npos) {
        const auto end = text.find('"', at + 1);
        list.emplace_back(text.substr(at + 1, end - at - 1));
        at = end + 1;
    }
    return list;
}

Result<Audience> make_audience(Label label, std::vector<Recipient> named, const StateCode& own, const AccountId& author)
{
    const Row& row = row_for(label);
    std::vector<Violation> violations;
    for (std::size_t i = 0; i < named.size(); ++i)
        if (!allowed(row, named[i]))
            violations.push_back(
                {"/recipients/" + std::to_string(i), Rule::label_recipients, {{"label", std::string(row.name)}, {"recipient", named[i]}}});
    if (!violations.empty())
        return Error{ErrorCode::audience_contradiction, std::move(violations)};
    if (named.empty())
        named = defaults(row);
    if (!row.accounts_only)
        named.push_back("state:" + own.value);
    else if (!author.empty())
        named.push_back("account:" + author.value);
    std::sort(named.begin(), named.end());
    named.erase(std::unique(named.begin(), named.end()), named.end());
    return Audience{label, std::move(named)};
}

// Who will hold an office is not known: below GREEN it is its holder in a term who reads (rules.md 37).
bool allows(Label label, std::string_view recipient)
{
    return allowed(row_for(label), recipient) && (label <= Label::green || !is_whoever_holds(recipient));
}

}  // namespace cbmx::domain
