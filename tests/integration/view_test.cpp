// What a State looks at before it publishes: rules.md 51, service/reports/view.hpp.
#include "integration/proofs.hpp"

namespace cbmx::test {
namespace {

using Json = nlohmann::json;

class View : public Portal {
protected:
    Json view(const Who& who, const std::string& report, const std::string& query = "")
    {
        return as(who).get(path_of(report, "view" + query)).is(200).json();
    }
    // Whether each audience receives it, by its word.
    std::map<std::string, bool> receives(const Who& who, const std::string& report)
    {
        std::map<std::string, bool> list;
        const auto seen = view(who, report);
        EXPECT_TRUE(seen["report"].is_null());
        for (const auto& row : seen["audiences"]) {
            list[row["audience"].get<std::string>()] = row["receives"].get<bool>();
            EXPECT_EQ(row["fields"].empty(), !row["receives"].get<bool>());
        }
        return list;
    }
    using Receives = std::map<std::string, bool>;
};

TEST_F(View, SaysOfADraftWhoWouldGetIt)
{
    const auto report = portal().draft("CL", a_report({{"label", "TLP:AMBER"}, {"recipients", {"state:PE"}}}));
    EXPECT_EQ(receives(drafter_of("CL"), report),
              (Receives{{"public", false}, {"members", false}, {"state:CL", true}, {"state:PE", true}}));
    const auto open = portal().draft("CL", a_report());
    EXPECT_EQ(receives(approver_of("CL"), open), (Receives{{"public", true}, {"members", true}, {"state:CL", true}}));
}

// What an audience is promised before the publication is what it gets after it, but for what only the publication knows.
TEST_F(View, IsWhatTheAudienceThenGets)
{
    const auto report = portal().submitted("CL", a_report({{"label", "TLP:AMBER"}, {"recipients", {"state:PE"}}}));
    auto before = view(drafter_of("CL"), report, "?audience=state:PE")["report"];
    EXPECT_TRUE(view(drafter_of("CL"), report, "?audience=state:BR")["report"].is_null());
    as(approver_of("CL")).post(path_of(report, "publish")).is(200);
    auto after = as(contact_of("PE")).get(path_of(report)).is(200).json();
    const auto viewed = view(drafter_of("CL"), report, "?audience=state:PE");
    EXPECT_EQ(viewed["of"], "publication");
    EXPECT_EQ(viewed["report"], after);
    for (auto* each : {&before, &after}) {
        (*each)["salt"] = nullptr;
        for (const char* known_later : {"published_at", "seq", "changed_seq"})
            (*each)["meta"].erase(known_later);
    }
    EXPECT_EQ(before, after);
    as(contact_of("BR")).get(path_of(report)).is_problem(404, "not-found");
}

TEST_F(View, OfAPublicationThatIsBeingRevisedBothCanBeLookedAt)
{
    const auto report = portal().published("CL", a_report({{"narrative", "first"}}));
    as(drafter_of("CL")).post(path_of(report, "revise")).is(201);
    as(drafter_of("CL")).patch(path_of(report, "draft"), {{"narrative", "second"}}).is(200);
    EXPECT_EQ(view(drafter_of("CL"), report, "?audience=public")["report"]["content"]["narrative"], "second");
    EXPECT_EQ(view(drafter_of("CL"), report, "?audience=public&of=publication")["report"]["content"]["narrative"], "first");
    const auto draft = portal().draft("CL");
    as(drafter_of("CL")).get(path_of(draft, "view?of=publication")).is_problem(404, "not-found");
}

TEST_F(View, IsForThoseWhoReadTheStatesDrafts)
{
    const auto report = portal().published("CL");
    as(anyone()).get(path_of(report, "view")).is_problem(404, "not-found");
    as(contact_of("CL")).get(path_of(report, "view")).is_problem(404, "not-found");
    as(approver_of("PE")).get(path_of(report, "view")).is_problem(404, "not-found");
    const auto draft = portal().draft("CL");
    as(approver_of("PE")).get(path_of(draft, "view")).is_problem(404, "not-found");
    as(approver_of("PE")).get(path_of(draft, "approvers")).is_problem(404, "not-found");
    as(drafter_of("CL")).get(path_of(draft, "view?audience=everybody")).is_problem(400, "invalid-parameter");
}

TEST_F(View, NamesWhoMayApprove)
{
    const auto both = drafter_and_approver_of("CL");
    const auto report = as(both).post("/v1/reports", a_report()).created_id();
    const auto approver = as(approver_of("CL")).account();
    const auto list = as(both).get(path_of(report, "approvers")).is(200).json();
    EXPECT_EQ(list["four_eyes"], true);
    std::map<std::string, Json> reasons;
    for (const auto& item : list["items"])
        reasons[item["account"].get<std::string>()] = item["reason"];
    EXPECT_EQ(reasons, (std::map<std::string, Json>{{as(both).account(), "has_edited"}, {approver, nullptr}}));
}

TEST_F(View, OfWhatIsTlpRedOnlyWhoIsNamedMayApprove)
{
    const auto approver = as(approver_of("CL")).account();
    as(approver_of("CL", "other")).get("/v1/me").is(200);
    const auto report = portal().draft("CL", a_report({{"label", "TLP:RED"}, {"recipients", {"account:" + approver}}}));
    const auto list = as(drafter_of("CL")).get(path_of(report, "approvers")).is(200).json();
    for (const auto& item : list["items"])
        EXPECT_EQ(item["reason"], item["account"] == approver ? Json() : Json("not_named"));
    EXPECT_EQ(receives(drafter_of("CL"), report).at("state:CL"), false);
    EXPECT_EQ(receives(drafter_of("CL"), report).at("account:" + approver), true);
    as(approver_of("CL", "other")).get(path_of(report, "view")).is_problem(404, "not-found");
}

}  // namespace
}  // namespace cbmx::test
