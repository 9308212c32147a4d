// Timing classes (rules.md 13): the number of a caller's view, by which answers are kept, moves when what the caller reads of
// reports changes and at no other write. Every kind of entry about reports is made, and each thing that leaves none.
#include "contract/route_walk.hpp"
#include "service/accounts/authenticate.hpp"
#include "support/brought_key.hpp"
#include <functional>
#include <set>

namespace cbmx::test {
namespace {

using nlohmann::json;

const Who named{"state:CL", {"approver"}, "named"};

// Numbers that a caller is shown only later are no part of the view: they come with the published size, which is one.
json without_numbers(json value)
{
    if (value.is_object()) {
        value.erase("seq");
        value.erase("changed_seq");
    }
    if (value.is_structured())
        for (auto& member : value)
            member = without_numbers(std::move(member));
    return value;
}

class TimingClasses : public Portal {
protected:
    std::vector<Who> callers{anyone(),         drafter_of("CL"), drafter_of("CL", "other"), approver_of("CL"), named,   nominator_of("CL"),
                             contact_of("CL"), drafter_of("PE"), contact_of("PE"),          reviewer(),        chair(), secretariat(),
                             auditor()};

    std::uint64_t stamp(const Who& who)
    {
        auto principal = domain::anonymous();
        if (!who.home.empty()) {
            auto snapshot = portal().app().portal().database.read();
            principal = service::authenticate(snapshot.db(), portal().now(), portal().token_of(who), std::nullopt).value();
        }
        return portal().app().portal().database.writer().views().stamp(principal.visibility);
    }
    // All that the caller reads of reports, as it is served.
    json reads(const Who& who)
    {
        auto all = json::array({as(who).get("/v1/reports?limit=100").json()});
        for (const auto& id : ids)
            all.push_back(as(who).get(path_of(id)).json().value("meta", json()));
        return without_numbers(std::move(all));
    }
    struct View {
        std::uint64_t stamp;
        json read;
    };
    std::vector<View> views()
    {
        std::vector<View> list;
        for (const auto& who : callers)
            list.push_back({stamp(who), reads(who)});
        return list;
    }
    // Does the work, and looks whose views have moved: those whose answers are others now, and no others. What is served comes
    // from what is kept as far as that has not moved, so that a number which moved too seldom shows here too.
    std::set<std::string> moved_by(const std::string& what, const std::function<void()>& work)
    {
        const auto before = views();
        work();
        const auto after = views();
        std::set<std::string> moved;
        for (std::size_t i = 0; i < callers.size(); ++i) {
            const bool has_moved = before[i].stamp != after[i].stamp;
            EXPECT_EQ(has_moved, before[i].read != after[i].read) << what << ": " << callers[i].key();
            EXPECT_EQ(after[i].read, fresh(callers[i])) << what << ": " << callers[i].key() << " reads what was kept too long";
            if (has_moved)
                moved.insert(callers[i].key());
        }
        return moved;
    }
    // The same read under a target of its own, for which nothing is kept.
    json fresh(const Who& who)
    {
        auto all = json::array({as(who).get("/v1/reports?limit=" + std::to_string(99 - asked++ % 50)).json()});
        for (const auto& id : ids)
            all.push_back(as(who).get(path_of(id)).json().value("meta", json()));
        all = without_numbers(std::move(all));
        all[0]["next"] = nullptr;
        return all;
    }
    static std::set<std::string> keys(const std::vector<Who>& who)
    {
        std::set<std::string> list;
        for (const auto& one : who)
            list.insert(one.key());
        return list;
    }
    std::set<std::string> kinds_of_reports()
    {
        std::set<std::string> kinds;
        const auto page = as(auditor()).get("/v1/audit?limit=1000").is(200).json();
        for (const auto& item : page["items"])
            if (item["entry"]["subject"]["kind"] == "report")
                kinds.insert(item["entry"]["kind"].get<std::string>());
        return kinds;
    }

    std::vector<std::string> ids;
    int asked = 0;
};

TEST_F(TimingClasses, AViewMovesWithWhatItsCallerReadsAndWithNothingElse)
{
    for (const auto& who : callers)
        if (!who.home.empty())
            portal().token_of(who);
    const auto who_drafts = keys({drafter_of("CL"), drafter_of("CL", "other"), approver_of("CL"), named});
    const auto own_state =
        keys({drafter_of("CL"), drafter_of("CL", "other"), approver_of("CL"), named, nominator_of("CL"), contact_of("CL")});
    const auto everyone = keys(callers);
    auto with_secretariat = own_state;
    with_secretariat.insert(secretariat().key());

    // A public report, from its first draft to its erasure.
    std::string id;
    EXPECT_EQ(moved_by("drafted", [&] { id = portal().draft("CL"); }), who_drafts);
    ids.push_back(id);
    EXPECT_EQ(moved_by("edited",
                       [&] {
                           as(drafter_of("CL")).patch(path_of(id, "draft"), {{"narrative", "Edited."}}).is(200);
                       }),
              who_drafts);
    EXPECT_EQ(moved_by("edited in a dry run",
                       [&] {
                           as(drafter_of("CL")).patch(path_of(id, "draft?dry_run=true"), {{"narrative", "Tried."}}).is(200);
                       }),
              keys({}));
    EXPECT_EQ(moved_by("edited too late",
                       [&] {
                           as(drafter_of("CL")).patch(path_of(id, "draft"), {{"narrative", "Late."}}, {{"If-Match", "\"d1-\""}});
                       }),
              keys({}));
    EXPECT_EQ(moved_by("submitted", [&] { as(drafter_of("CL")).post(path_of(id, "submit")).is(200); }), who_drafts);
    EXPECT_EQ(moved_by("returned",
                       [&] {
                           as(approver_of("CL")).post(path_of(id, "return"), {{"reason", "Once more."}}).is(200);
                       }),
              who_drafts);
    as(drafter_of("CL")).post(path_of(id, "submit")).is(200);
    EXPECT_EQ(moved_by("published", [&] { as(approver_of("CL")).post(path_of(id, "publish")).is(200); }), everyone);
    EXPECT_EQ(moved_by("revised", [&] { as(drafter_of("CL")).post(path_of(id, "revise")).is(201); }), who_drafts);
    EXPECT_EQ(moved_by("revision edited",
                       [&] {
                           as(drafter_of("CL")).patch(path_of(id, "draft"), {{"narrative", "Next."}}).is(200);
                       }),
              who_drafts);
    EXPECT_EQ(moved_by("discarded", [&] { as(drafter_of("CL")).remove(path_of(id, "draft")).is(204); }), who_drafts);
    EXPECT_EQ(moved_by("withdrawn", [&] { as(approver_of("CL")).post(path_of(id, "withdraw")).is(200); }), everyone);
    EXPECT_EQ(moved_by("erased", [&] { portal().erased("CL", id, approver_of("CL", "second")); }), everyone);

    // Six withdrawn within the hour are offered back.
    for (int i = 0; i < 6; ++i) {
        ids.push_back(portal().published("CL"));
        as(approver_of("CL", "hasty")).post(path_of(ids.back(), "withdraw")).is(200);
    }
    const auto offers = as(approver_of("CL")).get("/v1/proposals?status=waiting&limit=100").is(200).json();
    const auto offer = std::find_if(offers["items"].begin(), offers["items"].end(),
                                    [](const json& item) { return item["content"]["kind"] == "report_restoring"; });
    ASSERT_NE(offer, offers["items"].end());
    const auto confirm = "/v1/proposals/" + (*offer)["id"].get<std::string>() + "/confirm";
    EXPECT_EQ(moved_by("restored", [&] { as(approver_of("CL")).post(confirm).is(200); }), everyone);

    // One for the own State and the secretariat; a narrower label, then wider again as a proposal.
    const auto narrow = portal().submitted("CL", a_report({{"label", "TLP:AMBER"}}));
    ids.push_back(narrow);
    EXPECT_EQ(moved_by("published to some", [&] { as(approver_of("CL")).post(path_of(narrow, "publish")).is(200); }), with_secretariat);
    EXPECT_EQ(moved_by("narrowed",
                       [&] {
                           as(approver_of("CL")).post(path_of(narrow, "label"), {{"label", "TLP:AMBER+STRICT"}}).is(200);
                       }),
              with_secretariat);
    std::string proposal;
    EXPECT_EQ(moved_by("widening proposed",
                       [&] {
                           proposal = as(approver_of("CL"))
                                          .post(path_of(narrow, "recipients"), {{"recipients", {"state:CL", "state:PE"}}})
                                          .is(202)
                                          .json()["id"]
                                          .get<std::string>();
                       }),
              keys({}));
    auto with_peru = own_state;
    with_peru.insert({drafter_of("PE").key(), contact_of("PE").key()});
    EXPECT_EQ(moved_by("widened", [&] { as(named).post("/v1/proposals/" + proposal + "/confirm").is(200); }), with_peru);
    EXPECT_EQ(moved_by("recipients changed",
                       [&] {
                           as(approver_of("CL")).post(path_of(narrow, "recipients"), {{"recipients", {"state:CL"}}}).is(200);
                       }),
              with_peru);

    // One for named accounts.
    const auto both = keys({drafter_of("CL"), named});
    auto red = a_report({{"label", "TLP:RED"}});
    red["recipients"] = {"account:" + as(drafter_of("CL")).account(), "account:" + as(named).account()};
    EXPECT_EQ(moved_by("drafted for two", [&] { id = portal().draft("CL", red); }), both);
    ids.push_back(id);
    EXPECT_EQ(moved_by("submitted for two", [&] { as(drafter_of("CL")).post(path_of(ids.back(), "submit")).is(200); }), both);
    EXPECT_EQ(moved_by("published for two", [&] { as(named).post(path_of(ids.back(), "publish")).is(200); }), both);
    EXPECT_EQ(moved_by("revised for two", [&] { as(drafter_of("CL")).post(path_of(ids.back(), "revise")).is(201); }), both);

    // What is no report.
    const std::vector<std::pair<std::string, std::function<void()>>> others{
        {"nomination", [&] { portal().listed("CL"); }},
        {"account",
         [&] {
             as(nominator_of("CL")).post("/v1/accounts", {{"name", "New"}, {"roles", {"contact"}}}).is(201);
         }},
        {"credential", [&] { portal().enrolled(nominator_of("CL"), as(contact_of("CL")).account()); }},
        {"key", [&] { portal().state_key("CL", body_of(brought(base::Ed25519Key::generate(seeded_random(9))))); }},
        {"settings",
         [&] {
             as(nominator_of("CL")).patch("/v1/states/CL/settings", {{"require_signature", true}, {"one_holder", true}}).is(200);
         }},
        {"proposal",
         [&] {
             as(nominator_of("CL")).patch("/v1/states/CL/settings", {{"four_eyes", false}}).is(202);
         }},
    };
    for (const auto& [what, work] : others)
        EXPECT_EQ(moved_by(what, work), keys({})) << what;

    std::set<std::string> kinds;
    for (const auto& row : domain::event_table)
        if (row.subject == domain::Subject::report)
            kinds.insert(std::string(row.name));
    EXPECT_EQ(kinds_of_reports(), kinds) << "a kind of entry about reports that this test does not make";
}

}  // namespace
}  // namespace cbmx::test
