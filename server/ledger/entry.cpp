// Entry to canonical JSON and back. parse_entry accepts only what canonical_entry writes.
#include "ledger/entry.hpp"
#include "json/parse.hpp"
#include <algorithm>

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

// Most texts of an entry are words of our own: they stand as they are. Others as everywhere.
std::string quoted(const std::string& text)
{
    const bool is_plain = std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; });
    return is_plain ? '"' + text + '"' : json::canonical(text);
}

std::string number(std::int64_t value) { return json::canonical(value); }  // throws when it is outside what JSON carries

}  // namespace

std::string canonical_entry(const Entry& entry)
{
    std::string text = R"({"actor":{"handle":)" + (entry.actor_handle ? quoted(base::base64(*entry.actor_handle)) : "null");
    const auto add = [&text](std::string_view before, const std::string& value) { text.append(before).append(value); };
    add(R"(,"role":)", quoted(entry.actor_role));
    add(R"(},"at":)", quoted(entry.at));
    if (entry.label && entry.recipients) {
        add(R"(,"audience":{"label":)", quoted(*entry.label));
        add(R"(,"recipients":)", quoted(base::base64(*entry.recipients)) + "}");
    }
    add(R"(,"commitment":)", quoted(base::base64(entry.commitment)));
    add(R"(,"kind":)", quoted(entry.kind));
    if (entry.office)
        add(R"(,"office":)", quoted(*entry.office));
    if (entry.revision)
        add(R"(,"revision":)", number(*entry.revision));
    add(R"(,"seq":)", number(entry.seq));
    if (entry.signature)
        add(R"(,"signature":)", quoted(base::base64(*entry.signature)));
    add(R"(,"state":)", entry.state ? quoted(*entry.state) : "null");
    add(R"(,"subject":{"id":)", quoted(entry.subject));
    add(R"(,"kind":)", quoted(entry.subject_kind));
    add(R"(},"v":)", number(entry_format));
    add(R"(,"version":)", number(entry.version));
    return text + "}";
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
