// What verify must find among the lines of witnesses, and that a new epoch carries the witnesses over and nothing that they
// have signed. See server/service/log/cosignatures.hpp.
#include "operation/backup.hpp"
#include "service/accounts/signing_keys.hpp"
#include "service/log/cosignatures.hpp"
#include "service/log/log.hpp"
#include "service/log/outside.hpp"
#include "support/witness.hpp"
#include "unit/verify/tampering.hpp"

namespace cbmx::test {
namespace {

class VerifyCosignatures : public Tampering {
protected:
    Principal nominator = someone("state:CL", {"nominator"}), drafter = someone("state:CL", {"drafter"}),
              approver = someone("state:CL", {"approver"});
    Witness witness{random(), "witness.example/cl"}, other{random(), "witness.example/cl-2"};

    std::string registered(const Witness& which)
    {
        const auto outcome = write(
            [&](Transaction& t) { return service::register_witness(portal(), t, nominator, brought(which.key()), which.verifier().name); });
        EXPECT_TRUE(outcome.has_value());
        return outcome ? outcome->id : "";
    }
    std::string checkpoint()
    {
        advance(std::chrono::hours(1));  // so that everything has been published
        return read([&](Connection& db) { return service::published_checkpoint(portal(), db, nominator); }).value();
    }
    std::uint64_t seconds() const
    {
        return static_cast<std::uint64_t>(std::chrono::floor<std::chrono::seconds>(clock()()).time_since_epoch().count());
    }
    int cosign(const Witness& which)
    {
        const auto note = which.cosigned(checkpoint(), seconds());
        const auto outcome = write([&](Transaction& t) { return service::add_cosignatures(portal(), t, nominator, note); });
        EXPECT_TRUE(outcome.has_value());
        return outcome ? outcome->status : 0;
    }
};

TEST_F(VerifyCosignatures, WholeOnesVerifyAndAreCounted)
{
    const auto id = registered(witness);
    registered(other);
    EXPECT_EQ(cosign(witness), 201);
    EXPECT_EQ(cosign(other), 201);
    EXPECT_EQ(cosign(witness), 200);
    write([&](Transaction& t) { return service::revoke_signing_key(t, nominator, domain::SigningKeyId(id)); });
    const auto report = verified(database_file());
    EXPECT_TRUE(report.ok()) << report.summary();
    EXPECT_EQ(report.cosignatures, 2u);
    EXPECT_NE(report.summary().find(", 2 cosignatures of witnesses\n"), std::string::npos) << report.summary();
}

TEST_F(VerifyCosignatures, ChangedOnesAreNamed)
{
    const auto id = registered(witness);
    cosign(witness);
    const auto at_size = "the cosignature of size " + std::to_string(size()) + " by witness.example/cl";
    finds("UPDATE cosignature SET bytes = zeroblob(76)", at_size + " does not verify", last());
    finds("UPDATE cosignature SET bytes = x'00'", at_size + " does not verify", last());
    finds("UPDATE cosignature SET size = size - 1", "by witness.example/cl does not verify", last() - 1);
    finds("PRAGMA foreign_keys = OFF; UPDATE cosignature SET size = 100000",
          "the cosignature of size 100000 by witness.example/cl is below no checkpoint");
    finds("PRAGMA foreign_keys = OFF; UPDATE cosignature SET signing_key = 'nobody'", "by nobody is by a key that is no witness's", last());
    finds("UPDATE signing_key SET use = 'statements', name = NULL" + of(id), "is by a key that is no witness's");
}

TEST_F(VerifyCosignatures, AWitnessIsWhatItsEntrySays)
{
    const auto id = registered(witness);
    const auto is_not = "the signing_key " + id + " is not what its last entry commits to";
    finds("UPDATE signing_key SET name = 'witness.example/pe'" + of(id), is_not);
    finds("UPDATE signing_key SET public_key = '" + pem_of(other.key().public_key()) + "'" + of(id), is_not);
    finds("UPDATE signing_key SET use = 'statements', name = NULL" + of(id), is_not);
    finds("UPDATE signing_key SET revoked_at = created_at" + of(id), is_not);
    const auto revoked = write([&](Transaction& t) { return service::revoke_signing_key(t, nominator, domain::SigningKeyId(id)); });
    ASSERT_TRUE(revoked.has_value());
    finds("UPDATE signing_key SET revoked_at = NULL" + of(id), is_not);
}

TEST_F(VerifyCosignatures, NothingTakesThemBack)
{
    registered(witness);
    cosign(witness);
    store::Connection db(database_file().string(), store::OpenMode::read_write);
    EXPECT_THROW(db.run("DELETE FROM cosignature"), store::StoreError);
    EXPECT_THROW(db.run("UPDATE cosignature SET bytes = zeroblob(76)"), store::StoreError);
    db.run_script("DROP TRIGGER cosignature_stays");
    EXPECT_NE(verified(database_file()).summary().find("the trigger cosignature_stays"), std::string::npos);
}

TEST_F(VerifyCosignatures, ABackupHasThemAndANewEpochHasTheWitnessesAlone)
{
    const auto revoked_id = registered(other);
    write([&](Transaction& t) { return service::revoke_signing_key(t, nominator, domain::SigningKeyId(revoked_id)); });
    registered(witness);
    cosign(witness);
    const auto file = directory() / "backup.sqlite";
    EXPECT_EQ(service::backup(database_file(), file, {keys(), {}}).cosignatures, 1u);

    const auto before = read([](Connection& db) { return service::list_witnesses(db, 10, ""); }).items;
    new_report(drafter, approver);  // not in the backup, but seen outside
    const auto outside = directory() / "outside";
    std::filesystem::create_directories(outside);
    std::filesystem::create_directories(directory() / "restored");
    service::write_durably(outside / service::outside_checkpoint_file,
                           read([](Connection& db) { return store::last_checkpoint(db); }).value().note);
    const auto restored = directory() / "restored" / "cbmx.sqlite";
    const auto report = service::restore({file, restored, outside, keys(), true, signer(), clock(), random()});
    const auto checked = service::verify(restored.string(), {{{report.origin, signer().public_key}}, {}});
    EXPECT_TRUE(checked.ok()) << checked.summary();
    EXPECT_EQ(checked.cosignatures, 0u);
    EXPECT_EQ(service::verify(report.old_epoch->string(), {keys(), {}}).cosignatures, 1u);
    store::Connection db(restored.string(), store::OpenMode::read_only);
    EXPECT_EQ(service::list_witnesses(db, 10, "").items, before);
    EXPECT_EQ(before.size(), 2u);
}

}  // namespace
}  // namespace cbmx::test
