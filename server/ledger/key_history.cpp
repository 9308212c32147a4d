// See key_history.hpp.
#include "ledger/key_history.hpp"
#include <algorithm>

namespace cbmx::ledger {

bool change_keys(std::vector<VerifierKey>& keys, std::int64_t seq, const nlohmann::json& record)
{
    const auto text = record.is_object() ? record.find("key") : record.end();
    auto fresh = text != record.end() && text->is_string() ? parse_verifier_key(text->get_ref<const std::string&>()) : std::nullopt;
    if (!fresh)
        return false;
    const auto overlap = record.find("overlap");
    const bool has_overlap = overlap != record.end() && *overlap == true;
    bool has_begun = false;
    for (VerifierKey& key : keys) {
        const bool is_same = key.public_key == fresh->public_key;
        has_begun = has_begun || is_same;
        if (!is_same && !has_overlap && !key.until_seq)
            key.until_seq = seq - 1;
    }
    fresh->from_seq = seq;
    if (!has_begun)
        keys.insert(keys.begin(), std::move(*fresh));
    return true;
}

std::optional<std::vector<VerifierKey>> parse_keys(const nlohmann::json& list, std::int64_t unknown_from)
{
    const auto is_seq_or_null = [](const nlohmann::json& number) {
        return number.is_null() || (number.is_number_integer() && number >= 0);
    };
    std::vector<VerifierKey> keys;
    try {
        for (const auto& item : list.at("keys")) {
            const auto &from = item.at("from_seq"), &until = item.at("until_seq");
            auto key = parse_verifier_key(item.at("text").get<std::string>());
            if (!key || !is_seq_or_null(from) || !is_seq_or_null(until))
                return std::nullopt;
            key->from_seq = from.is_null() ? unknown_from : from.get<std::int64_t>();
            if (!until.is_null())
                key->until_seq = until.get<std::int64_t>();
            keys.push_back(std::move(*key));
        }
    } catch (const nlohmann::json::exception&) {
        return std::nullopt;
    }
    return keys;
}

}  // namespace cbmx::ledger
