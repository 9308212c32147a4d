// Reading nominations, and the one way to record a step. Making one: nomination_making.cpp; deciding and answering:
// nomination_steps.cpp.
#include "service/directory/nominations.hpp"
#include "json/parse.hpp"
#include "service/directory/nomination_parts.hpp"
#include "service/rights.hpp"
#include "store/log/entries.hpp"

namespace cbmx::service {
namespace {

using Json = nlohmann::json;
using domain::Instant;
using domain::NominationStatus;

std::int64_t days_between(const std::string& from, Instant until)
{
    return std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::days>(until - domain::from_rfc3339(from).value()).count());
}

Json represented(const store::NominationRow& row, Instant now)
{
    const auto end = row.decided_at ? domain::from_rfc3339(*row.decided_at).value() : now;
    Json meta{{"version", row.version},
              {"seq", row.seq},
              {"status", domain::name_of(row.status)},
              {"erased", row.erased},
              {"state_position", or_null(domain::name_of(row.position))},
              {"reason", or_null(row.reason)},
              {"created_at", row.created_at},
              {"age_days", days_between(row.created_at, end)},
              {"decided_at", or_null(row.decided_at)}};
    return {{"id", row.id},
            {"content", row.content ? Json::parse(*row.content) : Json()},
            {"salt", row.salt && row.content ? Json(base::base64(*row.salt)) : Json()},
            {"meta", std::move(meta)}};
}

Json record_of(const store::NominationRow& row)
{
    return {{"id", row.id},
            {"state", row.state},
            {"kind", row.kind},
            {"contact", row.contact},
            {"status", domain::name_of(row.status)},
            {"position", or_null(domain::name_of(row.position))},
            {"reason", or_null(row.reason)},
            {"decided_at", or_null(row.decided_at)},
            {"erased", row.erased}};
}

}  // namespace

std::string nomination_tag(const store::NominationRow& row)
{
    return record_tag(row.version, {json::canonical(record_of(row)), row.content.value_or("")});
}

Result<Representation> get_nomination(Connection& db, const Principal& principal, const std::string& id, Instant now)
{
    const auto row = store::visible_nomination(db, principal.visibility, id);
    if (!row)
        return domain::not_found();
    Representation shown{represented(*row, now), std::nullopt};
    const auto home = domain::Home::of_state(domain::StateCode(row->state));
    if (principal.reaches(domain::Permission::nomination_decide, home) || principal.reaches(domain::Permission::nomination_answer, home))
        shown.tag = nomination_tag(*row);
    return shown;
}

Result<Page> list_nominations(Connection& db, const Principal& principal, const NominationFilter& filter, Instant now, std::int64_t limit,
                              const std::string& after)
{
    const auto rows = store::visible_nominations(db, principal.visibility, filter, after, limit + 1);
    return page_of(rows, limit, [now](const store::NominationRow& row) { return represented(row, now); });
}

Result<NamedNote> get_note_file(Connection& db, const Principal& principal, const std::string& id)
{
    const auto row = store::visible_nomination(db, principal.visibility, id);
    auto file = row && row->content ? store::note_file(db, id) : std::nullopt;
    if (!file)
        return domain::not_found();
    const auto name = Json::parse(*row->content).at("note").at("file").at("name").get<std::string>();
    return NamedNote{name, std::move(file->media_type), std::move(file->bytes)};
}

std::string nomination_record(Connection& db, const std::string& id)
{
    const auto row = store::find_nomination(db, id);
    if (!row)
        throw std::logic_error("no nomination " + id);
    return json::canonical(record_of(*row));
}

std::string nomination_record_after(const Json& content)
{
    const bool by_state = content.at("entered_by") == "state", is_open = by_state || content.contains("waits_for_state");
    return json::canonical({{"id", content.at("id")},
                            {"state", content.at("state")},
                            {"kind", content.at("kind")},
                            {"contact", content.at("contact")},
                            {"status", domain::name_of(is_open ? NominationStatus::open : NominationStatus::accepted)},
                            {"position", by_state ? Json() : Json(domain::name_of(domain::Position::unanswered))},
                            {"reason", nullptr},
                            {"decided_at", is_open ? Json() : content.at("created_at")},
                            {"erased", false}});
}

Result<Seq> settle(Transaction& transaction, const Principal& principal, store::NominationRow row, const domain::NominationRule& rule)
{
    if (rule.to && row.status != *rule.to) {
        row.status = *rule.to;
        row.decided_at = transaction.said_at_text();
    }
    ++row.version;
    row.seq = transaction.next_seq();
    if (!store::update_nomination(transaction.db(), row))
        return Error{ErrorCode::precondition_failed};
    return transaction.append(principal, {.kind = rule.entry,
                                          .subject = row.id,
                                          .home = domain::Home::of_state(domain::StateCode(row.state)),
                                          .acting_role = principal.acting_role(rule.permission),
                                          .version = row.version,
                                          .content = json::canonical(record_of(row))});
}

Result<Seq> erase_record_of_nomination(Transaction& transaction, const Principal& principal, store::NominationRow row,
                                       const domain::NominationRule& rule)
{
    if (row.erased)
        return row.seq;
    store::erase_traces_of_nomination(transaction.db(), row.id);
    store::erase_openings(transaction, domain::Subject::nomination, row.id);
    if (row.status == NominationStatus::open) {  // nobody is to decide on it any more
        row.status = NominationStatus::withdrawn;
        row.decided_at = transaction.said_at_text();
    }
    row.erased = true;
    row.reason.reset();
    return settle(transaction, principal, std::move(row), rule);
}

}  // namespace cbmx::service
