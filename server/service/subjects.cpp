// THE TABLE OF SUBJECTS as records: see subjects.hpp; how to add one: domain/subject.hpp. Each record is rendered beside the
// functions that change its row.
#include "service/subjects.hpp"
#include "service/accounts/accounts.hpp"
#include "service/accounts/authenticate.hpp"
#include "service/accounts/credentials.hpp"
#include "service/accounts/delegations.hpp"
#include "service/accounts/enrolments.hpp"
#include "service/accounts/signing_keys.hpp"
#include "service/accounts/state_settings.hpp"
#include "service/directory/contacts.hpp"
#include "service/directory/nominations.hpp"
#include "service/log/cosignatures.hpp"
#include "service/proposals/proposals.hpp"
#include "service/quotas.hpp"
#include "service/registry/documents.hpp"
#include "service/registry/registry.hpp"
#include "service/reports/content.hpp"
#include "service/reports/reports.hpp"
#include "service/second_person.hpp"
#include "store/log/scan.hpp"
#include "store/rows/portal.hpp"

namespace cbmx::service {
namespace {

using domain::Permission;
using domain::Subject;
using Json = nlohmann::json;
using Take = std::function<void(const Json&)>;

constexpr std::int64_t records_per_page = 100;

// A subject's id, which the functions of each kind take as their own type.
struct SubjectId {
    const std::string& text;
    operator const std::string&() const { return text; }
    template <class Tag>
    operator domain::Id<Tag>() const
    {
        return domain::Id<Tag>(text);
    }
};

// CHANGE RECORDS: those of services under the type of their id, and those that no service renders

template <auto get>
std::string record(Connection& db, const std::string& id)
{
    return get(db, SubjectId{id});
}

std::string portal_record(Connection& db, const std::string&)
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

// ANSWERS

Result<RenderedRecord> rendered(const Result<Representation>& shown)
{
    if (!shown)
        return shown.error();
    return RenderedRecord{shown->body.dump(), shown->tag};
}

template <auto get>
Result<RenderedRecord> by_id(Connection& db, const Reader& reader, const Outcome& outcome)
{
    return rendered(get(db, reader.principal, reader.language, SubjectId{outcome.id}));
}

Result<RenderedRecord> report_or_draft(Connection& db, const Reader& reader, const Outcome& outcome)
{
    // A replay may find that the draft has become a publication meanwhile.
    if (outcome.draft)
        if (const auto draft = get_draft(db, reader.principal, reader.language, outcome.id))
            return rendered(draft);
    return render_report(db, reader.principal, reader.language, outcome.id);
}

Result<RenderedRecord> nomination_now(Connection& db, const Reader& reader, const Outcome& outcome)
{
    return rendered(get_nomination(db, reader.principal, outcome.id, reader.now));
}

Result<RenderedRecord> quotas_now(Connection& db, const Reader& reader, const Outcome& outcome)
{
    return rendered(get_state_quotas(db, reader.principal, reader.language, outcome.id, reader.now));
}

Result<RenderedRecord> enrolment_now(Connection& db, const Reader& reader, const Outcome& outcome)
{
    return rendered(get_enrolment(db, reader.principal, domain::EnrolmentId(outcome.id), reader.now));
}

Result<RenderedRecord> contact_now(Connection& db, const Reader& reader, const Outcome& outcome)
{
    return rendered(get_contact(db, reader.principal, reader.language, outcome.id, reader.now));
}

Result<RenderedRecord> cosignatures(Connection& db, const Reader&, const Outcome& outcome)
{
    return rendered(get_cosignatures(db, outcome.id));
}

// A batch is shown by api/handlers/batches.cpp, which needs the whole call.
Result<RenderedRecord> no_record(Connection&, const Reader&, const Outcome&) { return domain::not_found(); }

// EXPORTS

// Every item of a list that is read page by page. read(after) gives a Result<Page>.
template <class Read>
void each_item(const Read& read, const Take& take)
{
    std::string after;
    for (;;) {
        auto page = read(after);
        if (!page)
            throw std::logic_error("a list could not be read to its end");
        for (const auto& item : page->items)
            take(item);
        if (!page->next)
            return;
        after = *page->next;
    }
}

template <auto list>
void all(Connection& db, const Reader& reader, const Take& take)
{
    each_item([&](const std::string& after) { return list(db, reader.principal, reader.language, records_per_page, after); }, take);
}

void all_documents(Connection& db, const Reader& reader, const Take& take)
{
    each_item([&](const std::string& after) { return list_documents(db, reader.principal, reader.language, {}, records_per_page, after); },
              take);
}

// Lists of one home alone: for the operator, who has none, those of each State in turn.
template <void (*all_of_home)(Connection&, const Reader&, const Take&)>
void all_homes(Connection& db, const Reader& reader, const Take& take)
{
    if (!reader.principal.is_operator)
        return all_of_home(db, reader, take);
    all<list_states>(db, reader, [&](const Json& state) {
        auto at_home = reader.principal;
        at_home.home = domain::Home::of_state(domain::StateCode(state.at("id").get<std::string>()));
        all_of_home(db, {at_home, reader.language, reader.now}, take);
    });
}

void proposals_of_home(Connection& db, const Reader& reader, const Take& take)
{
    each_item([&](const std::string& after) { return list_proposals(db, reader.principal, reader.language, {}, records_per_page, after); },
              take);
}

// Those of each State, and those that the secretariat decides on itself.
void all_proposals(Connection& db, const Reader& reader, const Take& take)
{
    all_homes<proposals_of_home>(db, reader, take);
    if (!reader.principal.is_operator)
        return;
    auto at_home = reader.principal;
    at_home.home = domain::Home::of_office(domain::Office::secretariat);
    proposals_of_home(db, {at_home, reader.language, reader.now}, take);
}

void settings_of_home(Connection& db, const Reader& reader, const Take& take)
{
    if (const auto shown = get_state_settings(db, reader.principal, reader.language, reader.principal.home.state().value))
        take(shown->body);
}

// What was raised: how far limits are used is no record.
void all_quotas(Connection& db, const Reader& reader, const Take& take)
{
    each_item([&](const std::string& after) { return list_state_quotas(db, reader.principal, records_per_page, after, reader.now); },
              [&take](Json item) {
                  item.erase("limits");
                  take(item);
              });
}

void all_credentials(Connection& db, const Reader& reader, const Take& take)
{
    all<list_accounts>(db, reader, [&](const Json& account) {
        const domain::AccountId id(account.at("id").get<std::string>());
        each_item(
            [&](const std::string& after) { return list_credentials(db, reader.principal, reader.language, id, records_per_page, after); },
            take);
    });
}

void all_reports(Connection& db, const Reader& reader, const Take& take)
{
    each_item(
        [&](const std::string& after) {
            return list_reports(db, reader.principal, reader.language, {}, store::ReportOrder::state, {}, {records_per_page, after});
        },
        take);
}

void all_nominations(Connection& db, const Reader& reader, const Take& take)
{
    each_item([&](const std::string& after) { return list_nominations(db, reader.principal, {}, reader.now, records_per_page, after); },
              take);
}

void all_contacts(Connection& db, const Reader& reader, const Take& take)
{
    for (const char* status : {"listed", "objected", "removed"})
        each_item(
            [&](const std::string& after) {
                return list_contacts(db, reader.principal, reader.language, {.status = status}, reader.now, records_per_page, after);
            },
            take);
}

// THE TABLE

using Record = std::string (*)(Connection&, const std::string& id);
using Render = Result<RenderedRecord> (*)(Connection&, const Reader&, const Outcome&);
using Each = void (*)(Connection&, const Reader&, const Take&);

constexpr std::string_view nowhere;
constexpr Each all_terms = all<list_office_terms>;
constexpr Each all_settings = all_homes<settings_of_home>;

struct SubjectRow {
    Subject subject;
    domain::Cell<Record> record;  // nullptr: it has none
    domain::Cell<Render> render;
    domain::Cell<std::string_view> exported_as;  // list or folder
    domain::Cell<Permission> permission;         // of its export
    domain::Cell<Each> each;
};

// clang-format off
constexpr auto table = [] {
    using enum Subject;
    using enum Permission;
    return std::to_array<SubjectRow>({
        {portal,         portal_record,              no_record,                 nowhere,        export_read,         nullptr},
        {state,          state_record,               by_id<get_state>,          "states",       registry_read,       all<list_states>},
        {state_settings, state_settings_record,      by_id<get_state_settings>, "settings",     state_settings_read, all_settings},
        {state_quotas,   state_quotas_record,        quotas_now,                "quotas",       quota_read,          all_quotas},
        {measure,        measure_record,             by_id<get_measure>,        "measures",     registry_read,       all<list_measures>},
        {period,         period_record,              by_id<get_period>,         "periods",      registry_read,       all<list_periods>},
        {office_term,    office_term_record,         by_id<get_office_term>,    "office-terms", registry_read,       all_terms},
        {document,       record<document_record>,    by_id<get_document>,       "documents",    registry_read,       all_documents},
        {account,        record<account_record>,     by_id<get_account>,        "accounts",     account_read,        all<list_accounts>},
        {enrolment,      record<enrolment_record>,   enrolment_now,            "enrolments",   account_read,        all<list_enrolments>},
        {credential,     record<credential_record>,  by_id<get_credential>,     "credentials",  account_read,        all_credentials},
        {signing_key,    record<signing_key_record>, by_id<get_signing_key>,    "signing-keys", registry_read,       all<list_public_keys>},
        {delegation,     record<delegation_record>,  by_id<get_delegation>,     "delegations",  account_read,        all<list_delegations>},
        {proposal,       record<proposal_record>,    by_id<get_proposal>,       "proposals",    proposal_read,       all_proposals},
        {report,         report_record,              report_or_draft,           "reports",      report_read,         all_reports},
        {nomination,     nomination_record,          nomination_now,            "nominations",  nomination_read,     all_nominations},
        {contact,        contact_record,             contact_now,               "contacts",     contact_read,        all_contacts},
        {batch,          nullptr,                    no_record,                 nowhere,        export_read,         nullptr},
        {cosignature,    nullptr,                    cosignatures,              nowhere,        export_read,         nullptr},
    });
}();
// clang-format on
static_assert(domain::has_row_for_each(table, &SubjectRow::subject, domain::subject_count), "one row per subject, in the enum's order");
#ifndef __SANITIZE_ADDRESS__  // under the sanitizers g++ 12 does not compare the address of a function while compiling
static_assert(
    [] {
        for (const auto& row : table)
            if (domain::has_entries(row.subject) != (row.record != nullptr) || row.exported_as.value.empty() != (row.each == nullptr))
                return false;
        return true;
    }(),
    "what has entries has a change record; what is exported is listed");
#endif

const SubjectRow& row_about(Subject subject) { return table[static_cast<std::size_t>(subject)]; }

}  // namespace

std::string current_record(Connection& db, Subject subject, const std::string& id)
{
    const auto record = row_about(subject).record.value;
    if (!record)
        throw std::logic_error("unknown subject");
    return record(db, id);
}

Result<RenderedRecord> render_subject(Connection& db, const Reader& reader, const Outcome& outcome)
{
    return row_about(outcome.subject).render.value(db, reader, outcome);
}

Exported exported(Subject subject) { return {row_about(subject).exported_as, row_about(subject).permission}; }

void each_record(Connection& db, const Reader& reader, Subject subject, const Take& take)
{
    row_about(subject).each.value(db, reader, take);
}

}  // namespace cbmx::service
