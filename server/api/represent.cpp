// One row per kind of subject: the service that shows it, and where it is found.
#include "api/represent.hpp"
#include "api/conditional.hpp"
#include "api/handlers/batches.hpp"
#include "service/accounts/accounts.hpp"
#include "service/accounts/credentials.hpp"
#include "service/accounts/delegations.hpp"
#include "service/accounts/signing_keys.hpp"
#include "service/accounts/state_settings.hpp"
#include "service/directory/contacts.hpp"
#include "service/directory/nominations.hpp"
#include "service/log/cosignatures.hpp"
#include "service/log/receipts.hpp"
#include "service/proposals/proposals.hpp"
#include "service/registry/documents.hpp"
#include "service/registry/registry.hpp"
#include "service/reports/reports.hpp"

namespace cbmx::api {

using domain::Subject;

namespace {

Result<service::Representation> representation(const Call& call, store::Connection& db, const service::Outcome& outcome)
{
    const auto& principal = call.principal;
    const auto language = call.language;
    switch (outcome.subject) {
    case Subject::portal: return domain::not_found();
    case Subject::batch: return batches::represent(call, db, outcome.id);
    case Subject::cosignature: return service::get_cosignatures(db, outcome.id);
    case Subject::state: return service::get_state(db, principal, language, outcome.id);
    case Subject::state_settings: return service::get_state_settings(db, principal, language, outcome.id);
    case Subject::measure: return service::get_measure(db, principal, language, outcome.id);
    case Subject::period: return service::get_period(db, principal, language, outcome.id);
    case Subject::document: return service::get_document(db, principal, language, outcome.id);
    case Subject::account: return service::get_account(db, principal, language, outcome.id);
    case Subject::credential: return service::get_credential(db, principal, language, outcome.id);
    case Subject::signing_key: return service::get_signing_key(db, principal, language, outcome.id);
    case Subject::delegation: return service::get_delegation(db, principal, language, outcome.id);
    case Subject::proposal: return service::get_proposal(db, principal, language, outcome.id);
    case Subject::nomination: return service::get_nomination(db, principal, outcome.id, call.now);
    case Subject::contact: return service::get_contact(db, principal, language, outcome.id, call.now);
    case Subject::report:
        // A replay may find that the draft has become a publication meanwhile.
        if (outcome.draft)
            if (auto draft = service::get_draft(db, principal, language, outcome.id))
                return draft;
        return service::get_report(db, principal, language, outcome.id);
    }
    throw std::logic_error("subject");
}

// The subject as GET gives it. not_found when it is gone or no longer the caller's to read.
Result<service::RenderedRecord> rendered(const Call& call, store::Connection& db, const service::Outcome& outcome)
{
    if (outcome.subject == Subject::report && !outcome.draft)
        return service::render_report(db, call.principal, call.language, outcome.id);
    const auto shown = representation(call, db, outcome);
    if (!shown)
        return shown.error();
    return service::RenderedRecord{shown->body.dump(), shown->version};
}

}  // namespace

Written represent(const Call& call, const service::Outcome& outcome)
{
    auto snapshot = call.portal.database.read();
    auto& db = snapshot.db();
    auto subject = rendered(call, db, outcome);
    Written written;
    // The tag is that of the representation alone, so that a GET gives the same one.
    if (subject)
        written.entity_tag = entity_tag(subject->version, subject->text);
    written.text = subject ? std::move(subject->text) : nlohmann::json{{"id", outcome.id}}.dump();
    const auto add = [&text = written.text](std::string_view name, std::string_view value) {
        text.back() = ',';
        text.append("\"").append(name).append("\":").append(value).append("}");
    };
    if (outcome.seq) {
        const auto receipt = service::receipt_text(db, *outcome.seq);
        add("receipt", receipt ? *receipt : "null");
        add("opening", service::opening_text(db, call.principal, *outcome.seq));
    } else if (outcome.subject != Subject::batch) {  // those of a batch stand with its items
        add("receipt", "null");
        add("opening", "null");
    }
    if (outcome.subject == Subject::credential)
        add("token", outcome.secret ? nlohmann::json(*outcome.secret).dump() : "null");
    return written;
}

nlohmann::json represent_dry_run(const Call& call, const service::Outcome& outcome)
{
    nlohmann::json body{{"dry_run", true}, {"status", outcome.status}};
    if (outcome.subject == Subject::batch) {
        auto snapshot = call.portal.database.read();
        body["content"] = batches::dry_content(call, snapshot.db());
    }
    return body;
}

std::string path_of(const service::Outcome& outcome)
{
    switch (outcome.subject) {
    case Subject::portal: return {};
    case Subject::cosignature: return "/v1/log/checkpoint";  // which carries it until the log has moved on
    case Subject::batch: return "/v1/batches/" + outcome.id;
    case Subject::state: return "/v1/states/" + outcome.id;
    case Subject::state_settings: return "/v1/states/" + outcome.id + "/settings";
    case Subject::measure: return "/v1/measures/" + outcome.id;
    case Subject::period: return "/v1/periods/" + outcome.id;
    case Subject::document: return "/v1/documents/" + outcome.id;
    case Subject::account: return "/v1/accounts/" + outcome.id;
    case Subject::credential: return "/v1/credentials/" + outcome.id;
    case Subject::signing_key: return "/v1/signing-keys/" + outcome.id;
    case Subject::delegation: return "/v1/delegations/" + outcome.id;
    case Subject::proposal: return "/v1/proposals/" + outcome.id;
    case Subject::nomination: return "/v1/nominations/" + outcome.id;
    case Subject::contact: return "/v1/contacts/" + outcome.id;
    case Subject::report: return "/v1/reports/" + outcome.id + (outcome.draft ? "/draft" : "");
    }
    throw std::logic_error("subject");
}

}  // namespace cbmx::api
