// THE TABLE OF OPERATOR COMMANDS. Each is a service function with the machine's operator as the caller.
#include "operator.hpp"
#include "api/problem.hpp"
#include "api/represent.hpp"
#include "service/accounts.hpp"
#include "service/credentials.hpp"
#include "service/proposals.hpp"
#include "service/receipts.hpp"

namespace cbmx {
namespace {

using nlohmann::json;
using service::Outcome;
using service::Result;

std::string text(const json& command, const char* name) { return command.at(name).get<std::string>(); }

Result<Outcome> create_account(store::Transaction& transaction, const json& command)
{
    return service::create_account(transaction, domain::machine_operator(), {domain::Home::from(text(command, "home")), text(command, "name"), command.at("roles").get<std::vector<std::string>>()});
}

Result<Outcome> set_status(store::Transaction& transaction, const json& command)
{
    service::AccountChange change;
    change.status = text(command, "status");
    return service::change_account(transaction, domain::machine_operator(), text(command, "id"), std::nullopt, change);
}

Result<Outcome> erase_account(store::Transaction& transaction, const json& command)
{
    return service::erase_account(transaction, domain::machine_operator(), text(command, "id"), std::nullopt);
}

Result<Outcome> issue_token(store::Transaction& transaction, const json& command)
{
    service::TokenDraft draft;
    draft.label = text(command, "label");
    draft.scopes = command.at("scopes").get<std::vector<std::string>>();
    draft.expires_in_days = command.at("days").get<std::int64_t>();
    return service::issue_token(transaction, domain::machine_operator(), text(command, "account"), draft);
}

Result<Outcome> register_certificate(store::Transaction& transaction, const json& command)
{
    return service::register_certificate(transaction, domain::machine_operator(), text(command, "account"), text(command, "pem"), text(command, "label"));
}

Result<Outcome> revoke(store::Transaction& transaction, const json& command)
{
    return service::revoke_credential(transaction, domain::machine_operator(), text(command, "id"));
}

Result<Outcome> confirm_first(store::Transaction& transaction, const json& command)
{
    const auto bytes = base::from_hex(text(command, "fingerprint"));
    const auto fingerprint = bytes ? base::to_hash(*bytes) : std::nullopt;
    if (!fingerprint)
        return domain::invalid("/fingerprint", domain::Rule::format, {{"format", "SHA-256 (hex)"}});
    return service::confirm_first_credential(transaction, domain::machine_operator(), text(command, "proposal"), *fingerprint);
}

struct Command {
    std::string_view name;
    Result<Outcome> (*work)(store::Transaction&, const json&);
};
constexpr Command table[] = {
    {"account create", create_account},
    {"account status", set_status},
    {"account erase", erase_account},
    {"credential token", issue_token},
    {"credential certificate", register_certificate},
    {"credential revoke", revoke},
    {"credential confirm", confirm_first},
};

json refused(const domain::Error& error) { return {{"ok", false}, {"problem", api::problem_json(error, i18n::Language::en, "operator")}}; }

json answer(const service::Portal& portal, const Outcome& outcome)
{
    json result{{"id", outcome.id}, {"kind", domain::name_of(outcome.subject)}};
    if (outcome.secret)
        result["token"] = *outcome.secret;
    if (outcome.seq) {
        result["seq"] = *outcome.seq;
        auto snapshot = portal.database.read();
        if (auto receipt = service::receipt_json(snapshot.db(), *outcome.seq))
            result["receipt"] = std::move(*receipt);
    }
    return {{"ok", true}, {"result", std::move(result)}};
}

}  // namespace

json carry_out(const service::Portal& portal, const json& command)
{
    const auto name = command.value("command", "");
    for (const auto& row : table) {
        if (row.name != name)
            continue;
        Result<Outcome> outcome = domain::Error{domain::ErrorCode::internal};
        try {
            const auto end = portal.database.writer().run([&row, &command, &outcome](store::Transaction& transaction) {
                outcome = row.work(transaction, command);
                return outcome.has_value();
            });
            if (end == store::WriteEnd::read_only)
                return refused({domain::ErrorCode::read_only});
            if (end != store::WriteEnd::settled)
                return refused({domain::ErrorCode::unavailable});
            return outcome ? answer(portal, *outcome) : refused(outcome.error());
        } catch (const json::exception&) {
            return refused({domain::ErrorCode::bad_request});
        } catch (const std::exception&) {
            return refused({domain::ErrorCode::internal});
        }
    }
    return refused({domain::ErrorCode::not_found});
}

}  // namespace cbmx
