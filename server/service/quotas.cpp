// See quotas.hpp.
#include "service/quotas.hpp"
#include "json/parse.hpp"
#include "service/guard.hpp"
#include "store/rows/quotas.hpp"
#include "store/rows/registry.hpp"

namespace cbmx::service {
namespace {

using domain::Home;
using domain::Permission;
using domain::Quota;
using Json = nlohmann::json;

constexpr std::int64_t tenths = 10;
constexpr std::size_t day_characters = 10;  // of an RFC 3339 time

Home home_of(const std::string& state) { return Home::of_state(domain::StateCode(state)); }

std::string day_of(domain::Instant now) { return domain::to_rfc3339(now).substr(0, day_characters); }

// When the day's entries begin anew.
domain::Instant next_day(domain::Instant now) { return std::chrono::floor<std::chrono::days>(now) + std::chrono::days(1); }

std::int64_t limit_in(const store::StateQuotasRow& row, Quota quota)
{
    const auto raised = Json::parse(row.raised);
    return std::max(domain::row_of(quota).limit, raised.value(std::string(domain::name_of(quota)), std::int64_t{0}));
}

std::int64_t limit_of(Connection& db, const Home& home, Quota quota)
{
    return home.is_state() ? limit_in(store::find_state_quotas(db, home.state().value), quota) : domain::row_of(quota).limit;
}

Error exceeded(Quota quota, std::int64_t limit, domain::Arguments more = {})
{
    domain::Arguments arguments{{"limit", std::to_string(limit)}};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Error{ErrorCode::quota_exceeded, {{"", domain::row_of(quota).rule, std::move(arguments)}}};
}

Result<void> check(Connection& db, const std::string& holder, const Home& home, Quota quota, std::int64_t more)
{
    const auto used = store::quota_used(db, holder, quota);
    if (used + more <= domain::row_of(quota).limit)  // the table's is never undercut: most need not look further
        return {};
    const auto limit = limit_of(db, home, quota);
    return used + more <= limit ? Result<void>() : exceeded(quota, limit);
}

bool exists_for(Connection& db, const Principal& principal, const std::string& state)
{
    return (principal.is_operator || principal.reaches(Permission::quota_read, home_of(state))) &&
           store::row_exists(db, store::RegistryTable::state, state);
}

std::string record_of(const store::StateQuotasRow& row) { return json::canonical({{"raised", Json::parse(row.raised)}}); }

std::string tag_of(const store::StateQuotasRow& row) { return record_tag(row.version, record_of(row)); }

// Whole tenths of the limit that are used. Of what is counted for each account: the reader's own.
Json used_tenths(Connection& db, const Principal& principal, const Home& home, const domain::QuotaRow& row, std::int64_t limit,
                 domain::Instant now)
{
    if (principal.home != home)
        return nullptr;
    const auto& holder = row.of == domain::QuotaOf::home ? home.text() : principal.account.value;
    const auto used = store::quota_used(db, holder, row.quota, row.span == domain::QuotaSpan::day ? day_of(now) : std::string());
    return std::min(tenths, used * tenths / limit);
}

Json shown(Connection& db, const Principal& principal, const std::string& state, domain::Instant now)
{
    const auto row = store::find_state_quotas(db, state);
    auto body = represent(db, state, record_of(row), row.version, row.seq);
    auto& limits = body["limits"] = Json::array();
    for (const auto& quota : domain::quota_table) {
        const auto limit = limit_in(row, quota.quota);
        limits.push_back({{"quota", quota.name},
                          {"of", quota.of == domain::QuotaOf::home ? "state" : "account"},
                          {"limit", limit},
                          {"default", quota.limit},
                          {"used_tenths", used_tenths(db, principal, home_of(state), quota, limit, now)}});
    }
    return body;
}

// The raised limits after the change: those of the table are left out.
Result<Json> changed(const store::StateQuotasRow& row, const Json& body)
{
    auto raised = Json::parse(row.raised);
    std::vector<Violation> violations;
    for (const auto& [name, value] : body.items()) {
        const auto usual = domain::row_of(domain::quota_from(name).value()).limit;
        const auto most = usual * domain::quota_raised_at_most;
        const auto wanted = value.is_null() ? usual : value.get<std::int64_t>();
        if (wanted < usual)
            violations.push_back({"/" + name, Rule::below_minimum, {{"limit", std::to_string(usual)}}});
        else if (wanted > most)
            violations.push_back({"/" + name, Rule::above_maximum, {{"limit", std::to_string(most)}}});
        if (wanted == usual)
            raised.erase(name);
        else
            raised[name] = wanted;
    }
    if (!violations.empty())
        return Error{ErrorCode::validation_failed, std::move(violations)};
    return json_result(std::move(raised));
}

}  // namespace

Result<void> check_quota(Connection& db, const Home& home, Quota quota, std::int64_t more)
{
    return check(db, home.text(), home, quota, more);
}

Result<void> check_quota_of(Connection& db, const store::AccountRow& account, Quota quota, std::int64_t more)
{
    return check(db, account.id.value, account.home, quota, more);
}

Result<void> check_days_quota(Transaction& transaction, const Home& home, Quota quota, std::int64_t more)
{
    auto& db = transaction.db();
    const auto used = store::quota_used(db, home.text(), quota, day_of(transaction.now()));
    if (used + more <= domain::row_of(quota).limit)
        return {};
    const auto limit = limit_of(db, home, quota);
    if (used + more <= limit)
        return {};
    return exceeded(quota, limit, {{"from", domain::to_rfc3339(next_day(transaction.now()))}});
}

Result<void> check_new_material(Transaction& transaction, const Principal& principal, bool has_key)
{
    if (has_key)
        if (const auto room = check(transaction.db(), principal.account.value, principal.home, Quota::retries, 1); !room)
            return room;
    return check_days_quota(transaction, principal.home, Quota::entries, 1);
}

std::string state_quotas_record(Connection& connection, const std::string& state)
{
    return record_of(store::find_state_quotas(connection, state));
}

Result<Representation> get_state_quotas(Connection& connection, const Principal& principal, i18n::Language, const std::string& state,
                                        domain::Instant now)
{
    if (!exists_for(connection, principal, state))
        return domain::not_found();
    Representation answer{shown(connection, principal, state, now), std::nullopt};
    if (require(principal, Permission::quota_raise, home_of(state)))
        answer.tag = tag_of(store::find_state_quotas(connection, state));
    return answer;
}

Result<Page> list_state_quotas(Connection& connection, const Principal& principal, std::int64_t limit, const std::string& after,
                               domain::Instant now)
{
    Page page;
    if (!principal.is_operator && principal.reach(Permission::quota_read) != domain::Reach::all) {
        if (principal.home.is_state() && after.empty())
            page.items.push_back(shown(connection, principal, principal.home.state().value, now));
        return page;
    }
    const auto states = store::rows_after(connection, store::RegistryTable::state, after, limit + 1);
    for (const auto& state : states) {
        if (page.items.size() == static_cast<std::size_t>(limit)) {
            page.next = page.items.back().at("id").get<std::string>();
            break;
        }
        page.items.push_back(shown(connection, principal, state.key, now));
    }
    return page;
}

Result<Outcome> change_state_quotas(Transaction& transaction, const Principal& principal, const std::string& state,
                                    const ExpectedVersion& expected, const nlohmann::json& body)
{
    auto& db = transaction.db();
    auto row = actable(
        exists_for(db, principal, state) ? std::optional(store::find_state_quotas(db, state)) : std::nullopt,
        [&principal, &state](const auto&) { return require(principal, Permission::quota_raise, home_of(state)); }, always, expected,
        &tag_of);
    if (!row)
        return row.error();
    const auto raised = changed(*row, body);
    if (!raised)
        return raised.error();
    Outcome outcome{.subject = domain::Subject::state_quotas, .id = state};
    const auto text = json::canonical(*raised);
    if (text == row->raised)
        return outcome;
    row->raised = text;
    ++row->version;
    row->seq = transaction.next_seq();
    if (!store::write_state_quotas(db, *row))
        return Error{ErrorCode::precondition_failed};
    outcome.seq = transaction.append(principal, {.kind = domain::EventKind::state_quotas_changed,
                                                 .subject = state,
                                                 .home = home_of(state),
                                                 .acting_role = principal.acting_role(Permission::quota_raise),
                                                 .version = row->version,
                                                 .content = record_of(*row)});
    return outcome;
}

}  // namespace cbmx::service
