// Reading reports. A withdrawn report leaves its content to its own State and a marker to its former audience.
#include "service/reports/reports.hpp"
#include "base/text.hpp"
#include "json/parse.hpp"
#include "service/reports/content.hpp"
#include <algorithm>
#include <array>

namespace cbmx::service {
namespace {

using domain::DraftState;
using domain::Permission;
using domain::RecordState;

domain::Home home_of(const store::ReportRow& row) { return domain::Home::of_state(domain::StateCode(row.state)); }
bool is_own(const Principal& principal, const store::ReportRow& row) { return principal.is_operator || principal.home == home_of(row); }

bool may_change(const Principal& principal, const store::ReportRow& row)
{
    constexpr std::array changes{Permission::report_draft, Permission::report_discard, Permission::report_publish,
                                 Permission::report_withdraw};
    return std::any_of(changes.begin(), changes.end(), [&](Permission permission) { return principal.reaches(permission, home_of(row)); });
}

nlohmann::json parsed(const std::string& canonical_text)
{
    auto value = json::parse(canonical_text);
    if (!value)
        throw std::logic_error("stored content is not canonical JSON");
    return std::move(*value);
}

// A ledger number, unless it lies beyond what an anonymous caller is shown.
nlohmann::json shown(const Principal& principal, const std::optional<std::int64_t>& seq)
{
    return seq && *seq < principal.visibility.visible_before ? nlohmann::json(*seq) : nlohmann::json();
}

nlohmann::json notices(const nlohmann::json& content, bool withdrawn, i18n::Language language)
{
    auto list = nlohmann::json::array();
    if (withdrawn)
        list.push_back(i18n::text(language, "meta.withdrawn_marker"));
    if (content.is_object() && content.contains("carried_forward")) {
        const auto& mark = content.at("carried_forward");
        list.push_back(i18n::text(
            language, "meta.carried_forward",
            {{"revision", std::to_string(mark.at("revision").get<std::int64_t>())}, {"year", mark.at("period").get<std::string>()}}));
    }
    return list;
}

nlohmann::json draft_meta(const store::ReportRow& row, const store::DraftRow& draft)
{
    return {{"workflow_state", domain::workflow_state(RecordState::none, draft.state)},
            {"version", draft.version},
            {"revision", row.revision + 1},
            {"label", draft.label},
            {"recipients", domain::recipients_from_json(draft.recipients)},
            {"return_reason", draft.return_reason ? nlohmann::json(*draft.return_reason) : nlohmann::json()},
            {"updated_at", draft.updated_at},
            {"created_at", row.created_at}};
}

Representation represent_draft(const store::ReportRow& row, const Principal& principal, i18n::Language language)
{
    const auto& draft = *row.draft;
    const auto content = parsed(draft.submitted ? *draft.submitted : content_of(row, draft));
    auto meta = draft_meta(row, draft);
    meta["notices"] = notices(content, false, language);
    if (auto origin = carried_from_meta(parsed(draft.fields)); !origin.is_null())
        meta["carried_from"] = std::move(origin);
    Representation representation{{{"id", row.id}, {"content", content}, {"salt", nullptr}, {"meta", std::move(meta)}}, std::nullopt};
    if (may_change(principal, row))
        representation.tag = draft_tag(row);
    return representation;
}

bool shows_content(const store::ReportRow& row, const Principal& principal)
{
    return row.content && (row.record_state != RecordState::withdrawn || is_own(principal, row));
}

using Recipients = std::vector<domain::Recipient>;

// What the own State alone is told.
Recipients recipients_to_tell(Connection& db, const store::ReportRow& row, const Principal& principal)
{
    return is_own(principal, row) ? store::recipients_of(db, row.id) : Recipients();
}

// Without the notices. recipients: read by the own State alone.
nlohmann::json record_meta(const store::ReportRow& row, const Principal& principal, const Recipients& recipients)
{
    nlohmann::json meta{{"workflow_state", domain::workflow_state(row.record_state, DraftState::none)},
                        {"version", row.version},
                        {"revision", row.revision},
                        {"label", row.label},
                        {"published_at", row.published_at ? nlohmann::json(*row.published_at) : nlohmann::json()},
                        {"seq", shown(principal, row.published_seq)},
                        {"changed_seq", shown(principal, row.changed_seq)},
                        {"erased", row.erased}};
    if (!shows_content(row, principal)) {  // the marker still says what it is about
        meta["state"] = row.state;
        meta["measure"] = row.measure;
        meta["period"] = row.period;
    }
    if (is_own(principal, row))
        meta["recipients"] = recipients;
    if (row.draft)
        meta["draft"] = {{"workflow_state", domain::workflow_state(RecordState::none, row.draft->state)}, {"version", row.draft->version}};
    return meta;
}

std::optional<std::string> tag_for(Connection& db, const Principal& principal, const store::ReportRow& row)
{
    return may_change(principal, row) ? std::optional(report_tag(db, row)) : std::nullopt;
}

Representation represent_record(Connection& db, const store::ReportRow& row, const Principal& principal, i18n::Language language)
{
    const bool readable = shows_content(row, principal);
    const auto content = readable ? parsed(*row.content) : nlohmann::json();
    auto meta = record_meta(row, principal, recipients_to_tell(db, row, principal));
    meta["notices"] = notices(content, row.record_state == RecordState::withdrawn, language);
    return {{{"id", row.id},
             {"content", content},
             {"salt", readable && row.salt ? nlohmann::json(base::base64(*row.salt)) : nlohmann::json()},
             {"meta", std::move(meta)}},
            tag_for(db, principal, row)};
}

// Byte for byte what represent_record() gives, members in the order of their names; a report without marks is not parsed.
std::string record_text(const store::ReportRow& row, const Principal& principal, i18n::Language language, const Recipients& recipients)
{
    constexpr std::string_view marks = "\"carried_forward\":";  // in a stored text only ever a member's name
    constexpr std::size_t other_bytes = 512;
    const bool readable = shows_content(row, principal);
    const bool has_marks = readable && row.content->find(marks) != std::string::npos;
    auto meta = record_meta(row, principal, recipients);
    meta["notices"] = notices(has_marks ? parsed(*row.content) : nlohmann::json(), row.record_state == RecordState::withdrawn, language);
    std::string text;
    text.reserve(other_bytes + (readable ? row.content->size() : 0));
    text.append("{\"content\":")
        .append(readable ? *row.content : "null")
        .append(",\"id\":\"")
        .append(row.id)
        .append("\",\"meta\":")
        .append(meta.dump());
    if (readable && row.salt)
        text.append(",\"salt\":\"").append(base::base64(*row.salt)).append("\"}");
    else
        text.append(",\"salt\":null}");
    return text;
}

Representation represent(Connection& db, const store::ReportRow& row, const Principal& principal, i18n::Language language)
{
    return row.record_state == RecordState::none ? represent_draft(row, principal, language)
                                                 : represent_record(db, row, principal, language);
}

RenderedRecord serve(Connection& db, const store::ReportRow& row, const Principal& principal, i18n::Language language)
{
    if (row.record_state != RecordState::none)
        return {record_text(row, principal, language, recipients_to_tell(db, row, principal)), tag_for(db, principal, row)};
    const auto draft = represent_draft(row, principal, language);
    return {draft.body.dump(), draft.tag};
}

void choose_fields(nlohmann::json& item, const std::vector<std::string>& fields)
{
    if (fields.empty() || !item["content"].is_object())
        return;
    auto chosen = nlohmann::json::object();
    for (const auto& field : fields)
        if (item["content"].contains(field))
            chosen[field] = item["content"][field];
    item["content"] = std::move(chosen);
    item["salt"] = nullptr;  // what is shown is no longer what was committed
}

// Whether the caller reads what was published of a report: not once it was withdrawn from that caller.
Result<bool> reads_publications(Connection& db, const Principal& principal, const std::string& id)
{
    const auto row = store::visible_report(db, principal.visibility, id);
    if (!row || row->record_state == RecordState::none)
        return domain::not_found();
    return row->record_state != RecordState::withdrawn || is_own(principal, *row);
}

nlohmann::json revision_json(const Principal& principal, const std::string& id, const store::RevisionRow& revision, i18n::Language language)
{
    const auto content = revision.content ? parsed(*revision.content) : nlohmann::json();
    nlohmann::json meta{{"revision", revision.revision},
                        {"published_at", revision.at},
                        {"label", revision.label},
                        {"seq", shown(principal, revision.seq)},
                        {"superseded", revision.superseded}};
    meta["notices"] = notices(content, false, language);
    return {{"id", id},
            {"content", content},
            {"salt", revision.content && revision.salt ? nlohmann::json(base::base64(*revision.salt)) : nlohmann::json()},
            {"meta", std::move(meta)}};
}

}  // namespace

Result<Representation> get_report(Connection& db, const Principal& principal, i18n::Language language, const std::string& id)
{
    const auto row = store::visible_report(db, principal.visibility, id);
    if (!row)
        return domain::not_found();
    return represent(db, *row, principal, language);
}

nlohmann::json as_record(Connection& db, const store::ReportRow& row, const Principal& reader, i18n::Language language)
{
    return represent_record(db, row, reader, language).body;
}

Result<RenderedRecord> render_report(Connection& db, const Principal& principal, i18n::Language language, const std::string& id)
{
    const auto row = store::visible_report(db, principal.visibility, id);
    if (!row)
        return domain::not_found();
    return serve(db, *row, principal, language);
}

std::map<std::string, std::string> render_reports(Connection& db, const Principal& principal, i18n::Language language,
                                                  const std::vector<std::string>& ids)
{
    const auto rows = store::visible_among(db, principal.visibility, ids);
    std::vector<std::string> own;
    for (const auto& row : rows)
        if (is_own(principal, row))
            own.push_back(row.id);
    auto recipients = store::recipients_of(db, own);
    std::map<std::string, std::string> texts;
    for (const auto& row : rows)
        texts.emplace(row.id, row.record_state == RecordState::none ? represent_draft(row, principal, language).body.dump()
                                                                    : record_text(row, principal, language, recipients[row.id]));
    return texts;
}

Result<Representation> get_draft(Connection& db, const Principal& principal, i18n::Language language, const std::string& id)
{
    const auto row = store::visible_report(db, principal.visibility, id);
    if (!row || !row->draft)
        return domain::not_found();
    return represent_draft(*row, principal, language);
}

namespace {

struct Rows {
    std::vector<store::ReportRow> rows;
    std::optional<std::string> next;
};

// A place as the key of a cursor: "ID@SEQ", "ID@" of a working copy; "ID" where the number says nothing, or when the caller may not
// know it yet.
constexpr char place_mark = '@';

std::string key_of(const store::ReportPlace& place, const Principal& principal)
{
    if (place.changed == store::ReportPlace::working_copy)
        return place.id + place_mark;
    return place.changed && *place.changed < principal.visibility.visible_before ? place.id + place_mark + std::to_string(*place.changed)
                                                                                 : place.id;
}

std::optional<store::ReportPlace> place_from(const std::string& key)
{
    const auto mark = key.find(place_mark);
    store::ReportPlace place{key.substr(0, mark)};
    if (mark == std::string::npos)
        return place;
    const auto digits = std::string_view(key).substr(mark + 1);
    place.changed = digits.empty() ? store::ReportPlace::working_copy : base::whole_number<std::int64_t>(digits, 0);
    return place.changed ? std::optional(place) : std::nullopt;
}

Result<Rows> page_of_reports(Connection& db, const Principal& principal, const store::ReportFilter& filter, store::ReportOrder order,
                             const PageAsked& asked)
{
    const auto& [limit, after, steps] = asked;
    const auto& visibility = principal.visibility;
    if (filter.changed_since && *filter.changed_since > visibility.visible_before)
        return Error{ErrorCode::beyond_published_size};
    const auto place = place_from(after);
    const auto has_number = place && place->changed && *place->changed != store::ReportPlace::working_copy;
    // With its number a place in the order of change stands by itself, whatever became of the report.
    const bool is_known =
        after.empty() || (has_number && order != store::ReportOrder::state) || (place && store::visible_report(db, visibility, place->id));
    if (!is_known || (has_number && *place->changed >= visibility.visible_before))  // this caller has never seen such a number
        return Error{ErrorCode::invalid_parameter, {{"query:cursor", Rule::invalid_value}}};
    auto page = store::visible_reports(db, visibility, filter, order, *place, limit, steps);
    return Rows{std::move(page.rows), page.next ? std::optional(key_of(*page.next, principal)) : std::nullopt};
}

}  // namespace

bool is_place(const std::string& key)
{
    const auto place = place_from(key);
    return place && domain::is_uuid(place->id);
}

Result<Page> list_reports(Connection& db, const Principal& principal, i18n::Language language, const store::ReportFilter& filter,
                          store::ReportOrder order, const std::vector<std::string>& fields, const PageAsked& asked)
{
    auto found = page_of_reports(db, principal, filter, order, asked);
    if (!found)
        return found.error();
    Page page;
    page.next = std::move(found->next);
    for (const auto& row : found->rows) {
        auto item = represent(db, row, principal, language).body;
        choose_fields(item, fields);
        page.items.push_back(std::move(item));
    }
    return page;
}

Result<RenderedPage> render_reports(Connection& db, const Principal& principal, i18n::Language language, const store::ReportFilter& filter,
                                    store::ReportOrder order, const PageAsked& asked)
{
    auto found = page_of_reports(db, principal, filter, order, asked);
    if (!found)
        return found.error();
    RenderedPage page;
    page.next = std::move(found->next);
    page.items = "[";
    for (const auto& row : found->rows)
        page.items.append(page.items.size() > 1 ? "," : "").append(serve(db, row, principal, language).text);
    page.items += "]";
    return page;
}

Result<Page> list_revisions(Connection& db, const Principal& principal, i18n::Language language, const std::string& id, std::int64_t limit,
                            std::int64_t after)
{
    const auto reads = reads_publications(db, principal, id);
    if (!reads)
        return reads.error();
    Page page;
    if (!*reads)
        return page;
    auto revisions = store::visible_revisions(db, principal.visibility, id, after, limit + 1);
    if (revisions.size() > static_cast<std::size_t>(limit)) {
        revisions.pop_back();
        page.next = std::to_string(revisions.back().revision);
    }
    for (const auto& revision : revisions)
        page.items.push_back(revision_json(principal, id, revision, language));
    return page;
}

Result<Representation> get_revision(Connection& db, const Principal& principal, i18n::Language language, const std::string& id,
                                    std::int64_t number)
{
    const auto reads = reads_publications(db, principal, id);
    if (!reads)
        return reads.error();
    const auto revision = *reads ? store::visible_revision(db, principal.visibility, id, number) : std::nullopt;
    if (!revision)
        return domain::not_found();
    return Representation{revision_json(principal, id, *revision, language), std::nullopt};
}

Result<nlohmann::json> difference(Connection& db, const Principal& principal, const std::string& id, std::int64_t from, std::int64_t to)
{
    const auto before = get_revision(db, principal, i18n::Language::en, id, from);
    const auto after = get_revision(db, principal, i18n::Language::en, id, to);
    if (!before || !after)
        return domain::not_found();
    const auto& old_content = before->body.at("content");
    const auto& new_content = after->body.at("content");
    auto changes = nlohmann::json::array();
    std::vector<std::string> members;
    for (const auto* content : {&old_content, &new_content})
        if (content->is_object())
            for (const auto& [name, value] : content->items())
                members.push_back(name);
    std::sort(members.begin(), members.end());
    members.erase(std::unique(members.begin(), members.end()), members.end());
    for (const auto& name : members) {
        const auto old_value = old_content.is_object() ? old_content.value(name, nlohmann::json()) : nlohmann::json();
        const auto new_value = new_content.is_object() ? new_content.value(name, nlohmann::json()) : nlohmann::json();
        if (name != "revision" && old_value != new_value)
            changes.push_back({{"pointer", "/" + name}, {"before", old_value}, {"after", new_value}});
    }
    return {boost::system::in_place_value, nlohmann::json{{"id", id}, {"from", from}, {"to", to}, {"changes", std::move(changes)}}};
}

}  // namespace cbmx::service
