// Routes of accounts, credentials, what waits for a second person.
#include "api/handlers/accounts.hpp"
#include "api/answer.hpp"
#include "api/handlers/credentials.hpp"
#include "api/handlers/delegations.hpp"
#include "api/handlers/proposals.hpp"
#include "api/handlers/signing_keys.hpp"
#include "api/handlers/state_settings.hpp"
#include "api/routes/shared.hpp"

namespace cbmx::api {
namespace {

constexpr std::array proposal_parameters{Parameter{.name = "status",
                                                   .kind = Kind::choice,
                                                   .summary = "Only proposals in this state",
                                                   .choices = "waiting|scheduled|confirmed|declined|ended"},
                                         limit_parameter, cursor_parameter};

// clang-format off
const std::array table{
    Route{.method = Method::get, .path = "/v1/me", .operation_id = "getMe", .tag = "accounts",
          .summary = "Identity and rights of the caller",
          .permission = Permission::own_credential, .response = "me", .handler = &accounts::me},
    Route{.method = Method::get, .path = "/v1/accounts", .operation_id = "listAccounts", .tag = "accounts",
          .summary = "Accounts of one's own State or office",
          .permission = Permission::account_read, .response = "account", .list = true, .query = page_parameters, .fails_with = page_errors,
          .handler = &accounts::list},
    Route{.method = Method::post, .path = "/v1/accounts", .operation_id = "createAccount", .tag = "accounts",
          .summary = "Create an account of one's own State or office",
          .permission = Permission::account_write, .request = "account-create", .response = "account", .success = 201,
          .fails_with = person_errors, .handler = &accounts::create},
    Route{.method = Method::get, .path = "/v1/accounts/{id}", .operation_id = "getAccount", .tag = "accounts",
          .summary = "One account",
          .permission = Permission::account_read, .response = "account", .handler = &accounts::get},
    Route{.method = Method::patch, .path = "/v1/accounts/{id}", .operation_id = "changeAccount", .tag = "accounts",
          .summary = "Change the name, roles or status of an account; nobody changes their own roles or status",
          .permission = Permission::account_write, .request = "account-change", .response = "account", .condition = Condition::if_match,
          .fails_with = person_errors, .handler = &accounts::change},
    Route{.method = Method::post, .path = "/v1/accounts/{id}/confirm", .operation_id = "confirmAccount", .tag = "accounts",
          .summary = "Confirm, as another nominator, an account that was created without the State",
          .permission = Permission::account_write, .response = "account", .condition = Condition::if_match, .fails_with = person_errors,
          .handler = &accounts::confirm},
    Route{.method = Method::post, .path = "/v1/accounts/{id}/erase", .operation_id = "eraseAccount", .tag = "accounts",
          .summary = "Hide the personal data of a disabled account at once; the portal erases it later, and proofs remain valid",
          .permission = Permission::account_write, .response = "account", .condition = Condition::one_tag, .fails_with = person_errors,
          .handler = &accounts::erase},
    Route{.method = Method::get, .path = "/v1/accounts/{id}/credentials", .operation_id = "listCredentials", .tag = "credentials",
          .summary = "Credentials of an account",
          .permission = Permission::account_read, .response = "credential", .list = true, .query = page_parameters,
          .fails_with = page_errors, .handler = &credentials::list},
    Route{.method = Method::post, .path = "/v1/accounts/{id}/credentials", .operation_id = "registerCredential", .tag = "credentials",
          .summary = "Register a certificate or issue a token for another account; the token is shown only once",
          .permission = Permission::account_write, .request = "credential-register", .response = "credential", .success = 201,
          .fails_with = person_errors, .handler = &credentials::create},
    Route{.method = Method::post, .path = "/v1/credentials/renew", .operation_id = "renewCredential", .tag = "credentials",
          .summary = "Replace the calling token; the old one expires within 14 days",
          .permission = Permission::own_credential, .request = "credential-renew", .response = "credential", .success = 201,
          .fails_with = person_errors, .handler = &credentials::renew},
    Route{.method = Method::get, .path = "/v1/credentials/{id}", .operation_id = "getCredential", .tag = "credentials",
          .summary = "One credential; never its secret",
          .permission = Permission::account_read, .response = "credential", .handler = &credentials::get},
    Route{.method = Method::post, .path = "/v1/credentials/{id}/revoke", .operation_id = "revokeCredential", .tag = "credentials",
          .summary = "Revoke one's own credential, or one of an account that the caller manages",
          .permission = Permission::own_credential, .response = "credential", .fails_with = conflict_errors,
          .handler = &credentials::revoke},
    Route{.method = Method::get, .path = "/v1/delegations", .operation_id = "listDelegations", .tag = "delegations",
          .summary = "Delegations in one's own State or office",
          .permission = Permission::account_read, .response = "delegation", .list = true, .query = page_parameters,
          .fails_with = page_errors, .handler = &delegations::list},
    Route{.method = Method::post, .path = "/v1/delegations", .operation_id = "giveDelegation", .tag = "delegations",
          .summary = "Delegate some of one's own roles to another account of the same State or office",
          .permission = Permission::delegation_write, .request = "delegation-create", .response = "delegation", .success = 201,
          .fails_with = person_errors, .handler = &delegations::create},
    Route{.method = Method::get, .path = "/v1/delegations/{id}", .operation_id = "getDelegation", .tag = "delegations",
          .summary = "One delegation",
          .permission = Permission::account_read, .response = "delegation", .handler = &delegations::get},
    Route{.method = Method::post, .path = "/v1/delegations/{id}/end", .operation_id = "endDelegation", .tag = "delegations",
          .summary = "End a delegation early",
          .permission = Permission::delegation_write, .response = "delegation", .fails_with = conflict_errors,
          .handler = &delegations::end},
    Route{.method = Method::get, .path = "/v1/signing-keys", .operation_id = "listSigningKeys", .tag = "signing keys",
          .summary = "Public keys of one's own State: for signing its submissions, and of its witnesses",
          .permission = Permission::signing_key_read, .response = "signing-key", .list = true, .query = page_parameters,
          .fails_with = page_errors, .handler = &signing_keys::list},
    Route{.method = Method::post, .path = "/v1/signing-keys", .operation_id = "registerSigningKey", .tag = "signing keys",
          .summary = "Register a public key of one's own State; with the use \"witness\" its name, State, key and times become public "
                     "(GET /v1/log/witnesses)",
          .permission = Permission::signing_key_write, .request = "signing-key-register", .response = "signing-key", .success = 201,
          .fails_with = person_errors, .handler = &signing_keys::create},
    Route{.method = Method::get, .path = "/v1/signing-keys/{id}", .operation_id = "getSigningKey", .tag = "signing keys",
          .summary = "One signing key",
          .permission = Permission::signing_key_read, .response = "signing-key", .handler = &signing_keys::get},
    Route{.method = Method::post, .path = "/v1/signing-keys/{id}/revoke", .operation_id = "revokeSigningKey", .tag = "signing keys",
          .summary = "Revoke a public key of one's own State",
          .permission = Permission::signing_key_write, .response = "signing-key", .fails_with = conflict_errors,
          .handler = &signing_keys::revoke},
    Route{.method = Method::get, .path = "/v1/states/{code}/settings", .operation_id = "getStateSettings", .tag = "settings",
          .summary = "Settings of one's own State",
          .permission = Permission::state_settings_read, .response = "state-settings", .handler = &state_settings::get},
    Route{.method = Method::patch, .path = "/v1/states/{code}/settings", .operation_id = "changeStateSettings", .tag = "settings",
          .summary = "Turn a safeguard on (takes effect at once) or off (becomes a proposal for a second person: 202)",
          .permission = Permission::state_settings_write, .request = "state-settings-change", .response = "state-settings-outcome",
          .condition = Condition::if_match, .fails_with = person_errors, .handler = &state_settings::change},
    Route{.method = Method::get, .path = "/v1/proposals", .operation_id = "listProposals", .tag = "proposals",
          .summary = "Proposals that await, or awaited, a second person",
          .permission = Permission::proposal_read, .response = "proposal", .list = true, .query = proposal_parameters,
          .fails_with = page_errors, .handler = &proposals::list},
    Route{.method = Method::post, .path = "/v1/proposals", .operation_id = "makeProposal", .tag = "proposals",
          .summary = "Propose, as the secretariat, a change to a State's accounts or credentials, or of its membership",
          .permission = Permission::proposal_make, .request = "proposal-create", .response = "proposal", .success = 201,
          .fails_with = person_errors, .handler = &proposals::create,
          .body_limit = proposals::body_limit_bytes, .preparation = &proposals::read},
    Route{.method = Method::get, .path = "/v1/proposals/{id}", .operation_id = "getProposal", .tag = "proposals",
          .summary = "One proposal",
          .permission = Permission::proposal_read, .response = "proposal", .handler = &proposals::get},
    Route{.method = Method::post, .path = "/v1/proposals/{id}/confirm", .operation_id = "confirmProposal", .tag = "proposals",
          .summary = "Confirm a proposal: it takes effect",
          .permission = Permission::proposal_decide, .request = "proposal-confirm", .response = "proposal",
          .condition = Condition::one_tag, .fails_with = person_errors, .handler = &proposals::confirm},
    Route{.method = Method::post, .path = "/v1/proposals/{id}/decline", .operation_id = "declineProposal", .tag = "proposals",
          .summary = "Decline a proposal: it has no effect",
          .permission = Permission::proposal_decide, .response = "proposal", .condition = Condition::if_match,
          .fails_with = person_errors, .handler = &proposals::decline},
};
// clang-format on

}  // namespace

std::span<const Route> account_routes() { return table; }

}  // namespace cbmx::api
