// What stands behind an account, and what an account may do behind which nothing stands. See domain::Authority.
#include "json/parse.hpp"
#include "ledger/entry.hpp"
#include "ledger/receipt.hpp"
#include "service/log/receipts.hpp"
#include "store/log/authority.hpp"
#include "store/log/entries.hpp"
#include "store/rows/portal.hpp"
#include "support/foundings.hpp"
#include "support/service_fixture.hpp"

namespace cbmx::test {
namespace {

using domain::ErrorCode;
using domain::Home;
using domain::Rule;

class Authority : public ServiceFixture {
protected:
    const Principal nominator_ = first_nominator("CL");

    Authority()
    {
        write([](Transaction& t) {  // who sees which entries
            store::refresh_event_kinds(t.db());
            return domain::Result<bool>(true);
        })
            .value();
    }

    auto create(const Principal& principal, const std::string& home, const std::vector<std::string>& roles)
    {
        return write([&](Transaction& t) { return service::create_account(t, principal, {Home::from(home), "Desk", roles}); });
    }
    // What the entry of an act says of the account that acted; null: nothing. The text is what the entry commits to.
    nlohmann::json said(const Principal& reader, std::int64_t seq)
    {
        return read([&](Connection& c) {
            const auto opening = nlohmann::json::parse(service::opening_text(c, reader, seq));
            const auto entry = ledger::parse_entry(store::entry_body(c, seq).value()).value();
            EXPECT_EQ(opening.contains("authority"), entry.authority.has_value());
            if (!entry.authority)
                return nlohmann::json();
            const auto salt = base::to_hash(*base::from_base64(opening.at("authority_salt").get<std::string>())).value();
            EXPECT_EQ(ledger::commitment(ledger::Part::authority, entry.kind, entry.seq, salt, json::canonical(opening.at("authority"))),
                      *entry.authority);
            return opening.at("authority");
        });
    }
    nlohmann::json said_of_next_act(const Principal& by)
    {
        return said(by, create(again(by), "state:CL", {"drafter"}).value().seq.value());
    }
    std::string authority_of(const std::string& id) { return account(nominator_, id)["content"]["authority"]; }
    // As it could stand in a portal that somebody has written to beside these rules: made at the machine, and no demonstration.
    Principal without_authority(const std::vector<std::string>& roles)
    {
        const auto id = write([&](Transaction& t) {
                            return service::carry_out_creation(t, domain::machine_operator(), {Home::from("state:CL"), "Unnamed", roles},
                                                               domain::Permission::account_write);
                        })
                            .value()
                            .id;
        mark_as_demonstration(true);  // for its token
        const auto token = token_for(id);
        mark_as_demonstration(false);
        return signed_in(token);
    }
};

TEST_F(Authority, IsTheNoteTheNominatorOrTheDemonstration)
{
    EXPECT_EQ(authority_of(nominator_.account.value), "note");
    EXPECT_EQ(authority_of(create(nominator_, "state:CL", {"drafter"}).value().id), "nominator");
    const auto by_operator = create(domain::machine_operator(), "state:CL", {"drafter"}).value().id;
    EXPECT_EQ(authority_of(by_operator), "demonstration");
    write([&](Transaction& t) { return service::confirm_account(t, nominator_, domain::AccountId(by_operator), std::nullopt); }).value();
    EXPECT_EQ(authority_of(by_operator), "nominator");
    const auto secretariat = someone("office:secretariat", {"secretariat"});
    EXPECT_EQ(account(secretariat, secretariat.account.value)["content"]["authority"], "office");
}

TEST_F(Authority, StandsInTheEntryOfEachActAsItWasThen)
{
    EXPECT_EQ(said_of_next_act(nominator_), (nlohmann::json{{"by", "note_verbale"}, {"date", "2026-01-02"}, {"number", "NV 12/2026"}}));
    const auto second = signed_in(token_for(create(nominator_, "state:CL", {"nominator"}).value().id));
    EXPECT_EQ(said_of_next_act(second), (nlohmann::json{{"by", "nominating_authority"}}));
    const auto made_at_the_machine = someone("state:CL", {"nominator"});
    const auto before = create(made_at_the_machine, "state:CL", {"drafter"}).value().seq.value();
    write([&](Transaction& t) { return service::confirm_account(t, nominator_, made_at_the_machine.account, std::nullopt); }).value();
    EXPECT_EQ(said_of_next_act(made_at_the_machine), (nlohmann::json{{"by", "nominating_authority"}}));
    EXPECT_EQ(said(nominator_, before), (nlohmann::json{{"by", "demonstration"}}));
}

TEST_F(Authority, IsNamedOfNobodyElseWhoActs)
{
    const auto secretariat = someone("office:secretariat", {"secretariat"});
    const auto proposed = write([&](Transaction& t) { return propose_founding(t, secretariat, a_founding("PE")); }).value();
    EXPECT_TRUE(said(secretariat, proposed.seq.value()).is_null());
    const auto by_operator = create(domain::machine_operator(), "state:CL", {"drafter"}).value();
    EXPECT_TRUE(said(nominator_, by_operator.seq.value()).is_null());
}

TEST_F(Authority, IsToldInWordsThatLackNothing)
{
    const auto told = [](domain::Authority authority, const std::optional<std::string>& note = {}) {
        return store::authority_text(authority, note);
    };
    EXPECT_EQ(told(domain::Authority::note, R"({"date":"2026-01-12","number":"12/2026"})"),
              R"({"by":"note_verbale","date":"2026-01-12","number":"12/2026"})");
    EXPECT_EQ(told(domain::Authority::nominator), R"({"by":"nominating_authority"})");
    EXPECT_EQ(told(domain::Authority::none), R"({"by":"operator"})");
    EXPECT_EQ(told(domain::Authority::demonstration), R"({"by":"demonstration"})");
    EXPECT_EQ(told(domain::Authority::office), std::nullopt);
}

// Whoever has the machine makes no pair of eyes of a State: two accounts made there published as that State.
TEST_F(Authority, TheOperatorMakesAndEquipsNobodyOfAStateButInADemonstration)
{
    const auto drafter = create(nominator_, "state:CL", {"drafter"}).value().id;
    mark_as_demonstration(false);
    const auto machine = domain::machine_operator();
    const auto refused = [](const auto& result) {
        const auto why = refusal(result);
        EXPECT_EQ(why.code, ErrorCode::forbidden);
        EXPECT_TRUE(why.names("", Rule::founded_by_note));
    };
    const auto change = [&](const service::AccountChange& to) {
        return write([&](Transaction& t) { return service::change_account(t, machine, domain::AccountId(drafter), std::nullopt, to); });
    };
    refused(create(machine, "state:CL", {"approver"}));
    refused(change({.roles = std::vector<std::string>{"approver", "drafter"}}));
    refused(change({.name = "Another"}));
    refused(write([&](Transaction& t) {
        return issue_token(portal(), t, machine, domain::AccountId(drafter), {.label = "t", .scopes = {"draft"}});
    }));
    refused(write([&](Transaction& t) {
        return service::register_certificate(t, machine, domain::AccountId(drafter), new_certificate("x", now() + std::chrono::days(9)),
                                             "");
    }));
    EXPECT_TRUE(change({.status = domain::AccountStatus::disabled}).has_value()) << "what ends something is left to it";
    refused(change({.status = domain::AccountStatus::active}));
    EXPECT_TRUE(create(machine, "office:audit", {"auditor"}).has_value());
}

TEST_F(Authority, WithoutItAnAccountReadsAndDraftsAndDoesNothingElse)
{
    mark_as_demonstration(false);
    const auto unnamed = without_authority({"approver", "drafter", "nominator"});
    EXPECT_EQ(authority_of(unnamed.account.value), "none");
    EXPECT_TRUE(unnamed.reaches(domain::Permission::report_draft, unnamed.home));
    EXPECT_TRUE(unnamed.reaches(domain::Permission::report_read, unnamed.home));
    for (const auto permission :
         {domain::Permission::report_publish, domain::Permission::account_write, domain::Permission::proposal_decide,
          domain::Permission::state_settings_write, domain::Permission::delegation_write})
        EXPECT_EQ(unnamed.reach(permission), domain::Reach::none) << domain::name_of(permission);
    const auto refused = [](const auto& result) {
        const auto why = refusal(result);
        EXPECT_EQ(why.code, ErrorCode::forbidden);
        EXPECT_TRUE(why.names("", Rule::without_authority));
    };
    refused(create(unnamed, "state:CL", {"drafter"}));
    const auto other = without_authority({"nominator"});
    refused(write([&](Transaction& t) { return service::confirm_account(t, unnamed, other.account, std::nullopt); }));
    // The way out.
    write([&](Transaction& t) { return service::confirm_account(t, nominator_, unnamed.account, std::nullopt); }).value();
    EXPECT_TRUE(create(again(unnamed), "state:CL", {"drafter"}).has_value());
}

TEST_F(Authority, AStateWhoseNominatorsHaveNoneMayBeFoundedOnPaper)
{
    write([&](Transaction& t) { return service::revoke_credential(t, domain::machine_operator(), nominator_.credential); }).value();
    const auto is_usable = [&] {
        return read([&](Connection& c) { return store::has_usable_nominator(c, Home::from("state:CL"), domain::to_rfc3339(now())); });
    };
    mark_as_demonstration(false);
    without_authority({"nominator"});
    EXPECT_FALSE(is_usable());
}

}  // namespace
}  // namespace cbmx::test
