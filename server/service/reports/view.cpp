// See view.hpp.
#include "service/reports/view.hpp"
#include "json/parse.hpp"
#include "service/accounts/audiences.hpp"
#include "service/accounts/authenticate.hpp"
#include "service/registry/offices.hpp"
#include "service/reports/content.hpp"
#include "service/reports/four_eyes.hpp"
#include "service/reports/parts.hpp"
#include "service/reports/reports.hpp"
#include "service/second_person.hpp"
#include "store/rows/accounts.hpp"
#include "store/rows/credentials.hpp"
#include "store/rows/state_settings.hpp"
#include <algorithm>

namespace cbmx::service {
namespace {

using Json = nlohmann::json;
using store::ReportRow;

constexpr std::int64_t approvers_per_page = 100;

// The report, for those who read its State's drafts; for all others, as the working copy itself, it is not there.
Result<ReportRow> own_report(Connection& db, const Principal& principal, const std::string& id)
{
    auto row = store::visible_report(db, principal.visibility, id);
    if (!row || principal.visibility.draft_state != row->state)
        return domain::not_found();
    return std::move(*row);
}

// What is looked at, and who receives it.
struct Viewed {
    ReportRow row;                              // as it stands, or as it would stand once published
    std::vector<domain::Recipient> recipients;  // as they are named
    domain::Readers readers;
    bool is_draft = false;
};

Result<Viewed> as_if_published(Connection& db, ReportRow row, domain::Instant now)
{
    const auto& draft = *row.draft;
    const auto audience = addressed(db, audience_of(draft), now);
    if (!audience)
        return audience.error();
    const auto before = store::readers(db, row.id);
    auto after = domain::with_publication(before, *audience, included_in(db, before, audience->recipients, now));
    std::vector<Violation> violations;
    for (const auto& [recipient, label] : domain::contradictions(after))
        violations.push_back(
            {"/recipients", Rule::label_recipients, {{"label", std::string(domain::name_of(label))}, {"recipient", recipient}}});
    if (!violations.empty())
        return Error{ErrorCode::audience_contradiction, std::move(violations)};
    auto content = draft.submitted ? *draft.submitted : content_of(row, draft);
    row.record_state = domain::RecordState::published;
    row.label = draft.label;
    row.content = std::move(content);
    row.salt.reset();
    row.revision += 1;
    row.version += 1;
    row.published_at.reset();
    row.published_seq.reset();
    row.changed_seq.reset();
    row.draft.reset();
    return Viewed{std::move(row), audience->recipients, std::move(after), true};
}

Viewed as_it_stands(Connection& db, ReportRow row)
{
    auto recipients = store::recipients_of(db, row.id);
    auto readers = store::readers(db, row.id);
    row.draft.reset();
    return {std::move(row), std::move(recipients), std::move(readers)};
}

bool receives(const Viewed& viewed, const Principal& reader)
{
    const auto words = domain::recipients_from_json(reader.visibility.tokens);
    const auto own = viewed.row.state + "/";  // of a State that does not participate, for its own reports
    return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
        return viewed.readers.from.contains(word.starts_with(own) ? word.substr(own.size()) : word);
    });
}

// The report as this reader gets it; null: not at all.
Json as_served(Connection& db, const Viewed& viewed, const Principal& reader, i18n::Language language)
{
    if (!viewed.is_draft) {
        const auto shown = get_report(db, reader, language, viewed.row.id);
        return shown ? shown->body : Json();
    }
    if (!receives(viewed, reader))
        return nullptr;
    auto report = as_record(db, viewed.row, reader, language);
    if (report["meta"].contains("recipients"))
        report["meta"]["recipients"] = viewed.recipients;
    return report;
}

Json row_of(const std::string& audience, const Json& report)
{
    auto fields = Json::array();
    if (report.is_object() && report.at("content").is_object())
        for (const auto& [name, value] : report.at("content").items())
            fields.push_back(name);
    return {{"audience", audience}, {"receives", report.is_object()}, {"fields", std::move(fields)}};
}

// Everybody who might get it: the public, the members, its own State, and who is named. Of a single account it is known from the list.
std::vector<std::string> audiences_of(const Viewed& viewed)
{
    std::vector<std::string> audiences{"public", "members", "state:" + viewed.row.state};
    for (const auto& recipient : viewed.recipients)
        if (std::find(audiences.begin(), audiences.end(), recipient) == audiences.end())
            audiences.push_back(recipient);
    return audiences;
}

Result<Json> one_row(Connection& db, const Viewed& viewed, i18n::Language language, domain::Instant now, const std::string& audience)
{
    if (audience.starts_with("account:"))
        return json_result(row_of(audience, as_record(db, viewed.row, domain::anonymous(), language)));
    const auto reader = reader_of_audience(db, now, audience);
    if (reader)
        return json_result(row_of(audience, as_served(db, viewed, *reader, language)));
    // Of an office whose term is over nobody receives it now.
    if (reader.error().violations.front().rule == Rule::no_holder)
        return json_result(row_of(audience, nullptr));
    return reader.error();
}

Result<Viewed> viewed(Connection& db, ReportRow row, std::optional<ViewOf> of, domain::Instant now)
{
    const bool has_record = row.record_state != domain::RecordState::none;
    const auto what = of.value_or(row.draft ? ViewOf::draft : ViewOf::publication);
    if (what == ViewOf::draft ? !row.draft : !has_record)
        return domain::not_found();
    if (what == ViewOf::publication)
        return as_it_stands(db, std::move(row));
    return as_if_published(db, std::move(row), now);
}

// Why nobody could publish by this credential now; nullopt: its holder could. Judged as the step itself would be.
std::optional<std::string_view> why_not(Connection& db, const store::CredentialRow& credential, const ReportRow& row, bool four_eyes,
                                        domain::Instant now)
{
    constexpr auto step = domain::Permission::report_publish;
    const auto holder = holder_of(db, now, credential);
    if (holder.is_refused_without_authority(step))
        return "without_authority";
    if (holder.is_refused_as_outside(step))
        return "not_participating";
    if (!holder.reaches(step, home_of(row)) || !holder.scopes.test(static_cast<std::size_t>(domain::scope_of(step))))
        return "no_credential";
    if (const auto seen = store::visible_report(db, holder.visibility, row.id); !seen || !seen->draft)
        return "not_named";
    if (four_eyes && has_edited(db, actor_of(holder), row, now))
        return "has_edited";
    return std::nullopt;
}

}  // namespace

Result<Representation> view_report(Connection& db, const Principal& principal, i18n::Language language, domain::Instant now,
                                   const std::string& id, std::optional<ViewOf> of, const std::optional<std::string>& audience)
{
    auto row = own_report(db, principal, id);
    if (!row)
        return row.error();
    const auto seen = viewed(db, std::move(*row), of, now);
    if (!seen)
        return seen.error();
    Json view{{"of", seen->is_draft ? "draft" : "publication"}, {"audiences", Json::array()}, {"report", nullptr}};
    if (audience) {
        const auto reader = reader_of_audience(db, now, *audience);
        if (!reader)
            return reader.error();
        view["report"] = as_served(db, *seen, *reader, language);
        view["audiences"].push_back(row_of(*audience, view["report"]));
        return Representation{std::move(view), std::nullopt};
    }
    for (const auto& each : audiences_of(*seen)) {
        auto told = one_row(db, *seen, language, now, each);
        if (!told)
            return told.error();
        view["audiences"].push_back(std::move(*told));
    }
    return Representation{std::move(view), std::nullopt};
}

Result<Representation> who_may_approve(Connection& db, const Principal& principal, domain::Instant now, const std::string& id)
{
    const auto row = own_report(db, principal, id);
    if (!row)
        return row.error();
    if (!row->draft)
        return domain::not_found();
    const bool four_eyes = store::find_state_settings(db, row->state).asks_for_two();
    std::map<std::string, std::vector<store::CredentialRow>> held;  // by account
    for (auto& credential : store::usable_credentials_of(db, home_of(*row), domain::to_rfc3339(now)))
        held[credential.account.value].push_back(std::move(credential));
    auto items = Json::array();
    std::string after;
    for (;;) {
        const auto accounts = store::visible_accounts_after(db, {.own = home_of(*row)}, after, approvers_per_page);
        for (const auto& account : accounts) {
            after = account.id.value;
            if (account.status != domain::AccountStatus::active || !account.roles.test(static_cast<std::size_t>(domain::Role::approver)))
                continue;
            std::optional<std::string_view> reason = "no_credential";
            for (const auto& credential : held[account.id.value])
                if (reason = why_not(db, credential, *row, four_eyes, now); !reason)
                    break;
            items.push_back({{"account", account.id.value},
                             {"name", account.hidden ? Json() : Json(account.name)},
                             {"may_approve", !reason},
                             {"reason", reason ? Json(*reason) : Json()}});
        }
        if (static_cast<std::int64_t>(accounts.size()) < approvers_per_page)
            break;
    }
    return Representation{{{"four_eyes", four_eyes}, {"items", std::move(items)}}, std::nullopt};
}

}  // namespace cbmx::service
