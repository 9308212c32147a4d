// See four_eyes.hpp.
#include "service/reports/four_eyes.hpp"
#include "json/parse.hpp"
#include "ledger/receipt.hpp"
#include "store/rows/touches.hpp"
#include <algorithm>

namespace cbmx::service {

bool has_edited(Connection& db, const Actor& approver, const store::ReportRow& report, domain::Instant now)
{
    const auto since = domain::from_rfc3339(report.published_at.value_or(report.created_at));
    for (const auto& touch : store::touches_since_publication(db, report.id))
        if (touch.by && is_same_actor(db, approver, {touch.by->account, touch.by->credential, touch.at}, now, since))
            return true;
    return false;
}

bool can_approve(Connection& db, const domain::AccountId& approver, const store::ReportRow& report, domain::Instant now)
{
    const auto credentials = store::usable_credentials(db, approver, domain::to_rfc3339(now));
    return std::any_of(credentials.begin(), credentials.end(), [&](const domain::CredentialId& credential) {
        return !has_edited(db, {approver, credential}, report, now);
    });
}

store::NewHands hands_of(Transaction& transaction, const store::ReportRow& report, bool text, FourEyes four_eyes,
                         const std::optional<Actor>& proposer)
{
    store::NewHands hands;
    nlohmann::json json{{"four_eyes", four_eyes ? nlohmann::json(*four_eyes) : nlohmann::json()},
                        {"head", nullptr},
                        {"proposed_by", nullptr},
                        {"touches", nlohmann::json::array()}};
    if (text)
        for (const auto& touch : store::touches_since_publication(transaction.db(), report.id)) {
            json["touches"].push_back({{"number", touch.number}, {"hand", base::base64(touch.hand)}});
            json["head"] = base::base64(touch.hash);
        }
    if (proposer) {
        const auto salt = base::random_salt(transaction.random());
        json["proposed_by"] = base::base64(ledger::salted(salt, store::text_of({proposer->account, proposer->credential})));
        hands.proposer = proposer->account.value;
        hands.credential = proposer->credential.value;
        hands.proposer_salt = salt;
    }
    hands.text = json::canonical(json);
    return hands;
}

}  // namespace cbmx::service
