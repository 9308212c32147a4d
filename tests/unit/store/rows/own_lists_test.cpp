// What a State lists of its own, its accounts and what waits for it, costs the same however much other States have.
#include "store/rows/proposals.hpp"
#include "support/service_fixture.hpp"
#include "support/steps.hpp"
#include <algorithm>
#include <gtest/gtest.h>

namespace cbmx::test {
namespace {

constexpr int of_each = 5, of_others = 500;

class OwnLists : public ServiceFixture {
protected:
    void TearDown() override {}  // rows without entries

    void make(const std::string& home, int count, bool by_secretariat = false)
    {
        database().writer().run([&](Transaction& t) {
            for (int i = 0; i < count; ++i) {
                t.db().run("INSERT INTO account (id, home, name, roles, status, authority, created_at, version, seq)"
                           " VALUES (?1, ?2, 'Someone', '[\"drafter\"]', 'active', 'nominator', '2026-01-01T00:00:00.000Z', 1, 0)",
                           base::random_uuid(t.random()), home);
                t.db().run(
                    "INSERT INTO proposal (id, home, kind, body, by_secretariat, status, created_at, due_at, version)"
                    " VALUES (?1, ?2, 'report_erasure', '{}', ?3, 'waiting', '2026-01-01T00:00:00.000Z', '2026-03-01T00:00:00.000Z', 1)",
                    base::random_uuid(t.random()), home, by_secretariat);
            }
            return true;
        });
    }

    template <class Ask>
    std::int64_t cost(const Ask& ask)
    {
        return read([&](Connection& db) {
            EXPECT_EQ(ask(db).size(), static_cast<std::size_t>(of_each));  // its statement is prepared
            return steps_of(db, [&] { ask(db); });
        });
    }
};

TEST_F(OwnLists, CostTheSameHoweverMuchOthersHave)
{
    const auto own = domain::Home::of_state(domain::StateCode("CL"));
    const auto accounts = [&](Connection& db) { return store::visible_accounts_after(db, {.own = own}, "", 100); };
    const auto proposals = [&](Connection& db) { return store::visible_proposals_after(db, {.own = own}, std::nullopt, "", 100); };
    make("state:CL", of_each);
    const auto of_accounts = cost(accounts), of_proposals = cost(proposals);
    make("state:PE", of_others);
    EXPECT_LE(cost(accounts), of_accounts + steps_at_the_ends);
    EXPECT_LE(cost(proposals), of_proposals + steps_at_the_ends);
}

TEST_F(OwnLists, TheSecretariatListsWhatItProposedAndNothingElse)
{
    const store::ProposalReach secretariat{.own = domain::Home::from("office:secretariat"), .secretariat = true};
    const auto proposals = [&](Connection& db) { return store::visible_proposals_after(db, secretariat, std::nullopt, "", 100); };
    make("state:CL", of_each, true);
    const auto alone = cost(proposals);
    make("state:PE", of_others);
    EXPECT_LE(cost(proposals), alone + steps_at_the_ends);
    const auto rows = read(proposals);
    EXPECT_TRUE(std::is_sorted(rows.begin(), rows.end(), [](const auto& one, const auto& other) { return one.id.value < other.id.value; }));
}

}  // namespace
}  // namespace cbmx::test
