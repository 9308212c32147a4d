// See content.hpp. Recipients and labels are checked against the table in domain/audience.cpp.
#include "service/reports/content.hpp"
#include "base/text.hpp"
#include "json/parse.hpp"
#include "service/registry/offices.hpp"
#include "store/rows/accounts.hpp"
#include "store/rows/registry.hpp"
#include <algorithm>

namespace cbmx::service {
namespace {

// Members of a content that another period or audience gives anew.
constexpr std::array<std::string_view, 7> given_by_the_record{"state", "measure",  "period",         "revision",
                                                              "label", "language", "carried_forward"};

constexpr std::string_view default_language = "en";
constexpr std::int64_t max_earlier_publications = 20;  // looked through for text to carry forward

void check_recipients(Connection& db, const domain::Home& own, const std::vector<domain::Recipient>& named,
                      std::vector<Violation>& violations)
{
    for (std::size_t i = 0; i < named.size(); ++i) {
        const auto pointer = "/recipients/" + std::to_string(i);
        if (!domain::is_recipient(named[i]))
            violations.push_back({pointer, Rule::format, {{"format", "recipient"}}});
        else if (named[i].starts_with("state:") && !store::row_exists(db, store::RegistryTable::state, named[i].substr(6)))
            violations.push_back({pointer, Rule::unknown_state, {{"state", named[i].substr(6)}}});
        else if (const auto term = domain::Home::from(named[i]).term(); !term.empty() && !store::is_term_of(db, term, named[i]))
            violations.push_back({pointer, Rule::unknown_reference});
        else if (named[i].starts_with("account:") && !store::may_name_account(db, own, named[i].substr(8)))
            violations.push_back({pointer, Rule::unknown_account});
    }
}

// Those in which a translation of a report in this one may be given.
std::string other_languages(const std::string& own)
{
    std::vector<std::string> others;
    for (const auto language : i18n::all_languages)
        if (i18n::code_of(language) != own)
            others.emplace_back(i18n::code_of(language));
    return base::joined(others);
}

}  // namespace

Result<void> check_named_recipients(Connection& db, const domain::Home& own, const std::vector<domain::Recipient>& named)
{
    std::vector<Violation> violations;
    check_recipients(db, own, named, violations);
    if (!violations.empty())
        return Error{ErrorCode::validation_failed, std::move(violations)};
    return {};
}

Result<ReportInput> read_report_input(Connection& db, const Principal& principal, const nlohmann::json& body,
                                      const domain::AccountId& author)
{
    ReportInput input{body, {}};
    const auto label = domain::label_from(body.value("label", std::string(domain::name_of(domain::Label::amber))));
    const auto named = body.value("recipients", std::vector<domain::Recipient>());
    for (const char* apart : {"label", "recipients", "measure", "period", "client_ref"})
        input.fields.erase(apart);
    if (!input.fields.contains("language"))
        input.fields["language"] = default_language;

    std::vector<Violation> violations;
    check_recipients(db, principal.home, named, violations);
    if (principal.is_unattested && *label == domain::Label::red)  // who names himself would not see it
        violations.push_back({"/label", Rule::not_attested});
    if (body.value("status", "") != "nothing_new" && body.contains("last_declared_year"))
        violations.push_back({"/last_declared_year", Rule::invalid_value, {{"allowed", "status: nothing_new"}}});
    const auto own = input.fields.at("language").get<std::string>();
    if (body.contains("translations") && body.at("translations").contains(own))
        violations.push_back({"/translations/" + own, Rule::not_allowed_value, {{"allowed", other_languages(own)}}});
    if (!violations.empty())
        return Error{ErrorCode::validation_failed, std::move(violations)};
    auto audience = domain::make_audience(*label, named, principal.home.state(), author);
    if (!audience)
        return audience.error();
    input.audience = std::move(*audience);
    return input;
}

std::vector<Violation> unknown_codes(Connection& db, const nlohmann::json& body)
{
    std::vector<Violation> violations;
    if (const auto measure = body.value("measure", ""); !measure.empty() && !store::number_of_measure(db, measure))
        violations.push_back({"/measure", Rule::unknown_measure, {{"measure", measure}}});
    if (const auto period = body.value("period", ""); !period.empty() && !store::row_exists(db, store::RegistryTable::period, period))
        violations.push_back({"/period", Rule::unknown_period, {{"period", period}}});
    return violations;
}

std::vector<Violation> faults_of_report(Connection& db, const Principal& principal, const nlohmann::json& body)
{
    auto violations = unknown_codes(db, body);
    if (const auto input = read_report_input(db, principal, body, principal.account); !input)
        for (auto& violation : input.error().violations)
            violations.push_back(std::move(violation));
    return violations;
}

void carry_forward(Connection& db, const Principal& principal, const std::string& measure, const std::string& report, ReportInput& input,
                   domain::Instant now)
{
    input.fields.erase("carried_forward");
    if (input.fields.value("status", "") != "nothing_new")
        return;
    const auto candidates =
        store::earlier_publications(db, principal.visibility, principal.home.state().value, measure, report, max_earlier_publications);
    const auto reached = addressed(db, input.audience, now);
    const auto audience = reached ? *reached : input.audience;  // an office that nobody holds is nobody that reads the earlier text
    const auto carried = domain::readers_of_one_revision(audience);
    const auto earlier = std::find_if(candidates.begin(), candidates.end(), [&](const store::ReportRow& row) {
        const auto told = domain::readers_of_one_revision({*domain::label_from(row.label), store::recipients_of(db, row.id)});
        return row.content && !domain::is_wider(domain::with_included(told, included_in(db, told, audience.recipients, now)), carried);
    });
    if (earlier == candidates.end())
        return;
    const auto content = json::parse(*earlier->content);
    if (!content)
        throw std::logic_error("stored content is not canonical JSON");
    nlohmann::json mark{{"report", earlier->id}, {"revision", earlier->revision}, {"period", earlier->period}};
    for (const char* text : {"narrative", "challenges", "carried_forward"})
        if (content->contains(text))
            mark[text] = content->at(text);
    // Text that was itself carried forward is carried once, not nested year after year.
    if (mark.contains("carried_forward"))
        mark = mark["carried_forward"];
    input.fields["carried_forward"] = std::move(mark);
}

nlohmann::json origin_of(const store::ReportRow& report, const std::vector<domain::Recipient>& recipients)
{
    auto parts = nlohmann::json::object();
    const auto content = json::parse(report.content.value()).value();
    for (const auto& [name, value] : content.items())
        if (std::find(given_by_the_record.begin(), given_by_the_record.end(), name) == given_by_the_record.end())
            parts[name] = base::hex(base::sha256(json::canonical(value)));
    nlohmann::json origin{{"report", report.id}, {"revision", report.revision}, {"parts", std::move(parts)}};
    if (report.label == domain::name_of(domain::Label::red))
        origin["named"] = recipients;
    return origin;
}

Result<void> check_carried(const ReportInput& input)
{
    const auto origin = input.fields.find(carried_from);
    if (origin == input.fields.end() || !origin->contains("named"))
        return {};
    const auto red = std::string(domain::name_of(domain::Label::red));
    if (input.audience.label != domain::Label::red)
        return Error{ErrorCode::audience_contradiction, {{"/label", Rule::not_allowed_value, {{"allowed", red}}}}};
    const auto named = origin->at("named").get<std::vector<domain::Recipient>>();
    for (const auto& recipient : input.audience.recipients)
        if (std::find(named.begin(), named.end(), recipient) == named.end())
            return Error{ErrorCode::audience_contradiction, {{"/recipients", Rule::not_allowed_value, {{"allowed", base::joined(named)}}}}};
    return {};
}

nlohmann::json carried_from_meta(const nlohmann::json& fields)
{
    if (!fields.contains(carried_from))
        return nullptr;
    const auto& origin = fields.at(carried_from);
    auto unchanged = nlohmann::json::array();
    for (const auto& [name, hash] : origin.at("parts").items())
        if (fields.contains(name) && base::hex(base::sha256(json::canonical(fields.at(name)))) == hash)
            unchanged.push_back(name);
    return {{"report", origin.at("report")}, {"revision", origin.at("revision")}, {"unchanged", std::move(unchanged)}};
}

std::string content_of(const store::ReportRow& report, const store::DraftRow& draft)
{
    auto content = json::parse(draft.fields);
    if (!content)
        throw std::logic_error("stored fields are not canonical JSON");
    content->erase(carried_from);
    (*content)["state"] = report.state;
    (*content)["measure"] = report.measure;
    (*content)["period"] = report.period;
    (*content)["revision"] = report.revision + 1;
    (*content)["label"] = draft.label;
    return json::canonical(*content);
}

std::string draft_tag(const store::ReportRow& report)
{
    const auto& draft = report.draft.value();
    return record_tag(draft_version(draft.version), {draft.submitted.value_or(""), draft.fields, draft.label, draft.recipients,
                                                     std::string(domain::name_of(draft.state)), std::to_string(report.revision)});
}

std::string report_tag(Connection& db, const store::ReportRow& report)
{
    std::vector<std::string> acted_on{report.content.value_or(""), report.label, std::string(domain::name_of(report.record_state)),
                                      std::to_string(report.revision), report.erased ? "erased" : ""};
    for (auto& reader : store::readers_of(db, report.id))
        acted_on.push_back(std::move(reader));
    return record_tag(report.version, acted_on);
}

std::vector<std::string> tags_of(const nlohmann::json& fields) { return fields.value("tags", std::vector<std::string>()); }

std::string return_record(const std::string& report, const std::optional<std::string>& reason)
{
    return json::canonical({{"report", report}, {"draft_state", "draft"}, {"reason", reason ? nlohmann::json(*reason) : nlohmann::json()}});
}

std::string audience_record(const store::ReportRow& report)
{
    return json::canonical({{"report", report.id},
                            {"record_state", report.record_state == domain::RecordState::withdrawn ? "withdrawn" : "published"},
                            {"label", report.label},
                            {"revision", report.revision},
                            {"version", report.version},
                            {"erased", report.erased}});
}

}  // namespace cbmx::service
