// What a State says, its own key may sign: every word by the same member of the body, the text made known by a dry run. What is signed
// says nothing in any other place, and goes with what it is about (rules.md 27c).
#include "integration/proofs.hpp"
#include "ledger/statement.hpp"
#include "operation/data_directory.hpp"
#include "support/state_client.hpp"
#include "verify/verify.hpp"
#include <functional>
#include <set>

namespace cbmx::test {
namespace {

using Json = nlohmann::json;

const std::string proposed_path = "/v1/nominations";

Json amendment_of(const std::string& contact, const std::string& email)
{
    return {{"kind", "amendment"},
            {"contact", contact},
            {"note", {{"reference", "NV 2/2026"}, {"date", "2026-01-16"}}},
            {"fields", {{"emails", {email}}}}};
}

class Statements : public Portal {
protected:
    void SetUp() override
    {
        key_id_ = portal().state_key("CL", body_of(brought(client_.key())));
        portal().advance(std::chrono::seconds(2));
    }
    void TearDown() override
    {
        const auto report = service::verify(database_path(portal().config()), {});
        EXPECT_TRUE(report.ok()) << report.summary();
    }

    static Json with(Json body, const Json& more)
    {
        if (body.is_null())
            body = Json::object();
        body.update(more);
        return body;
    }
    Reply sent(const Who& who, const std::string& method, const std::string& path, const Json& body)
    {
        return method == "PATCH" ? as(who).patch(path, body) : as(who).post(path, body);
    }
    // What the dry run says is to be signed.
    Json asked(const Who& who, const std::string& method, const std::string& path, const Json& body, const Json& asking)
    {
        const auto answer = sent(who, method, path + "?dry_run=true", with(body, asking)).is(200).json();
        EXPECT_TRUE(answer.contains("statement")) << path << answer;
        return answer.value("statement", Json{{"text", ""}, {"content", Json::object()}});
    }
    // Asks, signs and sends; looks at what the entry then commits to.
    Json said(const Who& who, const std::string& method, const std::string& path, const Json& body, bool has_audience)
    {
        const auto asking = client_.asking(portal().now(), has_audience);
        const auto to_sign = asked(who, method, path, body, asking);
        portal().advance(std::chrono::hours(30));
        const auto answer = sent(who, method, path, with(body, client_.signing(asking, to_sign["text"]))).json();
        EXPECT_TRUE(answer.contains("receipt")) << path << answer;
        if (answer.contains("receipt"))
            expect_signed(answer, asking, to_sign);
        return answer;
    }
    void expect_signed(const Json& answer, const Json& asking, const Json& to_sign)
    {
        const auto text = to_sign["text"].get<std::string>();
        const auto statement = ledger::parse_statement(text).value();
        // The receipt is of the entry that the text names, or of what followed from it.
        auto entry = answer["receipt"]["entry"];
        auto opening = answer["opening"];
        for (auto seq = entry["seq"].get<std::int64_t>() - 1;
             (entry["kind"] != statement.kind || entry["subject"]["id"] != statement.subject) && seq >= 0; --seq) {
            const auto before = as(nominator_of("CL")).get("/v1/receipts/" + std::to_string(seq)).json();
            entry = before.value("receipt", Json{{"entry", entry}})["entry"];
            opening = before.value("opening", Json());
        }
        ASSERT_EQ(entry["kind"], statement.kind);
        EXPECT_EQ(entry["subject"]["id"], statement.subject);
        EXPECT_EQ(entry["version"], statement.version);
        ASSERT_TRUE(opening.contains("statement")) << opening;
        const auto& shown = opening["statement"];
        EXPECT_EQ("cbmx-statement/v1\n" + json::canonical(shown["statement"]), text);
        EXPECT_TRUE(base::verify_detached(pem_of(client_.key().public_key()), text,
                                          base::from_base64(shown["signature"].get<std::string>()).value()));
        EXPECT_EQ(opening["salt"], asking["statement"]["content_salt"]);
        const auto& content = opening.contains("content") ? opening["content"] : opening["record"];
        EXPECT_EQ(content, to_sign["content"]);
        EXPECT_EQ(statement.content, ledger::salted(salt_in(opening, "salt"), json::canonical(content)));
        if (statement.recipients) {
            EXPECT_EQ(opening["recipients"]["salt"], asking["statement"]["recipients_salt"]);
            EXPECT_EQ(*statement.recipients,
                      ledger::salted(salt_in(opening["recipients"], "salt"), json::canonical(to_sign["recipients"])));
        }
        const Json both{{"signature", shown["signature"]}, {"statement", shown["statement"]}};
        EXPECT_EQ(entry["statement"],
                  base::base64(ledger::commitment(ledger::Part::statement, statement.kind, entry["seq"].get<std::int64_t>(),
                                                  salt_in(shown, "salt"), json::canonical(both))));
    }
    static base::Hash salt_in(const Json& object, const char* member)
    {
        return base::to_hash(base::from_base64(object.at(member).get<std::string>()).value()).value();
    }
    void say_all_of_a_report()
    {
        const auto id = portal().submitted("CL", a_report({{"label", "TLP:GREEN"}, {"recipients", {"state:BR", "state:PE"}}}));
        said(approver_, "POST", path_of(id, "publish"), nullptr, true);
        said(approver_, "POST", path_of(id, "recipients"), {{"recipients", {"state:PE"}}}, true);
        said(approver_, "POST", path_of(id, "label"), {{"label", "TLP:AMBER"}, {"recipients", {"state:PE"}}}, true);
        said(approver_, "POST", path_of(id, "withdraw"), nullptr, true);
    }
    // Those that an account has taken back in a hurry: the first of them stands for all.
    void put_back()
    {
        const auto hasty = approver_of("CL", "hasty");
        for (int i = 0; i < 6; ++i)
            as(hasty).post(path_of(portal().published("CL"), "withdraw")).is(200);
        const auto listed = as(approver_).get("/v1/proposals?status=waiting").is(200).json();
        for (const auto& proposal : listed["items"])
            if (proposal["content"]["kind"] == "report_restoring")
                said(approver_, "POST", "/v1/proposals/" + proposal["id"].get<std::string>() + "/confirm", nullptr, true);
    }
    void erase()
    {
        const auto second = approver_of("CL", "second");
        as(second).get("/v1/me").is(200);
        const auto id = portal().published("CL", a_report({{"label", "TLP:GREEN"}}));
        as(approver_).post(path_of(id, "withdraw")).is(200);
        const auto proposal = as(approver_).post(path_of(id, "erase")).is(202).json()["id"].get<std::string>();
        said(second, "POST", "/v1/proposals/" + proposal + "/confirm", nullptr, true);
    }
    void say_all_of_the_directory()
    {
        const auto made = said(nominator_, "POST", proposed_path, a_nomination(), false);
        as(secretariat()).post(proposed_path + "/" + made["id"].get<std::string>() + "/accept").is(200);
        const auto contact = "/v1/contacts/" + made["content"]["contact"].get<std::string>();
        said(nominator_, "POST", contact + "/confirm", Json::object(), true);
        said(nominator_, "POST", contact + "/audience", {{"minimal_for", {"state:PE"}}}, true);
        said(nominator_, "POST", proposed_path, amendment_of(made["content"]["contact"], "nuevo@mre.example"), false);
        const auto recorded = portal().recorded("CL");
        const auto unanswered = as(nominator_).get(proposed_path + "?state_position=unanswered").json()["items"];
        ASSERT_EQ(unanswered.size(), 1U);
        said(nominator_, "POST", proposed_path + "/" + unanswered[0]["id"].get<std::string>() + "/confirm", nullptr, false);
        auto amendment = amendment_of(recorded, "otro@mre.example");
        amendment["state"] = "CL";
        const auto first = as(secretariat()).post(proposed_path, amendment).created_id();
        said(nominator_, "POST", proposed_path + "/" + first + "/object", {{"reason", "Not ours."}}, false);
        const auto second = as(secretariat()).post(proposed_path, amendment).created_id();
        said(nominator_, "POST", proposed_path + "/" + second + "/confirm", nullptr, true);  // the contact's new content
    }
    // Erased at once here, and the statement with it: the entry still says that there was one.
    void take_out_a_contact()
    {
        const auto contact = "/v1/contacts/" + portal().listed("CL");
        const auto first = portal().ledger_size();
        const auto asking = client_.asking(portal().now(), true);
        const auto text = asked(nominator_, "POST", contact + "/erase", nullptr, asking)["text"].get<std::string>();
        as(nominator_).post(contact + "/erase", client_.signing(asking, text)).is(200);
        const auto entry = as(nominator_).get("/v1/receipts/" + std::to_string(first)).is(200).json()["receipt"]["entry"];
        EXPECT_EQ(entry["kind"], "contact_removed");
        EXPECT_TRUE(entry.contains("statement"));
    }
    void choose_for_itself()
    {
        said(nominator_, "PATCH", "/v1/states/CL/settings", {{"require_signature", true}, {"one_holder", true}}, false);
        const StateClient next(9);
        const auto registered = said(nominator_, "POST", "/v1/signing-keys", body_of(following(brought(next.key()), client_.key())), false);
        said(nominator_, "POST", "/v1/signing-keys/" + registered["id"].get<std::string>() + "/revoke", nullptr, false);
    }
    void require_signatures()
    {
        as(nominator_of("CL")).patch("/v1/states/CL/settings", {{"require_signature", true}, {"one_holder", true}}).is(200);
    }

    StateClient client_;
    std::string key_id_;
    Who approver_ = approver_of("CL"), nominator_ = nominator_of("CL");
};

TEST_F(Statements, SignEveryWordThatTheTableOfKindsMarks)
{
    say_all_of_a_report();
    put_back();
    erase();
    say_all_of_the_directory();
    take_out_a_contact();
    choose_for_itself();
    std::set<std::string> marked, found;
    for (const auto& row : domain::event_table)
        if (row.signing != domain::Signing::none)
            marked.insert(std::string(row.name));
    const auto listed = as(nominator_).get("/v1/audit?limit=1000").is(200).json();
    for (const auto& item : listed["items"])
        if (item["entry"].contains("statement"))
            found.insert(item["entry"]["kind"]);
    EXPECT_EQ(found, marked);
}

TEST_F(Statements, SignAWiderAudienceWhereItIsConfirmed)
{
    const auto id = portal().published("CL", a_report({{"label", "TLP:GREEN"}, {"recipients", {"state:PE"}}}));
    as(approver_of("CL", "second")).get("/v1/me").is(200);
    const auto asking = client_.asking(portal().now(), true);
    const Json wider{{"recipients", {"state:PE", "state:BR"}}};
    as(approver_)
        .post(path_of(id, "recipients?dry_run=true"), with(wider, asking))
        .is_problem(422, "validation-failed")
        .has_error("/statement", "statement_unused");
    const auto proposal = as(approver_).post(path_of(id, "recipients"), wider).is(202).json()["id"].get<std::string>();
    said(approver_of("CL", "second"), "POST", "/v1/proposals/" + proposal + "/confirm", nullptr, true);
}

TEST_F(Statements, GiveARecordTheIdThatItsStateKnewBefore)
{
    const auto asking = client_.asking(portal().now(), false);
    const auto text = asked(nominator_, "POST", proposed_path, a_nomination(), asking)["text"].get<std::string>();
    const auto body = with(a_nomination(), client_.signing(asking, text));
    const auto made = as(nominator_).post(proposed_path, body).is(201).json();
    EXPECT_EQ(made["id"], ledger::record_id("state:CL", salt_in(asking["statement"], "content_salt")));
    EXPECT_EQ(made["content"]["contact"], ledger::record_id("state:CL", salt_in(asking["statement"], "content_salt"), true));
    EXPECT_EQ(made["id"], ledger::parse_statement(text).value().subject);
    as(nominator_).post(proposed_path, body).is_problem(422, "validation-failed").has_error("/statement/content_salt", "statement_salt");
}

TEST_F(Statements, SayNothingInAnyOtherPlace)
{
    const auto id = portal().submitted("CL", a_report({{"label", "TLP:GREEN"}}));
    const auto other = portal().submitted("CL", a_report({{"label", "TLP:GREEN"}, {"measure", "OAS-CBM-2"}}));
    const auto asking = client_.asking(portal().now(), true);
    const auto text = asked(approver_, "POST", path_of(id, "publish"), nullptr, asking)["text"].get<std::string>();
    const auto brought = client_.signing(asking, text);
    as(approver_)
        .post(path_of(other, "publish"), brought)
        .is_problem(422, "validation-failed")
        .has_error("/statement/text", "statement_subject")
        .has_error("/statement/text", "statement_content");
    const auto said_otherwise = [&](const std::function<void(Json&)>& change, const char* rule) {
        auto object = Json::parse(text.substr(text.find('\n') + 1));
        change(object);
        as(approver_)
            .post(path_of(id, "publish"), client_.signing(asking, "cbmx-statement/v1\n" + json::canonical(object)))
            .is_problem(422, "validation-failed")
            .has_error("/statement/text", rule);
    };
    const auto hash = base::base64(base::sha256("another"));
    said_otherwise([](Json& s) { s["origin"] = "another.example/log"; }, "statement_origin");
    said_otherwise([](Json& s) { s["kind"] = "report_withdrawn"; }, "statement_kind");
    said_otherwise([](Json& s) { s["subject"]["kind"] = "contact"; }, "statement_subject");
    said_otherwise([](Json& s) { s["version"] = 7; }, "statement_version");
    said_otherwise([](Json& s) { s["label"] = "TLP:CLEAR"; }, "statement_label");
    said_otherwise([&](Json& s) { s["recipients"] = hash; }, "statement_recipients");
    said_otherwise([&](Json& s) { s["content"] = hash; }, "statement_content");
    said_otherwise([](Json& s) { s["key"] = std::string(64, 'a'); }, "statement_key");
    said_otherwise([&](Json& s) { s["time"] = StateClient::time_text(portal().now() + std::chrono::hours(1)); }, "statement_time");
    said_otherwise([&](Json& s) { s["time"] = StateClient::time_text(portal().now() - std::chrono::days(8)); }, "statement_time");
    said_otherwise([](Json& s) { s["more"] = 1; }, "statement_form");
    said_otherwise([](Json& s) { s.erase("label"); }, "statement_form");
    as(approver_).post(path_of(id, "publish"), brought).is(200);
    as(approver_)
        .post(path_of(id, "withdraw"), brought)
        .is_problem(422, "validation-failed")
        .has_error("/statement/text", "statement_kind");
}

TEST_F(Statements, AreRefusedWhereTheirFormIsAnother)
{
    const auto id = portal().submitted("CL", a_report({{"label", "TLP:GREEN"}}));
    const auto asking = client_.asking(portal().now(), true);
    const auto text = asked(approver_, "POST", path_of(id, "publish"), nullptr, asking)["text"].get<std::string>();
    const auto brought = client_.signing(asking, text);
    const auto refused = [&](const std::function<void(Json&)>& change, const char* problem, const char* place, const char* rule) {
        auto body = brought;
        change(body["statement"]);
        as(approver_).post(path_of(id, "publish"), body).is_problem(422, problem).has_error(place, rule);
    };
    refused([&](Json& s) { s["text"] = text + "\n"; }, "validation-failed", "/statement/text", "statement_form");
    refused([&](Json& s) { s["text"] = text.substr(1); }, "validation-failed", "/statement/text", "statement_form");
    refused([](Json& s) { s.erase("signature"); }, "validation-failed", "/statement/signature", "required");
    refused([](Json& s) { s.erase("text"); }, "validation-failed", "/statement/text", "required");
    refused([](Json& s) { s["key"] = std::string(64, 'a'); }, "validation-failed", "/statement/key", "unknown_member");
    refused([](Json& s) { s.erase("recipients_salt"); }, "validation-failed", "/statement/recipients_salt", "required");
    refused([](Json& s) { s["recipients_salt"] = s["content_salt"]; }, "validation-failed", "/statement/recipients_salt", "statement_salt");
    refused([](Json& s) { s["content_salt"] = base::base64(std::string(33, 'x')); }, "validation-failed", "/statement/content_salt",
            "statement_salt");
    refused([](Json& s) { s["content_salt"] = base::base64(base::sha256("x")); }, "validation-failed", "/statement/text",
            "statement_content");
    const StateClient another(8);
    refused([&](Json& s) { s["signature"] = another.signature_of(text); }, "signature-invalid", "/statement/signature", "invalid_value");
    refused([&](Json& s) { s["signature"] = client_.signature_of(text + " "); }, "signature-invalid", "/statement/signature",
            "invalid_value");
    as(nominator_).post("/v1/signing-keys/" + key_id_ + "/revoke").is(200);
    refused([](Json&) {}, "validation-failed", "/statement/text", "statement_key");
    as(anyone()).get(path_of(id)).is_problem(404, "not-found");
}

TEST_F(Statements, AreRefusedWhereNothingIsSaid)
{
    as(approver_).get("/v1/me").is(200);  // who could confirm is there
    const auto asking = client_.asking(portal().now(), false);
    const auto text = asked(nominator_, "POST", proposed_path, a_nomination(), asking)["text"].get<std::string>();
    const auto brought = client_.signing(asking, text);
    as(nominator_)
        .patch("/v1/states/CL/settings", with({{"require_signature", false}}, brought))
        .is_problem(422, "validation-failed")
        .has_error("/statement", "statement_unused");
    as(nominator_)
        .patch("/v1/states/CL/settings", with({{"four_eyes", false}}, brought))
        .is_problem(422, "validation-failed")
        .has_error("/statement", "statement_unused");
    auto on_paper = a_nomination();
    on_paper["state"] = "CL";
    as(secretariat())
        .post(proposed_path, with(on_paper, brought))
        .is_problem(422, "validation-failed")
        .has_error("/statement", "statement_unused");
    const auto draft = portal().draft("CL");
    as(drafter_of("CL"))
        .patch(path_of(draft), with({{"narrative", "x"}}, brought))
        .is_problem(422, "validation-failed")
        .has_error("/statement", "unknown_member");
}

TEST_F(Statements, AreRequiredOfEveryWordWhereTheStateRequiresThemOfItself)
{
    const auto published = portal().published("CL", a_report({{"label", "TLP:GREEN"}, {"recipients", {"state:BR", "state:PE"}}}));
    const auto submitted = portal().submitted("CL", a_report({{"measure", "OAS-CBM-2"}}));
    const auto contact = "/v1/contacts/" + portal().listed("CL");
    portal().recorded("CL");
    const auto recorded = as(nominator_).get(proposed_path + "?state_position=unanswered").json()["items"][0]["id"].get<std::string>();
    require_signatures();
    const auto refused = [&](const Who& who, const std::string& path, const Json& body) {
        as(who).post(path, body).is_problem(422, "signature-required").has_error("/statement", "required");
    };
    refused(approver_, path_of(submitted, "publish"), nullptr);
    refused(approver_, path_of(published, "recipients"), {{"recipients", {"state:PE"}}});
    refused(approver_, path_of(published, "label"), {{"label", "TLP:AMBER"}, {"recipients", {"state:PE"}}});
    refused(approver_, path_of(published, "withdraw"), nullptr);
    refused(nominator_, proposed_path, a_nomination());
    refused(nominator_, proposed_path + "/" + recorded + "/confirm", nullptr);
    refused(nominator_, proposed_path + "/" + recorded + "/object", {{"reason", "Not ours."}});
    refused(nominator_, contact + "/confirm", Json::object());
    refused(nominator_, contact + "/audience", {{"minimal_for", {"state:PE"}}});
    refused(nominator_, contact + "/erase", nullptr);
    said(approver_, "POST", path_of(submitted, "publish"), nullptr, true);
    said(nominator_, "POST", contact + "/confirm", Json::object(), true);
    // Its keys alone it can change without one, or a lost key would be the last; and another State's choice is its own.
    as(nominator_).post("/v1/signing-keys", body_of(following(brought(StateClient(11).key()), client_.key()))).is(201);
    as(nominator_).post("/v1/signing-keys/" + key_id_ + "/revoke").is(200);
    portal().published("PE");
}

TEST_F(Statements, AreShownWithTheContentAndTheirRecipientsToTheOwnStateAlone)
{
    const auto id = portal().submitted("CL", a_report({{"label", "TLP:GREEN"}, {"recipients", {"state:PE"}}}));
    const auto seq = said(approver_, "POST", path_of(id, "publish"), nullptr, true)["receipt"]["index"].dump();
    const auto peru = as(contact_of("PE")).get("/v1/receipts/" + seq).is(200).json()["opening"];
    EXPECT_TRUE(peru.contains("statement"));
    EXPECT_FALSE(peru.contains("recipients"));
    EXPECT_EQ(changes_about(as(contact_of("PE")), id).back()["opening"], peru);
    EXPECT_TRUE(as(auditor()).get("/v1/receipts/" + seq).is(200).json()["opening"].is_null());
    as(contact_of("BR")).get("/v1/receipts/" + seq).is_problem(404, "not-found");
}

// A statement would tell whether a guess at erased text is right: it goes with the text.
TEST_F(Statements, AreErasedWithWhatTheyAreAbout)
{
    const auto id = portal().submitted("CL", a_report({{"label", "TLP:GREEN"}}));
    const auto answer = said(approver_, "POST", path_of(id, "publish"), nullptr, true);
    const auto shown = answer["opening"]["statement"];
    as(approver_).post(path_of(id, "withdraw")).is(200);
    portal().erased("CL", id, approver_of("CL", "second"));
    EXPECT_TRUE(as(approver_).get("/v1/receipts/" + answer["receipt"]["index"].dump()).is(200).json()["opening"].is_null());
    for (const auto& text : {shown["signature"].get<std::string>(), shown["statement"]["content"].get<std::string>(),
                             base::from_base64(shown["salt"].get<std::string>()).value()})
        EXPECT_TRUE(leaves_every_file_under(portal().directory(), text));
}

TEST_F(Statements, StandWithEachItemOfABatch)
{
    Json items = Json::array(), signed_items = Json::array();
    std::vector<Json> asking;
    for (const char* measure : {"OAS-CBM-1", "OAS-CBM-2"}) {
        const auto id = portal().submitted("CL", a_report({{"label", "TLP:GREEN"}, {"measure", measure}}));
        asking.push_back(client_.asking(portal().now(), true));
        const Json decision{{"report", id}, {"if_match", as(approver_).get(path_of(id, "draft")).field("ETag")}, {"step", "publish"}};
        items.push_back({{"decision", with(decision, asking.back())}});
        signed_items.push_back({{"decision", decision}});
    }
    const auto rehearsed = as(approver_).post("/v1/batches?dry_run=true", items).is(200).json()["content"]["items"];
    for (std::size_t i = 0; i < asking.size(); ++i)
        signed_items[i]["decision"].update(client_.signing(asking[i], rehearsed[i]["statement"]["text"]));
    auto wrong = signed_items;
    std::swap(wrong[0]["decision"]["statement"], wrong[1]["decision"]["statement"]);
    as(approver_).post("/v1/batches", wrong).is_problem(422, "validation-failed");
    const auto done = as(approver_).post("/v1/batches", signed_items).is(201).json()["content"]["items"];
    for (std::size_t i = 0; i < asking.size(); ++i) {
        EXPECT_FALSE(done[i].contains("statement"));
        const auto& opening = done[i]["receipts"][0]["opening"];
        EXPECT_EQ("cbmx-statement/v1\n" + json::canonical(opening["statement"]["statement"]), rehearsed[i]["statement"]["text"]);
    }
}

TEST_F(Statements, MaySayAgainWhatWasSaidUnderAReference)
{
    auto body = a_nomination();
    body["client_ref"] = "n1";
    const auto made = said(nominator_, "POST", proposed_path, body, false);
    const auto asking = client_.asking(portal().now(), false);
    as(nominator_).post(proposed_path + "?dry_run=true", with(body, asking)).is(200);
    EXPECT_EQ(as(nominator_).post(proposed_path, body).is(200).json()["id"], made["id"]);
}

}  // namespace
}  // namespace cbmx::test
