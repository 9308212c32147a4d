// See founding_command.hpp.
#include "operation/founding_command.hpp"
#include "service/accounts/enrolments.hpp"
#include "service/proposals/founding.hpp"

namespace cbmx {
namespace {

using Json = nlohmann::json;

// In the officials' order, null for those of whom nothing is given.
Json by_official(const std::vector<std::string>& numbered)
{
    Json list = std::vector<Json>(service::max_officials);
    for (const auto& text : numbered) {
        const auto digit = text.empty() ? '\0' : text[0];
        if (digit < '1' || digit > static_cast<char>('0' + service::max_officials) || text.substr(1, 1) != "=")
            throw std::runtime_error("\"" + text + "\" is not N=SHA-256, where N is the official's number in the order of the note");
        list[static_cast<std::size_t>(digit - '1')] = text.substr(2);
    }
    return list;
}

}  // namespace

Json confirm_founding(const FoundingWish& wish, const base::RandomSource& random, const Apply& apply)
{
    Json command{{"command", "founding confirm"},
                 {"proposal", wish.proposal},
                 {"sha256", base::hex(base::sha256(wish.document))},
                 {"fingerprints", by_official(wish.fingerprints)}};
    std::vector<std::string> halves;
    for (std::size_t n = 0; n < service::max_officials; ++n) {
        halves.push_back(service::new_half_code(random));
        command["second_codes"].push_back(base::hex(base::sha256(halves.back())));
    }
    auto answer = apply(command);
    if (!answer.value("ok", false))
        return answer;
    auto& officials = answer["result"]["officials"];
    for (std::size_t n = 0; n < officials.size(); ++n)
        if (!officials[n].at("enrolment").is_null())
            officials[n]["second_half"] = service::in_groups(halves.at(n));
    return answer;
}

}  // namespace cbmx
