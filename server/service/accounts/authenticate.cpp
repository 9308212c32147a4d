// Every refusal is the same to the caller: the answer does not reveal its reason (rules.md 14, 17).
#include "service/accounts/authenticate.hpp"
#include "json/items.hpp"
#include "service/accounts/credentials.hpp"
#include "service/registry/offices.hpp"
#include "service/registry/participation.hpp"
#include "service/rights.hpp"
#include "store/log/scan.hpp"
#include "store/rows/delegations.hpp"
#include "store/rows/registry.hpp"
#include <algorithm>
#include <array>
#include <boost/crc.hpp>

namespace cbmx::service {
namespace {

using domain::CredentialKind;
using domain::Instant;

constexpr std::string_view token_prefix = "cbmx_";  // for secret scanners
constexpr std::size_t secret_characters = 43;       // base62 of 32 bytes
constexpr std::size_t checksum_characters = 6;      // base62 of 4 bytes

std::string checksum_of(std::string_view secret)
{
    boost::crc_32_type crc;
    crc.process_bytes(secret.data(), secret.size());
    const std::uint32_t value = crc.checksum();
    std::array<std::uint8_t, 4> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<std::uint8_t>(value >> (8 * (bytes.size() - 1 - i)));
    return base::base62(base::as_chars(bytes));
}

Error refused() { return Error{ErrorCode::invalid_credential}; }

// A principal, and when it ends if nothing is written before.
struct Authenticated {
    Principal principal;
    Instant ends_at;
};

struct Holder {
    store::CredentialRow credential;
    store::AccountRow account;
};

std::optional<store::CredentialRow> find_now(Connection& connection, Instant now, CredentialKind kind, const base::Hash& fingerprint)
{
    return store::find_credential(connection, kind, fingerprint, domain::to_rfc3339(now));
}

// An unproven one too, until it should have been proven.
std::optional<Holder> active_holder(Connection& connection, Instant now, std::optional<store::CredentialRow> credential)
{
    if (!credential || credential->status == domain::CredentialStatus::revoked || end_of(*credential) <= now)
        return std::nullopt;
    auto account = store::find_account(connection, credential->account);
    const bool may_enter =
        account && (account->status == domain::AccountStatus::active || account->status == domain::AccountStatus::suspended);
    if (!may_enter)
        return std::nullopt;
    return Holder{std::move(*credential), std::move(*account)};
}

// Adds what others have lent, as far as they still hold it themselves; gives the first moment at which that changes.
Instant add_lent_roles(Connection& connection, Instant now, Principal& principal, Instant ends_at)
{
    for (const auto& lent : store::lent_to(connection, principal.account, domain::to_rfc3339(now))) {
        const auto roles = lent.roles & lent.giver_roles;
        if (roles.none())
            continue;
        principal.roles |= roles;
        ends_at = std::min(ends_at, domain::from_rfc3339(lent.until_at).value());
    }
    return ends_at;
}

// Of a State that does not participate: a word for its own records alone (store/visibility/reports.hpp).
std::string word_for(const Principal& principal, const std::string& recipient)
{
    if (!principal.is_outside)
        return recipient;
    auto word = principal.home.state().value;
    return word.append("/").append(recipient);
}

domain::Visibility visibility_of(Connection& connection, Instant now, const Principal& principal)
{
    domain::Visibility visibility;
    if (principal.is_suspended) {  // as everyone
        visibility.tokens = nlohmann::json{"public"}.dump();
        return visibility;
    }
    if (!principal.is_unattested)
        visibility.account = "account:" + principal.account.value;
    visibility.home = principal.home.text();
    nlohmann::json words{"public"};
    if (!principal.is_unattested)
        words.push_back(word_for(principal, visibility.account));
    if (principal.home.is_state()) {
        const auto state = principal.home.state();
        visibility.own_state = state.value;
        words.push_back(word_for(principal, principal.home.text()));
        if (!principal.is_outside)
            words.push_back("members");
        if (principal.has(domain::Role::drafter) || principal.has(domain::Role::approver))
            visibility.draft_state = state.value;
    } else if (domain::is_recipient(principal.home.text())) {
        words.push_back(principal.home.text());  // the auditors' office is no recipient
        if (holding_of(connection, principal.home, now).now)
            words.push_back(domain::Home::of_office(principal.home.office().value()).text());
    }
    visibility.tokens = words.dump();
    visibility.secretariat = principal.has(domain::Role::secretariat);
    visibility.auditor = principal.has(domain::Role::auditor);
    return visibility;
}

domain::RoleSet roles_at(const domain::Home& home)
{
    domain::RoleSet roles;
    for (std::size_t i = 0; i < domain::role_count; ++i)
        roles.set(i, domain::may_hold(home, static_cast<domain::Role>(i)));
    return roles;
}

// The role whose rights to read are those of every other role of a State, too.
domain::RoleSet least_roles()
{
    domain::RoleSet roles;
    roles.set(static_cast<std::size_t>(domain::Role::contact));
    return roles;
}

// nullopt: of an office, whose accounts are no State's.
std::optional<Access> access_of_home(Connection& connection, const domain::Home& home)
{
    if (!home.is_state())
        return std::nullopt;
    const auto row = store::find_row(connection, store::RegistryTable::state, home.state().value);
    return row ? access_in(row->record) : Access{};
}

Principal reader_with(Connection& connection, Instant now, const domain::Home& home, const domain::RoleSet& roles)
{
    Principal principal;
    principal.account = domain::AccountId(home.text());  // of nobody; nothing names it
    principal.home = home;
    principal.own_roles = principal.roles = roles;
    principal.scopes.set();
    const auto access = access_of_home(connection, home);
    principal.is_outside = access && !has_access(*access, now);
    principal.visibility = visibility_of(connection, now, principal);
    return principal;
}

// Somebody of the State is suspended without its mission having confirmed that in person: who was founded then waits for some days, and
// while the other objects until one of them is confirmed.
bool is_held_back(Connection& connection, Instant now, const store::AccountRow& account)
{
    if (!account.acts_from)
        return false;
    const auto suspended = store::suspended_of(connection, account.home);
    return suspended.objects || (suspended.any && *account.acts_from > domain::to_rfc3339(now));
}

// What a suspended official could do by a credential that he may hold, nobody does by it.
bool is_in_suspended_hands(Connection& connection, const std::set<domain::AccountId>& hands)
{
    return std::any_of(hands.begin(), hands.end(), [&](const domain::AccountId& hand) {
        const auto account = store::find_account(connection, hand);
        return account && account->status == domain::AccountStatus::suspended;
    });
}

Authenticated principal_of(Connection& connection, Instant now, const Holder& holder)
{
    Principal principal;
    principal.account = holder.account.id;
    principal.credential = holder.credential.id;
    principal.home = holder.account.home;
    principal.is_unproven = holder.credential.status == domain::CredentialStatus::unproven;
    const auto hands = hands_of(connection, actor_of(principal), now);
    principal.is_unattested = hands.size() > 1;
    principal.is_suspended = holder.account.status == domain::AccountStatus::suspended;
    principal.is_without_authority = holder.account.authority == domain::Authority::none || is_held_back(connection, now, holder.account) ||
                                     is_in_suspended_hands(connection, hands);
    principal.own_roles = holder.account.roles;
    principal.roles = principal.own_roles;
    if (holder.credential.kind == CredentialKind::certificate)
        principal.scopes.set();
    else
        principal.scopes = holder.credential.scopes;
    auto ends_at = add_lent_roles(connection, now, principal, end_of(holder.credential));
    if (const auto access = access_of_home(connection, principal.home)) {
        principal.is_outside = !has_access(*access, now);
        if (access->changes_at && *access->changes_at > now)
            ends_at = std::min(ends_at, *access->changes_at);
    }
    if (const auto& from = holder.account.acts_from; from && *from > domain::to_rfc3339(now))
        ends_at = std::min(ends_at, domain::from_rfc3339(*from).value());
    if (const auto holding = holding_of(connection, principal.home, now); holding.changes_at)
        ends_at = std::min(ends_at, *holding.changes_at);
    principal.visibility = visibility_of(connection, now, principal);
    return {std::move(principal), ends_at};
}

// Neither: nullopt.
Result<std::optional<Authenticated>> authenticated(Connection& connection, Instant now, const std::optional<std::string>& token,
                                                   const std::optional<base::Hash>& certificate)
{
    std::optional<Holder> by_certificate;
    if (certificate) {
        by_certificate = active_holder(connection, now, find_now(connection, now, CredentialKind::certificate, *certificate));
        if (!by_certificate)
            return refused();
    }
    if (!token)
        return by_certificate ? std::optional(principal_of(connection, now, *by_certificate)) : std::nullopt;
    if (!is_well_formed_token(*token))
        return refused();
    const auto by_token = active_holder(connection, now, find_now(connection, now, CredentialKind::token, base::sha256(*token)));
    if (!by_token)
        return refused();
    if (by_certificate && by_certificate->account.id != by_token->account.id)
        return refused();
    if (by_token->credential.bound_to && by_token->credential.bound_to != certificate)
        return refused();
    return std::optional(principal_of(connection, now, *by_token));
}

std::string cache_key(const std::optional<std::string>& token, const std::optional<base::Hash>& certificate)
{
    std::string key;
    if (token)
        key.append("t").append(base::as_chars(base::sha256(*token)));
    if (certificate)
        key.append("c").append(base::as_chars(*certificate));
    return key;
}

}  // namespace

std::string new_token(const base::RandomSource& random)
{
    std::array<std::uint8_t, 32> bytes{};
    random(bytes);
    const auto secret = base::base62(base::as_chars(bytes));
    return std::string(token_prefix) + secret + checksum_of(secret);
}

bool is_well_formed_token(std::string_view text)
{
    if (text.size() != token_prefix.size() + secret_characters + checksum_characters || !text.starts_with(token_prefix))
        return false;
    text.remove_prefix(token_prefix.size());
    return checksum_of(text.substr(0, secret_characters)) == text.substr(secret_characters);
}

Instant end_of(const store::CredentialRow& credential)
{
    const auto own_end = domain::from_rfc3339(credential.not_after).value();
    if (credential.proven || !credential.prove_by)
        return own_end;
    return std::min(own_end, domain::from_rfc3339(*credential.prove_by).value());
}

bool state_participates(Connection& connection, const domain::StateCode& state, Instant now)
{
    return has_access(access_of_home(connection, domain::Home::of_state(state)).value(), now);
}

Result<Principal> authenticate(Connection& connection, Instant now, const std::optional<std::string>& bearer_token,
                               const std::optional<base::Hash>& certificate)
{
    auto found = authenticated(connection, now, bearer_token, certificate);
    if (!found)
        return found.error();
    return *found ? std::move((*found)->principal) : domain::anonymous();
}

Principal holder_of(Connection& connection, Instant now, const store::CredentialRow& credential)
{
    return principal_of(connection, now, {credential, store::find_account(connection, credential.account).value()}).principal;
}

Result<Principal> reload(Connection& connection, Instant now, const Principal& principal)
{
    if (principal.credential.empty())
        return principal;
    const auto holder = active_holder(connection, now, store::find_credential(connection, principal.credential));
    if (!holder)
        return refused();
    const auto& bound_to = holder->credential.bound_to;
    if (bound_to && !active_holder(connection, now, find_now(connection, now, CredentialKind::certificate, *bound_to)))
        return refused();
    return principal_of(connection, now, *holder).principal;
}

Principal reader_of_home(Connection& connection, Instant now, const domain::Home& home)
{
    return reader_with(connection, now, home, roles_at(home));
}

Principal reader_of_all_at(Connection& connection, Instant now, const domain::Home& home)
{
    return reader_with(connection, now, home, home.is_state() ? least_roles() : roles_at(home));
}

Principal reader_of_members()
{
    Principal principal;
    principal.account = domain::AccountId("members");  // of nobody; nothing names it
    principal.own_roles = principal.roles = least_roles();
    principal.scopes.set();
    principal.visibility.tokens = nlohmann::json{"public", "members"}.dump();
    return principal;
}

Principal reader_of_everything(Connection& connection)
{
    auto principal = domain::machine_operator();
    principal.roles.set();
    principal.visibility.tokens = nlohmann::json(store::all_recipients(connection)).dump();
    principal.visibility.draft_state = "*";
    principal.visibility.secretariat = principal.visibility.auditor = true;
    return principal;
}

PrincipalCache::PrincipalCache(const store::Writer& writer, Monotonic monotonic) : writer_(writer), monotonic_(std::move(monotonic)) {}

std::optional<Principal> PrincipalCache::find(Instant now, const std::optional<std::string>& bearer_token,
                                              const std::optional<base::Hash>& certificate)
{
    if (!bearer_token && !certificate)
        return domain::anonymous();
    const auto key = cache_key(bearer_token, certificate);
    const std::lock_guard lock(mutex_);
    const auto entry = entries_.find(key);
    if (entry == entries_.end())
        return std::nullopt;
    if (!writer_.principals_stand(entry->second.principal.home, entry->second.generation) || monotonic_() >= entry->second.until ||
        now >= entry->second.ends_at) {
        entries_.erase(entry);
        return std::nullopt;
    }
    return entry->second.principal;
}

Result<Principal> PrincipalCache::authenticate(Connection& connection, Instant now, const std::optional<std::string>& bearer_token,
                                               const std::optional<base::Hash>& certificate)
{
    if (auto known = find(now, bearer_token, certificate))
        return std::move(*known);
    // Before the first read: a commit in between makes the entry stale, never fresh.
    const auto generation = writer_.generation();
    auto found = authenticated(connection, now, bearer_token, certificate);
    if (!found)
        return found.error();
    if (!*found)
        return domain::anonymous();
    const std::lock_guard lock(mutex_);
    if (entries_.size() >= max_entries)
        entries_.clear();
    entries_.insert_or_assign(
        cache_key(bearer_token, certificate),
        Entry{.principal = (*found)->principal, .generation = generation, .until = monotonic_() + max_age, .ends_at = (*found)->ends_at});
    return std::move((*found)->principal);
}

}  // namespace cbmx::service
