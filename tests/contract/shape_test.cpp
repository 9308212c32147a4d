// What every answer has in common, whatever was asked: one shape of error in four languages, the same refusals of the
// same mistakes on every route, HEAD beside GET, and the fields that protect the reader of the answer.
#include "contract/route_walk.hpp"
#include <algorithm>
#include <set>

namespace cbmx::test {
namespace {

using nlohmann::json;

std::string asked(const api::Route& route) { return method_of(route) + " " + std::string(route.path); }
bool takes_body(const api::Route& route) { return !route.request.empty(); }
Fields typed(const api::Route& route) { return {{"If-Match", "\"0-\""}, {"Content-Type", media_type_of(route)}}; }

class Shape : public Portal {
protected:
    // Sends what the route asks for, as somebody who may.
    Reply ask(const api::Route& route, const std::string& body = "", const Fields& fields = {}, const std::string& query = "")
    {
        const auto target = target_of(route);
        return as(somebody_for(route)).send(method_of(route), query.empty() ? target : with(target, query), body, fields);
    }
};

// One way to each problem that a well-behaved network lets a client cause.
struct Mistake {
    int status;
    std::string slug, method, target, body;
    Fields fields;
    bool signed_in = true;
    bool head_is_read = true;  // else nothing is known of the reader's language
};

std::vector<Mistake> mistakes(const std::string& draft, const std::string& submitted)
{
    const std::string reports = "/v1/reports", valid = a_report().dump();
    const Fields typed_json{{"Content-Type", "application/json"}};
    return {
        {400, "bad-request", "GET", reports + "/%zz", "", {}},
        {400, "malformed-json", "POST", reports, "{\"measure\":", typed_json},
        {400, "unknown-parameter", "GET", reports + "?nothing=1", "", {}},
        {400, "invalid-parameter", "GET", reports + "?limit=0", "", {}},
        {401, "unauthenticated", "GET", "/v1/me", "", {}, false},
        {401, "invalid-credential", "GET", reports, "", {{"Authorization", "Bearer nonsense"}}, false},
        {403, "forbidden", "POST", "/v1/measures", "{}", typed_json},
        {404, "not-found", "GET", reports + "/" + unknown_id, "", {}},
        {404, "not-found", "GET", "/nowhere", "", {}},
        {404, "beyond-published-size", "GET", "/v1/log/leaves?from=99999999", "", {}},
        {405, "method-not-allowed", "DELETE", reports, "", {}},
        {406, "not-acceptable", "GET", reports, "", {{"Accept", "image/png"}}},
        {409, "conflict", "POST", path_of(submitted, "submit"), "", {{"If-Match", "*"}}},
        {412,
         "precondition-failed",
         "PATCH",
         path_of(draft),
         "{\"narrative\":\"x\"}",
         {{"If-Match", "\"77-abc\""}, {"Content-Type", "application/json"}}},
        {413, "content-too-large", "POST", reports, std::string((1U << 20) + 1, ' '), typed_json},
        {414, "uri-too-long", "GET", reports + "?tag=" + std::string(9000, 'a'), "", {}, true, false},
        {415, "unsupported-media-type", "POST", reports, valid, {{"Content-Type", "text/plain"}}},
        {422, "validation-failed", "POST", reports, "{}", typed_json},
        {422, "audience-contradiction", "POST", reports, a_report({{"label", "TLP:AMBER"}, {"recipients", {"public"}}}).dump(), typed_json},
        {428, "precondition-required", "PATCH", path_of(draft), "{}", typed_json},
        {431, "headers-too-large", "GET", reports, "", {{"X-Long", std::string(17000, 'a')}}, true, false},
        {501, "not-implemented", "BREW", reports, "", {}},
    };
}

TEST_F(Shape, EveryErrorIsOneProblemDocumentInTheLanguageOfItsReader)
{
    for (const auto& mistake : mistakes(portal().draft("CL"), portal().submitted("CL"))) {
        std::map<std::string, json> by_language;
        for (const auto language : i18n::all_languages) {
            const std::string code(i18n::code_of(language));
            SCOPED_TRACE(mistake.method + " " + mistake.target.substr(0, 60) + " in " + code);
            auto fields = mistake.fields;
            fields.emplace_back("Accept-Language", code);
            const auto reply =
                as(mistake.signed_in ? drafter_of("CL") : anyone()).send(mistake.method, mistake.target, mistake.body, fields);
            reply.is_problem(mistake.status, mistake.slug);
            const auto problem = reply.json();
            std::set<std::string> members;
            for (const auto& [name, value] : problem.items())
                members.insert(name);
            EXPECT_EQ(members, (std::set<std::string>{"type", "title", "status", "detail", "instance", "errors"}));
            EXPECT_EQ(problem.value("status", 0), mistake.status);
            EXPECT_EQ(problem.value("instance", ""), "urn:uuid:" + reply.field("X-Request-Id"));
            EXPECT_FALSE(problem.value("title", "").empty());
            EXPECT_FALSE(problem.value("detail", "").empty());
            EXPECT_EQ(reply.field("Content-Language"), mistake.head_is_read ? code : "en");
            EXPECT_EQ(reply.field("Cache-Control"), "no-store");
            by_language[code] = problem;
        }
        if (!mistake.head_is_read)
            continue;
        for (const char* other : {"es", "fr", "pt"})
            EXPECT_NE(by_language["en"].value("detail", ""), by_language[other].value("detail", "")) << mistake.slug << " in " << other;
    }
}

TEST_F(Shape, TheTypeOfEveryProblemIsAPageInFourLanguages)
{
    for (const auto& row : domain::error_table)
        for (const auto language : i18n::all_languages) {
            const std::string code(i18n::code_of(language)), page = "/problems/" + std::string(row.slug);
            const auto described = as(anyone()).get(page, {{"Accept-Language", code}}).is(200).json();
            EXPECT_EQ(described.value("status", 0), row.status) << page;
            const auto read = as(anyone()).get(page, {{"Accept-Language", code}, {"Accept", "text/html"}}).is(200);
            EXPECT_EQ(read.field("Content-Type"), "text/html; charset=utf-8");
            EXPECT_NE(read.body().find("<html lang=\"" + code + "\""), std::string::npos) << page;
            EXPECT_NE(read.body().find("<h1>"), std::string::npos);
        }
}

TEST_F(Shape, AChangeWithoutIfMatchIsRefusedOnEveryRouteThatComparesVersions)
{
    std::size_t tried = 0;
    for (const auto& route : api::routes()) {
        if (route.condition == api::Condition::none)
            continue;
        SCOPED_TRACE(asked(route));
        ++tried;
        const Fields type{{"Content-Type", takes_body(route) ? media_type_of(route) : ""}};
        ask(route, takes_body(route) ? example_for(route).dump() : "", type)
            .is_problem(428, "precondition-required")
            .has_error("header:If-Match", "required");
    }
    EXPECT_GE(tried, 18U);
    for (const auto& route : api::routes())
        if (route.method == api::Method::patch || route.method == api::Method::remove) {
            EXPECT_EQ(route.condition, api::Condition::if_match) << asked(route);
        }
}

TEST_F(Shape, ABodyOfAnotherMediaTypeIsRefusedOnEveryRoute)
{
    for (const auto& route : api::routes()) {
        if (is_read(route))
            continue;
        SCOPED_TRACE(asked(route));
        ask(route, "{}", {{"If-Match", "\"0-\""}, {"Content-Type", "text/plain"}}).is_problem(415, "unsupported-media-type");
        ask(route, "{}", {{"If-Match", "\"0-\""}}).is_problem(415, "unsupported-media-type");
        ask(route, "{}", {{"If-Match", "\"0-\""}, {"Content-Type", "application/json; charset=latin1"}})
            .is_problem(415, "unsupported-media-type");
        ask(route, "{}", {{"If-Match", "\"0-\""}, {"Content-Type", media_type_of(route)}, {"Content-Encoding", "gzip"}})
            .is_problem(415, "unsupported-media-type");
    }
}

TEST_F(Shape, MalformedJsonAndUnknownMembersAreNamedOnEveryRouteThatTakesABody)
{
    std::size_t tried = 0;
    for (const auto& route : api::routes()) {
        if (!takes_body(route) || !route.raw_body_types.empty())  // a batch judges item by item: batches_test.cpp
            continue;
        SCOPED_TRACE(asked(route));
        ++tried;
        ask(route, "{\"a\":", typed(route)).is_problem(400, "malformed-json");
        ask(route, "{\"a\":1,\"a\":2}", typed(route)).is_problem(400, "malformed-json");
        auto body = example_for(route);
        body["no_such_member"] = 1;
        ask(route, body.dump(), typed(route)).is_problem(422, "validation-failed").has_error("/no_such_member", "unknown_member");
        for (const char* servers_own : {"id", "state", "version", "seq", "created_at", "created_by"}) {
            if (example_for(route).contains(servers_own) ||
                cbmx::json::SchemaSet::embedded().document(route.request).value("properties", json::object()).contains(servers_own))
                continue;
            body = example_for(route);
            body[servers_own] = "x";
            EXPECT_EQ(ask(route, body.dump(), typed(route)).status(), 422) << servers_own;
        }
    }
    EXPECT_GE(tried, 18U);
}

TEST_F(Shape, UnknownAndRepeatedQueryParametersAreRefusedOnEveryRoute)
{
    for (const auto& route : api::routes()) {
        SCOPED_TRACE(asked(route));
        const Fields match{{"If-Match", "\"0-\""}};
        ask(route, "", match, "no_such=1").is_problem(400, "unknown-parameter").has_error("query:no_such", "unknown_parameter");
        if (!is_read(route))
            ask(route, "", match, "dry_run=true&dry_run=true")
                .is_problem(400, "invalid-parameter")
                .has_error("query:dry_run", "repeated_parameter");
        else
            ask(route, "", match, "dry_run=true").is_problem(400, "unknown-parameter");
        for (const auto& parameter : route.query)
            if (parameter.kind == api::Kind::integer || parameter.kind == api::Kind::seq || parameter.kind == api::Kind::choice)
                ask(route, "", match, std::string(parameter.name) + "=-1x").is_problem(400, "invalid-parameter");
    }
}

std::vector<std::pair<std::string, std::string>> lasting_fields(const Reply& reply)
{
    std::vector<std::pair<std::string, std::string>> fields;
    for (const auto& field : reply.raw().fields)
        if (field.first != "Date" && field.first != "X-Request-Id" && field.first != "RateLimit")
            fields.push_back(field);
    return fields;
}

TEST_F(Shape, HeadAnswersWhereverGetDoesWithTheSameFieldsAndNoBody)
{
    for (const auto& route : api::routes()) {
        if (!is_read(route))
            continue;
        SCOPED_TRACE(asked(route));
        const auto who = somebody_for(route);
        const auto get = as(who).get(target_of(route)), head = as(who).send("HEAD", target_of(route), "", {});
        EXPECT_EQ(head.status(), get.status());
        EXPECT_TRUE(head.body().empty());
        // A problem's length depends on nothing but its language: ids have one length.
        EXPECT_EQ(lasting_fields(head), lasting_fields(get));
    }
}

TEST_F(Shape, AnotherMethodIsRefusedWithTheMethodsThatThePathHas)
{
    std::map<std::string, std::set<std::string>> methods;
    std::map<std::string, std::string> paths;
    for (const auto& route : api::routes()) {
        auto& known = methods[std::string(route.path)];
        known.insert(method_of(route));
        if (is_read(route))
            known.insert("HEAD");
        paths[std::string(route.path)] = filled(route);
    }
    methods["/v1/credentials/renew"].insert({"GET", "HEAD"});  // also reads as a credential's id
    for (const auto& [pattern, known] : methods) {
        SCOPED_TRACE(pattern);
        std::set<std::string> allowed = known;
        allowed.insert("OPTIONS");
        for (const char* method : {"GET", "POST", "PUT", "PATCH", "DELETE"}) {
            if (known.contains(method))
                continue;
            const auto reply = as(anyone()).send(method, paths[pattern], "", {});
            reply.is_problem(405, "method-not-allowed");
            std::set<std::string> named;
            std::string list = reply.field("Allow") + ", ";
            for (std::size_t at = 0, comma; (comma = list.find(", ", at)) != std::string::npos; at = comma + 2)
                named.insert(list.substr(at, comma - at));
            EXPECT_EQ(named, allowed) << method;
        }
        EXPECT_EQ(as(anyone()).send("OPTIONS", paths[pattern], "", {}).is(204).field("Allow").empty(), false);
    }
}

void expect_protected(const Reply& reply)
{
    EXPECT_EQ(reply.field("Strict-Transport-Security").substr(0, 16), "max-age=63072000");
    EXPECT_EQ(reply.field("X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(reply.field("Referrer-Policy"), "no-referrer");
    EXPECT_EQ(reply.field("Cross-Origin-Opener-Policy"), "same-origin");
    EXPECT_EQ(reply.field("Cross-Origin-Resource-Policy"), "same-origin");
    const auto policy = reply.field("Content-Security-Policy");
    EXPECT_NE(policy.find("default-src 'none'"), std::string::npos);
    EXPECT_NE(policy.find("require-trusted-types-for 'script'"), std::string::npos);
    EXPECT_EQ(policy.find("unsafe"), std::string::npos);
    EXPECT_TRUE(reply.field("Server").empty());
    EXPECT_TRUE(reply.field("Set-Cookie").empty());
    EXPECT_FALSE(reply.field("X-Request-Id").empty());
    EXPECT_FALSE(reply.field("Cache-Control").empty());
    for (const auto& [name, value] : reply.raw().fields)
        EXPECT_EQ(reply.raw().count(name), 1U) << name;
}

TEST_F(Shape, EveryAnswerCarriesTheFieldsThatProtectItsReader)
{
    for (const auto& route : api::routes()) {
        SCOPED_TRACE(asked(route));
        const auto known = ask(route, "", {{"If-Match", "\"0-\""}});
        expect_protected(known);
        // A full tile is public and never changes; everything else in an account's answers is its own.
        EXPECT_NE(known.field("Cache-Control").find("no-store"), std::string::npos);
        const auto reply = as(anyone()).send(method_of(route), target_of(route), "", {{"If-Match", "\"0-\""}});
        expect_protected(reply);
        const auto cache = reply.field("Cache-Control");
        EXPECT_TRUE(reply.status() == 200 && is_read(route) ? cache == "public, max-age=60" || cache == "no-store" : cache == "no-store")
            << cache;
        if (reply.status() == 200 && is_read(route)) {
            EXPECT_FALSE(reply.field("ETag").empty());
            for (const char* part : {"Accept", "Accept-Language", "Authorization"})
                EXPECT_NE(reply.field("Vary").find(part), std::string::npos);
            as(anyone()).get(target_of(route), {{"If-None-Match", reply.field("ETag")}}).is(304);
        }
    }
    for (const auto& mistake : mistakes(portal().draft("CL"), portal().submitted("CL")))
        expect_protected(
            as(mistake.signed_in ? drafter_of("CL") : anyone()).send(mistake.method, mistake.target, mistake.body, mistake.fields));
}

}  // namespace
}  // namespace cbmx::test
