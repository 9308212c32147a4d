// An entry read the long way: parsed as any JSON is, written again, and compared. What ledger::parse_entry accepts in one pass is
// exactly this.
#pragma once
#include "json/parse.hpp"
#include "ledger/entry.hpp"

namespace cbmx::test {

inline std::optional<base::Hash> hash_in(const nlohmann::json& value)
{
    const auto bytes = value.is_string() ? base::from_base64(value.get_ref<const std::string&>()) : std::nullopt;
    return bytes ? base::to_hash(*bytes) : std::nullopt;
}

template <class T>
std::optional<T> optional_in(const nlohmann::json& object, const char* name)
{
    const auto found = object.find(name);
    return found == object.end() || found->is_null() ? std::nullopt : std::optional<T>(found->get<T>());
}

inline std::optional<ledger::Entry> entry_the_long_way(std::string_view text)
{
    const auto parsed = json::parse(text);
    if (!parsed)
        return std::nullopt;
    try {
        const auto& value = *parsed;
        ledger::Entry entry;
        entry.seq = value.at("seq").get<std::int64_t>();
        entry.at = value.at("at").get<std::string>();
        entry.kind = value.at("kind").get<std::string>();
        entry.actor_role = value.at("actor").at("role").get<std::string>();
        entry.actor_handle = hash_in(value.at("actor").at("handle"));
        entry.state = optional_in<std::string>(value, "state");
        entry.office = optional_in<std::string>(value, "office");
        entry.subject_kind = value.at("subject").at("kind").get<std::string>();
        entry.subject = value.at("subject").at("id").get<std::string>();
        entry.version = value.at("version").get<std::int64_t>();
        entry.revision = optional_in<std::int64_t>(value, "revision");
        if (const auto audience = value.find("audience"); audience != value.end()) {
            entry.label = audience->at("label").get<std::string>();
            entry.recipients = hash_in(audience->at("recipients"));
        }
        entry.commitment = hash_in(value.at("commitment")).value_or(base::Hash{});
        if (value.contains("authority"))
            entry.authority = hash_in(value.at("authority"));
        if (value.contains("hands"))
            entry.hands = hash_in(value.at("hands"));
        if (value.contains("statement"))
            entry.statement = hash_in(value.at("statement"));
        return ledger::canonical_entry(entry) == text ? std::optional(std::move(entry)) : std::nullopt;
    } catch (const nlohmann::json::exception&) {
        return std::nullopt;
    }
}

}  // namespace cbmx::test
