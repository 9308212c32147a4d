// See audiences.hpp.
#include "service/accounts/audiences.hpp"
#include "service/accounts/authenticate.hpp"
#include "service/registry/offices.hpp"
#include "store/rows/registry.hpp"
#include <algorithm>
#include <fmt/ranges.h>

namespace cbmx::service {
namespace {

constexpr const char* parameter = "query:audience";

constexpr std::string_view forms = "public, members, state:XX, office:secretariat, office:chair, office:vice_chair, office:reviewers";

Error refused(Rule rule, domain::Arguments arguments = {})
{
    return Error{ErrorCode::invalid_parameter, {{parameter, rule, std::move(arguments)}}};
}
Error not_allowed(std::string allowed) { return refused(Rule::not_allowed_value, {{"allowed", std::move(allowed)}}); }
Error not_allowed() { return not_allowed(std::string(forms)); }

Result<Principal> reader_of_office(Connection& connection, domain::Instant now, const domain::Home& home)
{
    const auto office = home.office().value();
    if (!domain::has_terms(office))
        return reader_of_all_at(connection, now, home);
    const auto terms = present_terms(connection, office, now);
    const auto term = home.term().empty() ? terms.begin() : std::find(terms.begin(), terms.end(), home.term());
    if (term == terms.end())
        return refused(Rule::no_holder, {{"office", std::string(domain::name_of(office))}});
    auto reader = reader_of_all_at(connection, now, domain::Home::of_term(office, *term));
    if (home.term().empty())  // of several terms at once, what is addressed to all of them
        reader.visibility.tokens = nlohmann::json{"public", home.text()}.dump();
    return reader;
}

// Those for which the caller may make a document. Anything else among its words is its own account, or counts for its State alone.
std::vector<std::string> audiences_of(const Principal& caller)
{
    auto words = domain::recipients_from_json(caller.visibility.tokens);
    std::erase_if(words, [](const std::string& word) { return !domain::is_recipient(word) || word.starts_with("account:"); });
    return words;
}

}  // namespace

Result<Principal> reader_of_audience(Connection& connection, domain::Instant now, const std::string& audience)
{
    if (!domain::is_recipient(audience))
        return not_allowed();
    if (audience == "public")
        return domain::anonymous();
    if (audience == "members")
        return reader_of_members();
    const auto home = domain::Home::from(audience);
    if (home.is_office())
        return reader_of_office(connection, now, home);
    if (!home.is_state())
        return not_allowed();
    if (!store::find_row(connection, store::RegistryTable::state, home.state().value))
        return refused(Rule::unknown_state);
    return reader_of_all_at(connection, now, home);
}

Result<Principal> document_reader(Connection& connection, domain::Instant now, const Principal& caller,
                                  const std::optional<std::string>& audience)
{
    if (!audience)
        return caller;
    const auto allowed = audiences_of(caller);
    if (std::find(allowed.begin(), allowed.end(), *audience) == allowed.end())
        return not_allowed(fmt::format("{}", fmt::join(allowed, ", ")));
    return reader_of_audience(connection, now, *audience);
}

}  // namespace cbmx::service
