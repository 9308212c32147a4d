// See attestation.hpp.
#include "service/accounts/attestation.hpp"
#include "base/check_words.hpp"
#include "json/parse.hpp"
#include "service/accounts/authenticate.hpp"
#include "service/accounts/enrolments.hpp"
#include "service/accounts/state_settings.hpp"
#include "service/guard.hpp"
#include <algorithm>

namespace cbmx::service {
namespace {

using domain::EnrolmentStatus;
using domain::EventKind;
using domain::Permission;
using Json = nlohmann::json;

// The secretariat sees no enrolment of a State: the words in the note are what it finds one by.
std::optional<store::EnrolmentRow> enrolment_to_attest(Connection& db, const Principal& principal, const domain::EnrolmentId& id,
                                                       const std::string& words, bool by_note)
{
    if (auto row = store::find_visible_enrolment(db, reach_of_reader(principal), id))
        return row;
    auto row = by_note && principal.has(domain::Role::secretariat) ? store::find_enrolment(db, id) : std::nullopt;
    return row && row->check_words == words ? row : std::nullopt;
}

// Used, by somebody whose credential, or what it has renewed itself into, still works; and not attested so far.
Result<void> awaits_attestation(Connection& db, const store::EnrolmentRow& row)
{
    if (row.status != EnrolmentStatus::used)
        return not_now(row.status);
    if (row.attested_at)
        return not_now("attested");
    const auto credential = store::find_credential(db, row.credential.value()).value();
    const bool still_works = credential.status == domain::CredentialStatus::active || !store::active_successors(db, credential.id).empty();
    return still_works ? Result<void>() : not_now(credential.status);
}

}  // namespace

std::set<domain::AccountId> hands_of_enrolment(Connection& connection, const store::EnrolmentRow& row)
{
    std::set<domain::AccountId> hands{row.account};
    if (row.made_by)
        hands.merge(hands_of(connection, {*row.made_by, row.made_with.value_or(domain::CredentialId()), row.created_at}, {}));
    return hands;
}

bool are_apart(const std::set<domain::AccountId>& some, const std::set<domain::AccountId>& others)
{
    return std::none_of(some.begin(), some.end(), [&others](const domain::AccountId& hand) { return others.contains(hand); });
}

std::set<std::string> accounts_apart_from(Connection& connection, const store::EnrolmentRow& row, domain::Instant now,
                                          std::optional<domain::Role> role)
{
    const auto hands = hands_of_enrolment(connection, row);
    const auto home = store::find_account(connection, row.account).value().home;
    std::set<std::string> found;
    for (const auto& other : store::usable_credentials_of(connection, home, domain::to_rfc3339(now)))
        if (!role || store::find_account(connection, other.account).value().roles.test(static_cast<std::size_t>(*role)))
            if (are_apart(hands_of(connection, {other.account, other.id}, now), hands))
                found.insert(other.account.value);
    return found;
}

Result<Outcome> attest_enrolment(Transaction& transaction, const Principal& principal, const domain::EnrolmentId& id, const Json& body,
                                 const std::optional<CitedDecision>& note)
{
    auto& db = transaction.db();
    const auto words = base::folded_check_words(body.at("check_words").get<std::string>());
    auto row = actable(
        enrolment_to_attest(db, principal, id, words, note.has_value()),
        [&](const store::EnrolmentRow& used) {
            return require(principal, Permission::enrolment_attest, store::find_account(db, used.account).value().home);
        },
        [&](const store::EnrolmentRow& used) { return awaits_attestation(db, used); });
    if (!row)
        return row.error();
    const auto home = store::find_account(db, row->account).value().home;
    if (home != principal.home && !note)
        return domain::invalid("/note", Rule::required);
    if (!are_apart(hands_of(db, actor_of(principal), transaction.now()), hands_of_enrolment(db, *row)))
        return Error{ErrorCode::not_eligible, {{"path:id", Rule::own_hands}}};
    if (row->check_words != words)
        return Error{ErrorCode::not_eligible, {{"/check_words", Rule::wrong_words}}};
    row->attested_at = transaction.now_text();
    row->attested_by = unless_empty(principal.account);
    row->attested_with = unless_empty(principal.credential);
    if (note) {
        auto cited = note->cited;
        cited["name"] = body.at("note").at("name");
        cited["function"] = body.at("note").at("function");
        row->attested_note = json::canonical(cited);
        keep_decision_file(transaction, *note);
    }
    transaction.principals_changed(home);
    auto outcome = settle(transaction, principal, std::move(*row), home, EventKind::enrolment_attested,
                          principal.acting_role(Permission::enrolment_attest));
    end_acting_alone(transaction, home);
    return outcome;
}

}  // namespace cbmx::service
