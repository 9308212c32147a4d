// A change of membership by the services: who enters and who confirms it, the time that is set for it, and what verify recomputes.
#include "json/parse.hpp"
#include "service/clock/due.hpp"
#include "service/proposals/proposals.hpp"
#include "service/registry/membership.hpp"
#include "service/registry/registry.hpp"
#include "store/log/entries.hpp"
#include "store/rows/due.hpp"
#include "store/rows/registry.hpp"
#include "support/decisions.hpp"
#include "support/service_fixture.hpp"
#include "verify/parts.hpp"

namespace cbmx::test {
namespace {

using Json = nlohmann::json;
using std::chrono::days;
using Strings = std::vector<std::string>;

class MembershipChanges : public ServiceFixture {
protected:
    const Principal secretary_ = someone("office:secretariat", {"secretariat"}), other_ = someone("office:secretariat", {"secretariat"});
    const Principal drafter_ = someone("state:CL", {"drafter"});

    void decided(const std::string& state, const char* from, bool participates, const std::string& number)
    {
        const auto given = a_decision(number);
        const Json body{{"kind", "membership_change"},
                        {"state", state},
                        {"participation", {{"participates", participates}, {"from", from}}},
                        {"decision", given}};
        const auto decision = service::read_decision(given, "/decision", now()).value();
        const auto id = write([&](Transaction& t) { return service::make_proposal(t, secretary_, body, decision); }).value().id;
        ASSERT_TRUE(write([&](Transaction& t) {
            return service::confirm_proposal(t, other_, domain::ProposalId(id), std::nullopt, std::chrono::seconds(0), hash_of(given));
        }));
    }
    void midnight() { advance(days(1) - now().time_since_epoch() % days(1)); }
    bool look_at_clock() { return service::do_what_is_due(portal()); }
    bool is_outside() { return again(drafter_).is_outside; }
    Strings faults()
    {
        service::VerifyReport report;
        service::Findings findings(report);
        read([&](Connection& db) {
            service::check_membership(db, findings);
            return true;
        });
        Strings list;
        for (const auto& fault : report.faults)
            list.push_back(fault.what);
        return list;
    }
    // As somebody would who writes into the file, with an entry to match.
    void write_record(domain::EventKind kind, const std::function<void(Json&)>& change)
    {
        write([&](Transaction& t) -> domain::Result<bool> {
            auto row = store::find_row(t.db(), store::RegistryTable::state, "CL").value();
            auto record = Json::parse(row.record);
            change(record);
            row.record = json::canonical(record);
            ++row.version;
            row.seq = t.next_seq();
            store::update_row(t.db(), store::RegistryTable::state, row);
            t.append(secretary_, {.kind = kind,
                                  .subject = "CL",
                                  .home = domain::Home::of_state(domain::StateCode("CL")),
                                  .acting_role = domain::Role::secretariat,
                                  .version = row.version,
                                  .content = row.record});
            return true;
        });
    }
};

TEST_F(MembershipChanges, AccessEndsAtMidnightByAnEntryOfThePortalOnce)
{
    decided("CL", "2020-01-01", false, "NV 1");
    const auto size = ledger_size();
    EXPECT_TRUE(look_at_clock());
    EXPECT_EQ(ledger_size(), size) << "not before its time";
    EXPECT_FALSE(is_outside());
    midnight();
    EXPECT_TRUE(is_outside()) << "also while the portal could not write it down";
    EXPECT_TRUE(look_at_clock());
    EXPECT_TRUE(look_at_clock());
    EXPECT_EQ(kinds_since(size), Strings{"state_access_changed"});
    EXPECT_TRUE(is_outside());
    advance(-days(1));  // a clock that is set back gives nothing back
    EXPECT_TRUE(is_outside());
    EXPECT_EQ(faults(), Strings());
}

TEST_F(MembershipChanges, WhatWasMissedIsDoneInOrder)
{
    decided("CL", "2020-01-01", false, "NV 1");
    const auto back = domain::to_rfc3339(now() + days(3)).substr(0, 10);
    decided("CL", back.c_str(), true, "NV 2");
    const auto size = ledger_size();
    advance(days(10));
    EXPECT_TRUE(look_at_clock());
    EXPECT_EQ(kinds_since(size), (Strings{"state_access_changed", "state_access_changed"}));
    EXPECT_FALSE(is_outside());
    EXPECT_EQ(faults(), Strings());
}

TEST_F(MembershipChanges, ADecisionThatReplacesAnotherReplacesItsTime)
{
    const auto later = domain::to_rfc3339(now() + days(30)).substr(0, 10);
    decided("CL", later.c_str(), false, "NV 1");
    EXPECT_EQ(read([](Connection& db) { return store::stored_due(db).size(); }), 1U);
    decided("CL", "2026-01-15", true, "NV 2");
    EXPECT_EQ(read([](Connection& db) { return store::stored_due(db).size(); }), 0U);
    advance(days(40));
    EXPECT_FALSE(is_outside());
    EXPECT_EQ(faults(), Strings());
}

TEST_F(MembershipChanges, VerifyNamesAnEntryThatChangesThemWithoutADecision)
{
    decided("CL", "2099-01-01", false, "NV 1");
    EXPECT_EQ(faults(), Strings());
    write_record(domain::EventKind::state_changed, [](Json& record) { record["participation"][0]["until"] = "2020-01-01"; });
    write_record(domain::EventKind::state_changed, [](Json& record) { record["access"]["participates"] = false; });
    write_record(domain::EventKind::state_membership_changed, [](Json& record) { record["membership"][0]["status"] = "withdrawn"; });
    write_record(domain::EventKind::state_access_changed, [](Json& record) { record["access"]["changes_at"] = nullptr; });
    const Strings expected{
        "the state CL: participation is not what was decided", "the state CL: its access does not follow from what was decided",
        "the state CL: no confirmed proposal decided it",      "the state CL: membership is not what was decided",
        "the state CL: its access was not due to change",      "the state CL: its access does not follow from what was decided"};
    EXPECT_EQ(faults(), expected);
}

}  // namespace
}  // namespace cbmx::test
