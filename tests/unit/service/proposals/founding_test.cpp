// A State founded on paper: by the secretariat's record of a note verbale and the operator's confirmation, with codes in two halves.
// See server/service/proposals/founding.hpp.
#include "support/foundings.hpp"
#include "support/service_fixture.hpp"

namespace cbmx::test {
namespace {

using domain::ErrorCode;
using domain::Rule;
using nlohmann::json;

class Founding : public ServiceFixture {
protected:
    const Principal secretariat_ = someone("office:secretariat", {"secretariat"});

    auto propose(const json& body)
    {
        return write([&](Transaction& t) { return propose_founding(t, secretariat_, body); });
    }
    std::string proposed(const json& body) { return propose(body).value().id; }
    auto confirm(const std::string& id, const service::OperatorsPart& part, const Principal& by = domain::machine_operator())
    {
        return write([&](Transaction& t) { return service::confirm_founding(t, by, domain::ProposalId(id), part); });
    }
    auto get(const std::string& id)
    {
        return read([&](Connection& c) { return service::get_proposal(c, secretariat_, language, domain::ProposalId(id)); });
    }
    json body_of(const std::string& id) { return get(id).value().body["content"]["body"]; }
    json official(const std::string& id, std::size_t n) { return body_of(id).at("officials").at(n); }

    // The halves of the n-th official's code, and what the operator brings for six.
    static std::string first_half_of(std::size_t n) { return "ABCDEFGH234" + std::string(1, static_cast<char>('A' + n)); }
    static std::string second_half_of(std::size_t n) { return "JKLMNPQR678" + std::string(1, static_cast<char>('A' + n)); }
    static service::OperatorsPart the_part(const json& body)
    {
        service::OperatorsPart part{.note = hash_of(body.at("decision")), .second_codes = {}, .fingerprints = {}};
        for (std::size_t n = 0; n < service::max_officials; ++n)
            part.second_codes.push_back(base::sha256(second_half_of(n)));
        return part;
    }
    static json official_with_code(std::size_t n, const json& roles)
    {
        return an_official({{"name", "Official " + std::to_string(n)},
                            {"roles", roles},
                            {"code_sha256", base::hex(base::sha256(first_half_of(n)))},
                            {"credential", {{"scopes", {"accounts", "draft", "publish", "read"}}}}});
    }
    static std::vector<json> six_officials()
    {
        std::vector<json> officials;
        for (std::size_t n = 0; n < service::max_officials; ++n)
            officials.push_back(official_with_code(n, n == 0 ? json{"nominator", "approver"} : json{"approver", "drafter"}));
        return officials;
    }
    // One official, founded: the enrolment that awaits him.
    std::string awaiting_one()
    {
        const auto body = a_founding("PE", {official_with_code(0, {"nominator"})});
        const auto id = proposed(body);
        EXPECT_TRUE(confirm(id, the_part(body)).has_value());
        return official(id, 0).at("enrolment");
    }
    auto use(const std::string& enrolment, const std::string& code, const std::string& token)
    {
        return write([&](Transaction& t) {
            return service::use_enrolment(portal(), t, domain::EnrolmentId(enrolment),
                                          {{"code", code}, {"token_sha256", base::hex(base::sha256(token))}});
        });
    }
    Principal entered(const std::string& enrolment, std::size_t n)
    {
        const auto token = write([](Transaction& t) { return domain::Result<std::string>(service::new_token(t.random())); }).value();
        EXPECT_FALSE(use(enrolment, first_half_of(n) + second_half_of(n), token).value().refused.has_value());
        return signed_in(token);
    }
    std::string tries_left_after(const std::string& enrolment, const std::string& code)
    {
        const auto refused = use(enrolment, code, "cbmx_x").value().refused.value();
        EXPECT_EQ(refused.code, ErrorCode::not_eligible);
        EXPECT_EQ(refused.violations.at(0).rule, Rule::wrong_code);
        return refused.violations.at(0).arguments.at(0).second;
    }
};

TEST_F(Founding, TakesEffectByTheSecretariatsRecordAndTheOperatorsConfirmation)
{
    const auto pem = new_certificate("first", now() + std::chrono::days(300));
    const auto body = a_founding("PE", {an_official({{"certificate", pem}})});
    const auto id = proposed(body);
    EXPECT_FALSE(sign_in(std::nullopt, pem).has_value());
    const auto size = ledger_size();
    auto part = the_part(body);
    part.fingerprints = {fingerprint_of(pem)};
    ASSERT_TRUE(confirm(id, part).has_value());
    EXPECT_EQ(kinds_since(size), (std::vector<std::string>{"account_created", "credential_registered", "proposal_confirmed"}));
    const auto first = signed_in(std::nullopt, pem);
    EXPECT_TRUE(first.has(domain::Role::nominator));
    const auto content = account(first, first.account.value)["content"];
    EXPECT_EQ(content["authority"], "note");
    EXPECT_EQ(content["authority_note"], (json{{"number", "NV 12/2026"}, {"date", "2026-01-02"}}));
    EXPECT_EQ(official(id, 0).at("account"), first.account.value);
    EXPECT_EQ(get(id).value().body["content"]["decided_by"], nullptr);
}

TEST_F(Founding, OneNoteFoundsAStateWithSixOfficialsNoneOfThemAnothersHands)
{
    const auto body = a_founding("PE", six_officials());
    const auto id = proposed(body);
    const auto size = ledger_size();
    ASSERT_TRUE(confirm(id, the_part(body)).has_value());
    std::vector<std::string> kinds;
    for (std::size_t n = 0; n < service::max_officials; ++n)
        kinds.insert(kinds.end(), {"account_created", "enrolment_made"});
    kinds.push_back("proposal_confirmed");
    EXPECT_EQ(kinds_since(size), kinds);
    std::vector<Principal> officials;
    for (std::size_t n = 0; n < service::max_officials; ++n)
        officials.push_back(entered(official(id, n).at("enrolment"), n));
    for (const auto& one : officials)
        for (const auto& other : officials)
            EXPECT_EQ(read([&](Connection& c) {
                          return service::is_same_actor(c, service::actor_of(one), service::actor_of(other), now(), std::nullopt);
                      }),
                      one.account == other.account);
    EXPECT_TRUE(officials[0].has(domain::Role::nominator));
    EXPECT_FALSE(officials[1].has(domain::Role::nominator));
    EXPECT_FALSE(officials[1].is_without_authority);
}

TEST_F(Founding, OneHalfOpensNothingAndFiveWrongTriesEndIt)
{
    const auto enrolment = awaiting_one();
    const auto first = first_half_of(0), second = second_half_of(0);
    // Which half was right, no answer says.
    EXPECT_EQ(tries_left_after(enrolment, first + "222222222222"), "4");
    EXPECT_EQ(tries_left_after(enrolment, "222222222222" + second), "3");
    EXPECT_EQ(tries_left_after(enrolment, first + first), "2");
    EXPECT_EQ(tries_left_after(enrolment, first + second + "2"), "1");
    EXPECT_EQ(tries_left_after(enrolment, second + first), "0");
    const auto late = refusal(use(enrolment, first + second, "cbmx_x"));
    EXPECT_EQ(late.code, ErrorCode::conflict);
    EXPECT_TRUE(late.names("", Rule::enrolment_ended));
}

TEST_F(Founding, ACodeIsTakenInGroupsAndInSmallLetters)
{
    const auto used = use(awaiting_one(), "abcd-efgh-234a JKLM NPQR 678A", "cbmx_x").value();
    EXPECT_FALSE(used.refused.has_value());
    EXPECT_EQ(used.subject, domain::Subject::credential);
}

TEST_F(Founding, ACodeIsGoodForThirtyDays)
{
    const auto body = a_founding("PE", six_officials());
    const auto id = proposed(body);
    ASSERT_TRUE(confirm(id, the_part(body)).has_value());
    advance(service::founding_life - std::chrono::hours(1));
    EXPECT_TRUE(use(official(id, 0).at("enrolment"), first_half_of(0) + second_half_of(0), "cbmx_x").has_value());
    advance(std::chrono::hours(1));
    EXPECT_TRUE(
        refusal(use(official(id, 1).at("enrolment"), first_half_of(1) + second_half_of(1), "cbmx_y")).names("", Rule::enrolment_ended));
}

TEST_F(Founding, NoAnswerShowsACodeNorTheHashOfTheOperatorsHalf)
{
    const auto body = a_founding("PE", six_officials());
    const auto id = proposed(body);
    ASSERT_TRUE(confirm(id, the_part(body)).has_value());
    const auto nominator = entered(official(id, 0).at("enrolment"), 0);
    auto shown = get(id).value().body.dump();
    for (const auto& reader : {secretariat_, nominator})
        shown +=
            read([&](Connection& c) { return service::list_enrolments(c, reader, language, 100, ""); }).value().items.dump() +
            read([&](Connection& c) { return service::list_proposals(c, reader, language, std::nullopt, 100, ""); }).value().items.dump();
    for (std::size_t n = 0; n < service::max_officials; ++n)
        for (const auto& hidden : {first_half_of(n), second_half_of(n), base::hex(base::sha256(second_half_of(n)))})
            EXPECT_EQ(shown.find(hidden), std::string::npos);
}

TEST_F(Founding, EveryFaultIsNamedAtOnce)
{
    const auto old = new_certificate("old", now() - std::chrono::days(1));
    auto with_both = an_official({{"certificate", new_certificate("both", now() + std::chrono::days(9))}});
    with_both["code_sha256"] = base::hex(base::sha256("x"));
    auto without_code = official_with_code(3, {"approver"});
    without_code.erase("code_sha256");
    auto without_scopes = official_with_code(4, {"approver"});
    without_scopes["credential"].erase("scopes");
    auto body = a_founding("PE", {official_with_code(0, {"drafter"}), official_with_code(0, {"approver"}),
                                  an_official({{"roles", {"drafter"}}, {"certificate", old}}), without_code, without_scopes, with_both});
    body["officials"][5]["roles"] = {"drafter"};
    body["decision"]["kind"] = "resolution";
    const auto refused = refusal(propose(body));
    EXPECT_EQ(refused.code, ErrorCode::validation_failed);
    EXPECT_TRUE(refused.names("/decision/kind", Rule::not_allowed_value));
    EXPECT_TRUE(refused.names("/officials", Rule::needs_nominator));
    EXPECT_TRUE(refused.names("/officials/1/code_sha256", Rule::duplicate_item));
    EXPECT_TRUE(refused.names("/officials/2/certificate", Rule::certificate_expired));
    EXPECT_TRUE(refused.names("/officials/3/code_sha256", Rule::required));
    EXPECT_TRUE(refused.names("/officials/4/credential/scopes", Rule::required));
    EXPECT_TRUE(refused.names("/officials/5/code_sha256", Rule::unknown_member));
    EXPECT_EQ(refused.violations.size(), 7U);
}

TEST_F(Founding, OnlyWhileNoNominatorCouldAddAnybody)
{
    someone("state:CL", {"nominator"});
    EXPECT_TRUE(refusal(propose(a_founding("CL"))).names("/state", Rule::already_exists));
    const auto body = a_founding("PE");
    const auto id = proposed(body);
    const auto back = someone("state:PE", {"nominator"});
    EXPECT_EQ(refusal(confirm(id, the_part(body))).code, ErrorCode::conflict);
    write([&](Transaction& t) { return service::revoke_credential(t, domain::machine_operator(), back.credential); }).value();
    EXPECT_TRUE(confirm(id, the_part(body)).has_value()) << "whoever has lost everything comes in the same way";
}

TEST_F(Founding, AStateThatAsksAgainEndsTheCodesThatNobodyUsed)
{
    const auto before = awaiting_one();
    const auto body = a_founding("PE", {official_with_code(1, {"nominator"})}, "NV 13/2026");
    const auto id = proposed(body);
    const auto size = ledger_size();
    ASSERT_TRUE(confirm(id, the_part(body)).has_value());
    EXPECT_EQ(kinds_since(size).front(), "enrolment_ended");
    EXPECT_TRUE(refusal(use(before, first_half_of(0) + second_half_of(0), "cbmx_x")).names("", Rule::enrolment_ended));
}

TEST_F(Founding, TheOperatorComparesTheNoteAndEachFingerprintInIt)
{
    const auto pem = new_certificate("x", now() + std::chrono::days(300));
    const auto body = a_founding("PE", {official_with_code(0, {"nominator"}), an_official({{"roles", {"drafter"}}, {"certificate", pem}})});
    const auto id = proposed(body);
    auto part = the_part(body);
    EXPECT_TRUE(refusal(confirm(id, part)).names("/fingerprints/1", Rule::required));
    part.fingerprints = {std::nullopt, base::sha256("another")};
    EXPECT_TRUE(refusal(confirm(id, part)).names("/fingerprints/1", Rule::invalid_value));
    part.fingerprints = {std::nullopt, fingerprint_of(pem)};
    part.second_codes.clear();
    EXPECT_TRUE(refusal(confirm(id, part)).names("/second_codes/0", Rule::required));
    part.second_codes = the_part(body).second_codes;
    part.note = base::hex(base::sha256("another note"));
    EXPECT_TRUE(refusal(confirm(id, part)).names("/sha256", Rule::invalid_value));
    part.note = hash_of(body.at("decision"));
    EXPECT_TRUE(confirm(id, part).has_value());
}

TEST_F(Founding, NobodyElseConfirmsIt)
{
    const auto body = a_founding("PE");
    const auto id = proposed(body);
    EXPECT_EQ(refusal(confirm(id, the_part(body), secretariat_)).code, ErrorCode::forbidden);
    for (const auto& [who, code] : {std::pair{someone("office:secretariat", {"secretariat"}), ErrorCode::forbidden},
                                    {someone("state:PE", {"approver"}), ErrorCode::not_eligible}})
        EXPECT_EQ(refusal(write([&](Transaction& t) {
                      return service::confirm_proposal(t, who, domain::ProposalId(id), std::nullopt, std::chrono::seconds(0),
                                                       hash_of(body.at("decision")));
                  })).code,
                  code);
}

TEST_F(Founding, WhatTheNoteSaysOfAnOfficialIsHiddenAndErasedWithHisAccount)
{
    const auto body = a_founding("PE", six_officials());
    const auto id = proposed(body);
    ASSERT_TRUE(confirm(id, the_part(body)).has_value());
    const auto nominator = entered(official(id, 0).at("enrolment"), 0);
    const domain::AccountId leaving(official(id, 5).at("account").get<std::string>());
    const auto has_document = [&] {
        return read([&](Connection& c) { return service::get_decision_file(c, hash_of(body.at("decision"))); }).has_value();
    };
    EXPECT_TRUE(has_document());
    write([&](Transaction& t) {
        return service::change_account(t, nominator, leaving, std::nullopt, {.status = domain::AccountStatus::disabled});
    }).value();
    write([&](Transaction& t) {
        return service::schedule_account_erasure(t, nominator, leaving, std::nullopt, std::chrono::days(7));
    }).value();
    EXPECT_EQ(body_of(id), json::object());
    EXPECT_FALSE(has_document());
    write([&](Transaction& t) { return service::apply_account_erasure(t, nominator, leaving.value); }).value();
    const auto left = read([](Connection& c) {
        std::string text;
        for (auto rows = c.query("SELECT body FROM proposal UNION ALL SELECT COALESCE(content, '') FROM ledger_opening"); rows.next();)
            text += rows.text(0);
        for (auto rows = c.query("SELECT sha256 FROM decision_file"); rows.next();)
            text += rows.text(0);
        return text;
    });
    EXPECT_EQ(left.find("+56225550101"), std::string::npos);
    EXPECT_EQ(left.find("Official 5"), std::string::npos);
    EXPECT_EQ(left.find(hash_of(body.at("decision"))), std::string::npos);
}

}  // namespace
}  // namespace cbmx::test
