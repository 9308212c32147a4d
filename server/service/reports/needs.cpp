// See needs.hpp. Reports come by the lists that everything else is read by.
#include "service/reports/needs.hpp"
#include <algorithm>

namespace cbmx::service {
namespace {

using Json = nlohmann::json;

const std::vector<std::string> shown_members{"state", "measure", "period", "revision", "label", "assistance_needed", "assistance_offered"};

Json member_of(const Json& content, const char* member)
{
    return content.is_object() && content.contains(member) ? content[member] : Json();
}

// The next published reports of the list, from a place on; next: where it goes on.
Result<Page> published(Connection& db, const Principal& principal, i18n::Language language, const store::ReportFilter& filter,
                       const PageAsked& asked)
{
    return list_reports(db, principal, language, filter, store::ReportOrder::newest, shown_members, asked);
}

// Those of other States on the measure that say this member, the newest first.
void add_matches(Connection& db, const Principal& principal, i18n::Language language, const Json& content, const char* member,
                 std::string_view kind, Json& matches)
{
    const store::ReportFilter filter{.measure = content.at("measure").get<std::string>(), .workflow_state = "published"};
    const auto page = published(db, principal, language, filter, {.limit = max_own_looked_at, .after = {}, .steps = max_own_looked_at});
    if (!page)
        return;
    for (const auto& other : page->items) {
        const auto& said = other.at("content");
        if (static_cast<std::int64_t>(matches.size()) == max_matches)
            return;
        if (!member_of(said, member).is_string() || said.at("state") == content.at("state"))
            continue;
        matches.push_back({{"kind", kind}, {"report", other.at("id")}, {"state", said.at("state")}, {"period", said.at("period")}});
    }
}

Json matches_of(Connection& db, const Principal& principal, i18n::Language language, const Json& content)
{
    auto matches = Json::array();
    if (!principal.visibility.secretariat && content.at("state") != principal.visibility.own_state)
        return matches;
    if (member_of(content, "assistance_needed").is_string())
        add_matches(db, principal, language, content, "assistance_offered", "offered", matches);
    if (member_of(content, "assistance_offered").is_string())
        add_matches(db, principal, language, content, "assistance_needed", "needed", matches);
    return matches;
}

// null: it tells of nothing that was asked for.
Json item_of(Connection& db, const Principal& principal, i18n::Language language, const NeedsQuery& query, const Json& report)
{
    const auto& content = report.at("content");
    const bool asks_for_needs = query.needed && !principal.is_anonymous();
    auto needed = asks_for_needs ? member_of(content, "assistance_needed") : Json();
    auto offered = query.offered ? member_of(content, "assistance_offered") : Json();
    if (needed.is_null() && offered.is_null())
        return nullptr;
    return {{"report", report.at("id")},
            {"revision", content.at("revision")},
            {"state", content.at("state")},
            {"measure", content.at("measure")},
            {"period", content.at("period")},
            {"label", content.at("label")},
            {"needed", std::move(needed)},
            {"offered", std::move(offered)},
            {"matches", matches_of(db, principal, language, content)}};
}

}  // namespace

Result<Page> list_needs(Connection& db, const Principal& principal, i18n::Language language, const NeedsQuery& query,
                        const PageAsked& asked)
{
    const store::ReportFilter filter{.state = query.state, .measure = query.measure, .workflow_state = "published"};
    Page needs;
    auto after = asked.after;
    for (auto steps = asked.steps; steps > 0;) {
        const auto wanted = asked.limit - static_cast<std::int64_t>(needs.items.size());
        auto page = published(db, principal, language, filter, {.limit = wanted, .after = after, .steps = steps});
        if (!page)
            return page.error();
        for (const auto& report : page->items)
            if (auto item = item_of(db, principal, language, query, report); !item.is_null())
                needs.items.push_back(std::move(item));
        needs.next = page->next;
        if (!page->next || static_cast<std::int64_t>(needs.items.size()) == asked.limit)
            break;
        after = *page->next;
        steps -= std::max<std::int64_t>(1, static_cast<std::int64_t>(page->items.size()));
    }
    return needs;
}

}  // namespace cbmx::service
