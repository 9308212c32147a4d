// See subjects.hpp. Each record is rendered beside the functions that change its row.
#include "service/subjects.hpp"
#include "service/accounts/accounts.hpp"
#include "service/accounts/credentials.hpp"
#include "service/accounts/delegations.hpp"
#include "service/accounts/signing_keys.hpp"
#include "service/accounts/state_settings.hpp"
#include "service/directory/contacts.hpp"
#include "service/directory/nominations.hpp"
#include "service/proposals/proposals.hpp"
#include "service/registry/documents.hpp"
#include "service/registry/registry.hpp"
#include "service/reports/content.hpp"
#include "service/second_person.hpp"
#include "store/log/scan.hpp"
#include "store/rows/portal.hpp"

namespace cbmx::service {
namespace {

std::string portal_record(Connection& db)
{
    const auto row = store::portal_row(db);
    if (!row)
        throw std::logic_error("the database holds no portal");
    return row->record;
}

std::string report_record(Connection& db, const std::string& id)
{
    const auto state = store::state_of_report(db, id);
    const auto row = state ? store::report_of_state(db, *state, id) : std::nullopt;
    if (!row)
        throw std::logic_error("no such report");
    return audience_record(*row);
}

}  // namespace

std::string current_record(Connection& db, domain::Subject subject, const std::string& id)
{
    switch (subject) {
    case domain::Subject::portal: return portal_record(db);
    case domain::Subject::state: return state_record(db, id);
    case domain::Subject::state_settings: return state_settings_record(db, id);
    case domain::Subject::measure: return measure_record(db, id);
    case domain::Subject::period: return period_record(db, id);
    case domain::Subject::document: return document_record(db, id);
    case domain::Subject::account: return account_record(db, id);
    case domain::Subject::credential: return credential_record(db, id);
    case domain::Subject::signing_key: return signing_key_record(db, id);
    case domain::Subject::delegation: return delegation_record(db, id);
    case domain::Subject::proposal: return proposal_record(db, id);
    case domain::Subject::report: return report_record(db, id);
    case domain::Subject::nomination: return nomination_record(db, id);
    case domain::Subject::contact: return contact_record(db, id);
    case domain::Subject::batch:
    case domain::Subject::cosignature: break;
    }
    throw std::logic_error("unknown subject");
}

}  // namespace cbmx::service
