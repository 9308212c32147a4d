// Entry to canonical JSON and back. parse_entry accepts only what canonical_entry writes.
#include "ledger/entry.hpp"
#include "json/parse.hpp"

namespace cbmx::ledger {
namespace {

constexpr int entry_format = 1;

std::optional<base::Hash> hash_from(const nlohmann::json& value)
{
    if (!value.is_string())
        return std::nullopt;
    const auto bytes = base::from_base64(value.get_ref<const std::string&>());
    return bytes ? base::to_hash(*bytes) : std::nullopt;
}

template <class T>
std::optional<T> optional_from(const nlohmann::json& object, const char* name)
{
    const auto found = object.find(name);
    return found == object.end() || found->is_null() ? std::nullopt : std::optional<T>(found->get<T>());
}

}  // namespace

std::string canonical_entry(const Entry& entry)
{
    nlohmann::json value{
        {"v", entry_format},
        {"seq", entry.seq},
        {"at", entry.at},
        {"kind", entry.kind},
        {"actor", {{"role", entry.actor_role}, {"handle", entry.actor_handle ? nlohmann::json(base::base64(*entry.actor_handle)) : nlohmann::json()}}},
        {"state", entry.state ? nlohmann::json(*entry.state) : nlohmann::json()},
        {"subject", {{"kind", entry.subject_kind}, {"id", entry.subject}}},
        {"version", entry.version},
        {"commitment", base::base64(entry.commitment)},
    };
    if (entry.office)
        value["office"] = *entry.office;
    if (entry.revision)
        value["revision"] = *entry.revision;
    if (entry.label && entry.recipients)
        value["audience"] = {{"label", *entry.label}, {"recipients", base::base64(*entry.recipients)}};
    if (entry.signature)
        value["signature"] = base::base64(*entry.signature);
    return json::canonical(value);
}

std::optional<Entry> parse_entry(std::string_view canonical_text)
{
    const auto parsed = json::parse(canonical_text);
    if (!parsed)
        return std::nullopt;
    try {
        const auto& value = *parsed;
        Entry entry;
        entry.seq = value.at("seq").get<std::int64_t>();
        entry.at = value.at("at").get<std::string>();
        entry.kind = value.at("kind").get<std::string>();
        entry.actor_role = value.at("actor").at("role").get<std::string>();
        entry.actor_handle = hash_from(value.at("actor").at("handle"));
        entry.state = optional_from<std::string>(value, "state");
        entry.office = optional_from<std::string>(value, "office");
        entry.subject_kind = value.at("subject").at("kind").get<std::string>();
        entry.subject = value.at("subject").at("id").get<std::string>();
        entry.version = value.at("version").get<std::int64_t>();
        entry.revision = optional_from<std::int64_t>(value, "revision");
        if (const auto audience = value.find("audience"); audience != value.end()) {
            entry.label = audience->at("label").get<std::string>();
            entry.recipients = hash_from(audience->at("recipients"));
        }
        const auto commitment = hash_from(value.at("commitment"));
        if (!commitment)
            return std::nullopt;
        entry.commitment = *commitment;
        if (value.contains("signature"))
            entry.signature = hash_from(value.at("signature"));
        if (canonical_entry(entry) != canonical_text)
            return std::nullopt;
        return entry;
    } catch (const nlohmann::json::exception&) {
        return std::nullopt;
    }
}

}  // namespace cbmx::ledger
