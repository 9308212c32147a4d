// See receipts.hpp; service/log/receipts.hpp does it.
#include "api/handlers/receipts.hpp"
#include "api/answer.hpp"
#include "base/text.hpp"
#include "service/log/receipts.hpp"

namespace cbmx::api::receipts {
namespace {

std::optional<domain::Seq> seq_of(const std::string& text)
{
    const auto seq = base::whole_number<domain::Seq>(text, 0);
    return seq && std::to_string(*seq) == text ? seq : std::nullopt;  // without leading zeros
}

}  // namespace

Result<Answer> get(const Call& call, store::Connection& db)
{
    const auto seq = seq_of(call.at("seq"));
    if (!seq)
        return domain::not_found();
    Answer answer;
    if (call.media_type == "text/plain") {
        auto text = service::get_tlog_proof(call.portal, db, call.principal, *seq);
        if (!text)
            return text.error();
        answer.body = std::move(*text);
        answer.content_type = "text/plain; charset=utf-8";
    } else {
        auto receipt = service::render_receipt(call.portal, db, call.principal, *seq);
        if (!receipt)
            return receipt.error();
        answer.body = std::move(*receipt);
    }
    return answer;
}

}  // namespace cbmx::api::receipts
