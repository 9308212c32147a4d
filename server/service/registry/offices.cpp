// See offices.hpp.
#include "service/registry/offices.hpp"
#include "base/text.hpp"
#include "store/rows/accounts.hpp"
#include "store/rows/registry.hpp"
#include <algorithm>

namespace cbmx::service {
namespace {

using domain::Home;
using domain::Instant;
using Value = nlohmann::json;

constexpr std::size_t date_characters = 10;

std::string day_of(Instant now) { return domain::to_rfc3339(now).substr(0, date_characters); }
Instant start_of(const std::string& day)
{
    auto text = day;
    return domain::from_rfc3339(text.append("T00:00:00Z")).value();
}

bool is_over(const Value& term, const std::string& day)
{
    return !term.at("until").is_null() && term.at("until").get<std::string>() <= day;
}
bool runs(const Value& term, const std::string& day) { return term.at("from").get<std::string>() <= day && !is_over(term, day); }

// nullopt: no term of an office, or there is no such term of it.
std::optional<Value> term_of(Connection& connection, const Home& home)
{
    const auto office = home.office();
    const auto row = office && domain::has_terms(*office) ? store::find_row(connection, store::RegistryTable::office_term, home.term())
                                                          : std::optional<store::RegistryRow>();
    auto term = row ? Value::parse(row->record) : Value();
    return row && term.at("office") == domain::name_of(*office) ? std::optional<Value>(std::move(term)) : std::nullopt;
}

// The word of an office without its term; any other word as it is.
domain::Recipient without_term(const domain::Recipient& recipient)
{
    const auto home = Home::from(recipient);
    return home.term().empty() ? recipient : recipient.substr(0, recipient.find('/'));
}

// The word that includes this one, if there is any; empty: none.
std::string including(Connection& connection, const domain::Recipient& recipient, std::optional<Instant> now)
{
    constexpr std::string_view account_word = "account:";
    if (recipient.starts_with(account_word)) {
        const auto account = store::find_account(connection, domain::AccountId(recipient.substr(account_word.size())));
        return account ? account->home.text() : std::string();
    }
    const auto home = Home::from(recipient);
    const bool is_holder = !home.term().empty() && (!now || holding_of(connection, home, *now).now);
    return is_holder ? without_term(recipient) : std::string();
}

Error no_holder(const domain::Recipient& office)
{
    return Error{ErrorCode::audience_contradiction, {{"/recipients", Rule::no_holder, {{"office", office}}}}};
}

}  // namespace

std::vector<std::string> present_terms(Connection& connection, domain::Office office, Instant now)
{
    std::vector<std::string> codes;
    for (const auto& row : store::terms_of(connection, office))
        if (runs(Value::parse(row.record), day_of(now)))
            codes.push_back(row.key);
    return codes;
}

Holding holding_of(Connection& connection, const Home& home, Instant now)
{
    const auto term = term_of(connection, home);
    if (!term)
        return {};
    const auto day = day_of(now);
    if (is_over(*term, day))
        return {};
    if (!runs(*term, day))
        return {.now = false, .changes_at = start_of(term->at("from").get<std::string>())};
    const auto& until = term->at("until");
    return {.now = true, .changes_at = until.is_null() ? std::nullopt : std::optional(start_of(until.get<std::string>()))};
}

Result<Home> home_of_new_account(Connection& connection, const Home& home, Instant now)
{
    const auto invalid = [](Rule rule, domain::Arguments arguments = {}) {
        return Error{ErrorCode::validation_failed, {{"/home", rule, std::move(arguments)}}};
    };
    const auto office = home.office();
    const bool has_term = home.text().find('/') != std::string::npos;
    if (!office || (has_term && !domain::has_terms(*office)))
        return invalid(Rule::not_allowed_value,
                       {{"allowed", "office:secretariat, office:chair, office:vice_chair, office:reviewers, office:audit"}});
    if (!domain::has_terms(*office))
        return home;
    if (has_term) {
        const auto term = term_of(connection, home);
        return term && !is_over(*term, day_of(now)) ? Result<Home>(home) : invalid(Rule::unknown_reference);
    }
    auto terms = present_terms(connection, *office, now);
    if (terms.empty())
        return invalid(Rule::no_holder, {{"office", home.text()}});
    for (auto& term : terms)
        term = Home::of_term(*office, term).text();
    if (terms.size() > 1)
        return invalid(Rule::not_allowed_value, {{"allowed", base::joined(terms)}});
    return Home::from(terms.front());
}

Result<domain::Audience> addressed(Connection& connection, domain::Audience audience, Instant now)
{
    if (audience.label <= domain::Label::green)
        return audience;
    std::vector<domain::Recipient> recipients;
    for (const auto& recipient : audience.recipients) {
        if (!domain::is_whoever_holds(recipient)) {
            recipients.push_back(recipient);
            continue;
        }
        const auto office = Home::from(recipient).office().value();
        const auto terms = present_terms(connection, office, now);
        if (terms.empty())
            return no_holder(recipient);
        for (const auto& term : terms)
            recipients.push_back(Home::of_term(office, term).text());
    }
    std::sort(recipients.begin(), recipients.end());
    recipients.erase(std::unique(recipients.begin(), recipients.end()), recipients.end());
    audience.recipients = std::move(recipients);
    return audience;
}

std::vector<domain::Recipient> not_yet_addressed(const std::vector<domain::Recipient>& recipients)
{
    std::vector<domain::Recipient> words;
    for (const auto& recipient : recipients)
        words.push_back(without_term(recipient));
    std::sort(words.begin(), words.end());
    words.erase(std::unique(words.begin(), words.end()), words.end());
    return words;
}

domain::Included included_in(Connection& connection, const domain::Readers& readers, const std::vector<domain::Recipient>& named,
                             std::optional<Instant> now)
{
    domain::Included included;
    for (const auto& recipient : named)
        if (const auto found = readers.from.find(including(connection, recipient, now)); found != readers.from.end())
            included.emplace(recipient, found->second);
    return included;
}

}  // namespace cbmx::service
