// The judge itself: it must see what is gone, what is there twice, and what was refused and is there all the same.
#include "fault/history.hpp"
#include "service/log/receipts.hpp"
#include "support/ledger_fixture.hpp"

namespace cbmx::test {
namespace {

class TheJudge : public LedgerFixture {
protected:
    // A report that was published, as three acknowledged writes.
    void SetUp() override
    {
        report_ = drafted(drafter_, {{"measure", "OAS-CBM-1"}, {"period", "2025-2026"}, {"status", "implemented"}, {"narrative", "mark"}});
        history_ = {{draft_kind, "mark", Answer::acknowledged, report_}};
        for (const auto& [kind, seq] :
             {std::pair{"report_submitted", submitted(drafter_, report_)}, std::pair{"report_published", published(approver_, report_)}})
            history_.push_back({kind, report_, Answer::acknowledged, report_, 0, seq, receipt(seq)});
    }
    nlohmann::json receipt(Seq seq)
    {
        return read([seq](Connection& db) { return service::receipt_json(db, seq).value(); });
    }
    Judgement judged(const History& history)
    {
        return read([&](Connection& db) { return judge(history, db, begun_at_); });
    }

    Principal drafter_ = someone("state:CL", {"drafter"}), approver_ = someone("state:CL", {"approver"});
    Seq begun_at_ = size();
    std::string report_;
    History history_;
};

TEST_F(TheJudge, FindsNothingWrongWithWhatIsThereOnce)
{
    const auto judgement = judged(history_);
    EXPECT_EQ(judgement.acknowledged, 3u);
    EXPECT_TRUE(judgement.lost.empty() && judgement.wrong.empty()) << judgement.text();
}

TEST_F(TheJudge, SeesWhatIsGone)
{
    history_.push_back({"period_changed", "2031", Answer::acknowledged, "2031", 0, size(), receipt(last())});
    history_.push_back({draft_kind, "another mark", Answer::acknowledged, "4b1de4d0-0000-4000-8000-000000000000"});
    EXPECT_EQ(judged(history_).lost.size(), 2u);
}

TEST_F(TheJudge, SeesAReceiptThatChanged)
{
    history_.back().receipt["index"] = 1;
    EXPECT_EQ(judged(history_).lost.size(), 1u);
}

TEST_F(TheJudge, SeesWhatWasRefusedAndIsThere)
{
    history_.back().answer = Answer::refused;
    EXPECT_EQ(judged(history_).wrong.size(), 1u);
    history_.front().answer = Answer::refused;
    EXPECT_EQ(judged(history_).wrong.size(), 2u);
}

TEST_F(TheJudge, SeesWhatIsThereTwice)
{
    drafted(drafter_, {{"measure", "OAS-CBM-1"}, {"period", "2025-2026"}, {"status", "implemented"}, {"narrative", "mark"}});
    EXPECT_EQ(judged(history_).wrong.size(), 1u);
}

TEST_F(TheJudge, SeesWhatNobodyAskedFor)
{
    history_.pop_back();
    EXPECT_EQ(judged(history_).wrong.size(), 1u);
}

TEST_F(TheJudge, CountsWhatNobodyAnsweredAndIsThere)
{
    history_.back().answer = Answer::unknown;
    const auto judgement = judged(history_);
    EXPECT_EQ(judgement.unknown_there, 1u);
    EXPECT_TRUE(judgement.lost.empty() && judgement.wrong.empty()) << judgement.text();
}

}  // namespace
}  // namespace cbmx::test
