// Every route against every caller, from the two tables alone: a right that is not in the policy table is refused, and
// refused before anything else is said.
#include "contract/route_walk.hpp"
#include "support/brought_key.hpp"

namespace cbmx::test {
namespace {

using Access = Portal;
using domain::Reach;

const Fields some_version{{"If-Match", "\"0-\""}};  // every route takes it as a tag

std::string slug_of(const Reply& reply) { return reply.json().value("type", ""); }

TEST_F(Access, EveryRouteRefusesEveryCallerWhomThePolicyTableDoesNotName)
{
    std::size_t refused = 0, let_in = 0;
    for (const auto& route : api::routes())
        for (const auto& who : every_caller()) {
            SCOPED_TRACE(std::string(route.operation_id) + " as " + who.key());
            const auto target = is_read(route) ? target_of(route) : with(target_of(route), "dry_run=true");
            const auto reply = as(who).send(method_of(route), target, "", some_version);
            if (reach_of(route, who) == Reach::none) {
                ++refused;
                if (who.home.empty())
                    reply.is_problem(401, "unauthenticated");
                else
                    reply.is_problem(403, "forbidden");
                continue;
            }
            ++let_in;
            EXPECT_NE(reply.status(), 401) << reply.body();
            EXPECT_NE(reply.status(), 403) << reply.body();
            EXPECT_LT(reply.status(), 500) << reply.body();
        }
    EXPECT_GT(refused, 100U);  // the walk is not empty on either side
    EXPECT_GT(let_in, 100U);
}

TEST_F(Access, ATokenNeedsTheScopeThatThePermissionFallsUnder)
{
    std::map<std::string, std::string> tokens;  // by account and scope left out
    for (const auto& route : api::routes()) {
        SCOPED_TRACE(std::string(route.operation_id));
        const auto who = somebody_for(route);
        const auto needed = domain::scope_of(route.permission.permission);
        auto& token = tokens[who.key() + std::string(domain::name_of(needed))];
        if (token.empty()) {
            auto scopes = nlohmann::json::array();
            for (std::size_t i = 0; i < domain::token_scope_count; ++i)
                if (const auto scope = static_cast<domain::TokenScope>(i); scope != needed)
                    scopes.push_back(domain::name_of(scope));
            token = portal()
                        .operate({{"command", "credential token"},
                                  {"account", portal().account_of(who)},
                                  {"label", "narrow"},
                                  {"scopes", scopes},
                                  {"days", 7}})
                        .at("token")
                        .get<std::string>();
        }
        auto fields = some_version;
        fields.emplace_back("Authorization", "Bearer " + token);
        as(anyone()).send(method_of(route), target_of(route), "", fields).is_problem(403, "token-scope");
    }
}

// What may be asked with a query, and the type of body that it goes with: every combination that the rows of a route's one_of tell apart.
struct Content {
    std::string body_type;
    std::map<std::string, std::string, std::less<>> query;
};
std::vector<Content> contents_of(const api::Route& route)
{
    std::vector<Content> contents;
    for (const auto type : route.raw_body_types) {
        contents.push_back({std::string(type), {}});
        for (const auto& row : route.one_of)
            if (!row.parameter.empty())
                contents.push_back({std::string(type), {{std::string(row.parameter), std::string(row.value)}}});
    }
    return contents;
}

std::string with_query(std::string target, const Content& content)
{
    for (const auto& [name, value] : content.query)
        target = with(target, name + "=" + value);
    return target;
}

// The head of a request whose body never comes: what is refused is refused without it.
std::string head_of(const api::Route& route, const Content& content, const std::string& token)
{
    return method_of(route) + " " + with_query(target_of(route), content) + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " +
           token + "\r\nContent-Type: " + content.body_type + "\r\nContent-Length: 180000\r\nExpect: 100-continue\r\n\r\n";
}

TEST_F(Access, WhoMayDoNothingOfWhatABodyHoldsIsRefusedBeforeItComes)
{
    std::size_t refused = 0, let_in = 0;
    for (const auto& route : api::routes())
        for (const auto& content : contents_of(route))
            for (const auto& who : every_caller()) {
                if (who.home.empty() || reach_of(route.permission.permission, who) == Reach::none)
                    continue;  // refused for that alone: see above
                SCOPED_TRACE(with_query(target_of(route), content) + " " + content.body_type + " as " + who.key());
                if (reach_of(route, who, content.body_type, content.query) == Reach::none) {
                    ++refused;
                    RawClient client({.port = portal().app().port(), .ca_file = development_certificates() / "ca.crt"});
                    const auto answer = client.exchange(head_of(route, content, portal().token_of(who)));
                    ASSERT_TRUE(answer.has_value());
                    EXPECT_EQ(answer->status, 403) << answer->body;
                } else {
                    ++let_in;
                    const auto reply = as(who).send(method_of(route), with(with_query(target_of(route), content), "dry_run=true"), "",
                                                    {{"Content-Type", content.body_type}});
                    EXPECT_NE(reply.status(), 403) << reply.body();
                }
            }
    EXPECT_GT(refused, 3U);
    EXPECT_GT(let_in, 3U);
}

TEST_F(Access, ATokenThatMayOnlyReadSendsNoBody)
{
    const Who who{"state:CL", {"approver", "drafter", "nominator"}, "all rights"};
    const auto token = portal()
                           .operate({{"command", "credential token"},
                                     {"account", portal().account_of(who)},
                                     {"label", "reads"},
                                     {"scopes", {"read"}},
                                     {"days", 7}})
                           .at("token")
                           .get<std::string>();
    for (const auto& route : api::routes())
        for (const auto& content : contents_of(route)) {
            SCOPED_TRACE(with_query(target_of(route), content) + " " + content.body_type);
            RawClient client({.port = portal().app().port(), .ca_file = development_certificates() / "ca.crt"});
            const auto answer = client.exchange(head_of(route, content, token));
            ASSERT_TRUE(answer.has_value());
            EXPECT_EQ(answer->status, 403) << answer->body;
            EXPECT_NE(answer->body.find("token-scope"), std::string::npos) << answer->body;
        }
}

// All rights that a State can give, in one account of another State.
Who everything_in(const std::string& state) { return {"state:" + state, {"approver", "contact", "drafter", "nominator"}, "all rights"}; }

bool is_about_one_report(const api::Route& route) { return route.path.starts_with("/v1/reports/{id}"); }

class AccessToAnother : public Portal {
protected:
    Reply attempt(const Who& who, const api::Route& route, const std::string& id)
    {
        auto fields = some_version;
        std::string body;
        if (!route.request.empty()) {
            body = example_for(route).dump();
            fields.emplace_back("Content-Type", media_type_of(route));
        }
        return as(who).send(method_of(route), target_of(route, id), body, fields);
    }
};

TEST_F(AccessToAnother, WritingToAnotherStatesPublishedReportIsForbiddenAndToItsDraftIsNotFound)
{
    const auto published = portal().published("CL"), draft = portal().draft("CL"), submitted = portal().submitted("CL");
    const auto hidden = portal().published("CL", a_report({{"label", "TLP:AMBER+STRICT"}}));
    const auto outsider = everything_in("PE");
    std::size_t tried = 0;
    for (const auto& route : api::routes()) {
        if (is_read(route) || !is_about_one_report(route))
            continue;
        SCOPED_TRACE(std::string(route.operation_id));
        ++tried;
        attempt(outsider, route, published).is_problem(403, "forbidden");
        attempt(outsider, route, draft).is_problem(404, "not-found");
        attempt(outsider, route, submitted).is_problem(404, "not-found");
        attempt(outsider, route, hidden).is_problem(404, "not-found");
    }
    EXPECT_GE(tried, 12U);
    as(anyone()).get(path_of(published)).is(200);
}

TEST_F(AccessToAnother, ADraftRevisionOfAPublishedReportMakesNoDifferenceToAnotherState)
{
    const auto without = portal().published("CL"), with_draft = portal().published("CL");
    as(drafter_of("CL")).post(path_of(with_draft, "revise")).is(201);
    for (const auto& route : api::routes()) {
        if (!is_about_one_report(route))
            continue;
        SCOPED_TRACE(std::string(route.operation_id));
        const auto a = attempt(everything_in("PE"), route, without), b = attempt(everything_in("PE"), route, with_draft);
        EXPECT_EQ(a.status(), b.status()) << b.body();
        EXPECT_EQ(slug_of(a), slug_of(b));
    }
}

TEST_F(AccessToAnother, ARevisionForNamedAccountsIsNoMoreToTheOwnStatesOtherDraftersThanAStepThatIsNotPossibleNow)
{
    const auto id = portal().published("CL");
    const auto named = nlohmann::json{"account:" + as(drafter_of("CL")).account(), "account:" + as(approver_of("CL")).account()};
    as(drafter_of("CL")).post(path_of(id, "revise")).is(201);
    as(drafter_of("CL")).patch(path_of(id, "draft"), {{"label", "TLP:RED"}, {"recipients", named}}).is(200);
    const auto other = drafter_of("CL", "other");
    as(other).get(path_of(id, "draft")).is_problem(404, "not-found");
    EXPECT_FALSE(as(other).get(path_of(id)).is(200).json()["meta"].contains("draft"));
    for (const char* step : {"revise", "submit"})
        as(other).post(path_of(id, step)).is_problem(409, "conflict").has_error("", "not_now");
    as(other).patch(path_of(id, "draft"), {{"narrative", "x"}}).is_problem(409, "conflict");
}

TEST_F(AccessToAnother, AccountsCredentialsDelegationsKeysAndProposalsOfAnotherStateAreNotFound)
{
    const auto nominator = nominator_of("CL");
    const auto account = as(nominator).post("/v1/accounts", {{"name", "Desk"}, {"roles", {"drafter", "contact"}}}).created_id();
    const auto credential = portal().enrolled(nominator, account).id;
    const auto enrolment = as(nominator).post("/v1/accounts/" + account + "/credentials", an_enrolment()).created_id();
    const auto until = domain::to_rfc3339(portal().now() + std::chrono::days(3));
    const auto delegation =
        as(drafter_of("CL")).post("/v1/delegations", {{"delegate", account}, {"roles", {"drafter"}}, {"until", until}}).created_id();
    const auto key = portal().state_key("CL", body_of(brought(base::Ed25519Key::generate(seeded_random(7)))));
    const auto proposal =
        as(secretariat())
            .post("/v1/proposals", {{"kind", "account_create"}, {"home", "state:CL"}, {"name", "Desk"}, {"roles", {"drafter"}}})
            .created_id();
    const std::map<std::string_view, std::string> records{{"/v1/accounts/", account},     {"/v1/credentials/", credential},
                                                          {"/v1/enrolments/", enrolment}, {"/v1/delegations/", delegation},
                                                          {"/v1/signing-keys/", key},     {"/v1/proposals/", proposal}};
    std::size_t tried = 0;
    for (const auto& route : api::routes())
        for (const auto& [prefix, id] : records) {
            if (!route.path.starts_with(std::string(prefix) + "{id}") || route.permission.permission == domain::Permission::enrol)
                continue;  // whose right is the code
            SCOPED_TRACE(std::string(route.operation_id));
            ++tried;
            attempt(everything_in("PE"), route, id).is_problem(404, "not-found");
        }
    EXPECT_GE(tried, 15U);
    as(everything_in("PE")).get("/v1/states/CL/settings").is_problem(404, "not-found");
    as(everything_in("PE")).get("/v1/states/CL/quotas").is_problem(404, "not-found");
    as(everything_in("PE")).patch("/v1/states/CL/settings", {{"four_eyes", false}}).is_problem(404, "not-found");
}

}  // namespace
}  // namespace cbmx::test
