// If-Match on every route that asks for it: a caller who is too late and out of date gets the same answer everywhere. The order stands
// in server/service/guard.hpp and server/docs/errors.md.
#include "contract/route_walk.hpp"
#include <set>

namespace cbmx::test {
namespace {

const std::string stale = "\"77-abc\"";

class Conditions : public Portal {
protected:
    // Of CL, each in a state that forbids some steps.
    const std::string draft_ = portal().draft("CL"), submitted_ = portal().submitted("CL"), published_ = portal().published("CL"),
                      listed_ = portal().listed("CL"), removed_ = removed(), gone_ = gone(), accepted_ = nomination_of(listed_),
                      account_ = account("Active"), erased_ = erased(), declined_ = declined();

    // A record whose state forbids what the route does; nothing: no state of it does.
    std::optional<std::string> forbidding(const api::Route& route) const
    {
        static const std::map<std::string, const std::string Conditions::*, std::less<>> records{
            {"editReport", &Conditions::published_},
            {"discardReport", &Conditions::published_},
            {"editReportDraft", &Conditions::published_},
            {"discardReportDraft", &Conditions::published_},
            {"submitReport", &Conditions::submitted_},
            {"returnReport", &Conditions::draft_},
            {"publishReport", &Conditions::draft_},
            {"takeBackReport", &Conditions::draft_},
            {"reviseReport", &Conditions::draft_},
            {"changeReportLabel", &Conditions::draft_},
            {"changeReportRecipients", &Conditions::draft_},
            {"withdrawReport", &Conditions::draft_},
            {"eraseReport", &Conditions::draft_},
            {"confirmContact", &Conditions::removed_},
            {"changeContactAudience", &Conditions::removed_},
            {"eraseContact", &Conditions::gone_},
            {"acceptNomination", &Conditions::accepted_},
            {"returnNomination", &Conditions::accepted_},
            {"withdrawNomination", &Conditions::accepted_},
            {"confirmNomination", &Conditions::accepted_},
            {"objectToNomination", &Conditions::accepted_},
            {"eraseNomination", &Conditions::accepted_},
            {"changeAccount", &Conditions::erased_},
            {"confirmAccount", &Conditions::erased_},
            {"eraseAccount", &Conditions::account_},
            {"confirmProposal", &Conditions::declined_},
            {"declineProposal", &Conditions::declined_},
        };
        const auto found = records.find(route.operation_id);
        return found == records.end() ? std::nullopt : std::optional(this->*found->second);
    }

    Reply ask_stale(const api::Route& route, const std::string& id) { return ask(route, id, stale); }

    Reply ask(const api::Route& route, const std::string& id, const std::string& if_match)
    {
        Fields fields{{"If-Match", if_match}};
        std::string body;
        if (!route.request.empty()) {
            body = example_for(route).dump();
            fields.emplace_back("Content-Type", media_type_of(route));
        }
        return as(caller_of(route)).send(method_of(route), filled(route, id), body, fields);
    }

    std::string document()
    {
        const auto& routes = api::routes();
        const auto create = std::find_if(routes.begin(), routes.end(), [](const api::Route& each) {
            return each.path == "/v1/documents" && each.method == api::Method::post;
        });
        return as(secretariat()).post("/v1/documents", example_for(*create)).created_id();
    }

private:
    // Somebody who sees the records above and may take the step.
    static Who caller_of(const api::Route& route)
    {
        if (route.tag == "proposals")
            return nominator_of("CL");  // decides on accounts; an approver does not
        for (const auto& who : {drafter_of("CL"), approver_of("CL"), contact_of("CL"), nominator_of("CL"), secretariat()})
            if (reach_of(route, who) != domain::Reach::none)
                return who;
        throw std::logic_error("nobody may use " + std::string(route.operation_id));
    }
    std::string nomination_of(const std::string& contact)
    {
        return as(secretariat()).get("/v1/contacts/" + contact).json().at("content").at("nomination").get<std::string>();
    }
    std::string removed()
    {
        const auto contact = portal().listed("CL");
        const auto removal =
            as(nominator_of("CL"))
                .post("/v1/nominations",
                      {{"kind", "removal"}, {"contact", contact}, {"note", {{"reference", "NV 2"}, {"date", "2026-01-15"}}}})
                .created_id();
        as(secretariat()).post("/v1/nominations/" + removal + "/accept").is(200);
        return contact;
    }
    // Out of the list and erased in one step: there is no delay here.
    std::string gone()
    {
        const auto contact = portal().listed("CL");
        as(nominator_of("CL")).post("/v1/contacts/" + contact + "/erase").is(200);
        return contact;
    }
    std::string account(const std::string& name)
    {
        return as(nominator_of("CL")).post("/v1/accounts", {{"name", name}, {"roles", {"drafter"}}}).created_id();
    }
    std::string erased()
    {
        const auto id = account("Erased");
        as(nominator_of("CL")).patch("/v1/accounts/" + id, {{"status", "disabled"}}).is(200);
        as(nominator_of("CL")).post("/v1/accounts/" + id + "/erase").is(200);
        return id;
    }
    std::string declined()
    {
        const auto id = as(secretariat())
                            .post("/v1/proposals", {{"kind", "account_change"}, {"account", account_}, {"status", "disabled"}})
                            .created_id();
        as(nominator_of("CL")).post("/v1/proposals/" + id + "/decline").is(200);
        return id;
    }
};

TEST_F(Conditions, AStepThatTheStateForbidsIsAConflictOnEveryRouteHoweverOldTheTag)
{
    std::size_t tried = 0;
    for (const auto& route : api::routes()) {
        if (route.condition == api::Condition::none)
            continue;
        const auto id = forbidding(route);
        if (!id)
            continue;
        SCOPED_TRACE(method_of(route) + " " + std::string(route.path));
        ++tried;
        ask_stale(route, *id).is_problem(409, "conflict");
    }
    EXPECT_EQ(tried, 27U);
}

TEST_F(Conditions, WhereEveryStateAllowsTheStepAStaleTagIsAPreconditionThatFailed)
{
    std::set<std::string> tried;
    const auto document_id = document();
    portal().hold_offices();
    for (const auto& route : api::routes()) {
        if (route.condition == api::Condition::none || forbidding(route))
            continue;
        SCOPED_TRACE(method_of(route) + " " + std::string(route.path));
        tried.emplace(route.operation_id);
        ask_stale(route, document_id).is_problem(412, "precondition-failed");
    }
    EXPECT_EQ(tried, (std::set<std::string>{"changeDocument", "changeMeasure", "changeOfficeTerm", "changePeriod", "changeState",
                                            "changeStateQuotas", "changeStateSettings"}));
}

TEST_F(Conditions, WhatPublishesWidensWithdrawsOrErasesTakesOneTagAndEveryOtherStepTakesAList)
{
    using enum domain::Permission;
    const std::set<domain::Permission> always{report_publish, report_audience, report_withdraw,
                                              report_erase,   contact_reduce,  contact_erase};
    for (const auto& route : api::routes()) {
        if (route.condition == api::Condition::none)
            continue;
        SCOPED_TRACE(method_of(route) + " " + std::string(route.path));
        const bool one = route.condition == api::Condition::one_tag;
        const auto id = forbidding(route).value_or(draft_);
        for (const char* several : {"*", "\"1-\", \"2-\"", "W/\"1-\""}) {
            const auto reply = ask(route, id, several);
            EXPECT_EQ(reply.status() == 400, one) << several << ": " << reply.body();
            if (one)
                reply.is_problem(400, "bad-request").has_error("header:If-Match", "one_strong_tag");
        }
        for (const char* malformed : {"1-", "\"1-", "*, \"1-\""})
            ask(route, id, malformed).is_problem(400, "bad-request").has_error("header:If-Match", "format");
        const bool takes_away = route.path.ends_with("/erase") || route.path.ends_with("/withdraw");
        EXPECT_TRUE(one || !(takes_away || always.contains(route.permission.permission)));
    }
}

}  // namespace
}  // namespace cbmx::test
