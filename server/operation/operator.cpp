// THE TABLES OF OPERATOR COMMANDS: changes and imports. Each is a service function with the machine's operator as the
// caller; what the API would take as a body is judged by the same schema.
#include "operation/operator.hpp"
#include "api/problem.hpp"
#include "api/represent.hpp"
#include "base/log.hpp"
#include "json/parse.hpp"
#include "json/schema.hpp"
#include "operation/key_file.hpp"
#include "operation/rotation.hpp"
#include "service/accounts/accounts.hpp"
#include "service/accounts/authenticate.hpp"
#include "service/accounts/credentials.hpp"
#include "service/intake/import.hpp"
#include "service/log/receipts.hpp"
#include "service/proposals/proposals.hpp"

namespace cbmx {
namespace {

using Json = nlohmann::json;
using domain::Rule;
using service::Outcome;
using service::Result;

// What a command is given, each fault noted under the name that it has in the command.
class Arguments {
public:
    explicit Arguments(const Json& command) : command_(command) {}

    std::string text(const std::string& name) { return word(name).value_or(""); }
    bool flag(const std::string& name)  // false unless given
    {
        const auto found = command_.find(name);
        if (found != command_.end() && !found->is_boolean())
            note(name, Rule::wrong_type, {{"expected", "boolean"}});
        return found != command_.end() && found->is_boolean() && found->get<bool>();
    }
    std::string uuid(const std::string& name)
    {
        const auto id = word(name);
        if (id && !domain::is_uuid(*id))
            note(name, Rule::format, {{"format", "uuid"}});
        return id.value_or("");
    }
    base::Hash hash(const std::string& name)
    {
        const auto digits = word(name);
        const auto value = digits ? hash_from(name, *digits) : std::nullopt;
        return value.value_or(base::Hash{});
    }
    std::vector<std::optional<base::Hash>> hashes(const std::string& name)  // null: none in this place; empty unless given
    {
        std::vector<std::optional<base::Hash>> list;
        const auto found = command_.find(name);
        if (found == command_.end())
            return list;
        if (!found->is_array())
            note(name, Rule::wrong_type, {{"expected", "array"}});
        for (const auto& item : found->is_array() ? *found : Json::array()) {
            if (!item.is_string() && !item.is_null())
                note(name, Rule::wrong_type, {{"expected", "string"}});
            list.push_back(item.is_string() ? hash_from(name, item.get<std::string>()) : std::nullopt);
        }
        return list;
    }
    struct Member {
        std::string here;
        std::string in_body;
    };
    std::vector<std::string> uuids(const std::string& name)
    {
        std::vector<std::string> list;
        const auto found = command_.find(name);
        for (const auto& item : found != command_.end() && found->is_array() ? *found : Json::array()) {
            if (!item.is_string() || !domain::is_uuid(item.get<std::string>()))
                note(name, Rule::format, {{"format", "uuid"}});
            else
                list.push_back(item.get<std::string>());
        }
        return list;
    }
    // body: what of it is fixed.
    Json body(std::string_view schema, const std::vector<Member>& members, Json body = Json::object())
    {
        for (const auto& member : members)
            if (const auto found = command_.find(member.here); found != command_.end())
                body[member.in_body] = *found;
        for (auto& violation : json::SchemaSet::embedded().validate(schema, body)) {
            for (const auto& member : members)
                if ((violation.pointer + "/").starts_with("/" + member.in_body + "/"))
                    violation.pointer.replace(1, member.in_body.size(), member.here);
            violations_.push_back(std::move(violation));
        }
        return body;
    }
    // Nothing may be done before this has been asked.
    Result<void> are_sound() const
    {
        if (violations_.empty())
            return {};
        return domain::Error{domain::ErrorCode::validation_failed, violations_};
    }

private:
    std::optional<std::string> word(const std::string& name)
    {
        const auto found = command_.find(name);
        if (found != command_.end() && found->is_string())
            return found->get<std::string>();
        if (found == command_.end())
            note(name, Rule::required);
        else
            note(name, Rule::wrong_type, {{"expected", "string"}});
        return std::nullopt;
    }
    std::optional<base::Hash> hash_from(const std::string& name, const std::string& digits)
    {
        auto value = base::to_hash(base::from_hex(digits).value_or(""));
        if (!value)
            note(name, Rule::format, {{"format", "SHA-256 (hex)"}});
        return value;
    }
    void note(const std::string& name, Rule rule, domain::Arguments arguments = {})
    {
        violations_.push_back({"/" + name, rule, std::move(arguments)});
    }

    const Json& command_;
    std::vector<domain::Violation> violations_;
};

Result<Outcome> create_account(store::Transaction& transaction, Arguments& given)
{
    const auto home = given.text("home");
    const auto body = given.body("account-create", {{"home", "home"}, {"name", "name"}, {"roles", "roles"}});
    if (const auto sound = given.are_sound(); !sound)
        return sound.error();
    return service::create_account(
        transaction, domain::machine_operator(),
        {domain::Home::from(home), body.at("name").get<std::string>(), body.at("roles").get<std::vector<std::string>>()});
}

Result<Outcome> set_status(store::Transaction& transaction, Arguments& given)
{
    const auto id = given.uuid("id");
    const auto body = given.body("account-change", {{"status", "status"}});
    if (const auto sound = given.are_sound(); !sound)
        return sound.error();
    return service::change_account(transaction, domain::machine_operator(), domain::AccountId(id), std::nullopt,
                                   service::account_change_from(body));
}

Result<Outcome> erase_account(store::Transaction& transaction, Arguments& given)
{
    const auto id = given.uuid("id");
    if (const auto sound = given.are_sound(); !sound)
        return sound.error();
    return service::erase_account(transaction, domain::machine_operator(), domain::AccountId(id), std::nullopt);
}

Result<Outcome> issue_token(store::Transaction& transaction, Arguments& given)
{
    const auto account = given.uuid("account");
    const auto fingerprint = given.hash("sha256");
    // As a body of the API, whose code is of no use here.
    const auto body = given.body("credential-register", {{"label", "label"}, {"scopes", "scopes"}, {"days", "expires_in_days"}},
                                 {{"kind", domain::name_of(domain::CredentialKind::token)}, {"code_sha256", base::hex(fingerprint)}});
    if (const auto sound = given.are_sound(); !sound)
        return sound.error();
    return service::issue_token(transaction, domain::machine_operator(), domain::AccountId(account),
                                {.fingerprint = fingerprint,
                                 .label = body.at("label").get<std::string>(),
                                 .scopes = body.at("scopes").get<std::vector<std::string>>(),
                                 .expires_in_days = body.value("expires_in_days", service::default_token_days)});
}

Result<Outcome> register_certificate(store::Transaction& transaction, Arguments& given)
{
    const auto account = given.uuid("account");
    const auto body = given.body("credential-register", {{"pem", "certificate"}, {"label", "label"}},
                                 {{"kind", domain::name_of(domain::CredentialKind::certificate)}});
    if (const auto sound = given.are_sound(); !sound)
        return sound.error();
    return service::register_certificate(transaction, domain::machine_operator(), domain::AccountId(account),
                                         body.at("certificate").get<std::string>(), body.value("label", ""));
}

Result<Outcome> revoke(store::Transaction& transaction, Arguments& given)
{
    const auto id = given.uuid("id");
    if (const auto sound = given.are_sound(); !sound)
        return sound.error();
    return service::revoke_credential(transaction, domain::machine_operator(), domain::CredentialId(id));
}

Result<Outcome> confirm_founding(store::Transaction& transaction, Arguments& given)
{
    const auto proposal = given.uuid("proposal");
    const auto compared = given.hash("sha256");
    auto second_codes = given.hashes("second_codes"), fingerprints = given.hashes("fingerprints");
    if (const auto sound = given.are_sound(); !sound)
        return sound.error();
    return service::confirm_founding(transaction, domain::machine_operator(), domain::ProposalId(proposal),
                                     {base::hex(compared), std::move(second_codes), std::move(fingerprints)});
}

// What a document alone decides.
template <domain::ProposalKind kind>
Result<Outcome> confirm_compared(store::Transaction& transaction, Arguments& given)
{
    const auto proposal = given.uuid("proposal");
    const auto compared = given.hash("sha256");
    if (const auto sound = given.are_sound(); !sound)
        return sound.error();
    return service::confirm_by_document(transaction, domain::machine_operator(), kind, domain::ProposalId(proposal), base::hex(compared));
}

Result<Outcome> confirm_suspension(store::Transaction& transaction, Arguments& given)
{
    const auto proposal = given.uuid("proposal");
    const auto compared = given.hash("sha256");
    const auto accounts = given.uuids("accounts");
    if (const auto sound = given.are_sound(); !sound)
        return sound.error();
    return service::confirm_suspension(transaction, domain::machine_operator(), domain::ProposalId(proposal), base::hex(compared),
                                       accounts);
}

Result<Outcome> confirm_key_note(store::Transaction& transaction, Arguments& given)
{
    const auto proposal = given.uuid("proposal");
    const auto compared = given.hash("sha256"), fingerprint = given.hash("fingerprint");
    if (const auto sound = given.are_sound(); !sound)
        return sound.error();
    return service::confirm_key_note(transaction, domain::machine_operator(), domain::ProposalId(proposal), base::hex(compared),
                                     fingerprint);
}

Result<Outcome> end_log_key_overlap(store::Transaction& transaction, Arguments&) { return service::end_log_key_overlap(transaction); }

struct Command {
    std::string_view name;
    Result<Outcome> (*work)(store::Transaction&, Arguments&);
};
constexpr Command table[] = {
    {"account create", create_account},
    {"account status", set_status},
    {"account erase", erase_account},
    {"credential token", issue_token},
    {"credential certificate", register_certificate},
    {"credential revoke", revoke},
    {"founding confirm", confirm_founding},
    {"membership confirm", confirm_compared<domain::ProposalKind::membership_change>},
    {"acting-alone confirm", confirm_compared<domain::ProposalKind::acting_alone>},
    {"suspension confirm", confirm_suspension},
    {"signing-key confirm", confirm_key_note},
    {"log end-overlap", end_log_key_overlap},
};

// A table taken over as a whole: judged before the transaction as far as that goes, then all rows or none.
struct Import {
    std::string_view name;
    std::string_view made;  // member of the answer
    domain::Subject subject;
    service::PreparedImport (*prepare)(std::string_view csv, domain::Instant now);
    Result<service::ImportReport> (*work)(store::Transaction&, const domain::Principal&, const service::PreparedImport&);
};
constexpr Import imports[] = {
    {"import contacts", "contacts", domain::Subject::contact, service::prepare_contacts, service::import_contacts},
    {"import documents", "documents", domain::Subject::document, service::prepare_documents, service::import_documents},
};
constexpr std::size_t max_reported_faults = 1000;  // of one table

Json refused(const domain::Error& error) { return {{"ok", false}, {"problem", api::problem_json(error, i18n::Language::en, "operator")}}; }

Json answer(const service::Portal& portal, const Outcome& outcome)
{
    Json result{{"id", outcome.id}, {"kind", domain::name_of(outcome.subject)}};
    if (outcome.seq) {
        result["seq"] = *outcome.seq;
        auto snapshot = portal.database.read();
        if (auto receipt = service::receipt_json(snapshot.db(), *outcome.seq))
            result["receipt"] = std::move(*receipt);
    }
    return {{"ok", true}, {"result", std::move(result)}};
}

// The error of a write that did not come to its end.
Result<void> check_end(store::WriteEnd end)
{
    if (end == store::WriteEnd::read_only)
        return domain::Error{domain::ErrorCode::read_only};
    if (end != store::WriteEnd::decided)
        return domain::Error{domain::ErrorCode::unavailable};
    return {};
}

Json work(const service::Portal& portal, const std::function<Result<Outcome>(store::Transaction&)>& change)
{
    Result<Outcome> outcome = domain::Error{domain::ErrorCode::internal};
    const auto end = portal.database.writer().run([&change, &outcome](store::Transaction& transaction) {
        outcome = change(transaction);
        return outcome.has_value();
    });
    if (const auto ended = check_end(end); !ended)
        return refused(ended.error());
    return outcome ? answer(portal, *outcome) : refused(outcome.error());
}

// The caller has already put the key into the file of the log's keys (key_commands.hpp).
Json begin_log_key(const service::Portal& portal, const Json& command)
{
    Arguments given(command);
    const auto text = given.text("key");
    const bool overlap = given.flag("overlap");
    if (const auto sound = given.are_sound(); !sound)
        return refused(sound.error());
    service::read_key_file(portal.log_key_file).add_to(portal.keys, portal.origin);
    const auto key = ledger::parse_verifier_key(text);
    if (!key || !portal.keys.holds(key->public_key))
        return refused(domain::invalid("/key", Rule::unknown_reference));
    return work(portal, [&key, overlap](store::Transaction& transaction) { return service::begin_log_key(transaction, *key, overlap); });
}

// To whom the operator reads the second halves, and for which enrolments.
Json with_officials(const service::Portal& portal, Json answer)
{
    if (!answer.at("ok").get<bool>())
        return answer;
    auto snapshot = portal.database.read();
    const auto row = store::find_proposal(snapshot.db(), domain::ProposalId(answer["result"]["id"].get<std::string>()));
    const auto body = Json::parse(row.value().body);
    for (const auto& official : body.at("officials"))
        answer["result"]["officials"].push_back({{"name", official.at("name")},
                                                 {"function", official.at("function")},
                                                 {"telephone", official.at("telephone")},
                                                 {"account", official.at("account")},
                                                 {"enrolment", official.value("enrolment", Json())}});
    return answer;
}

// Each fault with the place where the table's author finds it.
Json refused_table(const domain::Error& error)
{
    auto answer = refused({error.code, {}, error.arguments});
    auto& problem = answer.at("problem");
    for (const auto& violation : error.violations) {
        if (problem["errors"].size() == max_reported_faults) {
            problem["errors_left_out"] = error.violations.size() - max_reported_faults;
            break;
        }
        const auto place = service::table_place(violation.pointer).value_or(service::TablePlace{});
        const std::string code(domain::name_of(violation.rule));
        auto detail = i18n::text(i18n::Language::en, "rule." + code, violation.arguments);
        problem["errors"].push_back({{"line", place.line}, {"column", place.column}, {"code", code}, {"detail", std::move(detail)}});
    }
    return answer;
}

Json imported(const Import& row, const service::ImportReport& report, bool dry_run)
{
    Json result{{"kind", domain::name_of(row.subject)}, {"dry_run", dry_run}};
    result["rows"] = report.rows;
    result["new"] = report.ids.size();
    result["already_there"] = report.already_there;
    if (!report.different.empty())
        result["already_there_but_different"] = report.different;
    if (!dry_run && report.first_seq) {
        result["first_seq"] = *report.first_seq;
        result["last_seq"] = *report.last_seq;
        result[row.made] = report.ids;
    }
    return {{"ok", true}, {"result", std::move(result)}};
}

Json take_over(const service::Portal& portal, const Import& row, const Json& command)
{
    Arguments given(command);
    const auto csv = given.text("csv");
    const bool dry_run = given.flag("dry_run");
    if (const auto sound = given.are_sound(); !sound)
        return refused(sound.error());
    const auto prepared = row.prepare(csv, portal.clock());
    Result<service::ImportReport> report = domain::Error{domain::ErrorCode::internal};
    const auto work = [&row, &prepared, &report](store::Transaction& transaction) {
        report = row.work(transaction, domain::machine_operator(), prepared);
        return report.has_value();
    };
    if (dry_run)
        portal.database.try_out(work);
    else if (const auto ended = check_end(portal.database.writer().run(work)); !ended)
        return refused(ended.error());
    return report ? imported(row, *report, dry_run) : refused_table(report.error());
}

Json find_and_work(const service::Portal& portal, const Json& text)
{
    const auto command = json::parse(text.dump());  // as a body of the API is read: names in NFC, no numbers out of range
    if (!command)
        return refused(command.error());
    const auto name = command->is_object() ? command->find("command") : command->end();
    if (name == command->end() || !name->is_string())
        return refused({domain::ErrorCode::bad_request});
    for (const auto& row : table)
        if (row.name == name->get<std::string>()) {
            auto answer = work(portal, [&row, &command](store::Transaction& transaction) {
                Arguments given(*command);
                return row.work(transaction, given);
            });
            return row.work == confirm_founding ? with_officials(portal, std::move(answer)) : answer;
        }
    for (const auto& row : imports)
        if (row.name == name->get<std::string>())
            return take_over(portal, row, *command);
    if (*name == "log begin-key")
        return begin_log_key(portal, *command);
    return refused(domain::not_found());
}

}  // namespace

Json with_new_token(Json command, const base::RandomSource& random, const Apply& apply)
{
    const auto token = service::new_token(random);
    command["sha256"] = base::hex(base::sha256(token));
    auto answer = apply(command);
    if (answer.value("ok", false))
        answer["result"]["token"] = token;
    return answer;
}

Json apply_command(const service::Portal& portal, const Json& command)
{
    try {
        return find_and_work(portal, command);
    } catch (const Json::exception&) {
        return refused({domain::ErrorCode::bad_request});  // not even UTF-8
    } catch (const std::exception& broken) {
        base::log(base::Severity::error, "command_failed", {{"reason", broken.what()}});
        return refused({domain::ErrorCode::internal});
    }
}

}  // namespace cbmx
