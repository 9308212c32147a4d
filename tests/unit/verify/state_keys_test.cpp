// verify judges again what shows that a key for statements is its State's: what a portal could have entered carelessly, or with intent,
// is named. See server/service/accounts/signing_keys.hpp.
#include "json/parse.hpp"
#include "service/accounts/accounts.hpp"
#include "service/accounts/credentials.hpp"
#include "service/accounts/signing_keys.hpp"
#include "service/proposals/proposals.hpp"
#include "service/second_person.hpp"
#include "support/brought_key.hpp"
#include "support/enrolled.hpp"
#include "support/foundings.hpp"
#include "unit/verify/tampering.hpp"

namespace cbmx::test {
namespace {

using domain::KeyShownBy;
using domain::ProposalId;
using domain::SigningKeyId;
using service::BroughtKey;

class VerifyStateKeys : public Tampering {
protected:
    const Principal nominator_ = someone("state:CL", {"nominator"});
    const Principal secretariat_ = someone("office:secretariat", {"secretariat"});
    const base::Ed25519Key first_ = base::Ed25519Key::generate(random()), next_ = base::Ed25519Key::generate(random());

    std::string add(const BroughtKey& key)
    {
        return write([&](Transaction& t) { return service::register_signing_key(portal(), t, nominator_, key); }).value().id;
    }
    void note(const BroughtKey& key)
    {
        const auto note = a_key_note("CL", key);
        const ProposalId proposal(write([&](Transaction& t) { return propose_founding(t, secretariat_, note); }).value().id);
        write([&](Transaction& t) {
            return service::confirm_key_note(t, domain::machine_operator(), proposal, hash_of(note.at("decision")),
                                             base::public_key_fingerprint(key.public_key).value());
        }).value();
    }
    std::string first_by_note()
    {
        note(brought(first_));
        return add(brought(first_));
    }
    // As a portal would enter it that looks at nothing.
    Seq entered(const base::Ed25519Key& key, KeyShownBy by, const std::optional<Json>& shown)
    {
        return write([&](Transaction& t) {
                   store::SigningKeyRow row;
                   row.id = SigningKeyId(t.new_uuid());
                   row.state = domain::StateCode("CL");
                   row.public_key = pem_of(key.public_key());
                   row.fingerprint = base::public_key_fingerprint(row.public_key).value();
                   row.label = "Ministry";
                   row.created_at = t.now_text();
                   row.version = 1;
                   row.seq = t.next_seq();
                   row.shown_by = by;
                   if (shown)
                       row.shown = cbmx::json::canonical(*shown);
                   store::insert_signing_key(t.db(), row);
                   const auto seq = t.append(nominator_, {.kind = domain::EventKind::signing_key_registered,
                                                          .subject = row.id.value,
                                                          .home = nominator_.home,
                                                          .acting_role = nominator_.acting_role(domain::Permission::signing_key_write),
                                                          .version = 1,
                                                          .content = service::signing_key_record(t.db(), row.id)});
                   return domain::Result<Seq>(seq);
               })
            .value();
    }
    void finds_at(Seq seq, const std::string& words)
    {
        const auto report = verified(database_file());
        EXPECT_FALSE(report.ok()) << words;
        EXPECT_NE(report.summary().find(words), std::string::npos) << report.summary();
        ASSERT_TRUE(report.first_wrong_entry().has_value());
        EXPECT_EQ(report.first_wrong_entry()->seq, seq) << report.summary();
    }
    Json shown_by(const BroughtKey& key)
    {
        return {{"key", key.previous->key}, {"origin", portal().origin}, {"signature", key.previous->signature}};
    }
};

TEST_F(VerifyStateKeys, WholeOnesOfEachKindVerify)
{
    first_by_note();
    add(following(brought(next_), first_));
    const auto second = someone("state:CL", {"nominator"});
    const auto third = brought(base::Ed25519Key::generate(random()));
    write([&](Transaction& t) { return domain::Result<std::string>(confirmed_key(t, portal(), nominator_, second, third)); }).value();
    for (const auto& key : read([](Connection& c) { return store::public_keys_after(c, std::nullopt, "", 10); }))
        write([&](Transaction& t) { return service::revoke_signing_key(t, nominator_, key.id); }).value();
    const auto report = verified(database_file());
    EXPECT_TRUE(report.ok()) << report.summary();
}

TEST_F(VerifyStateKeys, OneThatTheKeyBeforeDidNotSignIsNamed)
{
    first_by_note();
    auto by_itself = following(brought(next_), first_);
    by_itself.previous->signature = brought(next_).proof;
    finds_at(entered(next_, KeyShownBy::previous_key, shown_by(by_itself)), "the key before it did not sign it");
}

TEST_F(VerifyStateKeys, OneThatAStrangersKeySignedIsNamed)
{
    first_by_note();
    const auto stranger = base::Ed25519Key::generate(random());
    finds_at(entered(next_, KeyShownBy::previous_key, shown_by(following(brought(next_), stranger))),
             "the key that is said to have signed it is no key of its State");
}

TEST_F(VerifyStateKeys, OneThatARevokedKeySignedIsNamed)
{
    const SigningKeyId first(first_by_note());
    write([&](Transaction& t) { return service::revoke_signing_key(t, nominator_, first); }).value();
    finds_at(entered(next_, KeyShownBy::previous_key, shown_by(following(brought(next_), first_))),
             "the key that signed it was not active then");
}

TEST_F(VerifyStateKeys, OneThatWasSignedForAnotherLogIsNamed)
{
    first_by_note();
    auto shown = shown_by(following(brought(next_), first_, "state:CL", "other.example/log"));
    shown["origin"] = "other.example/log";
    finds_at(entered(next_, KeyShownBy::previous_key, shown), "the key before it signed it for another log");
}

TEST_F(VerifyStateKeys, OneThatNobodyConfirmedIsNamed)
{
    finds_at(entered(first_, KeyShownBy::two_nominators, std::nullopt), "no confirmed proposal of its State's registered it");
}

TEST_F(VerifyStateKeys, OneThatOnePersonRegisteredAndConfirmedIsNamed)
{
    const auto account = write([&](Transaction& t) {
                             return service::create_account(t, domain::machine_operator(), {nominator_.home, "Ana", {"nominator"}});
                         }).value();
    const auto held =
        write([&](Transaction& t) {
            return issue_token(portal(), t, nominator_, domain::AccountId(account.id), {.label = "t", .scopes = {"accounts", "read"}});
        }).value();
    const auto equipped = write([&](Transaction& t) { return proven(t, held.secret); }).value();
    someone("state:CL", {"nominator"});
    const ProposalId id(add(brought(first_)));
    const auto seq =
        write([&](Transaction& t) {
            auto proposal = store::find_proposal(t.db(), id).value();
            proposal.status = domain::ProposalStatus::confirmed;
            proposal.decided_by = equipped.account;
            ++proposal.version;
            store::update_proposal(t.db(), proposal);
            t.db().run("DELETE FROM due_at WHERE subject = ?1", id);
            auto key = service::carry_out_key(t, equipped, proposal, Json::parse(proposal.body));
            proposal.seq = t.next_seq();
            store::complete_proposal(t.db(), proposal);
            service::record_proposal(t, equipped, proposal, domain::EventKind::proposal_confirmed, domain::Permission::proposal_decide);
            return key;
        })
            .value()
            .seq.value();
    finds_at(seq, "it was confirmed by somebody in whose hands its registration was");
}

TEST_F(VerifyStateKeys, OneWithoutTheNoteVerbaleIsNamed)
{
    note(brought(next_));
    finds_at(entered(first_, KeyShownBy::note_verbale, Json{{"number", "NV 50/2026"}, {"date", "2026-01-02"}}),
             "no note verbale that the operator confirmed before gives its fingerprint");
}

TEST_F(VerifyStateKeys, WhatItsEntrySaysCannotBeChangedInItsRow)
{
    const auto id = first_by_note();
    const auto is_not = "the signing_key " + id + " is not what its last entry commits to";
    finds("UPDATE signing_key SET shown_by = 'two_nominators', shown = NULL" + of(id), is_not);
    finds("UPDATE signing_key SET shown = '{\"date\":\"2026-01-02\",\"number\":\"NV 51/2026\"}'" + of(id), is_not);
    finds("UPDATE signing_key SET public_key = '" + pem_of(next_.public_key()) + "'" + of(id), "its fingerprint is not that of its key");
}

}  // namespace
}  // namespace cbmx::test
