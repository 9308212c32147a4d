// No secret is known here: a row holds the SHA-256 of a token, and a record only the SHA-256 of that.
#include "service/accounts/credentials.hpp"
#include "base/ed25519.hpp"
#include "base/text.hpp"
#include "json/parse.hpp"
#include "service/accounts/authenticate.hpp"
#include "service/accounts/state_settings.hpp"
#include "service/guard.hpp"
#include "service/second_person.hpp"
#include "store/rows/delegations.hpp"
#include "store/rows/enrolments.hpp"
#include <algorithm>

namespace cbmx::service {
namespace {

using domain::CredentialKind;
using domain::CredentialStatus;
using domain::EventKind;
using domain::Home;
using domain::Permission;

bool may_write(const Principal& principal, const Home& home) { return require(principal, Permission::account_write, home).has_value(); }

Representation representation_of(Connection& connection, const Principal& principal, const store::CredentialRow& row)
{
    const auto account = store::find_account(connection, row.account);
    auto record = credential_record(connection, row.id);
    if (store::is_hidden(connection, row.account)) {  // with the account's name
        auto without_label = nlohmann::json::parse(record);
        without_label["label"] = "";
        record = json::canonical(without_label);
    }
    Representation shown{represent(connection, row.id.value, record, row.version, row.seq,
                                   {{"home", account->home.text()}, {"ends_at", domain::to_rfc3339(end_of(row))}}),
                         std::nullopt};
    if (principal.credential == row.id)
        if (const auto words = check_words_of(connection, principal))
            shown.body["meta"]["check_words"] = *words;
    if (may_write(principal, account->home))
        shown.tag = record_tag(row.version, record);
    return shown;
}

// The account for which the operator registers a credential.
Result<store::AccountRow> account_for_new_credential(Transaction& transaction, const Principal& principal, const domain::AccountId& id)
{
    return actable(
        store::find_visible_account(transaction.db(), reach_of_reader(principal), id),
        [&](const store::AccountRow& account) {
            return principal.is_operator ? may_equip(transaction.db(), principal, account.home) : Error{ErrorCode::forbidden};
        },
        [](const store::AccountRow& account) {
            return account.status == domain::AccountStatus::active ? Result<void>()
                                                                   : Error{ErrorCode::conflict, {{"path:id", Rule::not_active}}};
        });
}

// A narrow token that fell into wrong hands must not lock out the account's other credentials.
Result<void> may_revoke(Connection& db, const Principal& principal, const store::CredentialRow& row)
{
    if (!is_self(principal, row.account))
        return require(principal, Permission::account_write, store::find_account(db, row.account).value().home);
    const bool wide = principal.scopes.test(static_cast<std::size_t>(domain::TokenScope::accounts));
    if (!wide && principal.credential != row.id && !store::is_successor_of(db, principal.credential, row.id))
        return Error{ErrorCode::token_scope};
    return {};
}

Result<void> has_not_ended(const store::CredentialRow& row)
{
    if (row.status == CredentialStatus::revoked)
        return not_now(row.status);
    return {};
}

Error is_taken(const std::string& pointer) { return Error{ErrorCode::conflict, {{pointer, Rule::already_exists}}}; }

Outcome record_credential(Transaction& transaction, const Principal& principal, const store::CredentialRow& row, const Home& home,
                          EventKind kind, Permission permission)
{
    transaction.principals_changed(home);
    const auto seq = transaction.append(principal, {.kind = kind,
                                                    .subject = row.id.value,
                                                    .home = home,
                                                    .acting_role = principal.acting_role(permission),
                                                    .version = row.version,
                                                    .content = credential_record(transaction.db(), row.id)});
    end_acting_alone(transaction, home);
    return {.subject = domain::Subject::credential, .id = row.id.value, .seq = seq};
}

Result<Outcome> revoke_and_record(Transaction& transaction, const Principal& principal, store::CredentialRow row, const Home& home,
                                  Permission permission)
{
    row.status = CredentialStatus::revoked;
    ++row.version;
    row.seq = transaction.next_seq();
    if (!store::update_credential(transaction.db(), row))
        return Error{ErrorCode::precondition_failed};
    return record_credential(transaction, principal, row, home, EventKind::credential_revoked, permission);
}

}  // namespace

std::vector<Violation> check_token(Connection& connection, const domain::AccountId& account, const TokenDraft& draft,
                                   const std::vector<std::string>& allowed)
{
    std::vector<Violation> violations;
    if (draft.scopes.empty())
        violations.push_back({"/scopes", Rule::too_few_items, {{"limit", "1"}}});
    for (std::size_t i = 0; i < draft.scopes.size(); ++i)
        if (std::find(allowed.begin(), allowed.end(), draft.scopes[i]) == allowed.end())
            violations.push_back({"/scopes/" + std::to_string(i), Rule::not_allowed_value, {{"allowed", base::joined(allowed)}}});
    if (draft.expires_in_days < 1)
        violations.push_back({"/expires_in_days", Rule::below_minimum, {{"limit", "1"}}});
    if (draft.expires_in_days > max_token_days)
        violations.push_back({"/expires_in_days", Rule::above_maximum, {{"limit", std::to_string(max_token_days)}}});
    if (draft.bound_to_certificate) {
        const auto fingerprint = base::to_hash(base::from_hex(*draft.bound_to_certificate).value_or(""));
        const auto certificate = fingerprint ? store::find_proven_credential(connection, *fingerprint) : std::nullopt;
        if (!certificate || certificate->kind != CredentialKind::certificate || certificate->account != account ||
            certificate->status != CredentialStatus::active)
            violations.push_back({"/bound_to_certificate", Rule::unknown_reference});
    }
    return violations;
}

std::vector<std::string> all_token_scopes() { return domain::names_of(domain::TokenScopeSet().set()); }

std::optional<std::string> check_words_of(Connection& connection, const Principal& principal)
{
    const auto id = store::enrolment_of(connection, principal.credential);
    const auto enrolment = id ? store::find_enrolment(connection, *id) : std::nullopt;
    return enrolment && !enrolment->attested_at ? enrolment->check_words : std::nullopt;
}

std::string credential_record(Connection& connection, const domain::CredentialId& id)
{
    const auto row = store::find_credential(connection, id);
    if (!row)
        throw std::logic_error("no credential " + id.value);
    // For a token one hash more: a reader of the record learns nothing with which the token could be looked up.
    const auto fingerprint = row->kind == CredentialKind::token ? base::sha256(base::as_chars(row->fingerprint)) : row->fingerprint;
    return json::canonical({{"account", row->account.value},
                            {"kind", domain::name_of(row->kind)},
                            {"fingerprint", base::hex(fingerprint)},
                            {"label", row->label},
                            {"scopes", domain::names_of(row->scopes)},
                            {"bound_to_certificate", row->bound_to ? nlohmann::json(base::hex(*row->bound_to)) : nlohmann::json()},
                            {"not_after", row->not_after},
                            {"proven", row->proven},
                            {"prove_by", or_null(row->prove_by)},
                            {"enrolment", or_null(row->enrolment)},
                            {"status", domain::name_of(row->status)},
                            {"replaces", or_null(row->replaces)},
                            {"issued_by", or_null(row->issued_by)},
                            {"issued_with", or_null(row->issued_with)},
                            {"created_at", row->created_at}});
}

Result<Representation> get_credential(Connection& connection, const Principal& principal, i18n::Language, const domain::CredentialId& id)
{
    const auto row = store::find_visible_credential(connection, reach_of_reader(principal), id);
    if (!row)
        return domain::not_found();
    return representation_of(connection, principal, *row);
}

Result<Page> list_credentials(Connection& connection, const Principal& principal, i18n::Language, const domain::AccountId& account,
                              std::int64_t limit, const std::string& after)
{
    const auto reach = reach_of_reader(principal);
    if (!store::find_visible_account(connection, reach, account))
        return domain::not_found();
    const auto rows = store::visible_credentials_after(connection, reach, account, after, limit + 1);
    return page_of(rows, limit, [&](const store::CredentialRow& row) { return representation_of(connection, principal, row).body; });
}

Outcome enter_credential(Transaction& transaction, const Principal& principal, store::CredentialRow row, const Home& home,
                         Permission permission)
{
    row.id = row.id.empty() ? domain::CredentialId(transaction.new_uuid()) : row.id;
    row.status = row.proven ? CredentialStatus::active : CredentialStatus::unproven;
    row.created_at = transaction.now_text();
    row.version = 1;
    row.seq = transaction.next_seq();
    store::insert_credential(transaction.db(), row);
    const auto kind = row.proven ? EventKind::credential_registered : EventKind::credential_offered;
    auto outcome = record_credential(transaction, principal, row, home, kind, permission);
    outcome.status = 201;
    return outcome;
}

void note_second_claim(Transaction& transaction, store::CredentialRow taken)
{
    ++taken.version;
    taken.seq = transaction.next_seq();
    if (!store::update_credential(transaction.db(), taken))
        throw std::logic_error("a credential changed within a transaction");
    transaction.append(domain::the_portal(), {.kind = EventKind::credential_claimed,
                                              .subject = taken.id.value,
                                              .home = store::find_account(transaction.db(), taken.account).value().home,
                                              .acting_role = domain::ActingRole::of_portal(),
                                              .version = taken.version,
                                              .content = credential_record(transaction.db(), taken.id)});
}

Result<base::CertificateFacts> check_certificate(domain::Instant now, const std::string& pem)
{
    const auto facts = base::certificate_facts(pem);
    if (!facts || pem.find("PRIVATE KEY") != std::string::npos)
        return domain::invalid("/certificate", Rule::invalid_value, {{"allowed", "X.509 (PEM)"}});
    if (domain::Instant(std::chrono::seconds(facts->not_after)) <= now)
        return domain::invalid("/certificate", Rule::certificate_expired);
    return *facts;
}

store::CredentialRow certificate_row(const domain::AccountId& account, const base::CertificateFacts& facts, const std::string& label)
{
    store::CredentialRow row;
    row.account = account;
    row.kind = CredentialKind::certificate;
    row.fingerprint = facts.fingerprint;
    row.label = label;
    row.scopes.set();
    row.not_after = domain::to_rfc3339(domain::Instant(std::chrono::seconds(facts.not_after)));
    return row;
}

Result<Outcome> register_certificate(Transaction& transaction, const Principal& principal, const domain::AccountId& account,
                                     const std::string& pem, const std::string& label)
{
    const auto row = account_for_new_credential(transaction, principal, account);
    if (!row)
        return row.error();
    return carry_out_certificate(transaction, principal, *row, pem, label, Permission::account_write);
}

Result<Outcome> carry_out_certificate(Transaction& transaction, const Principal& principal, const store::AccountRow& account,
                                      const std::string& pem, const std::string& label, Permission permission)
{
    const auto facts = check_certificate(transaction.now(), pem);
    if (!facts)
        return facts.error();
    if (store::find_proven_credential(transaction.db(), facts->fingerprint))
        return is_taken("/certificate");
    auto row = certificate_row(account.id, *facts, label);
    row.issued_by = unless_empty(principal.account);
    row.issued_with = unless_empty(principal.credential);
    return enter_credential(transaction, principal, std::move(row), account.home, permission);
}

Result<Outcome> issue_token(Transaction& transaction, const Principal& principal, const domain::AccountId& account, const TokenDraft& draft)
{
    const auto holder = account_for_new_credential(transaction, principal, account);
    if (!holder)
        return holder.error();
    auto& db = transaction.db();
    if (auto violations = check_token(db, account, draft, all_token_scopes()); !violations.empty())
        return Error{ErrorCode::validation_failed, std::move(violations)};
    if (store::find_proven_credential(db, draft.fingerprint))
        return is_taken("/token_sha256");
    store::CredentialRow row;
    row.account = account;
    row.kind = CredentialKind::token;
    row.fingerprint = draft.fingerprint;
    row.label = draft.label;
    row.scopes = domain::token_scopes_from(draft.scopes);
    if (draft.bound_to_certificate)
        row.bound_to = base::to_hash(base::from_hex(*draft.bound_to_certificate).value());
    row.not_after = domain::to_rfc3339(transaction.now() + std::chrono::days(draft.expires_in_days));
    return enter_credential(transaction, principal, std::move(row), holder->home, Permission::account_write);
}

namespace {

// Somebody else may hold the token: it ends with whatever came of it, and the State sees that in its feed.
Result<Outcome> end_both(Transaction& transaction, const Principal& principal, const store::CredentialRow& old)
{
    auto outcome = carry_out_revocation(transaction, principal, old, Permission::own_credential);
    if (outcome)
        outcome->refused = Error{ErrorCode::conflict, {{"/token_sha256", Rule::renewed_twice}}};
    return outcome;
}

// From when a token can be renewed: the last third of its life.
domain::Instant renewable_from(const store::CredentialRow& token)
{
    const auto begin = domain::from_rfc3339(token.created_at).value(), end = domain::from_rfc3339(token.not_after).value();
    return end - (end - begin) / 3;
}

Result<domain::Instant> end_of_successor(Transaction& transaction, const store::CredentialRow& old)
{
    if (const auto from = renewable_from(old); transaction.now() < from)
        return Error{ErrorCode::conflict, {{"header:Authorization", Rule::not_yet_renewable, {{"from", domain::to_rfc3339(from)}}}}};
    const auto end = domain::from_rfc3339(old.not_after).value();
    const auto life = end - domain::from_rfc3339(old.created_at).value();
    const auto began = domain::from_rfc3339(store::chain_began_at(transaction.db(), old)).value();
    const auto last = std::min<domain::Instant>(transaction.now() + life, began + std::chrono::days(max_token_days));
    if (last <= end)
        return Error{ErrorCode::conflict, {{"header:Authorization", Rule::chain_ended, {{"days", std::to_string(max_token_days)}}}}};
    return last;
}

}  // namespace

Result<Outcome> renew_token(Transaction& transaction, const Principal& principal, const base::Hash& fingerprint,
                            const std::optional<std::vector<std::string>>& scopes)
{
    auto& db = transaction.db();
    const auto old = store::find_credential(db, principal.credential);
    if (!old || old->kind != CredentialKind::token)
        return Error{ErrorCode::conflict, {{"header:Authorization", Rule::required}}};
    if (old->fingerprint == fingerprint)
        return domain::invalid("/token_sha256", Rule::invalid_value, {{"allowed", "SHA-256"}});
    for (const auto& successor : store::successors(db, old->id)) {
        if (successor.fingerprint != fingerprint)
            return end_both(transaction, principal, *old);
        return Outcome{.status = 201, .subject = domain::Subject::credential, .id = successor.id.value, .seq = successor.seq};
    }
    const TokenDraft wanted{.label = old->label, .scopes = scopes.value_or(domain::names_of(old->scopes))};
    if (auto violations = check_token(db, old->account, wanted, domain::names_of(old->scopes)); !violations.empty())
        return Error{ErrorCode::validation_failed, std::move(violations)};
    const auto end = end_of_successor(transaction, *old);
    if (!end)
        return end.error();

    auto row = *old;  // who issued the first token stands behind every renewal of it
    row.id = {};
    row.fingerprint = fingerprint;
    row.scopes = domain::token_scopes_from(wanted.scopes);
    row.not_after = domain::to_rfc3339(*end);
    row.proven = false;
    row.prove_by = old->not_after;
    row.enrolment.reset();
    row.replaces = old->id;
    row.issued_with = old->id;
    return enter_credential(transaction, principal, std::move(row), principal.home, Permission::own_credential);
}

Result<Principal> prove_credential(Transaction& transaction, const Principal& principal)
{
    auto& db = transaction.db();
    auto row = store::find_credential(db, principal.credential);
    if (!row || row->status == CredentialStatus::revoked)
        return Error{ErrorCode::invalid_credential};
    if (row->status == CredentialStatus::active)  // another request was first
        return reload(db, transaction.now(), principal);
    const auto holder = store::find_credential(db, row->kind, row->fingerprint, transaction.now_text());
    if (!holder || holder->id != row->id)
        return Error{ErrorCode::invalid_credential};
    row->proven = true;
    row->status = CredentialStatus::active;
    ++row->version;
    row->seq = transaction.next_seq();
    if (!store::update_credential(db, *row))
        return Error{ErrorCode::invalid_credential};
    record_credential(transaction, principal, *row, principal.home, EventKind::credential_proven, Permission::own_credential);
    if (auto before = row->replaces ? store::find_credential(db, *row->replaces) : std::nullopt;
        before && before->status != CredentialStatus::revoked)
        if (const auto ended = revoke_and_record(transaction, principal, std::move(*before), principal.home, Permission::own_credential);
            !ended)
            return ended.error();
    return reload(db, transaction.now(), principal);
}

Result<Outcome> revoke_credential(Transaction& transaction, const Principal& principal, const domain::CredentialId& id)
{
    auto row = actable(
        store::find_visible_credential(transaction.db(), reach_of_reader(principal), id),
        [&transaction, &principal](const store::CredentialRow& credential) { return may_revoke(transaction.db(), principal, credential); },
        has_not_ended);
    if (!row)
        return row.error();
    const auto permission = is_self(principal, row->account) ? Permission::own_credential : Permission::account_write;
    return carry_out_revocation(transaction, principal, std::move(*row), permission);
}

Result<Outcome> carry_out_revocation(Transaction& transaction, const Principal& principal, store::CredentialRow row, Permission permission)
{
    // A thief of the token may have renewed it, and so ended it.
    auto to_revoke = store::active_successors(transaction.db(), row.id);
    if (row.status != CredentialStatus::revoked)
        to_revoke.insert(to_revoke.begin(), row);
    const auto home = store::find_account(transaction.db(), row.account).value().home;
    Result<Outcome> first = not_now(row.status);
    for (const auto& each : to_revoke) {
        auto revoked = revoke_and_record(transaction, principal, each, home, permission);
        if (!revoked)
            return revoked.error();
        if (!first)
            first = std::move(revoked);
    }
    end_proposals(transaction, principal, home, ProposalKind::credential_revoke, permission, [&](const auto& proposal) {
        return proposal.subject == row.id.value || std::any_of(to_revoke.begin(), to_revoke.end(), [&](const store::CredentialRow& each) {
                   return proposal.subject == each.id.value;
               });
    });
    return first;
}

std::set<domain::AccountId> hands_of(Connection& connection, const Actor& actor, domain::Instant now)
{
    auto hands = store::hands_of(connection, actor.credential, actor.at.value_or(domain::to_rfc3339(now)));
    hands.insert(actor.account);
    return hands;
}

std::set<domain::AccountId> known_holders(Connection& connection, const Home& home, domain::Role role, domain::Instant now)
{
    std::set<domain::AccountId> found;
    for (const auto& held : store::usable_credentials_of(connection, home, domain::to_rfc3339(now)))
        if (store::find_account(connection, held.account).value().roles.test(static_cast<std::size_t>(role)) &&
            hands_of(connection, {held.account, held.id}, now).size() == 1)
            found.insert(held.account);
    return found;
}

bool is_same_actor(Connection& connection, const Actor& one, const Actor& other, domain::Instant now,
                   const std::optional<domain::Instant>& since)
{
    const auto hands = hands_of(connection, one, now), others = hands_of(connection, other, now);
    if (std::any_of(hands.begin(), hands.end(), [&others](const domain::AccountId& hand) { return others.contains(hand); }))
        return true;
    const auto from = since ? domain::to_rfc3339(*since) : std::string();
    const auto until = domain::to_rfc3339(now);
    return store::has_lent(connection, one.account, other.account, from, until) ||
           store::share_a_giver(connection, one.account, other.account, from, until);
}

}  // namespace cbmx::service
