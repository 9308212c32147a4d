// The records of an export, each by the read that the API answers with: who sees what is decided there and nowhere else.
#include "i18n/country.hpp"
#include "service/accounts/accounts.hpp"
#include "service/accounts/authenticate.hpp"
#include "service/accounts/credentials.hpp"
#include "service/accounts/delegations.hpp"
#include "service/accounts/signing_keys.hpp"
#include "service/accounts/state_settings.hpp"
#include "service/directory/contacts.hpp"
#include "service/directory/nominations.hpp"
#include "service/export/parts.hpp"
#include "service/proposals/proposals.hpp"
#include "service/registry/documents.hpp"
#include "service/registry/registry.hpp"
#include "service/reports/reports.hpp"

namespace cbmx::service {
namespace {

using Json = nlohmann::json;
using domain::Permission;

constexpr std::int64_t records_per_page = 100;

// Every item of a list that is read page by page. read(after) gives a Result<Page>.
template <class Read, class Take>
void each_item(const Read& read, const Take& take)
{
    std::string after;
    for (;;) {
        auto page = read(after);
        if (!page)
            throw std::logic_error("a list could not be read to its end");
        for (auto& item : page->items)
            take(item);
        if (!page->next)
            return;
        after = *page->next;
    }
}

std::string word(const Exporting& exporting, const std::string& key) { return i18n::text(exporting.request.language, key); }
std::string id_of(const Json& record) { return record.at("id").get<std::string>(); }
std::string path_of(const std::string& folder, const std::string& id) { return "records/" + folder + "/" + id + ".json"; }
std::string country(const Exporting& exporting, const Json& code)
{
    return i18n::country_name(exporting.request.language, code.get<std::string>());
}

// What the record is about: where its content is not shown, the marker still says so.
std::string about(const Json& report, const char* member)
{
    const auto& from = report.at("content").is_object() ? report.at("content") : report.at("meta");
    return from.value(member, std::string());
}

void write_report(Exporting& exporting, const Json& report)
{
    auto& db = exporting.db;
    const auto& request = exporting.request;
    const auto id = id_of(report);
    exporting.add_json(path_of("reports", id), report);
    ++exporting.counts["reports"];
    const auto& meta = report.at("meta");
    add_row(exporting, "reports",
            {country(exporting, about(report, "state")), about(report, "measure"), about(report, "period"),
             word(exporting, "workflow." + meta.at("workflow_state").get<std::string>()), meta.at("label").get<std::string>(),
             std::to_string(meta.at("revision").get<std::int64_t>())},
            path_of("reports", id));
    if (meta.contains("draft"))
        if (const auto draft = get_draft(db, request.reader, request.language, id))
            exporting.add_json(path_of("drafts", id), draft->body);
    auto revisions = Json::array();
    if (meta.contains("published_at"))
        each_item(
            [&](const std::string& after) {
                return list_revisions(db, request.reader, request.language, id, records_per_page, after.empty() ? 0 : std::stoll(after));
            },
            [&revisions](const Json& revision) { revisions.push_back(revision); });
    if (!revisions.empty())
        exporting.add_json(path_of("revisions", id), {{"items", std::move(revisions)}});
}

void write_reports(Exporting& exporting)
{
    each_item(
        [&](const std::string& after) {
            return list_reports(exporting.db, exporting.request.reader, exporting.request.language, {}, store::ReportOrder::state, {},
                                records_per_page, after);
        },
        [&exporting](const Json& report) {
            if (!exporting.is_later("report", report))
                write_report(exporting, report);
        });
}

std::vector<std::string> contact_cells(const Exporting& exporting, const Json& contact)
{
    const auto& content = contact.at("content");
    if (!content.is_object())
        return {"", "", "", "", word(exporting, "workflow.erased")};
    return {country(exporting, content.at("state")), word(exporting, "contact_category." + content.at("category").get<std::string>()),
            content.value("office", content.value("person", std::string())), content.at("institution").get<std::string>(),
            contact.at("meta").at("freshness_text").get<std::string>()};
}

void write_contacts(Exporting& exporting)
{
    const auto& request = exporting.request;
    for (const char* status : {"listed", "objected", "removed"})
        each_item(
            [&](const std::string& after) {
                return list_contacts(exporting.db, request.reader, request.language, {.status = status}, request.now, records_per_page,
                                     after);
            },
            [&exporting](const Json& contact) {
                if (exporting.is_later("contact", contact))
                    return;
                const auto path = path_of("contacts", id_of(contact));
                exporting.add_json(path, contact);
                ++exporting.counts["contacts"];
                add_row(exporting, "contacts", contact_cells(exporting, contact), path);
            });
}

// So that a program opens it; the hash is its name.
std::string_view file_ending(std::string_view media_type)
{
    return media_type == "application/pdf" ? ".pdf" : media_type == "image/png" ? ".png" : ".jpg";
}

// The note verbale's file, under the hash that the nomination commits to.
void write_note(Exporting& exporting, const Json& nomination)
{
    const auto& content = nomination.at("content");
    if (!content.is_object() || !content.at("note").contains("file"))
        return;
    const auto file = get_note_file(exporting.db, exporting.request.reader, id_of(nomination));
    if (!file)
        return;
    const auto path = "files/" + base::hex(base::sha256(file->bytes)) + std::string(file_ending(file->media_type));
    if (exporting.files.insert(path).second)
        exporting.archive.add(path, file->bytes, false);
    add_row(exporting, "files", {content.at("note").at("reference").get<std::string>(), file->name}, path);
}

std::vector<std::string> nomination_cells(const Exporting& exporting, const Json& nomination)
{
    const auto& content = nomination.at("content");
    auto standing = word(exporting, "workflow." + nomination.at("meta").at("status").get<std::string>());
    if (!content.is_object())
        return {"", "", std::move(standing)};
    return {country(exporting, content.at("state")), content.at("note").at("reference").get<std::string>(), std::move(standing)};
}

void write_nominations(Exporting& exporting)
{
    each_item(
        [&](const std::string& after) {
            return list_nominations(exporting.db, exporting.request.reader, {}, exporting.request.now, records_per_page, after);
        },
        [&exporting](const Json& nomination) {
            if (exporting.is_later("nomination", nomination))
                return;
            const auto path = path_of("nominations", id_of(nomination));
            exporting.add_json(path, nomination);
            ++exporting.counts["nominations"];
            add_row(exporting, "nominations", nomination_cells(exporting, nomination), path);
            write_note(exporting, nomination);
        });
}

// A list of the API as one file. kind: of its records, as entries name them. fill: gives each record.
template <class Fill>
void write_list(Exporting& exporting, const char* name, std::string_view kind, const Fill& fill)
{
    auto items = Json::array();
    std::set<std::string> ids;
    fill([&](const Json& record) {
        if (ids.insert(id_of(record)).second && !exporting.is_later(kind, record))
            items.push_back(record);
    });
    if (items.empty())
        return;
    exporting.counts[name] = items.size();
    exporting.add_json("records/" + std::string(name) + ".json", {{"items", std::move(items)}});
}

// Those lists of the API that take nothing but a place to go on from.
using Listing = Result<Page> (*)(Connection&, const Principal&, i18n::Language, std::int64_t, const std::string&);
Result<Page> all_documents(Connection& db, const Principal& reader, i18n::Language language, std::int64_t limit, const std::string& after)
{
    return list_documents(db, reader, language, {}, limit, after);
}

Result<Page> all_proposals(Connection& db, const Principal& reader, i18n::Language language, std::int64_t limit, const std::string& after)
{
    return list_proposals(db, reader, language, {}, limit, after);
}

Result<Page> own_settings(Connection& db, const Principal& reader, i18n::Language language, std::int64_t, const std::string&)
{
    Page page;
    if (auto settings = get_state_settings(db, reader, language, reader.home.state().value))
        page.items.push_back(std::move(settings->body));
    return page;
}

struct ListRow {
    const char* name;
    domain::Subject kind;
    Permission permission;
    Listing listing;
    bool of_one_home = false;  // the operator reads it for each State
};
constexpr ListRow lists[] = {
    {"states", domain::Subject::state, Permission::registry_read, &list_states},
    {"measures", domain::Subject::measure, Permission::registry_read, &list_measures},
    {"periods", domain::Subject::period, Permission::registry_read, &list_periods},
    {"documents", domain::Subject::document, Permission::registry_read, &all_documents},
    {"accounts", domain::Subject::account, Permission::account_read, &list_accounts},
    {"delegations", domain::Subject::delegation, Permission::account_read, &list_delegations},
    {"signing-keys", domain::Subject::signing_key, Permission::signing_key_read, &list_signing_keys, true},
    {"proposals", domain::Subject::proposal, Permission::proposal_read, &all_proposals, true},
    {"settings", domain::Subject::state_settings, Permission::state_settings_read, &own_settings, true},
};

// The reader itself; for the operator, where a list is of one home alone, the reader at home in each State in turn.
std::vector<Principal> readers_of(Exporting& exporting, bool of_one_home)
{
    const auto& reader = exporting.request.reader;
    std::vector<Principal> readers;
    if (reader.is_operator && of_one_home)
        each_item(
            [&](const std::string& after) {
                return list_states(exporting.db, reader, exporting.request.language, records_per_page, after);
            },
            [&](const Json& state) {
                readers.push_back(reader), readers.back().home = domain::Home::of_state(domain::StateCode(id_of(state)));
            });
    return readers.empty() ? std::vector{reader} : readers;
}

void write_table(Exporting& exporting, const ListRow& row)
{
    const auto& request = exporting.request;
    if (request.reader.reach(row.permission) == domain::Reach::none)
        return;
    write_list(exporting, row.name, domain::name_of(row.kind), [&](const auto& take) {
        for (const auto& reader : readers_of(exporting, row.of_one_home))
            each_item(
                [&](const std::string& after) { return row.listing(exporting.db, reader, request.language, records_per_page, after); },
                take);
    });
}

void write_credentials(Exporting& exporting)
{
    const auto& request = exporting.request;
    if (request.reader.reach(Permission::account_read) == domain::Reach::none)
        return;
    write_list(exporting, "credentials", domain::name_of(domain::Subject::credential), [&](const auto& take) {
        each_item(
            [&](const std::string& after) {
                return list_accounts(exporting.db, request.reader, request.language, records_per_page, after);
            },
            [&](const Json& account) {
                each_item(
                    [&](const std::string& after) {
                        return list_credentials(exporting.db, request.reader, request.language, id_of(account), records_per_page, after);
                    },
                    take);
            });
    });
}

}  // namespace

void write_records(Exporting& exporting)
{
    const auto may = [&exporting](Permission permission) { return exporting.request.reader.reach(permission) != domain::Reach::none; };
    if (may(Permission::report_read))
        write_reports(exporting);
    if (may(Permission::contact_read))
        write_contacts(exporting);
    if (may(Permission::nomination_read))
        write_nominations(exporting);
    for (const auto& row : lists)
        write_table(exporting, row);
    write_credentials(exporting);
    exporting.counts["files"] = exporting.files.size();
}

}  // namespace cbmx::service
