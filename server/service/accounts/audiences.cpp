// See audiences.hpp.
#include "service/accounts/audiences.hpp"
#include "service/accounts/authenticate.hpp"
#include "service/registry/offices.hpp"
#include "store/rows/registry.hpp"

namespace cbmx::service {
namespace {

constexpr const char* parameter = "query:audience";

constexpr std::string_view forms = "public, members, state:XX, office:secretariat, office:chair, office:vice_chair, office:reviewers";

Error refused(Rule rule, domain::Arguments arguments = {})
{
    return Error{ErrorCode::invalid_parameter, {{parameter, rule, std::move(arguments)}}};
}
Error not_allowed() { return refused(Rule::not_allowed_value, {{"allowed", std::string(forms)}}); }

Result<Principal> reader_of_office(Connection& connection, domain::Instant now, const domain::Home& home)
{
    const auto office = home.office().value();
    if (!domain::has_terms(office))
        return reader_of_all_at(connection, now, home);
    if (home.term().empty()) {
        const auto terms = present_terms(connection, office, now);
        if (terms.empty())
            return refused(Rule::no_holder, {{"office", std::string(domain::name_of(office))}});
        auto reader = reader_of_all_at(connection, now, domain::Home::of_term(office, terms.front()));
        reader.visibility.tokens = nlohmann::json{"public", home.text()}.dump();  // of several terms, what is addressed to all of them
        return reader;
    }
    const auto term = store::find_row(connection, store::RegistryTable::office_term, home.term());
    if (!term || nlohmann::json::parse(term->record).at("office") != domain::name_of(office))
        return refused(Rule::no_holder, {{"office", std::string(domain::name_of(office))}});
    return reader_of_all_at(connection, now, home);
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

}  // namespace cbmx::service
