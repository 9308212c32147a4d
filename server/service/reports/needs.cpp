// See needs.hpp. Reports come by the lists that everything else is read by.
#include "service/reports/needs.hpp"
#include <algorithm>

namespace cbmx::service {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t reports_at_once = 100;
const std::vector<std::string> shown_members{"state", "measure", "period", "revision", "label", "assistance_needed", "assistance_offered"};

Json member_of(const Json& content, const char* member)
{
    return content.is_object() && content.contains(member) ? content[member] : Json();
}

// Whoever reads no more than everyone does, of the reports of others: without an account, suspended, an auditor, of a State that does
// not participate.
bool reads_as_everyone(const Principal& principal)
{
    const auto words = domain::recipients_from_json(principal.visibility.tokens);
    return std::none_of(words.begin(), words.end(),
                        [](const std::string& word) { return word == "members" || word.starts_with("office:"); });
}

bool is_told_matches(const Principal& principal, const Json& content)
{
    return principal.visibility.secretariat || content.at("state") == principal.visibility.own_state;
}

// What one published report says of assistance.
struct Said {
    Json report, state, measure, period;
    bool needs = false, offers = false;
};

// Of the newest published reports that the caller reads, as many as a page of any list looks at.
std::vector<Said> newest_that_say(Connection& db, const Principal& principal, i18n::Language language, std::int64_t steps)
{
    std::vector<Said> list;
    PageAsked asked{.limit = reports_at_once, .after = {}, .steps = reports_at_once};
    for (std::int64_t looked_at = 0; looked_at < steps; looked_at += reports_at_once) {
        const auto page =
            list_reports(db, principal, language, {.workflow_state = "published"}, store::ReportOrder::newest, shown_members, asked);
        if (!page)
            break;
        for (const auto& report : page->items) {
            const auto& content = report.at("content");
            const Said said{report.at("id"),
                            content.at("state"),
                            content.at("measure"),
                            content.at("period"),
                            member_of(content, "assistance_needed").is_string(),
                            member_of(content, "assistance_offered").is_string()};
            if (said.needs || said.offers)
                list.push_back(said);
        }
        if (!page->next)
            break;
        asked.after = *page->next;
    }
    return list;
}

Json matches_of(const Json& content, const std::vector<Said>& others)
{
    auto matches = Json::array();
    const bool needs = member_of(content, "assistance_needed").is_string(), offers = member_of(content, "assistance_offered").is_string();
    const auto add = [&](const Said& other, std::string_view kind) {
        if (static_cast<std::int64_t>(matches.size()) < max_matches)
            matches.push_back({{"kind", kind}, {"report", other.report}, {"state", other.state}, {"period", other.period}});
    };
    for (const auto& other : others) {
        if (other.state == content.at("state") || other.measure != content.at("measure"))
            continue;
        if (needs && other.offers)
            add(other, "offered");
        if (offers && other.needs)
            add(other, "needed");
    }
    return matches;
}

// Without its matches; null: it tells of nothing that was asked for.
Json item_of(const Principal& principal, const NeedsQuery& query, const Json& report)
{
    const auto& content = report.at("content");
    const bool is_told_needs = content.at("state") == principal.visibility.own_state || !reads_as_everyone(principal);
    auto needed = query.needed && is_told_needs ? member_of(content, "assistance_needed") : Json();
    auto offered = query.offered ? member_of(content, "assistance_offered") : Json();
    if (needed.is_null() && offered.is_null())
        return nullptr;
    return {{"report", report.at("id")},        {"revision", content.at("revision")}, {"state", content.at("state")},
            {"measure", content.at("measure")}, {"period", content.at("period")},     {"label", content.at("label")},
            {"needed", std::move(needed)},      {"offered", std::move(offered)},      {"matches", Json::array()}};
}

}  // namespace

Result<Page> list_needs(Connection& db, const Principal& principal, i18n::Language language, const NeedsQuery& query,
                        const PageAsked& asked)
{
    const store::ReportFilter filter{.state = query.state, .measure = query.measure, .workflow_state = "published"};
    const auto page = list_reports(db, principal, language, filter, store::ReportOrder::newest, shown_members, asked);
    if (!page)
        return page.error();
    Page needs{.items = Json::array(), .next = page->next};
    std::optional<std::vector<Said>> others;  // looked for once, where anything has matches
    for (const auto& report : page->items) {
        auto item = item_of(principal, query, report);
        if (item.is_null())
            continue;
        if (const auto& content = report.at("content"); is_told_matches(principal, content)) {
            if (!others)
                others = newest_that_say(db, principal, language, asked.steps);
            item["matches"] = matches_of(content, *others);
        }
        needs.items.push_back(std::move(item));
    }
    return needs;
}

}  // namespace cbmx::service
