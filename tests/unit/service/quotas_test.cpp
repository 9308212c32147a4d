// Room for what is new: as much as the table says for every State, more where the secretariat has raised it, never less; and a
// decision on what is there is never refused.
#include "service/accounts/accounts.hpp"
#include "service/accounts/enrolments.hpp"
#include "service/proposals/proposals.hpp"
#include "service/quotas.hpp"
#include "service/reports/reports.hpp"
#include "store/rows/quotas.hpp"
#include "support/ledger_fixture.hpp"
#include "support/service_fixture.hpp"

namespace cbmx::test {
namespace {

using domain::ErrorCode;
using domain::Quota;
using domain::Rule;
using nlohmann::json;

class Quotas : public LedgerFixture {
protected:
    const Principal drafter_ = someone("state:CL", {"drafter"}), approver_ = someone("state:CL", {"approver"}),
                    nominator_ = someone("state:CL", {"nominator"}), other_ = someone("state:PE", {"drafter"}),
                    secretariat_ = someone("office:secretariat", {"secretariat"});

    std::int64_t used(const std::string& holder, Quota quota, const std::string& day = "")
    {
        return read([&](Connection& db) { return store::quota_used(db, holder, quota, day); });
    }
    // As if so much were used already: making five thousand drafts would take a while.
    void is_used(const std::string& holder, Quota quota, std::int64_t much, const std::string& day = "")
    {
        write([&](Transaction& t) -> domain::Result<bool> {
            t.db().run("INSERT INTO quota_use VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET used = excluded.used", holder,
                       domain::name_of(quota), day, much);
            return true;
        }).value();
    }
    auto new_draft(const Principal& by)
    {
        return write([&](Transaction& t) { return service::create_report(t, by, a_report()); });
    }
    auto raise(const json& body, const Principal& by, service::ExpectedVersion expected = std::nullopt)
    {
        return write([&](Transaction& t) { return service::change_state_quotas(t, by, "CL", expected, body); });
    }
    json limits(const Principal& reader, const std::string& state, std::string_view quota)
    {
        const auto shown = read([&](Connection& db) { return service::get_state_quotas(db, reader, language, state, now()); }).value().body;
        for (const auto& row : shown.at("limits"))
            if (row.at("quota") == quota)
                return row;
        return nullptr;
    }
    std::string today() { return domain::to_rfc3339(now()).substr(0, 10); }
    void is_full(const Refusal& refused, Rule rule)
    {
        EXPECT_EQ(refused.code, ErrorCode::quota_exceeded);
        EXPECT_TRUE(refused.names("", rule));
    }
};

TEST_F(Quotas, WhatIsUsedIsCountedWhereItIsUsedAndGivenBack)
{
    EXPECT_EQ(used("state:CL", Quota::drafts), 0);
    const auto accounts = used("state:CL", Quota::accounts);
    EXPECT_GE(accounts, 3);
    someone("state:CL", {"contact"});
    EXPECT_EQ(used("state:CL", Quota::accounts), accounts + 1);
    EXPECT_EQ(used(drafter_.account.value, Quota::credentials), 1);
    const auto first = new_draft(drafter_).value().id, second = new_draft(drafter_).value().id;
    EXPECT_EQ(used("state:CL", Quota::drafts), 2);
    const auto bytes = used("state:CL", Quota::draft_bytes);
    const auto long_text = static_cast<std::size_t>(bytes) + 1000;
    write([&](Transaction& t) {
        return service::edit_draft(t, drafter_, first, {{"narrative", std::string(long_text, 'n')}}, std::nullopt);
    }).value();
    EXPECT_GE(used("state:CL", Quota::draft_bytes), bytes + 1000);
    write([&](Transaction& t) { return service::discard_draft(t, drafter_, first, std::nullopt); }).value();
    EXPECT_EQ(used("state:CL", Quota::drafts), 1);
    EXPECT_EQ(used("state:CL", Quota::draft_bytes), bytes / 2);
    const auto entries = used("state:CL", Quota::entries, today());
    write([&](Transaction& t) { return service::submit_report(t, drafter_, second, std::nullopt); }).value();
    write([&](Transaction& t) { return service::publish_report(t, approver_, second, std::nullopt); }).value();
    EXPECT_EQ(used("state:CL", Quota::entries, today()), entries + 2);
    EXPECT_EQ(used("state:CL", Quota::drafts), 0);
    EXPECT_EQ(used("state:CL", Quota::draft_bytes), 0);
    const auto both = read([](Connection& db) { return std::pair(store::stored_quota_use(db), store::counted_quota_use(db)); });
    EXPECT_EQ(both.first, both.second);
}

TEST_F(Quotas, AFullWorkspaceTakesNoMoreAndStillDecides)
{
    const auto draft = new_draft(drafter_).value().id, waiting = new_draft(drafter_).value().id;
    write([&](Transaction& t) { return service::submit_report(t, drafter_, waiting, std::nullopt); }).value();
    is_used("state:CL", Quota::drafts, domain::row_of(Quota::drafts).limit);
    is_full(refusal(new_draft(drafter_)), Rule::quota_drafts);
    EXPECT_TRUE(new_draft(other_).has_value()) << "nobody takes the room of the others";
    write([&](Transaction& t) { return service::publish_report(t, approver_, waiting, std::nullopt); }).value();
    EXPECT_TRUE(new_draft(drafter_).has_value()) << "that made room for one";
    is_full(refusal(write([&](Transaction& t) { return service::start_revision(t, drafter_, waiting, std::nullopt); })),
            Rule::quota_drafts);
    write([&](Transaction& t) { return service::withdraw_report(t, approver_, waiting, std::nullopt); }).value();

    is_used("state:CL", Quota::draft_bytes, domain::row_of(Quota::draft_bytes).limit - 100);
    const auto longer = [&](std::size_t more) {
        return write([&](Transaction& t) {
            return service::edit_draft(t, drafter_, draft, {{"narrative", std::string(more, 'n')}}, std::nullopt);
        });
    };
    is_full(refusal(longer(1000)), Rule::quota_draft_bytes);
    EXPECT_TRUE(longer(1).has_value());
}

TEST_F(Quotas, AfterTheDaysEntriesNothingNewIsTakenUntilTheNextDay)
{
    is_used("state:CL", Quota::entries, domain::row_of(Quota::entries).limit, today());
    const auto taken = [&](const Principal& by) {
        return write([&](Transaction& t) -> domain::Result<bool> {
            if (const auto room = service::check_new_material(t, by, false); !room)
                return room.error();
            return true;
        });
    };
    const auto refused = refusal(taken(drafter_));
    is_full(refused, Rule::quota_entries);
    EXPECT_EQ(refused.violations.at(0).arguments.at(1).second, "2026-02-01T00:00:00.000Z");
    EXPECT_TRUE(taken(other_).has_value());
    advance(std::chrono::hours(12));
    EXPECT_TRUE(taken(drafter_).has_value());
}

TEST_F(Quotas, WhatIsSubmittedOnADayIsBoundedAlsoWhenItIsTakenBack)
{
    const auto id = new_draft(drafter_).value().id;
    const auto submit = [&] { return write([&](Transaction& t) { return service::submit_report(t, drafter_, id, std::nullopt); }); };
    submit().value();
    const auto once = used("state:CL", Quota::submitted_bytes, today());
    EXPECT_GT(once, 0);
    write([&](Transaction& t) { return service::take_back_report(t, drafter_, id, std::nullopt); }).value();
    submit().value();
    EXPECT_EQ(used("state:CL", Quota::submitted_bytes, today()), 2 * once);
    write([&](Transaction& t) { return service::take_back_report(t, drafter_, id, std::nullopt); }).value();
    is_used("state:CL", Quota::submitted_bytes, domain::row_of(Quota::submitted_bytes).limit - 10, today());
    is_full(refusal(submit()), Rule::quota_submitted_bytes);
    advance(std::chrono::hours(12));
    submit().value();
    write([&](Transaction& t) { return service::publish_report(t, approver_, id, std::nullopt); }).value();
}

TEST_F(Quotas, AccountsCredentialsProposalsAndKeysHaveALimit)
{
    is_used("state:CL", Quota::accounts, domain::row_of(Quota::accounts).limit);
    is_full(refusal(write([&](Transaction& t) {
                return service::create_account(t, nominator_, {domain::Home::from("state:CL"), "One more", {"drafter"}});
            })),
            Rule::quota_accounts);
    is_used(drafter_.account.value, Quota::credentials, domain::row_of(Quota::credentials).limit);
    const json invitation{{"kind", "certificate"}, {"code_sha256", base::hex(base::sha256("code"))}};
    is_full(refusal(write([&](Transaction& t) { return service::make_enrolment(portal(), t, nominator_, drafter_.account, invitation); })),
            Rule::quota_credentials);
    is_used("office:secretariat", Quota::proposals, domain::row_of(Quota::proposals).limit);
    const auto proposed = [&](const json& body) {
        return write([&](Transaction& t) { return service::make_proposal(t, secretariat_, body); });
    };
    is_full(refusal(proposed({{"kind", "account_change"}, {"account", drafter_.account.value}, {"name", "Other"}})), Rule::quota_proposals);
    EXPECT_TRUE(proposed({{"kind", "credential_revoke"}, {"credential", drafter_.credential.value}}).has_value())
        << "what takes something back finds room";
    is_used(drafter_.account.value, Quota::retries, domain::row_of(Quota::retries).limit);
    const auto with_key = [&](bool has_key) {
        return write([&](Transaction& t) -> domain::Result<bool> {
            if (const auto room = service::check_new_material(t, drafter_, has_key); !room)
                return room.error();
            return true;
        });
    };
    is_full(refusal(with_key(true)), Rule::quota_retries);
    EXPECT_TRUE(with_key(false).has_value());
}

TEST_F(Quotas, TheSecretariatRaisesThemAndNeverLowersThem)
{
    const auto usual = domain::row_of(Quota::drafts).limit;
    is_used("state:CL", Quota::drafts, usual);
    const auto before = size();
    EXPECT_TRUE(raise({{"drafts", usual + 1}}, secretariat_, 0).value().seq);
    EXPECT_EQ(size(), before + 1);
    EXPECT_TRUE(new_draft(drafter_).has_value());
    is_full(refusal(new_draft(drafter_)), Rule::quota_drafts);
    EXPECT_EQ(limits(nominator_, "CL", "drafts")["limit"], usual + 1);
    EXPECT_EQ(limits(secretariat_, "PE", "drafts")["limit"], usual);

    const auto low = refusal(raise({{"drafts", usual - 1}}, secretariat_));
    EXPECT_TRUE(low.names("/drafts", Rule::below_minimum));
    EXPECT_TRUE(refusal(raise({{"drafts", usual * domain::quota_raised_at_most + 1}}, secretariat_)).names("/drafts", Rule::above_maximum));
    EXPECT_EQ(refusal(raise({{"drafts", usual + 2}}, secretariat_, 0)).code, ErrorCode::precondition_failed);
    EXPECT_EQ(refusal(raise({{"drafts", usual + 2}}, nominator_)).code, ErrorCode::forbidden);
    EXPECT_EQ(refusal(raise({{"drafts", usual + 2}}, other_)).code, ErrorCode::not_found);
    EXPECT_EQ(raise({{"drafts", usual + 1}}, secretariat_).value().seq, std::nullopt) << "what changes nothing is no entry";
    EXPECT_TRUE(raise({{"drafts", nullptr}}, secretariat_).value().seq);
    EXPECT_EQ(limits(nominator_, "CL", "drafts")["limit"], usual);
}

TEST_F(Quotas, HowFarTheyAreUsedTheOwnStateAloneIsToldInTenths)
{
    const auto usual = domain::row_of(Quota::drafts).limit;
    is_used("state:CL", Quota::drafts, usual * 3 / 10 - 1);
    EXPECT_EQ(limits(drafter_, "CL", "drafts")["used_tenths"], 2);
    is_used("state:CL", Quota::drafts, usual * 3 / 10);
    EXPECT_EQ(limits(drafter_, "CL", "drafts")["used_tenths"], 3);
    EXPECT_EQ(limits(secretariat_, "CL", "drafts")["used_tenths"], nullptr);
    EXPECT_EQ(refusal(read([&](Connection& db) { return service::get_state_quotas(db, other_, language, "CL", now()); })).code,
              ErrorCode::not_found);
    const auto seen = [&](const Principal& reader) {
        return read([&](Connection& db) { return service::list_state_quotas(db, reader, 100, "", now()); }).value().items;
    };
    EXPECT_EQ(seen(other_).size(), 1U);
    EXPECT_GT(seen(secretariat_).size(), 30U);
}

}  // namespace
}  // namespace cbmx::test
