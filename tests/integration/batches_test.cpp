// Batches as a script sends them: every error of every item at once, all or nothing or item by item, safe to send again.
#include "support/portal.hpp"
#include <sstream>

namespace cbmx::test {
namespace {

using Json = nlohmann::json;

Json report_item(const Json& changes = Json::object()) { return {{"report", a_report(changes)}}; }

class Batches : public Portal {
protected:
    static std::string lines(const std::vector<Json>& items)
    {
        std::string text;
        for (const auto& item : items)
            text += item.dump() + "\n";
        return text;
    }
    Reply send(const Who& who, const std::string& query, const std::string& body, const std::string& type = "application/json",
               Fields fields = {})
    {
        fields.emplace_back("Content-Type", type);
        return as(who).send("POST", "/v1/batches" + query, body, fields);
    }
    void without_four_eyes(const std::string& state)
    {
        as(approver_of(state)).get("/v1/me").is(200);
        const auto proposed = as(nominator_of(state)).patch("/v1/states/" + state + "/settings", {{"four_eyes", false}}).is(202).json();
        as(approver_of(state)).post("/v1/proposals/" + proposed.value("id", "") + "/confirm").is(200);
    }
    std::size_t reports_of(const Who& who) { return as(who).get("/v1/reports?limit=100&state=CL").is(200).json()["items"].size(); }
};

TEST_F(Batches, AnArrayOfReportsBecomesDrafts)
{
    const auto answer = send(drafter_of("CL"), "", Json::array({report_item(), report_item({{"measure", "OAS-CBM-2"}})}).dump()).is(201);
    const auto batch = answer.json();
    EXPECT_EQ(answer.field("Location"), "/v1/batches/" + batch["id"].get<std::string>());
    const auto& content = batch["content"];
    EXPECT_EQ(content["accepted"], 2);
    EXPECT_EQ(content["refused"], 0);
    for (const auto& item : content["items"]) {
        EXPECT_EQ(item["outcome"], "accepted");
        EXPECT_EQ(item["state"], "draft");
        EXPECT_TRUE(item["receipts"].empty()) << "a draft is no entry";
        as(drafter_of("CL")).get("/v1/reports/" + item["subject"]["id"].get<std::string>() + "/draft").is(200);
    }
}

TEST_F(Batches, TheSameAsLinesOfNdjson)
{
    const auto content = send(drafter_of("CL"), "?goal=submit", lines({report_item(), report_item({{"measure", "OAS-CBM-2"}})}) + "\r\n\n",
                              "application/x-ndjson")
                             .is(201)
                             .json()["content"];
    ASSERT_EQ(content["items"].size(), 2);
    EXPECT_EQ(content["items"][1]["state"], "submitted");
}

TEST_F(Batches, ASubmittedItemCarriesItsReceiptAndOpening)
{
    const auto item = send(drafter_of("CL"), "?goal=submit", Json::array({report_item()}).dump()).is(201).json()["content"]["items"][0];
    ASSERT_EQ(item["receipts"].size(), 1);
    const auto& receipt = item["receipts"][0];
    EXPECT_EQ(receipt["receipt"]["entry"]["kind"], "report_submitted");
    EXPECT_EQ(receipt["receipt"]["entry"]["subject"]["id"], item["subject"]["id"]);
    EXPECT_EQ(receipt["opening"]["content"]["measure"], "OAS-CBM-1");
    const auto asked = as(drafter_of("CL")).get("/v1/receipts/" + receipt["receipt"]["index"].dump()).is(200).json();
    EXPECT_EQ(asked["receipt"], receipt["receipt"]);
}

TEST_F(Batches, EveryErrorOfEveryItemIsToldAtOnceAndNothingHappens)
{
    as(drafter_of("CL")).get("/v1/me").is(200);
    const auto size = portal().ledger_size();
    auto wrong_twice = a_report({{"status", "finished"}, {"measure", "OAS-CBM-99"}, {"recipients", {"state:XX"}}});
    const auto reply =
        send(drafter_of("CL"), "?goal=submit",
             Json::array({report_item(), {{"report", wrong_twice}}, {{"note", 1}}, 7, report_item({{"period", "1999"}})}).dump());
    reply.is_problem(422, "validation-failed");
    const auto errors = reply.json()["errors"];
    const auto has = [&errors](int item, const std::string& pointer, const std::string& code) {
        for (const auto& error : errors)
            if (error["item"] == item && error["pointer"] == pointer && error["code"] == code &&
                !error["detail"].get<std::string>().empty())
                return true;
        return false;
    };
    EXPECT_TRUE(has(2, "/report/status", "not_allowed_value")) << errors.dump(1);
    EXPECT_TRUE(has(2, "/report/measure", "unknown_measure")) << "what the registry reports, together with what the schema reports\n"
                                                              << errors.dump(1);
    EXPECT_TRUE(has(2, "/report/recipients/0", "unknown_state")) << errors.dump(1);
    EXPECT_TRUE(has(3, "/note", "unknown_member")) << errors.dump(1);
    EXPECT_TRUE(has(4, "", "wrong_type")) << errors.dump(1);
    EXPECT_TRUE(has(5, "/report/period", "unknown_period")) << errors.dump(1);
    EXPECT_EQ(portal().ledger_size(), size);
    EXPECT_EQ(reports_of(drafter_of("CL")), 0);
}

TEST_F(Batches, ErrorsAreInTheCallersLanguage)
{
    const auto reply = send(drafter_of("CL"), "", Json::array({report_item({{"measure", "OAS-CBM-99"}})}).dump(), "application/json",
                            {{"Accept-Language", "es"}});
    const auto english = send(drafter_of("CL"), "", Json::array({report_item({{"measure", "OAS-CBM-99"}})}).dump());
    EXPECT_EQ(reply.json()["errors"][0]["code"], english.json()["errors"][0]["code"]);
    EXPECT_NE(reply.json()["errors"][0]["detail"], english.json()["errors"][0]["detail"]);
}

TEST_F(Batches, ItemByItemTheGoodOnesAreKept)
{
    const auto content =
        send(drafter_of("CL"), "?goal=submit&mode=each",
             Json::array({report_item(), report_item({{"measure", "OAS-CBM-99"}}), report_item({{"measure", "OAS-CBM-2"}})}).dump())
            .is(201)
            .json()["content"];
    EXPECT_EQ(content["accepted"], 2);
    EXPECT_EQ(content["refused"], 1);
    EXPECT_EQ(content["items"][1]["outcome"], "refused");
    EXPECT_EQ(content["items"][1]["errors"][0]["code"], "unknown_measure");
    EXPECT_EQ(content["items"][1]["errors"][0]["item"], 2);
    EXPECT_TRUE(content["items"][1]["subject"].is_null());
    EXPECT_EQ(content["items"][2]["receipts"][0]["receipt"]["index"], content["items"][0]["receipts"][0]["receipt"]["index"].get<int>() + 1)
        << "a refused item takes no number";
    EXPECT_EQ(reports_of(drafter_of("CL")), 2);
}

TEST_F(Batches, APartlyKnownBatchCanBeSentAgainWithoutHarm)
{
    const std::vector<Json> first{report_item({{"client_ref", "a"}}), report_item({{"client_ref", "b"}, {"measure", "OAS-CBM-2"}})};
    const auto one = send(drafter_of("CL"), "?goal=submit", lines({first[0]}), "application/x-ndjson").is(201).json()["content"];
    const auto both = send(drafter_of("CL"), "?goal=submit", lines(first), "application/x-ndjson").is(201).json()["content"];
    EXPECT_EQ(both["known"], 1);
    EXPECT_EQ(both["accepted"], 1);
    EXPECT_EQ(both["items"][0]["outcome"], "known");
    EXPECT_EQ(both["items"][0]["subject"], one["items"][0]["subject"]);
    EXPECT_EQ(both["items"][0]["receipts"], one["items"][0]["receipts"]) << "what is known still proves itself";
    const auto size = portal().ledger_size();
    EXPECT_EQ(send(drafter_of("CL"), "?goal=submit", lines(first), "application/x-ndjson").is(201).json()["content"]["known"], 2);
    EXPECT_EQ(portal().ledger_size(), size);
}

TEST_F(Batches, AKnownItemIsBroughtFurtherUnlessSomebodyHasTouchedIt)
{
    const auto body = Json::array({report_item({{"client_ref", "a"}}), report_item({{"client_ref", "b"}})}).dump();
    const auto drafts = send(drafter_of("CL"), "", body).is(201).json()["content"]["items"];
    const auto touched = "/v1/reports/" + drafts[1]["subject"]["id"].get<std::string>() + "/draft";
    as(drafter_of("CL")).patch(touched, {{"narrative", "By hand."}}).is(200);
    const auto items = send(drafter_of("CL"), "?goal=submit", body).is(201).json()["content"]["items"];
    EXPECT_EQ(items[0]["state"], "submitted");
    EXPECT_EQ(items[1]["state"], "draft") << "what a person has written is not sent off by a script";
    as(drafter_of("CL")).get(touched).is(200);
}

TEST_F(Batches, AReferenceWithOtherContentIsRefusedByName)
{
    send(drafter_of("CL"), "", Json::array({report_item({{"client_ref", "a"}})}).dump()).is(201);
    const auto errors = send(drafter_of("CL"), "", Json::array({report_item({{"client_ref", "a"}, {"narrative", "Other."}})}).dump())
                            .is_problem(422, "validation-failed")
                            .json()["errors"];
    ASSERT_EQ(errors.size(), 1);
    EXPECT_EQ(errors[0]["code"], "reference-conflict");
    EXPECT_EQ(errors[0]["pointer"], "/report/client_ref");
}

TEST_F(Batches, FourEyesHoldForBatchesToo)
{
    const auto both = drafter_and_approver_of("CL");
    const auto errors = send(both, "?goal=publish", Json::array({report_item(), report_item()}).dump())
                            .is_problem(422, "validation-failed")
                            .json()["errors"];
    ASSERT_EQ(errors.size(), 2);
    EXPECT_EQ(errors[1]["code"], "four-eyes");
    EXPECT_EQ(errors[1]["item"], 2);
    EXPECT_EQ(reports_of(both), 0);
}

TEST_F(Batches, WithoutFourEyesABatchPublishes)
{
    without_four_eyes("CL");
    const auto item =
        send(drafter_and_approver_of("CL"), "?goal=publish", Json::array({report_item()}).dump()).is(201).json()["content"]["items"][0];
    EXPECT_EQ(item["state"], "published");
    ASSERT_EQ(item["receipts"].size(), 2);
    EXPECT_EQ(item["receipts"][1]["receipt"]["entry"]["kind"], "report_published");
    as(anyone()).get("/v1/reports/" + item["subject"]["id"].get<std::string>()).is(200);
}

TEST_F(Batches, ADrafterAloneDoesNotPublish)
{
    const auto errors =
        send(drafter_of("CL"), "?goal=publish", Json::array({report_item()}).dump()).is_problem(422, "validation-failed").json()["errors"];
    EXPECT_EQ(errors[0]["code"], "forbidden");
}

TEST_F(Batches, ItemsMayDependOnEarlierOnesAlsoInADryRun)
{
    without_four_eyes("CL");
    const auto body = Json::array({report_item({{"label", "TLP:CLEAR"}, {"narrative", "First."}}),
                                   report_item({{"label", "TLP:CLEAR"}, {"status", "nothing_new"}, {"narrative", nullptr}})});
    auto items = body;
    items[1]["report"].erase("narrative");
    as(drafter_and_approver_of("CL")).get("/v1/me").is(200);
    const auto size = portal().ledger_size();
    const auto dry = send(drafter_and_approver_of("CL"), "?goal=publish&dry_run=true", items.dump()).is(200).json();
    EXPECT_EQ(dry["dry_run"], true);
    EXPECT_EQ(dry["content"]["accepted"], 2);
    EXPECT_TRUE(dry["content"]["items"][0]["subject"].is_null()) << "nothing was made";
    EXPECT_EQ(dry["content"]["items"][1]["state"], "published");
    EXPECT_EQ(portal().ledger_size(), size);
    const auto real = send(drafter_and_approver_of("CL"), "?goal=publish", items.dump()).is(201).json()["content"]["items"];
    EXPECT_EQ(real[1]["receipts"][1]["opening"]["content"]["carried_forward"]["narrative"], "First.");
}

TEST_F(Batches, ADryRunTellsTheErrorsOfTheRealOneAndKeepsNothing)
{
    const auto body = Json::array({report_item(), report_item({{"measure", "OAS-CBM-99"}})}).dump();
    EXPECT_EQ(send(drafter_of("CL"), "?dry_run=true", body).is_problem(422, "validation-failed").json()["errors"],
              send(drafter_of("CL"), "", body).json()["errors"]);
    const auto each = send(drafter_of("CL"), "?mode=each&dry_run=true", body).is(200).json()["content"];
    EXPECT_EQ(each["accepted"], 1);
    EXPECT_EQ(each["refused"], 1);
    EXPECT_EQ(reports_of(drafter_of("CL")), 0);
}

TEST_F(Batches, TheSameIdempotencyKeyIsAnsweredAsBefore)
{
    const auto body = Json::array({report_item(), report_item({{"measure", "OAS-CBM-99"}})}).dump();
    const auto first = send(drafter_of("CL"), "?goal=submit&mode=each", body, "application/json", {{"Idempotency-Key", "night-1"}}).is(201);
    const auto again = send(drafter_of("CL"), "?goal=submit&mode=each", body, "application/json", {{"Idempotency-Key", "night-1"}}).is(201);
    EXPECT_EQ(again.field("Idempotency-Replayed"), "true");
    EXPECT_EQ(again.json(), first.json());
    EXPECT_EQ(reports_of(drafter_of("CL")), 1);
    send(drafter_of("CL"), "?goal=submit&mode=each", "[]", "application/json", {{"Idempotency-Key", "night-1"}})
        .is_problem(422, "idempotency-key-reused");
}

TEST_F(Batches, WhatBecameOfABatchIsToldAgainToTheAccountThatSentIt)
{
    const auto sent = send(drafter_of("CL"), "?goal=submit", Json::array({report_item()}).dump()).is(201).json();
    const auto path = "/v1/batches/" + sent["id"].get<std::string>();
    EXPECT_EQ(as(drafter_of("CL")).get(path).is(200).json(), sent);
    as(drafter_of("CL", "second")).get(path).is_problem(404, "not-found");
    as(approver_of("CL")).get(path).is_problem(404, "not-found");
}

TEST_F(Batches, TableOfReportsWithErrorsByLineAndColumn)
{
    const std::string table =
        "measure,period,status,label,recipients,client_ref,narrative,evidence,tags\r\n"
        "OAS-CBM-1,2025-2026,in_progress,TLP:GREEN,,r1,\"Two\r\nlines\",Strategy | https://cl.example/strategy; Plan,strategy\r\n"
        "OAS-CBM-2,2025-2026,planned,TLP:AMBER,state:PE; office:secretariat,r2,,,\r\n";
    const auto items = send(drafter_of("CL"), "?goal=submit", table, "text/csv").is(201).json()["content"]["items"];
    ASSERT_EQ(items.size(), 2);
    EXPECT_EQ(items[0]["line"], 2);
    EXPECT_EQ(items[1]["line"], 4);
    const auto& content = items[0]["receipts"][0]["opening"]["content"];
    EXPECT_EQ(content["evidence"], Json::parse(R"([{"title":"Strategy","url":"https://cl.example/strategy"},{"title":"Plan"}])"));
    EXPECT_EQ(content["narrative"], "Two\r\nlines");

    const auto reply =
        send(drafter_of("CL"), "",
             "measure,period,status,last_declared_year\nOAS-CBM-99,2025-2026,done,\nOAS-CBM-1,,nothing_new,last year\n", "text/csv")
            .is_problem(422, "validation-failed");
    const auto errors = reply.json()["errors"];
    const auto has = [&errors](int line, const std::string& column, const std::string& code) {
        for (const auto& error : errors)
            if (error["line"] == line && error["column"] == column && error["code"] == code)
                return true;
        return false;
    };
    EXPECT_EQ(errors.size(), 4) << errors.dump(1);
    EXPECT_TRUE(has(2, "measure", "unknown_measure"));
    EXPECT_TRUE(has(2, "status", "not_allowed_value"));
    EXPECT_TRUE(has(3, "period", "required"));
    EXPECT_TRUE(has(3, "last_declared_year", "wrong_type"));
}

TEST_F(Batches, ATableWithAColumnThatNobodyKnowsIsRefusedAsAWhole)
{
    const auto errors = send(drafter_of("CL"), "?mode=each", "measure,period,state_of_things\nOAS-CBM-1,2025-2026,x\n", "text/csv")
                            .is_problem(422, "validation-failed")
                            .json()["errors"];
    EXPECT_EQ(errors[0]["line"], 1);
    EXPECT_EQ(errors[0]["column"], "state_of_things");
}

TEST_F(Batches, NominationsAndReportsTogetherEachUnderItsOwnRight)
{
    Who both{"state:CL", {"drafter", "nominator"}, "both"};
    auto nomination = a_nomination();
    nomination["client_ref"] = "n1";
    const auto items =
        send(both, "?goal=submit", Json::array({{{"nomination", nomination}}, report_item()}).dump()).is(201).json()["content"]["items"];
    EXPECT_EQ(items[0]["subject"]["kind"], "nomination");
    EXPECT_EQ(items[0]["state"], "open");
    EXPECT_EQ(items[0]["receipts"][0]["receipt"]["entry"]["kind"], "nomination_made");
    as(secretariat()).get("/v1/nominations/" + items[0]["subject"]["id"].get<std::string>()).is(200);

    const auto errors = send(drafter_of("CL"), "", Json::array({{{"nomination", nomination}}, report_item()}).dump())
                            .is_problem(422, "validation-failed")
                            .json()["errors"];
    ASSERT_EQ(errors.size(), 1);
    EXPECT_EQ(errors[0]["item"], 1);
    EXPECT_EQ(errors[0]["code"], "forbidden");
}

TEST_F(Batches, ATableOfNominationsHasTheColumnsOfTheImport)
{
    const std::string header = "state,category,office,institution,emails,languages,time_zone,hours,note_reference,note_date\n";
    const auto items =
        send(nominator_of("CL"), "?items=nominations",
             header + "CL,policy,Cyber office,Ministry,cyber@cl.example,es,America/Santiago,mo-fr 09:00-18:00,NV-7,2026-01-15\n",
             "text/csv")
            .is(201)
            .json()["content"]["items"];
    EXPECT_EQ(items[0]["state"], "open");
    const auto errors = send(nominator_of("CL"), "?items=nominations",
                             header + "PE,policy,Cyber office,Ministry,nowhere,es,America/Santiago,always,NV-7,2026-01-15\n", "text/csv")
                            .is_problem(422, "validation-failed")
                            .json()["errors"];
    std::set<std::string> columns;
    for (const auto& error : errors)
        columns.insert(error["column"].get<std::string>());
    EXPECT_TRUE(columns.contains("emails") && columns.contains("hours")) << errors.dump(1);
}

TEST_F(Batches, LimitsAreNamed)
{
    std::string many = "[";
    for (int i = 0; i < 1001; ++i)
        many += (i > 0 ? "," : "") + std::string("1");
    send(drafter_of("CL"), "", many + "]").is_problem(422, "validation-failed").has_error("", "too_many_items");
    send(drafter_of("CL"), "", "[]").is_problem(422, "validation-failed").has_error("", "too_few_items");
    send(drafter_of("CL"), "", R"([{"report":{}})").is_problem(400, "malformed-json").has_error("", "malformed");
    send(drafter_of("CL"), "", "{}").is_problem(400, "malformed-json");
    send(drafter_of("CL"), "", "x", "text/plain").is_problem(415, "unsupported-media-type");
    send(drafter_of("CL"), "", "", "text/csv").is_problem(422, "validation-failed").has_error("", "too_few_items");
    send(drafter_of("CL"), "", "measure,period,status\nOAS-CBM-1,2025-2026,\xe9\n", "text/csv")
        .is_problem(422, "validation-failed")
        .has_error("", "format");
    send(reviewer(), "", "[]").is_problem(403, "forbidden");
    as(anyone()).send("POST", "/v1/batches", "[]", {{"Content-Type", "application/json"}}).is_problem(401, "unauthenticated");
}

TEST_F(Batches, AnItemThatIsNoJsonDoesNotHideTheOthers)
{
    const auto errors = send(drafter_of("CL"), "",
                             "{\"report\": {]\n" + report_item({{"measure", "OAS-CBM-99"}}).dump() +
                                 "\n{\"report\":{\"measure\":\"OAS-CBM-1\",\"measure\":\"OAS-CBM-2\"}}\n",
                             "application/x-ndjson")
                            .is_problem(422, "validation-failed")
                            .json()["errors"];
    ASSERT_EQ(errors.size(), 3) << errors.dump(1);
    EXPECT_EQ(errors[0]["code"], "malformed");
    EXPECT_EQ(errors[1]["code"], "unknown_measure");
    EXPECT_EQ(errors[2]["code"], "duplicate_member");
}

TEST_F(Batches, AThousandItemsAreOneAnswer)
{
    std::vector<Json> items;
    for (int i = 0; i < 1000; ++i)
        items.push_back(report_item({{"client_ref", "r" + std::to_string(i)}}));
    const auto content = send(drafter_of("CL"), "?goal=submit&mode=each", lines(items), "application/x-ndjson").is(201).json()["content"];
    EXPECT_EQ(content["accepted"], 1000);
    EXPECT_EQ(content["waiting"], 0);
    EXPECT_EQ(content["items"][999]["receipts"].size(), 1);
    send(drafter_of("CL"), "?goal=submit", lines(items), "application/x-ndjson")
        .is_problem(422, "validation-failed")
        .has_error("query:mode", "too_many_for_atomic");
}

Json decision_item(const std::string& report, const std::string& tag, const std::string& step, const Json& more = Json::object())
{
    Json decision{{"report", report}, {"if_match", tag}, {"step", step}};
    decision.update(more);
    return {{"decision", std::move(decision)}};
}

TEST_F(Batches, AnApproverDecidesOnManyReportsEachWithItsOwnTagAndOutcome)
{
    const auto published = portal().submitted("CL"), returned = portal().submitted("CL"), changed = portal().submitted("CL"),
               withdrawn = portal().published("CL"), hidden = portal().submitted("PE");
    as(drafter_of("CL")).post(path_of(changed, "take-back")).is(200);
    as(drafter_of("CL")).post(path_of(changed, "submit")).is(200);
    const auto content =
        send(approver_of("CL"), "?mode=each",
             lines({decision_item(published, "\"d2-\"", "publish"), decision_item(returned, "\"d2-\"", "return", {{"reason", "Say when."}}),
                    decision_item(changed, "\"d2-\"", "publish"), decision_item(withdrawn, "\"1-\"", "withdraw"),
                    decision_item(hidden, "\"d2-\"", "publish"), decision_item(changed, "*", "publish"),
                    decision_item(changed, "\"d4-\"", "return")}),
             "application/x-ndjson")
            .is(201)
            .json()["content"];
    std::vector<std::string> outcomes;
    for (const auto& item : content["items"])
        outcomes.push_back(item["state"].is_string() ? item["state"].get<std::string>() : item["errors"][0]["code"].get<std::string>());
    EXPECT_EQ(outcomes, (std::vector<std::string>{"published", "draft", "stale_tag", "withdrawn", "not-found", "pattern", "required"}));
    EXPECT_EQ(content["items"][2]["errors"][0]["pointer"], "/decision/if_match");
    EXPECT_EQ(content["items"][0]["receipts"][0]["receipt"]["entry"]["kind"], "report_published");
    EXPECT_EQ(as(approver_of("CL")).get(path_of(changed, "draft")).json()["meta"]["workflow_state"], "submitted");
    EXPECT_EQ(as(drafter_of("CL")).get(path_of(returned, "draft")).json()["meta"]["return_reason"], "Say when.");
}

TEST_F(Batches, DecisionsOfOneBatchAreAllTakenOrNone)
{
    const auto good = portal().submitted("CL"), changed = portal().submitted("CL");
    const auto items = Json::array({decision_item(good, "\"d2-\"", "publish"), decision_item(changed, "\"d1-\"", "publish")}).dump();
    send(approver_of("CL"), "", items).is_problem(422, "validation-failed");
    EXPECT_EQ(as(approver_of("CL")).get(path_of(good, "draft")).json()["meta"]["workflow_state"], "submitted");
}

TEST_F(Batches, ADecisionAsksForTheSameRightsAndTheSameSecondPersonAsTheStepAlone)
{
    const Who both{"state:CL", {"approver", "drafter"}, "both"};
    const auto own = portal().draft("CL");
    as(both).patch(path_of(own), {{"narrative", "Touched by the approver."}}).is(200);
    as(both).post(path_of(own, "submit")).is(200);
    const auto other = portal().submitted("CL");
    const auto refused_by = [&](const Who& who, const std::string& report, const std::string& tag) {
        const auto content = send(who, "?mode=each", Json::array({decision_item(report, tag, "publish")}).dump()).is(201).json()["content"];
        return content["items"][0]["errors"][0]["detail"].get<std::string>();
    };
    EXPECT_NE(refused_by(both, own, "\"d3-\""), refused_by(drafter_of("CL"), other, "\"d2-\""));
    as(both).get(path_of(own, "draft")).is(200);
    as(drafter_of("CL")).get(path_of(other, "draft")).is(200);
}

}  // namespace
}  // namespace cbmx::test
