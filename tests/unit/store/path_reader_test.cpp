// What reads several nodes at once for a path through the tree gives what reads each by itself.
#include "store/log/entries.hpp"
#include "support/ledger_fixture.hpp"

namespace cbmx::test {
namespace {

class PathReader : public LedgerFixture {};

TEST_F(PathReader, ProofsAreThoseOfTheNodesReadOneByOne)
{
    read([this](Connection& db) {
        const auto one_by_one = store::node_reader(db), several = store::path_reader(db);
        const auto end = static_cast<std::uint64_t>(size());
        EXPECT_GT(end, 64U) << "several blocks on several levels";
        for (const auto size : {end, end - 1, std::uint64_t{64}, std::uint64_t{63}, std::uint64_t{9}, std::uint64_t{8}, std::uint64_t{1}})
            for (std::uint64_t index = 0; index < size; ++index) {
                EXPECT_EQ(ledger::inclusion_proof(index, size, several), ledger::inclusion_proof(index, size, one_by_one))
                    << index << " of " << size;
                EXPECT_EQ(ledger::consistency_proof(index + 1, size, several), ledger::consistency_proof(index + 1, size, one_by_one))
                    << index + 1 << " to " << size;
                EXPECT_EQ(several(0, index), one_by_one(0, index));
            }
        EXPECT_EQ(ledger::root_of(end, several), ledger::root_of(end, one_by_one));
        return true;
    });
}

TEST_F(PathReader, ANodeThatIsNotThereIsToldFromOneThatIs)
{
    read([this](Connection& db) {
        const auto nodes = store::path_reader(db);
        const auto end = static_cast<std::uint64_t>(size());
        for (unsigned level = 0; level < 6; ++level) {
            EXPECT_NO_THROW(nodes(level, (end >> level) - 1)) << level;
            EXPECT_THROW(nodes(level, end >> level), std::runtime_error) << level;
        }
        return true;
    });
}

}  // namespace
}  // namespace cbmx::test
