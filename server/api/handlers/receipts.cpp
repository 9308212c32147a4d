// See receipts.hpp; service/log/receipts.hpp does it.
#include "api/handlers/receipts.hpp"
#include "api/answer.hpp"
#include "service/log/receipts.hpp"
#include <charconv>

namespace cbmx::api::receipts {
namespace {

std::optional<domain::Seq> seq_of(const std::string& text)
{
    domain::Seq seq = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seq);
    if (error != std::errc{} || seq < 0 || std::to_string(seq) != text)
        return std::nullopt;
    return seq;
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
        const auto receipt = service::get_receipt(call.portal, db, call.principal, *seq);
        if (!receipt)
            return receipt.error();
        answer = json_answer(*receipt);
    }
    return answer;
}

}  // namespace cbmx::api::receipts
