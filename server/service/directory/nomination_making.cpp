// Making a nomination: every rule judged at once, then its row, its entry, and, for a note on paper, its effect.
#include "base/text.hpp"
#include "domain/workflow.hpp"
#include "json/parse.hpp"
#include "json/schema.hpp"
#include "service/directory/contacts.hpp"
#include "service/directory/nomination_parts.hpp"
#include "service/rights.hpp"
#include "store/rows/idempotency.hpp"
#include "store/rows/registry.hpp"
#include <algorithm>

namespace cbmx::service {
namespace {

using Json = nlohmann::json;
using domain::ContactStep;
using domain::EventKind;
using domain::Permission;

bool is_for_another(const Principal& principal) { return principal.is_operator || !principal.home.is_state(); }

// The State that it is for: the caller's own, or the one that the secretariat records it for.
std::string state_of(const Principal& principal, const Json& body, Connection& db, std::vector<Violation>& violations)
{
    const auto named = optional_member(body, "state");
    if (!is_for_another(principal)) {
        if (named)
            violations.push_back({"/state", Rule::server_owned});
        return principal.home.state().value;
    }
    if (!named)
        violations.push_back({"/state", Rule::required});
    else if (!store::row_exists(db, store::RegistryTable::state, *named))
        violations.push_back({"/state", Rule::unknown_state});
    return named.value_or("");
}

Json note_content(const Json& note, const Inspection& inspection)
{
    Json content{{"reference", note.at("reference")}, {"date", note.at("date")}};
    if (note.contains("file") && inspection.file)
        content["file"] = {{"name", file_name(note.at("file").at("name").get<std::string>())},
                           {"media_type", inspection.file->media_type},
                           {"bytes", inspection.file->bytes.size()},
                           {"sha256", base::hex(base::sha256(inspection.file->bytes))}};
    return content;
}

Json described(Json fields)
{
    if (!fields.contains("rank"))
        fields["rank"] = "primary";
    return fields;
}

// The contact that an amendment or removal is about: one of that State, seen by the caller.
std::optional<store::ContactRow> contact_of(Connection& db, const Principal& principal, const std::string& state, const Json& body,
                                            std::vector<Violation>& violations)
{
    if (!body.contains("contact"))
        return std::nullopt;
    const auto id = body.at("contact").get<std::string>();
    auto row = principal.is_operator ? store::find_contact(db, id) : store::visible_contact(db, principal.visibility, id);
    if (!row || row->state != state) {
        violations.push_back({"/contact", Rule::unknown_reference});
        return std::nullopt;
    }
    return row;
}

// Others cannot be shown more on paper than the State has let them see.
void check_not_wider(Connection& db, const std::string& contact, const std::vector<std::string>& minimal_for,
                     std::vector<Violation>& violations)
{
    const auto present = store::reductions_of(db, contact);
    const bool keeps_all = std::all_of(present.begin(), present.end(), [&](const auto& word) {
        return std::find(minimal_for.begin(), minimal_for.end(), word) != minimal_for.end();
    });
    if (!keeps_all)
        violations.push_back({"/minimal_for", Rule::wider_on_paper, {{"allowed", base::joined(present)}}});
}

// What is committed to; violations: all that is wrong with the body.
Json content_from(Connection& db, const Principal& principal, const Json& body, const Inspection& inspection, domain::Instant now,
                  std::vector<Violation>& violations, Result<void>& possible, const domain::Workflow& workflow)
{
    const auto kind = body.at("kind").get<std::string>();
    Json content{{"kind", kind},
                 {"entered_by", is_for_another(principal) ? "secretariat" : "state"},
                 {"note", note_content(body.at("note"), inspection)}};
    const auto state = state_of(principal, body, db, violations);
    content["state"] = state;
    const auto form = check_form(body);
    violations.insert(violations.end(), form.begin(), form.end());
    const auto contact = kind == "nomination" ? std::nullopt : contact_of(db, principal, state, body, violations);
    if (contact) {
        content["contact"] = contact->id;
        content["content_version"] = contact->content_version;
        // Of what the State itself entered, confirmed or objected to it has the last word: a note on paper waits for it.
        if (is_for_another(principal) && contact->position != domain::Position::unanswered)
            content["waits_for_state"] = true;
    }
    if (contact && possible)
        possible = domain::check_step(workflow.of(kind == "removal" ? ContactStep::remove : ContactStep::amend), contact->status,
                                      contact->erased, contact->position);
    const bool described_well = body.contains("fields") && form.empty();
    if (kind == "nomination" && described_well) {
        content["fields"] = with_key_facts(described(body.at("fields")), inspection);
        for (auto& violation : check_contact_fields(db, state, body.at("fields"), "/fields"))
            violations.push_back(std::move(violation));
    } else if (kind == "amendment" && described_well) {
        content["fields"] = with_key_facts(body.at("fields"), inspection);
        if (contact && contact->content)
            for (auto& violation : check_amended_fields(db, state, amended_fields(Json::parse(*contact->content), content["fields"])))
                violations.push_back(std::move(violation));
    }
    if (body.contains("minimal_for") && kind != "removal") {
        content["minimal_for"] = body.at("minimal_for");
        for (auto& violation : check_reductions(db, state, body.at("minimal_for").get<std::vector<std::string>>()))
            violations.push_back(std::move(violation));
        if (contact && is_for_another(principal))
            check_not_wider(db, contact->id, body.at("minimal_for").get<std::vector<std::string>>(), violations);
    }
    if (is_dated_later(body.at("note").at("date").get<std::string>(), now))
        violations.push_back({"/note/date", Rule::note_in_future});
    violations.insert(violations.end(), inspection.violations.begin(), inspection.violations.end());
    return content;
}

}  // namespace

std::vector<Violation> check_form(const Json& body, std::size_t most)
{
    const auto kind = body.at("kind").get<std::string>();
    const bool is_new = kind == "nomination", is_removal = kind == "removal";
    std::vector<Violation> violations;
    if (is_new == body.contains("contact"))
        violations.push_back({"/contact", is_new ? Rule::server_owned : Rule::required});
    for (const char* member : {"fields", "minimal_for"})
        if (is_removal && body.contains(member))
            violations.push_back({"/" + std::string(member), Rule::unknown_member});
    if ((is_new || (!is_removal && !body.contains("minimal_for"))) && !body.contains("fields"))
        violations.push_back({"/fields", Rule::required});
    if (!is_removal && body.contains("fields"))
        for (auto& violation :
             json::SchemaSet::embedded().validate(is_new ? "contact-fields" : "contact-changes", body.at("fields"), most)) {
            violation.pointer = "/fields" + violation.pointer;
            violations.push_back(std::move(violation));
        }
    return violations;
}

Result<Outcome> make_one_nomination(Transaction& transaction, const Principal& principal, const Json& body, const Inspection& inspection,
                                    const domain::Workflow& workflow)
{
    auto& db = transaction.db();
    std::vector<Violation> violations;
    Result<void> possible;
    auto content = content_from(db, principal, body, inspection, transaction.now(), violations, possible, workflow);
    if (!violations.empty())
        return Error{ErrorCode::validation_failed, std::move(violations)};
    const auto home = domain::Home::of_state(domain::StateCode(content.at("state").get<std::string>()));
    const auto permission = domain::permission_to_ask(content.at("kind").get<std::string>());
    if (const auto allowed = require(principal, permission, home); !allowed)
        return allowed.error();
    if (!possible)
        return possible.error();
    if (const auto takes_part = check_takes_part(transaction, principal, content); !takes_part)
        return takes_part.error();
    const bool on_behalf = is_for_another(principal), at_once = on_behalf && !content.contains("waits_for_state");
    content["id"] = transaction.new_record_id(domain::Subject::nomination, home);
    if (!content.contains("contact"))
        content["contact"] = transaction.new_record_id(domain::Subject::contact, home, true);
    const auto seq = transaction.next_seq();
    const auto now = transaction.said_at_text();
    const auto id = content["id"].get<std::string>();
    content["created_at"] = now;
    store::insert_nomination(db, {.id = id,
                                  .state = home.state().value,
                                  .kind = content["kind"].get<std::string>(),
                                  .contact = content["contact"].get<std::string>(),
                                  .status = at_once ? domain::NominationStatus::accepted : domain::NominationStatus::open,
                                  .position = on_behalf ? std::optional(domain::Position::unanswered) : std::nullopt,
                                  .created_at = now,
                                  .decided_at = at_once ? std::optional(now) : std::nullopt,
                                  .version = 1,
                                  .content_seq = seq,
                                  .seq = seq});
    if (inspection.file)
        store::insert_note_file(db, id, {inspection.file->media_type, inspection.file->bytes});
    transaction.append(principal, {.kind = on_behalf ? EventKind::nomination_recorded : EventKind::nomination_made,
                                   .subject = id,
                                   .home = home,
                                   .acting_role = principal.acting_role(permission),
                                   .version = 1,
                                   .content = json::canonical(content)});
    if (at_once)
        if (const auto applied = apply_to_contact(transaction, principal, content, seq, permission, workflow); !applied)
            return applied.error();
    return Outcome{201, domain::Subject::nomination, id, false, seq, {}};
}

Result<Outcome> make_nomination(Transaction& transaction, const Principal& principal, const Json& body, const Inspection& inspection,
                                const domain::Workflow& workflow)
{
    // What the form refuses was never accepted under a reference, and has no canonical form yet (json/parse.hpp).
    const auto reference = check_form(body).empty() ? optional_member(body, "client_ref") : std::nullopt;
    const auto fingerprint = reference ? base::sha256(json::canonical(body)) : base::Hash{};
    if (reference)
        if (const auto known = store::client_reference(transaction.db(), principal.account.value, *reference)) {
            const auto row = store::visible_nomination(transaction.db(), principal.visibility, known->subject);
            if (!row || known->fingerprint != fingerprint)
                return Error{ErrorCode::reference_conflict, {{"/client_ref", Rule::already_exists}}};
            return Outcome{200, domain::Subject::nomination, row->id, false, row->content_seq, {}};
        }
    auto made = make_one_nomination(transaction, principal, body, inspection, workflow);
    if (made && reference)
        store::insert_client_reference(transaction.db(), principal.account.value, *reference, {fingerprint, made->id});
    return made;
}

}  // namespace cbmx::service
