// What verify says of statements: each is what its entry commits to and a key of its State has signed, and none is missing.
#include "service/accounts/state_settings.hpp"
#include "service/reports/reports.hpp"
#include "support/signed_word.hpp"
#include "unit/verify/tampering.hpp"

namespace cbmx::test {
namespace {

class VerifyStatements : public Tampering {
protected:
    void populate()
    {
        without_four_eyes("CL");
        settings_ = size() - 1;
        unsigned_ = published(approver, submitted_report());
        write([&](Transaction& t) {
            return domain::Result<std::string>(confirmed_key(t, portal(), nominator, second_, brought(key_)));
        }).value();
        signed_ = publish_signed(submitted_report()).value().seq.value();
        settled_ = write([&](Transaction& t) {
                       return service::change_state_settings(t, nominator, "CL", std::nullopt,
                                                             {{"require_signature", true}, {"one_holder", true}});
                   })
                       .value()
                       .seq.value();
    }
    std::string submitted_report()
    {
        const auto id = drafted(drafter, a_report());
        submitted(drafter, id);
        return id;
    }
    domain::Result<service::Outcome> publish_signed(const std::string& id)
    {
        return write([&](Transaction& t) {
            return say_signed(t, key_, [&](Transaction& part) { return service::publish_report(part, approver, id, std::nullopt); });
        });
    }

    Principal drafter = someone("state:CL", {"drafter"}), approver = someone("state:CL", {"approver"}),
              nominator = someone("state:CL", {"nominator"}), second_ = someone("state:CL", {"nominator"}, "Second nominator");
    base::Ed25519Key key_ = base::Ed25519Key::generate(random());
    Seq settings_ = 0, unsigned_ = 0, signed_ = 0, settled_ = 0;
};

TEST_F(VerifyStatements, AWholeDatabaseVerifies)
{
    populate();
    EXPECT_TRUE(verified(database_file()).ok()) << verified(database_file()).summary();
}

TEST_F(VerifyStatements, WhatIsNotSignedIsNotKeptOnceItsStateWantsThat)
{
    populate();
    const auto id = submitted_report();
    const auto refused = write([&](Transaction& t) { return service::publish_report(t, approver, id, std::nullopt); });
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, domain::ErrorCode::signature_required);
    EXPECT_TRUE(publish_signed(id).has_value());
    EXPECT_TRUE(verified(database_file()).ok());
}

TEST_F(VerifyStatements, AStatementIsWhatItsEntryCommitsTo)
{
    populate();
    const std::string wrong = "salt and text do not give the hash of its statement";
    finds("UPDATE ledger_opening SET statement = replace(statement, 'report_published', 'report_withdrawn')" + at(signed_), wrong, signed_);
    finds("UPDATE ledger_opening SET statement_salt = zeroblob(32)" + at(signed_), wrong, signed_);
    finds("UPDATE ledger_opening SET statement = NULL, statement_salt = NULL" + at(signed_), wrong, signed_);
    finds("UPDATE ledger_opening SET salt = NULL, content = NULL, recipients = NULL, recipients_salt = NULL" + at(signed_),
          "its content is gone, and its statement is not");
    finds("UPDATE ledger_opening SET statement = (SELECT statement FROM ledger_opening" + at(signed_) +
              "), statement_salt = (SELECT statement_salt FROM ledger_opening" + at(signed_) + ")" + at(unsigned_),
          "a statement stands beside an entry that commits to none", unsigned_);
}

TEST_F(VerifyStatements, AStatementIsSignedWithAKeyOfItsState)
{
    populate();
    finds("UPDATE signing_key SET state = 'PE'", "its statement is not signed with a key of its State");
    finds("DELETE FROM signing_key", "its statement is not signed with a key of its State");
}

TEST_F(VerifyStatements, WhatAStateWantedSignedIsNamedWhereItIsNot)
{
    populate();
    finds("UPDATE ledger_opening SET content = replace(content, '\"require_signature\":false', '\"require_signature\":true')" +
              at(settings_),
          "the State wanted it signed, and it carries no statement");
}

}  // namespace
}  // namespace cbmx::test
