// See statements.hpp.
#include "service/statements.hpp"
#include "base/ed25519.hpp"
#include "service/rights.hpp"
#include "store/log/statements.hpp"
#include <limits>

namespace cbmx::service {
namespace {

using Json = nlohmann::json;

constexpr const char* member = "statement";

std::string place(std::string_view name) { return std::string("/statement/").append(name); }

// One with a text is signed; any other, in a dry run, names what its text is to name.
bool is_to_be_signed(const Json& given, bool is_rehearsal)
{
    return is_rehearsal && !given.contains("text") && !given.contains("signature");
}

std::vector<Violation> wrong_members(const Json& given, bool is_asked)
{
    std::vector<Violation> violations;
    for (const char* name : {"text", "signature"})
        if (given.contains(name) == is_asked)
            violations.push_back({place(name), is_asked ? Rule::unknown_member : Rule::required});
    for (const char* name : {"key", "time"})
        if (given.contains(name) != is_asked)
            violations.push_back({place(name), is_asked ? Rule::required : Rule::unknown_member});
    return violations;
}

std::optional<base::Hash> salt_in(const Json& given, const char* name, std::vector<Violation>& violations)
{
    const auto text = optional_member(given, name);
    const auto bytes = text ? base::from_base64(*text) : std::nullopt;
    auto salt = bytes ? base::to_hash(*bytes) : std::nullopt;
    if (text && !salt)
        violations.push_back({place(name), Rule::statement_salt});
    return salt;
}

}  // namespace

Result<std::optional<store::BroughtStatement>> take_statement(Json& body, bool is_rehearsal)
{
    if (!body.is_object() || !body.contains(member))
        return std::optional<store::BroughtStatement>();
    const auto given = body.at(member);
    body.erase(member);
    const bool is_asked = is_to_be_signed(given, is_rehearsal);
    auto violations = wrong_members(given, is_asked);
    store::BroughtStatement brought;
    brought.content_salt = salt_in(given, "content_salt", violations).value_or(base::Hash{});
    brought.recipients_salt = salt_in(given, "recipients_salt", violations);
    if (!violations.empty())
        return Error{ErrorCode::validation_failed, std::move(violations)};
    if (is_asked) {
        brought.said.key = base::to_hash(base::from_hex(given.at("key").get<std::string>()).value_or("")).value_or(base::Hash{});
        brought.said.time = given.at("time").get<std::string>();
        if (!ledger::is_statement_time(brought.said.time))
            return domain::invalid(place("time"), Rule::format, {{"format", "YYYY-MM-DDThh:mm:ssZ"}});
        return std::optional(std::move(brought));
    }
    auto said = ledger::parse_statement(given.at("text").get<std::string>());
    if (!said)
        return domain::invalid(place("text"), Rule::statement_form);
    brought.said = std::move(*said);
    brought.signature = base::from_base64(given.at("signature").get<std::string>()).value_or("");
    if (brought.signature.empty())
        return Error{ErrorCode::signature_invalid, {{place("signature"), Rule::invalid_value}}};
    return std::optional(std::move(brought));
}

void prove_statement(Connection& db, const domain::Home& home, store::BroughtStatement& statement)
{
    if (!statement.is_signed() || !home.is_state())
        return;
    auto key = store::statement_key(db, home.state(), statement.said.key, std::numeric_limits<Seq>::max());
    if (key && base::verify_detached(*key, ledger::statement_text(statement.said), statement.signature))
        statement.proven_key = std::move(*key);
}

Result<void> check_statement(const Transaction& transaction, bool is_known)
{
    const auto& speech = transaction.speech();
    if (speech.refusal)
        return *speech.refusal;
    if (speech.brought && !speech.has_spoken && !is_known)
        return domain::invalid("/statement", Rule::statement_unused);
    return {};
}

std::optional<Json> statement_to_sign(const Transaction& transaction)
{
    const auto& asked = transaction.speech().to_sign;
    if (!asked)
        return std::nullopt;
    Json shown{{"text", asked->text}, {"content", Json::parse(asked->content)}};
    if (asked->recipients)
        shown["recipients"] = Json::parse(*asked->recipients);
    return shown;
}

}  // namespace cbmx::service
