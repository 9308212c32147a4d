// See awaiting.hpp. Each kind is one row of the table below: who is asked, and the function that finds what awaits it.
#include "service/overview/awaiting.hpp"
#include "service/directory/contacts.hpp"
#include "service/directory/nominations.hpp"
#include "service/proposals/proposals.hpp"
#include "service/registry/participation.hpp"
#include "service/registry/registry.hpp"
#include "service/reports/four_eyes.hpp"
#include "service/second_person.hpp"
#include "store/rows/report_lists.hpp"
#include "store/rows/state_settings.hpp"
#include <algorithm>
#include <array>

namespace cbmx::service {
namespace {

using domain::Permission;
using Json = nlohmann::json;

struct Asking {
    Connection& db;
    const Principal& principal;
    i18n::Language language;
    domain::Instant now;
    Json items = Json::array();
    bool more = false;
};

void add(Asking& asking, std::string_view kind, const std::string& subject, std::string path, const domain::Arguments& words, Json since,
         Json expected_by = nullptr)
{
    asking.items.push_back({{"kind", kind},
                            {"subject", subject},
                            {"path", std::move(path)},
                            {"text", i18n::text(asking.language, "awaiting." + std::string(kind), words)},
                            {"since", std::move(since)},
                            {"expected_by", std::move(expected_by)}});
}

std::string own_state(const Asking& asking) { return asking.principal.visibility.own_state; }

void reports_to_approve(Asking& asking, std::string_view kind)
{
    const store::ReportFilter filter{.state = own_state(asking), .workflow_state = "submitted"};
    const auto page =
        store::visible_reports(asking.db, asking.principal.visibility, filter, store::ReportOrder::state, {}, max_awaiting_of_a_kind);
    asking.more = asking.more || page.next;
    const bool asks_for_two = store::find_state_settings(asking.db, own_state(asking)).asks_for_two();
    for (const auto& row : page.rows)
        if (row.draft && (!asks_for_two || !has_edited(asking.db, actor_of(asking.principal), row, asking.now)))
            add(asking, kind, row.id, "/v1/reports/" + row.id + "/draft", {{"measure", row.measure}, {"period", row.period}}, nullptr);
}

void proposals(Asking& asking, std::string_view kind)
{
    const auto waiting = proposals_to_confirm(asking.db, asking.principal, asking.now, max_awaiting_of_a_kind);
    asking.more = asking.more || waiting.more;
    for (const auto& row : waiting.rows)
        add(asking, kind, row.id.value, "/v1/proposals/" + row.id.value, {{"proposal", std::string(domain::name_of(row.kind))}},
            row.created_at, row.due_at);
}

void nominations(Asking& asking, std::string_view kind, const NominationFilter& filter)
{
    const auto page = list_nominations(asking.db, asking.principal, filter, asking.now, max_awaiting_of_a_kind, "");
    if (!page)
        return;
    asking.more = asking.more || page->next;
    for (const auto& item : page->items) {
        const auto& content = item.at("content");
        if (!content.is_object())
            continue;
        const auto id = item.at("id").get<std::string>();
        add(asking, kind, id, "/v1/nominations/" + id,
            {{"state", content.at("state").get<std::string>()}, {"reference", content.at("note").at("reference").get<std::string>()}},
            item.at("meta").value("created_at", Json()));
    }
}

void nominations_to_decide(Asking& asking, std::string_view kind) { nominations(asking, kind, {.status = "open"}); }
void nominations_to_answer(Asking& asking, std::string_view kind)
{
    nominations(asking, kind, {.state = own_state(asking), .position = "unanswered"});
}

// A nominator confirms every entry of the State, a contact that which names its account.
void contacts_to_confirm(Asking& asking, std::string_view kind)
{
    const ContactQuery query{.state = own_state(asking), .confirmation_due = true};
    const auto page = list_contacts(asking.db, asking.principal, asking.language, query, asking.now, max_awaiting_of_a_kind, "");
    if (!page)
        return;
    asking.more = asking.more || page->next;
    for (const auto& item : page->items) {
        const auto& content = item.at("content");
        const bool is_named = content.is_object() && content.value("account", std::string()) == asking.principal.account.value;
        if (!content.is_object() || (!asking.principal.has(domain::Role::nominator) && !is_named))
            continue;
        const auto id = item.at("id").get<std::string>();
        const auto name = content.value("office", content.value("person", std::string()));
        add(asking, kind, id, "/v1/contacts/" + id, {{"contact", name}}, item.at("meta").value("confirmed_at", Json()),
            item.at("meta").value("confirmation_due_at", Json()));
    }
}

void periods(Asking& asking, std::string_view kind)
{
    const auto page = list_periods(asking.db, asking.principal, asking.language, max_awaiting_of_a_kind, "");
    if (!page)
        return;
    const auto today = day_of(asking.now);
    for (const auto& item : page->items) {
        const auto& due = item.at("content").at("due");
        if (!due.is_string() || due.get<std::string>() < today)
            continue;
        const auto code = item.at("id").get<std::string>();
        add(asking, kind, code, "/v1/periods/" + code, {{"period", code}}, nullptr, due);
    }
}

using Find = void (*)(Asking&, std::string_view kind);

struct KindRow {
    std::string_view name;
    Permission permission;  // of the step that is awaited; of the own State, but for what the secretariat decides
    Find find;
};
constexpr std::array table{
    KindRow{"report_approval", Permission::report_publish, reports_to_approve},
    KindRow{"proposal", Permission::proposal_decide, proposals},
    KindRow{"nomination_decision", Permission::nomination_decide, nominations_to_decide},
    KindRow{"nomination_answer", Permission::nomination_answer, nominations_to_answer},
    KindRow{"contact_confirmation", Permission::contact_confirm, contacts_to_confirm},
    KindRow{"period", Permission::report_draft, periods},
};

}  // namespace

const std::vector<std::string_view>& awaiting_kinds()
{
    static const auto names = [] {
        std::vector<std::string_view> list;
        list.reserve(table.size());
        for (const auto& row : table)
            list.push_back(row.name);
        return list;
    }();
    return names;
}

Result<Representation> what_awaits(Connection& db, const Principal& principal, i18n::Language language, domain::Instant now,
                                   const std::vector<std::string>& without)
{
    Asking asking{.db = db, .principal = principal, .language = language, .now = now};
    for (const auto& row : table)
        if (principal.reach(row.permission) != domain::Reach::none && std::find(without.begin(), without.end(), row.name) == without.end())
            row.find(asking, row.name);
    return Representation{{{"items", std::move(asking.items)}, {"more", asking.more}}, std::nullopt};
}

}  // namespace cbmx::service
