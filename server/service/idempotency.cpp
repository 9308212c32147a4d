// See idempotency.hpp. The secret of a new token is not kept: a replay does not show it again.
#include "service/idempotency.hpp"
#include "store/rows/idempotency.hpp"

namespace cbmx::service {
namespace {

constexpr std::string_view draft_suffix = "_draft";  // of a subject that is a report's working copy

std::string subject_kind_of(const Outcome& outcome)
{
    return std::string(domain::name_of(outcome.subject)) + std::string(outcome.draft ? draft_suffix : "");
}

void set_subject_kind(Outcome& outcome, std::string_view text)
{
    outcome.draft = text.ends_with(draft_suffix);
    if (outcome.draft)
        text.remove_suffix(draft_suffix.size());
    if (const auto subject = domain::subject_from(text))
        outcome.subject = *subject;
}

}  // namespace

Result<std::optional<Outcome>> earlier_outcome(Connection& connection, const RetryKey& retry)
{
    const auto known = store::idempotency(connection, retry.account, retry.key);
    if (!known)
        return std::optional<Outcome>();
    if (known->fingerprint != retry.fingerprint)
        return Error{ErrorCode::idempotency_key_reused};
    Outcome outcome{.status = known->status, .id = known->subject, .seq = known->seq};
    set_subject_kind(outcome, known->subject_kind);
    return std::optional<Outcome>(std::move(outcome));
}

void remember_outcome(Transaction& transaction, const RetryKey& retry, const Outcome& outcome)
{
    store::insert_idempotency(transaction.db(), {retry.account, retry.key, retry.fingerprint, transaction.now_text(), outcome.status,
                                                 outcome.seq, subject_kind_of(outcome), outcome.id});
}

}  // namespace cbmx::service
