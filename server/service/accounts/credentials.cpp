// A secret exists once, in Outcome::secret; a row holds only its SHA-256, and a record only the SHA-256 of that.
#include "service/accounts/credentials.hpp"
#include "base/ed25519.hpp"
#include "base/text.hpp"
#include "json/parse.hpp"
#include "service/accounts/authenticate.hpp"
#include "service/guard.hpp"
#include "service/second_person.hpp"
#include "store/rows/delegations.hpp"
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
    if (may_write(principal, account->home))
        shown.tag = record_tag(row.version, record);
    return shown;
}

// The account for which the caller may register a credential: never its own.
Result<store::AccountRow> account_for_new_credential(Transaction& transaction, const Principal& principal, const domain::AccountId& id)
{
    return actable(
        store::find_visible_account(transaction.db(), reach_of_reader(principal), id),
        [&principal](const store::AccountRow& account) {
            auto allowed = require(principal, Permission::account_write, account.home);
            return allowed && is_self(principal, account.id) ? Error{ErrorCode::not_eligible, {{"path:id", Rule::same_person}}} : allowed;
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
    if (!wide && principal.credential != row.id)
        return Error{ErrorCode::token_scope};
    return {};
}

Result<void> is_active(const store::CredentialRow& row)
{
    if (row.status != CredentialStatus::active)
        return not_now(row.status);
    return {};
}

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
    return {.subject = domain::Subject::credential, .id = row.id.value, .seq = seq};
}

// Fills what every new credential has, stores and records it.
Outcome insert_and_record(Transaction& transaction, const Principal& principal, store::CredentialRow row, const Home& home,
                          Permission permission)
{
    row.id = domain::CredentialId(transaction.new_uuid());
    row.status = CredentialStatus::active;
    row.issued_with = unless_empty(principal.credential);
    row.created_at = transaction.now_text();
    row.version = 1;
    row.seq = transaction.next_seq();
    store::insert_credential(transaction.db(), row);
    auto outcome = record_credential(transaction, principal, row, home, EventKind::credential_registered, permission);
    outcome.status = 201;
    return outcome;
}

Result<Outcome> revoke_and_record(Transaction& transaction, const Principal& principal, store::CredentialRow row, const Home& home,
                                  Permission permission)
{
    row.status = CredentialStatus::revoked;
    ++row.version;
    row.seq = transaction.next_seq();
    if (!store::update_credential(transaction.db(), row))
        return Error{ErrorCode::precondition_failed};
    auto outcome = record_credential(transaction, principal, row, home, EventKind::credential_revoked, permission);
    end_proposals(transaction, principal, home, ProposalKind::credential_revoke, permission,
                  [&row](const auto& proposal) { return proposal.subject == row.id.value; });
    return outcome;
}

// Scopes outside what is allowed, and a binding to something that is no certificate of this account.
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
        const auto certificate = fingerprint ? store::find_credential(connection, CredentialKind::certificate, *fingerprint) : std::nullopt;
        if (!certificate || certificate->account != account || certificate->status != CredentialStatus::active)
            violations.push_back({"/bound_to_certificate", Rule::unknown_reference});
    }
    return violations;
}

}  // namespace

std::vector<std::string> all_token_scopes() { return domain::names_of(domain::TokenScopeSet().set()); }

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

Result<Outcome> register_credential(Transaction& transaction, const Principal& principal, const domain::AccountId& account,
                                    const nlohmann::json& body)
{
    const auto label = optional_member(body, "label").value_or("");
    if (body.at("kind") == domain::name_of(CredentialKind::certificate))
        return register_certificate(transaction, principal, account, body.at("certificate").get<std::string>(), label);
    return issue_token(transaction, principal, account,
                       {.label = label,
                        .scopes = body.at("scopes").get<std::vector<std::string>>(),
                        .expires_in_days = body.value("expires_in_days", default_token_days),
                        .bound_to_certificate = optional_member(body, "bound_to_certificate")});
}

Result<base::Hash> check_certificate(Connection& connection, domain::Instant now, const std::string& pem)
{
    const auto facts = base::certificate_facts(pem);
    if (!facts || pem.find("PRIVATE KEY") != std::string::npos)
        return domain::invalid("/certificate", Rule::invalid_value, {{"allowed", "X.509 (PEM)"}});
    if (domain::Instant(std::chrono::seconds(facts->not_after)) <= now)
        return domain::invalid("/certificate", Rule::not_active);
    if (store::is_registered(connection, facts->fingerprint))
        return Error{ErrorCode::conflict, {{"/certificate", Rule::already_exists}}};
    return facts->fingerprint;
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
    const auto fingerprint = check_certificate(transaction.db(), transaction.now(), pem);
    if (!fingerprint)
        return fingerprint.error();
    store::CredentialRow row;
    row.account = account.id;
    row.kind = CredentialKind::certificate;
    row.fingerprint = *fingerprint;
    row.label = label;
    row.scopes.set();
    row.not_after = domain::to_rfc3339(domain::Instant(std::chrono::seconds(base::certificate_facts(pem)->not_after)));
    row.issued_by = unless_empty(principal.account);
    return insert_and_record(transaction, principal, std::move(row), account.home, permission);
}

Result<Outcome> issue_token(Transaction& transaction, const Principal& principal, const domain::AccountId& account, const TokenDraft& draft)
{
    const auto holder = account_for_new_credential(transaction, principal, account);
    if (!holder)
        return holder.error();
    if (auto violations = check_token(transaction.db(), account, draft, all_token_scopes()); !violations.empty())
        return Error{ErrorCode::validation_failed, std::move(violations)};

    const auto token = new_token(transaction.random());
    store::CredentialRow row;
    row.account = account;
    row.kind = CredentialKind::token;
    row.fingerprint = base::sha256(token);
    row.label = draft.label;
    row.scopes = domain::token_scopes_from(draft.scopes);
    if (draft.bound_to_certificate)
        row.bound_to = base::to_hash(base::from_hex(*draft.bound_to_certificate).value());
    row.not_after = domain::to_rfc3339(transaction.now() + std::chrono::days(draft.expires_in_days));
    row.issued_by = unless_empty(principal.account);
    auto outcome = insert_and_record(transaction, principal, std::move(row), holder->home, Permission::account_write);
    outcome.secret = token;
    return outcome;
}

Result<Outcome> renew_token(Transaction& transaction, const Principal& principal, const std::optional<std::vector<std::string>>& scopes)
{
    const auto old = store::find_credential(transaction.db(), principal.credential);
    if (!old || old->kind != CredentialKind::token)
        return Error{ErrorCode::conflict, {{"header:Authorization", Rule::required}}};
    if (old->replaced_at)  // or there would be more of it than its holder knows of
        return Error{ErrorCode::conflict, {{"header:Authorization", Rule::already_exists}}};
    const TokenDraft wanted{.label = old->label, .scopes = scopes.value_or(domain::names_of(old->scopes))};
    if (auto violations = check_token(transaction.db(), old->account, wanted, domain::names_of(old->scopes)); !violations.empty())
        return Error{ErrorCode::validation_failed, std::move(violations)};

    const auto token = new_token(transaction.random());
    const auto lifetime = domain::from_rfc3339(old->not_after).value() - domain::from_rfc3339(old->created_at).value();
    store::CredentialRow row = *old;
    row.fingerprint = base::sha256(token);
    row.scopes = domain::token_scopes_from(wanted.scopes);
    row.not_after = domain::to_rfc3339(transaction.now() + lifetime);
    row.replaces = old->id;  // issued_by stays: the issuer of the first token stands behind every renewal of it
    auto outcome = insert_and_record(transaction, principal, std::move(row), principal.home, Permission::own_credential);
    outcome.secret = token;
    return outcome;
}

Result<Outcome> revoke_credential(Transaction& transaction, const Principal& principal, const domain::CredentialId& id)
{
    auto row = actable(
        store::find_visible_credential(transaction.db(), reach_of_reader(principal), id),
        [&transaction, &principal](const store::CredentialRow& credential) { return may_revoke(transaction.db(), principal, credential); },
        is_active);
    if (!row)
        return row.error();
    const auto permission = is_self(principal, row->account) ? Permission::own_credential : Permission::account_write;
    return carry_out_revocation(transaction, principal, std::move(*row), permission);
}

Result<Outcome> carry_out_revocation(Transaction& transaction, const Principal& principal, store::CredentialRow row, Permission permission)
{
    if (const auto possible = is_active(row); !possible)
        return possible.error();
    const auto account = store::find_account(transaction.db(), row.account);
    const auto revoked = revoke_and_record(transaction, principal, row, account->home, permission);
    if (!revoked)
        return revoked.error();
    // A thief of the token may have renewed it.
    for (auto& successor : store::active_successors(transaction.db(), row.id))
        if (const auto also = revoke_and_record(transaction, principal, std::move(successor), account->home, permission); !also)
            return also.error();
    return revoked;
}

bool is_same_actor(Connection& connection, const Actor& one, const Actor& other, domain::Instant now,
                   const std::optional<domain::Instant>& since)
{
    if (one.account == other.account || store::is_issued_through(connection, one.credential, other.account) ||
        store::is_issued_through(connection, other.credential, one.account) ||
        store::are_tokens_of_one_issuer(connection, one.credential, other.credential))
        return true;
    const auto from = since ? domain::to_rfc3339(*since) : std::string();
    const auto until = domain::to_rfc3339(now);
    return store::has_lent(connection, one.account, other.account, from, until) ||
           store::share_a_giver(connection, one.account, other.account, from, until);
}

}  // namespace cbmx::service
