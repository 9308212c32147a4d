// See enrolled.hpp.
#include "support/enrolled.hpp"
#include "service/accounts/authenticate.hpp"

namespace cbmx::test {

domain::Result<HeldToken> issue_token(const service::Portal& portal, store::Transaction& transaction, const domain::Principal& by,
                                      const domain::AccountId& account, service::TokenDraft draft)
{
    const auto secret = service::new_token(transaction.random());
    draft.fingerprint = base::sha256(secret);
    if (by.is_operator) {
        const auto issued = service::issue_token(transaction, by, account, draft);
        return issued ? domain::Result<HeldToken>(HeldToken{issued->id, secret}) : issued.error();
    }
    const auto code = service::new_token(transaction.random());
    nlohmann::json body{{"kind", "token"},
                        {"code_sha256", base::hex(base::sha256(code))},
                        {"label", draft.label},
                        {"scopes", draft.scopes},
                        {"expires_in_days", draft.expires_in_days}};
    if (draft.bound_to_certificate)
        body["bound_to_certificate"] = *draft.bound_to_certificate;
    const auto enrolment = service::make_enrolment(portal, transaction, by, account, body);
    if (!enrolment)
        return enrolment.error();
    const auto used = service::use_enrolment(portal, transaction, domain::EnrolmentId(enrolment->id),
                                             {{"code", code}, {"token_sha256", base::hex(draft.fingerprint)}});
    return used ? domain::Result<HeldToken>(HeldToken{used->id, secret}) : used.error();
}

domain::Result<HeldToken> renew_token(store::Transaction& transaction, const domain::Principal& holder,
                                      const std::optional<std::vector<std::string>>& scopes)
{
    const auto secret = service::new_token(transaction.random());
    const auto renewed = service::renew_token(transaction, holder, base::sha256(secret), scopes);
    if (!renewed)
        return renewed.error();
    if (renewed->refused)
        return *renewed->refused;
    return HeldToken{renewed->id, secret};
}

domain::Result<domain::Principal> proven(store::Transaction& transaction, const std::string& token)
{
    const auto caller = service::authenticate(transaction.db(), transaction.now(), token, std::nullopt);
    return caller && caller->is_unproven ? service::prove_credential(transaction, *caller) : caller;
}

}  // namespace cbmx::test
