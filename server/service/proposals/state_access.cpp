// See state_access.hpp.
#include "service/proposals/state_access.hpp"
#include "service/accounts/credentials.hpp"
#include "service/accounts/state_settings.hpp"
#include "service/proposals/kinds.hpp"
#include "service/rights.hpp"
#include "store/rows/enrolments.hpp"
#include "store/rows/proposals.hpp"
#include "store/rows/registry.hpp"

namespace cbmx::service {
namespace {

using domain::Home;
using Json = nlohmann::json;

std::string_view standing_of_nominator(Connection& db, const Home& home, domain::Instant now)
{
    if (!known_holders(db, home, domain::Role::nominator, now).empty())
        return "attested";
    return store::has_usable_nominator(db, home, domain::to_rfc3339(now)) ? "not_attested" : "none";
}

Json access_of(Connection& db, const std::string& code, domain::Instant now)
{
    const auto home = Home::of_state(domain::StateCode(code));
    const auto at = domain::to_rfc3339(now);
    auto open = Json::array(), to_attest = Json::array(), waiting = Json::array();
    for (const auto& enrolment : store::open_enrolments_of(db, home, at))
        open.push_back({{"id", enrolment.id.value}, {"until", enrolment.until_at}});
    for (const auto& used : store::enrolments_to_attest(db, home, at))
        to_attest.push_back({{"id", used.id.value}, {"used_at", used.used_at}});
    for (const auto& proposal : store::waiting_by_secretariat(db, home))
        waiting.push_back(
            {{"id", proposal.id.value}, {"kind", domain::name_of(proposal.kind)}, {"needs", domain::name_of(decider_of(proposal))}});
    return {{"id", code},
            {"content",
             {{"nominator", standing_of_nominator(db, home, now)},
              {"acts_alone", acts_alone(db, home)},
              {"open_enrolments", std::move(open)},
              {"to_attest", std::move(to_attest)},
              {"waiting_proposals", std::move(waiting)}}}};
}

Result<void> may_read(const Principal& principal) { return require(principal, domain::Permission::state_access_read, Home()); }

}  // namespace

Result<Representation> get_state_access(Connection& connection, const Principal& principal, const std::string& code, domain::Instant now)
{
    if (const auto allowed = may_read(principal); !allowed)
        return allowed.error();
    if (!store::row_exists(connection, store::RegistryTable::state, code))
        return domain::not_found();
    return Representation{access_of(connection, code, now), std::nullopt};
}

Result<Page> list_state_access(Connection& connection, const Principal& principal, std::int64_t limit, const std::string& after,
                               domain::Instant now)
{
    if (const auto allowed = may_read(principal); !allowed)
        return allowed.error();
    Page page;
    for (const auto& state : store::rows_after(connection, store::RegistryTable::state, after, limit + 1)) {
        if (page.items.size() == static_cast<std::size_t>(limit)) {
            page.next = page.items.back().at("id").get<std::string>();
            break;
        }
        page.items.push_back(access_of(connection, state.key, now));
    }
    return page;
}

}  // namespace cbmx::service
