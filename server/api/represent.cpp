// THE TABLE OF SUBJECTS as addresses: where each is found. How to add one: domain/subject.hpp.
#include "api/represent.hpp"
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
    PathRow{Subject::measure,        "/v1/measures/{id}"},
    PathRow{Subject::period,         "/v1/periods/{id}"},
    PathRow{Subject::document,       "/v1/documents/{id}"},
    PathRow{Subject::account,        "/v1/accounts/{id}"},
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

}  // namespace

Result<service::RenderedRecord> represent(store::Connection& db, const domain::Principal& principal, i18n::Language language,
                                          const service::Outcome& outcome, domain::Instant now)
{
    return service::render_subject(db, {principal, language, now}, outcome);
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
