// THE TABLE OF SUBJECTS as addresses: where each is found. How to add one: domain/subject.hpp.
#include "api/represent.hpp"
#include "api/conditional.hpp"
#include "api/handlers/batches.hpp"
#include "service/log/receipts.hpp"
#include "service/proposals/proposals.hpp"
#include "service/subjects.hpp"
#include <array>

namespace cbmx::api {
namespace {

using domain::Subject;

struct PathRow {
    Subject subject;
    domain::Cell<std::string_view> path;  // {id} stands for the subject's id or code; empty: it is found nowhere
};

// clang-format off
constexpr std::array table{
    PathRow{Subject::portal,         ""},
    PathRow{Subject::state,          "/v1/states/{id}"},
    PathRow{Subject::state_settings, "/v1/states/{id}/settings"},
    PathRow{Subject::state_quotas,   "/v1/states/{id}/quotas"},
    PathRow{Subject::measure,        "/v1/measures/{id}"},
    PathRow{Subject::period,         "/v1/periods/{id}"},
    PathRow{Subject::office_term,    "/v1/office-terms/{id}"},
    PathRow{Subject::document,       "/v1/documents/{id}"},
    PathRow{Subject::account,        "/v1/accounts/{id}"},
    PathRow{Subject::enrolment,      "/v1/enrolments/{id}"},
    PathRow{Subject::credential,     "/v1/credentials/{id}"},
    PathRow{Subject::signing_key,    "/v1/signing-keys/{id}"},
    PathRow{Subject::delegation,     "/v1/delegations/{id}"},
    PathRow{Subject::proposal,       "/v1/proposals/{id}"},
    PathRow{Subject::report,         "/v1/reports/{id}"},
    PathRow{Subject::nomination,     "/v1/nominations/{id}"},
    PathRow{Subject::contact,        "/v1/contacts/{id}"},
    PathRow{Subject::batch,          "/v1/batches/{id}"},
    PathRow{Subject::cosignature,    "/v1/log/checkpoint"},  // which carries it until the log has moved on
};
// clang-format on
static_assert(domain::has_row_for_each(table, &PathRow::subject, domain::subject_count), "one row per subject, in the enum's order");

constexpr std::string_view id_mark = "{id}";

// The subject as GET gives it. not_found when it is gone or no longer the caller's to read.
Result<service::RenderedRecord> rendered(const Call& call, store::Connection& db, const service::Outcome& outcome)
{
    if (outcome.subject != Subject::batch)
        return service::render_subject(db, {call.principal, call.language, call.now}, outcome);
    const auto batch = batches::represent(call, db, outcome.id);
    if (!batch)
        return batch.error();
    return service::RenderedRecord{batch->body.dump(), batch->tag};
}

}  // namespace

Written represent(const Call& call, const service::Outcome& outcome, bool is_replay)
{
    auto snapshot = call.portal.database.read();
    auto& db = snapshot.db();
    auto subject = rendered(call, db, outcome);
    Written written;
    // The tag is that of the representation alone, so that a GET gives the same one.
    if (subject)
        written.entity_tag = entity_tag(subject->tag, subject->text);
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
    if (outcome.subject == Subject::proposal && !is_replay)
        if (const auto report = service::report_to_be_erased(db, call.principal, domain::ProposalId(outcome.id)))
            add("openings", service::openings_about(db, call.principal, *report));
    return written;
}

nlohmann::json represent_dry_run(const Call& call, const service::Outcome& outcome)
{
    nlohmann::json body{{"dry_run", true}, {"status", outcome.status}};
    if (outcome.to_sign)
        body["statement"] = *outcome.to_sign;
    if (outcome.subject == Subject::batch) {
        auto snapshot = call.portal.database.read();
        body["content"] = batches::dry_content(call, snapshot.db());
    }
    return body;
}

std::string path_of(const service::Outcome& outcome)
{
    std::string path(table[static_cast<std::size_t>(outcome.subject)].path.value);
    if (const auto mark = path.find(id_mark); mark != std::string::npos)
        path.replace(mark, id_mark.size(), outcome.id);
    if (outcome.draft)
        path += "/draft";
    return path;
}

}  // namespace cbmx::api
