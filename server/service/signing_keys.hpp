// The public keys with which a State signs its submissions. Its nominator registers and revokes them.
#pragma once
#include "service/account_rules.hpp"
#include "store/signing_keys.hpp"

namespace cbmx::service {

Result<Representation> get_signing_key(Connection& connection, const Principal& principal, i18n::Language language, const std::string& id);
Result<Page> list_signing_keys(Connection& connection, const Principal& principal, i18n::Language language, std::int64_t limit, const std::string& after);
// Errors: forbidden, validation_failed (no such key form), conflict (already_exists).
Result<Outcome> register_signing_key(Transaction& transaction, const Principal& principal, const std::string& public_key, const std::string& label);
Result<Outcome> revoke_signing_key(Transaction& transaction, const Principal& principal, const std::string& id);

std::string signing_key_record(Connection& connection, const std::string& id);

}  // namespace cbmx::service
