// See kept_answers.hpp. The judge: server/verify/receipt_file.hpp.
#include "support/kept_answers.hpp"
#include "store/log/entries.hpp"
#include "verify/receipt_file.hpp"
#include <algorithm>

namespace cbmx::test {
namespace {

using Json = nlohmann::json;

const Json& member(const Json& object, const char* name)
{
    static const Json none;
    const auto found = object.is_object() ? object.find(name) : object.end();
    return object.is_object() && found != object.end() ? *found : none;
}

bool holds_receipt(const Json& body)
{
    if (member(body, "receipt").is_object())
        return true;
    const auto& items = member(member(body, "content"), "items");
    return items.is_array() && std::any_of(items.begin(), items.end(), [](const Json& item) {
               const auto& receipts = member(item, "receipts");
               return receipts.is_array() && !receipts.empty();
           });
}

// The answer to a write shows the record as it stands when it is given: another write may have come between, and a repeated request is
// answered once more. Then it is not what the receipt is of.
bool is_shown_later(const Json& body)
{
    const auto& entry = member(member(body, "receipt"), "entry");
    const auto &shown = member(member(body, "meta"), "version"), &proven = member(entry, "version");
    return member(body, "id") == member(member(entry, "subject"), "id") && shown.is_number_integer() && proven.is_number_integer() &&
           shown > proven;
}

}  // namespace

void check_receipts(TestPortal& portal, const RawResponse& response, const std::string& asked)
{
    constexpr int first_refusal = 300;
    const auto body = Json::parse(response.body, nullptr, false);
    if (response.status >= first_refusal || !holds_receipt(body) || is_shown_later(body))
        return;
    auto snapshot = portal.app().portal().database.read();
    const auto verdict = service::judge_receipts(response.body, store::log_keys(snapshot.db()));
    EXPECT_TRUE(verdict.ok()) << asked << "\n" << verdict.fault << "\n" << response.body;
}

}  // namespace cbmx::test
