// Tokens as their holders come to have them in tests of services: the holder makes the token, and only its hash is registered.
#pragma once
#include "service/accounts/enrolments.hpp"

namespace cbmx::test {

struct HeldToken {
    std::string id;  // of the credential
    std::string secret;
};

// draft: all but the hash. By the operator at once; by anybody else through an enrolment that the holder uses. Such a token is unproven
// until its first request, which here is proven().
domain::Result<HeldToken> issue_token(const service::Portal& portal, store::Transaction& transaction, const domain::Principal& by,
                                      const domain::AccountId& account, service::TokenDraft draft);
domain::Result<HeldToken> renew_token(store::Transaction& transaction, const domain::Principal& holder,
                                      const std::optional<std::vector<std::string>>& scopes = {});
// The caller with this token, after what the pipeline does with its first request.
domain::Result<domain::Principal> proven(store::Transaction& transaction, const std::string& token);

}  // namespace cbmx::test
