// See opening.hpp. The hashes: ledger/receipt.hpp.
#include "ledger/opening.hpp"
#include "json/closed.hpp"
#include "json/parse.hpp"
#include "ledger/receipt.hpp"
#include <algorithm>
#include <exception>
#include <stdexcept>

namespace cbmx::ledger {
namespace {

using Json = nlohmann::json;

bool is_text(const Json& object, const char* member) { return object.at(member).is_string(); }

bool is_authority(const Json& value)
{
    if (!json::is_closed(value, {"by"}, {"date", "number"}))
        return false;
    return std::all_of(value.begin(), value.end(), [](const Json& member) { return member.is_string(); });
}

bool is_recipients(const Json& value)
{
    if (!json::is_closed(value, {"list", "salt"}) || !value.at("list").is_array() || !hash_in(value.at("salt")))
        return false;
    const auto& list = value.at("list");
    return std::all_of(list.begin(), list.end(), [](const Json& recipient) { return recipient.is_string(); });
}

bool is_signed_statement(const Json& value)
{
    if (!json::is_closed(value, {"salt", "signature", "statement"}) || !hash_in(value.at("salt")) || !is_text(value, "signature"))
        return false;
    const auto signature = base::from_base64(value.at("signature").get_ref<const std::string&>());
    return signature && !signature->empty() && value.at("statement").is_object();
}

// That a member is there when the entry has one, and only then.
bool is_shown_as_in(const Json& entry, const char* of_entry, const Json& opening, const char* of_opening)
{
    return entry.contains(of_entry) == opening.contains(of_opening);
}

bool has_form(const Json& entry, const Json& opening)
{
    if (!json::is_closed(opening, {"salt"}, {"actor", "authority", "authority_salt", "content", "record", "recipients", "statement"}) ||
        !hash_in(opening.at("salt")) || opening.contains("content") == opening.contains("record") ||
        !opening.at(opening.contains("content") ? "content" : "record").is_object())
        return false;
    if (!is_shown_as_in(entry, "authority", opening, "authority") || !is_shown_as_in(entry, "authority", opening, "authority_salt") ||
        !is_shown_as_in(entry, "statement", opening, "statement"))
        return false;
    if (opening.contains("authority") && (!is_authority(opening.at("authority")) || !hash_in(opening.at("authority_salt"))))
        return false;
    if (opening.contains("recipients") && !is_recipients(opening.at("recipients")))
        return false;
    if (opening.contains("actor") && (!json::is_closed(opening.at("actor"), {"account", "salt"}) ||
                                      !is_text(opening.at("actor"), "account") || !hash_in(opening.at("actor").at("salt"))))
        return false;
    return !opening.contains("statement") || is_signed_statement(opening.at("statement"));
}

// committed: what stands in the entry; null: nothing.
bool commits(const Json& entry, const Json& committed, Part part, const Json& salt, const Json& value)
{
    const auto hash = hash_in(committed), salt_bytes = hash_in(salt);
    const auto text = committed_text(value);
    return hash && salt_bytes && text &&
           commitment(part, entry.at("kind").get_ref<const std::string&>(), entry.at("seq").get<std::int64_t>(), *salt_bytes, *text) ==
               *hash;
}

}  // namespace

std::optional<base::Hash> hash_in(const Json& text)
{
    const auto bytes = text.is_string() ? base::from_base64(text.get_ref<const std::string&>()) : std::nullopt;
    return bytes ? base::to_hash(*bytes) : std::nullopt;
}

std::optional<std::string> committed_text(const Json& value)
{
    try {
        return json::canonical(value);
    } catch (const std::logic_error&) {
        return std::nullopt;
    }
}

std::string_view sentence_of(OpeningFault fault)
{
    switch (fault) {
    case OpeningFault::form: return "its opening has not the form of one";
    case OpeningFault::content: return "its content is not what the entry commits to";
    case OpeningFault::recipients: return "its recipients are not those that the entry commits to";
    case OpeningFault::authority: return "its authority is not the one that the entry commits to";
    case OpeningFault::actor: return "its actor is not the one that the entry commits to";
    case OpeningFault::statement: return "its statement is not the one that the entry commits to";
    }
    std::terminate();
}

std::vector<OpeningFault> faults_of_opening(const Json& entry, const Json& opening)
{
    if (!has_form(entry, opening))
        return {OpeningFault::form};
    std::vector<OpeningFault> faults;
    const auto expect = [&](OpeningFault fault, const Json& committed, Part part, const Json& salt, const Json& value) {
        if (!commits(entry, committed, part, salt, value))
            faults.push_back(fault);
    };
    expect(OpeningFault::content, entry.at("commitment"), Part::commitment, opening.at("salt"),
           opening.at(opening.contains("content") ? "content" : "record"));
    if (opening.contains("recipients"))
        expect(OpeningFault::recipients, entry.contains("audience") ? entry.at("audience").at("recipients") : Json(), Part::recipients,
               opening.at("recipients").at("salt"), opening.at("recipients").at("list"));
    if (opening.contains("authority"))
        expect(OpeningFault::authority, entry.at("authority"), Part::authority, opening.at("authority_salt"), opening.at("authority"));
    if (opening.contains("actor"))
        expect(OpeningFault::actor, entry.at("actor").at("handle"), Part::actor, opening.at("actor").at("salt"),
               opening.at("actor").at("account"));
    if (opening.contains("statement")) {
        const auto& shown = opening.at("statement");
        expect(OpeningFault::statement, entry.at("statement"), Part::statement, shown.at("salt"),
               {{"signature", shown.at("signature")}, {"statement", shown.at("statement")}});
    }
    return faults;
}

}  // namespace cbmx::ledger
