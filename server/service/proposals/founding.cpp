// See founding.hpp.
#include "service/proposals/founding.hpp"
#include "json/parse.hpp"
#include "service/accounts/accounts.hpp"
#include "service/accounts/enrolments.hpp"
#include <algorithm>

namespace cbmx::service {
namespace {

using domain::Permission;
using Json = nlohmann::json;

std::string pointer_to(std::size_t official, std::string_view member)
{
    return "/officials/" + std::to_string(official) + "/" + std::string(member);
}

std::optional<base::Hash> nth(const std::vector<std::optional<base::Hash>>& list, std::size_t n)
{
    return n < list.size() ? list[n] : std::nullopt;
}

bool is_nominator(const Json& official)
{
    const auto& roles = official.at("roles");
    return std::find(roles.begin(), roles.end(), domain::name_of(domain::Role::nominator)) != roles.end();
}

bool is_said_before(const Json& officials, std::size_t n, const char* member)
{
    return std::any_of(officials.begin(), officials.begin() + static_cast<std::ptrdiff_t>(n),
                       [&](const Json& earlier) { return earlier.contains(member) && earlier.at(member) == officials[n].at(member); });
}

// The enrolment of an official, as make_enrolment would have it.
Json enrolment_of(const Json& official)
{
    auto body = official.at("credential");
    body["code_sha256"] = official.at("code_sha256");
    return body;
}

void judge_certificate(Connection& connection, domain::Instant now, const Json& officials, std::size_t n, std::vector<Violation>& faults,
                       std::vector<Violation>& taken)
{
    const auto pointer = pointer_to(n, "certificate");
    for (const char* member : {"code_sha256", "credential"})
        if (officials[n].contains(member))
            faults.push_back({pointer_to(n, member), Rule::unknown_member});
    const auto facts = check_certificate(now, officials[n].at("certificate").get<std::string>());
    if (!facts)
        faults.push_back({pointer, facts.error().violations.front().rule, facts.error().violations.front().arguments});
    else if (is_said_before(officials, n, "certificate"))
        faults.push_back({pointer, Rule::duplicate_item});
    else if (store::find_proven_credential(connection, facts->fingerprint))
        taken.push_back({pointer, Rule::already_exists});
}

void judge_enrolment(Connection& connection, const Json& officials, std::size_t n, std::vector<Violation>& faults)
{
    const auto said = faults.size();
    for (const char* member : {"code_sha256", "credential"})
        if (!officials[n].contains(member))
            faults.push_back({pointer_to(n, member), Rule::required});
    if (faults.size() != said)
        return;
    if (is_said_before(officials, n, "code_sha256"))
        faults.push_back({pointer_to(n, "code_sha256"), Rule::duplicate_item});
    for (auto& violation : check_enrolment(connection, domain::AccountId(), officials[n].at("credential")))
        faults.push_back({pointer_to(n, "credential") + violation.pointer, violation.rule, std::move(violation.arguments)});
}

// A State that asks again does so because nobody of it came in: the codes of before may be in other hands.
Result<void> end_earlier_codes(Transaction& transaction, const Principal& machine_operator, const domain::Home& state)
{
    for (const auto& id : store::open_enrolments_of_foundings(transaction.db(), state))
        if (const auto ended = end_enrolment(transaction, machine_operator, id); !ended)
            return ended.error();
    return {};
}

// While somebody is suspended, only one whom nobody else could be: whoever leaves may have made himself a second nominator.
bool has_nominator(Connection& connection, domain::Instant now, const domain::Home& state)
{
    return store::has_suspended(connection, state) ? !known_holders(connection, state, domain::Role::nominator, now).empty()
                                                   : store::has_usable_nominator(connection, state, domain::to_rfc3339(now));
}

}  // namespace

Result<void> check_founding(Connection& connection, domain::Instant now, const domain::Home& state, const Json& body)
{
    if (store::suspended_of(connection, state).objects)
        return Error{ErrorCode::conflict, {{"/state", Rule::two_claimants}}};
    if (has_nominator(connection, now, state))
        return Error{ErrorCode::conflict, {{"/state", Rule::already_exists}}};
    const auto& officials = body.at("officials");
    std::vector<Violation> faults, taken;
    if (body.at("decision").at("kind") != "note_verbale")
        faults.push_back({"/decision/kind", Rule::not_allowed_value, {{"allowed", "note_verbale"}}});
    if (std::none_of(officials.begin(), officials.end(), is_nominator))
        faults.push_back({"/officials", Rule::needs_nominator});
    for (std::size_t n = 0; n < officials.size(); ++n) {
        if (officials[n].contains("certificate"))
            judge_certificate(connection, now, officials, n, faults, taken);
        else
            judge_enrolment(connection, officials, n, faults);
    }
    if (!faults.empty())
        return Error{ErrorCode::validation_failed, std::move(faults)};
    if (!taken.empty())
        return Error{ErrorCode::conflict, std::move(taken)};
    return {};
}

std::vector<Violation> check_operators_part(domain::Instant now, const Json& body, const OperatorsPart& part)
{
    std::vector<Violation> faults;
    const auto& officials = body.at("officials");
    for (std::size_t n = 0; n < officials.size(); ++n) {
        if (!officials[n].contains("certificate")) {
            if (!nth(part.second_codes, n))
                faults.push_back({"/second_codes/" + std::to_string(n), Rule::required});
            continue;
        }
        const auto pointer = "/fingerprints/" + std::to_string(n);
        const auto seen = nth(part.fingerprints, n);
        const auto facts = check_certificate(now, officials[n].at("certificate").get<std::string>());
        if (!facts)
            faults.push_back({pointer_to(n, "certificate"), facts.error().violations.front().rule});
        else if (!seen)
            faults.push_back({pointer, Rule::required});
        else if (*seen != facts->fingerprint)
            faults.push_back({pointer, Rule::invalid_value, {{"allowed", "SHA-256 (DER)"}}});
    }
    return faults;
}

Result<Outcome> carry_out_founding(Transaction& transaction, const Principal& machine_operator, store::ProposalRow& proposal,
                                   const Json& body)
{
    // Since it was proposed, somebody may have come back, or brought one of these certificates.
    if (const auto possible = check_founding(transaction.db(), transaction.now(), proposal.home, body); !possible)
        return possible.error();
    if (const auto ended = end_earlier_codes(transaction, machine_operator, proposal.home); !ended)
        return ended.error();
    const Json note{{"number", body.at("decision").at("number")}, {"date", body.at("decision").at("date")}};
    auto kept = Json::parse(proposal.body);
    std::optional<Outcome> first;
    for (std::size_t n = 0; n < body.at("officials").size(); ++n) {
        const auto& official = body.at("officials")[n];
        const AccountDraft draft{proposal.home, official.at("name").get<std::string>(),
                                 official.at("roles").get<std::vector<std::string>>(), note};
        auto account = carry_out_creation(transaction, machine_operator, draft, Permission::proposal_decide);
        if (!account)
            return account.error();
        const auto row = store::find_account(transaction.db(), domain::AccountId(account->id)).value();
        kept["officials"][n]["account"] = account->id;
        if (official.contains("certificate")) {
            const auto registered = carry_out_certificate(transaction, machine_operator, row, official.at("certificate").get<std::string>(),
                                                          "", Permission::proposal_decide);
            if (!registered)
                return registered.error();
        } else {
            const auto second = base::to_hash(base::from_hex(body.at("second_codes")[n].get<std::string>()).value()).value();
            kept["officials"][n]["enrolment"] = carry_out_enrolment(transaction, machine_operator, row, enrolment_of(official),
                                                                    Permission::proposal_decide, SecondHalf{proposal.id, second})
                                                    .id;
        }
        if (!first)
            first = std::move(*account);
    }
    proposal.body = json::canonical(kept);
    return std::move(first.value());
}

}  // namespace cbmx::service
