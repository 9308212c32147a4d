// The log's key changes: who signs what, and that a reader who knows any one of the keys can follow, through overlaps; that nothing
// passes which a key signed out of its time. The command line around it: tests/rotation.
#include "json/schema.hpp"
#include "ledger/receipt.hpp"
#include "operation/backup.hpp"
#include "operation/rotation.hpp"
#include "service/log/log.hpp"
#include "service/log/outside.hpp"
#include "service/log/receipts.hpp"
#include "unit/verify/exported.hpp"
#include "unit/verify/tampering.hpp"
#include <future>

namespace cbmx::test {
namespace {

using Keys = std::vector<ledger::VerifierKey>;

ledger::Signer new_signer(const std::string& name)
{
    const auto key = base::Ed25519Key::generate(base::system_random());
    return {name, key.public_key(), [key](std::string_view message) { return key.sign(message); }};
}

template <class Fixture>
class Rotating : public Fixture {
protected:
    using Connection = store::Connection;
    using Transaction = store::Transaction;
    using Seq = domain::Seq;

    ledger::Signer first = this->signer(), second = new_signer(first.name), third = new_signer(first.name);

    static ledger::VerifierKey key(const ledger::Signer& signer) { return {signer.name, signer.public_key}; }
    Seq rotate(const ledger::Signer& to, bool overlap)
    {
        this->portal().keys.add(to);
        const auto outcome = this->write([&](Transaction& transaction) { return service::begin_log_key(transaction, key(to), overlap); });
        return outcome.value().seq.value();
    }
    Seq end_overlap()
    {
        return this->write([&](Transaction& transaction) { return service::end_log_key_overlap(transaction); }).value().seq.value();
    }
    std::string note_over(Seq seq)
    {
        return this->read([&](Connection& db) { return store::checkpoint_over(db, seq); }).value().note;
    }
    bool is_signed(Seq seq, const ledger::Signer& by) { return ledger::open_note(note_over(seq), {key(by)}).has_value(); }
    std::string signers_of(Seq seq)
    {
        return std::string(is_signed(seq, first) ? "1" : "") + (is_signed(seq, second) ? "2" : "") + (is_signed(seq, third) ? "3" : "");
    }
};

class Rotation : public Rotating<Tampering> {
protected:
    Principal drafter = someone("state:CL", {"drafter"}), approver = someone("state:CL", {"approver"});

    std::string judged(const std::filesystem::path& file, const Keys& known)
    {
        const auto report = service::verify(file.string(), {known, {}});
        return report.ok() ? "verified" : report.summary();
    }
    std::string judged(const Keys& known) { return judged(database_file(), known); }
};

TEST_F(Rotation, InAnOverlapBothSignAndThenTheNewKeyAlone)
{
    const auto before = last();
    const auto change = rotate(second, true);
    new_report(drafter, approver);
    const auto within = last();
    const auto end = end_overlap();
    new_report(drafter, approver);
    EXPECT_EQ(signers_of(before), "1");
    EXPECT_EQ(signers_of(change), "12") << "the checkpoint of the entry itself";
    EXPECT_EQ(signers_of(within), "12");
    EXPECT_EQ(signers_of(end), "2");
    EXPECT_EQ(signers_of(last()), "2");
    const Keys expected{{first.name, second.public_key, change, {}}, {first.name, first.public_key, 0, end - 1}};
    EXPECT_EQ(read([](Connection& db) { return store::log_keys(db); }), expected);
}

TEST_F(Rotation, WithoutAnOverlapTheOldKeySignsNothingMore)
{
    const auto before = last();
    const auto change = rotate(second, false);
    EXPECT_EQ(signers_of(before), "1");
    EXPECT_EQ(signers_of(change), "2");
    rotate(third, true);
    EXPECT_EQ(signers_of(last()), "23");
}

TEST_F(Rotation, TheEntrySaysToEveryoneWhichKeyFollowsWhich)
{
    const auto change = rotate(second, true);
    const auto answer = read([&](Connection& db) { return service::get_receipt(portal(), db, approver, change); }).value();
    EXPECT_EQ(answer.at("receipt").at("entry").at("kind"), "log_key_changed");
    const auto& record = answer.at("opening").at("record");
    EXPECT_EQ(record.at("key"), ledger::verifier_key_text(key(second)));
    EXPECT_EQ(record.at("key_before"), ledger::verifier_key_text(key(first)));
    EXPECT_EQ(record.at("overlap"), true);
    EXPECT_EQ(ledger::verify_receipt(answer.at("receipt"), answer.at("opening"), {key(first)}), ledger::ReceiptFault::none)
        << "the old key proves the new one";
    EXPECT_EQ(
        read([&](Connection& db) { return service::get_receipt(portal(), db, nobody(), 0); }).value().at("opening").at("record").at("key"),
        ledger::verifier_key_text(key(first)));
}

TEST_F(Rotation, StepsThatDoNotFitAreRefused)
{
    const auto refusal = [this](const auto& work) {
        const auto outcome = domain::Result<service::Outcome>(write(work));
        return outcome.has_value() ? std::string() : std::string(domain::row_of(outcome.error().code).slug);
    };
    const auto begin = [this](const ledger::Signer& to, bool overlap) {
        return [this, to, overlap](Transaction& t) { return service::begin_log_key(t, key(to), overlap); };
    };
    const auto end = [](Transaction& t) { return service::end_log_key_overlap(t); };
    EXPECT_EQ(refusal(end), "conflict") << "there is no overlap";
    EXPECT_EQ(refusal(begin(first, true)), "conflict") << "it is the key already";
    rotate(second, true);
    portal().keys.add(third);
    EXPECT_EQ(refusal(begin(third, true)), "conflict") << "one overlap at a time";
    EXPECT_EQ(refusal(begin(first, false)), "conflict") << "no key comes back";
    const auto change = rotate(third, false);
    EXPECT_EQ(signers_of(change), "3") << "after a theft both end";
    EXPECT_EQ(refusal(end), "conflict");
}

TEST_F(Rotation, WhoeverKnowsOneKeyVerifiesThroughOverlaps)
{
    new_report(drafter, approver);
    rotate(second, true);
    new_report(drafter, approver);
    EXPECT_EQ(judged({key(first)}), "verified");
    end_overlap();
    new_report(drafter, approver);
    rotate(third, true);
    end_overlap();
    new_report(drafter, approver);
    for (const auto& known : {Keys{key(first)}, Keys{key(second)}, Keys{key(third)}, Keys{key(first), key(third)}, Keys{}})
        EXPECT_EQ(judged(known), "verified");
    EXPECT_NE(judged({key(new_signer(first.name))}).find("none of them vouches for it"), std::string::npos);
}

// A thief has the old key still, and a database in which it never ended.
TEST_F(Rotation, WhoKnowsWhenAKeyEndedIsNotShownALogInWhichItGoesOn)
{
    new_report(drafter, approver);
    const auto size = static_cast<Seq>(this->database().writer().size());
    auto ended = key(first);
    ended.until_seq = size - 3;
    EXPECT_NE(judged({ended}).find("ended here, and the database does not say so"), std::string::npos);
    EXPECT_NE(judged({ended, key(second)}).find("ended here, and the database does not say so"), std::string::npos);
    ended.until_seq = size - 1;
    EXPECT_EQ(judged({ended}), "verified") << "a copy from before";
    rotate(second, false);
    new_report(drafter, approver);
    EXPECT_EQ(judged(this->read([](Connection& db) { return store::log_keys(db); })), "verified");
}

TEST_F(Rotation, WithoutAnOverlapTheNewKeyHasToBeKnown)
{
    new_report(drafter, approver);
    rotate(second, false);
    new_report(drafter, approver);
    EXPECT_EQ(judged({key(second)}), "verified") << "it speaks for what was before";
    EXPECT_NE(judged({key(first)}).find("none of them vouches for it"), std::string::npos);
}

TEST_F(Rotation, ACheckpointOutOfTimeIsNamed)
{
    const auto before = last();
    const auto change = rotate(second, true);
    new_report(drafter, approver);
    const auto within = last();
    const auto end = end_overlap();
    const auto signed_by = [this](Seq seq, const std::vector<ledger::Signer>& signers) {
        const auto size = static_cast<std::uint64_t>(seq) + 1;
        const auto root = read([&](Connection& db) { return ledger::root_of(size, store::node_reader(db)); });
        return "UPDATE ledger_checkpoint SET note = '" + ledger::sign_checkpoint({first.name, size, root}, signers) +
               "' WHERE size = " + std::to_string(size);
    };
    const std::string out_of_time = "carries no valid signature by a known log key whose time it was";
    finds(signed_by(end, {first}), out_of_time, end);
    finds(signed_by(end, {second, first}), out_of_time, end);
    finds(signed_by(before, {second}), out_of_time, before);
    finds(signed_by(within, {second}), "is not signed by " + ledger::verifier_key_text(key(first)), within);
    finds("UPDATE log_key SET until_seq = NULL", "table log_key does not name the keys");
    finds("UPDATE log_key SET from_seq = 1 WHERE from_seq = " + std::to_string(change), "table log_key does not name the keys");
    finds("DELETE FROM log_key WHERE from_seq = 0", "table log_key does not name the keys");
}

TEST_F(Rotation, EntriesOfOneBatchShareTheSignaturesOfItsEnd)
{
    portal().keys.add(second);
    std::promise<void> gate, begun;
    auto open = gate.get_future();
    database().writer().submit({.home = {},
                                .work =
                                    [&](Transaction&) {
                                        begun.set_value();
                                        open.wait();
                                        return false;
                                    },
                                .done = [](store::WriteEnd) {}});
    begun.get_future().wait();
    std::promise<void> done;
    database().writer().submit({.home = {},
                                .work = [&](Transaction& t) { return service::begin_log_key(t, key(second), true).has_value(); },
                                .done = [](store::WriteEnd) {}});
    database().writer().submit({.home = {},
                                .work = [&](Transaction& t) { return service::end_log_key_overlap(t).has_value(); },
                                .done = [&](store::WriteEnd) { done.set_value(); }});
    gate.set_value();
    done.get_future().wait();
    EXPECT_EQ(signers_of(last()), "2");
    EXPECT_EQ(judged({key(second)}), "verified");
}

TEST_F(Rotation, TheNumbersOfAKeyShowWithTheLogItself)
{
    portal().account_log_interval = portal().public_log_interval = std::chrono::hours(1);
    const auto shown = [this] {
        const auto keys = read([&](Connection& db) { return service::log_key(portal(), db, nobody()); });
        EXPECT_EQ(json::SchemaSet::embedded().validate("log-key", keys).size(), 0U) << keys;
        return keys.at("keys");
    };
    EXPECT_EQ(shown().size(), 1U);
    const auto change = rotate(second, false);
    EXPECT_EQ(shown().at(0).at("text"), ledger::verifier_key_text(key(second))) << "the present one first";
    EXPECT_EQ(shown().at(0).at("from_seq"), nullptr);
    EXPECT_EQ(shown().at(1).at("until_seq"), nullptr);
    advance(std::chrono::hours(2));
    EXPECT_EQ(shown().at(0).at("from_seq"), change);
    EXPECT_EQ(shown().at(1).at("from_seq"), 0);
    EXPECT_EQ(shown().at(1).at("until_seq"), change - 1);
}

TEST_F(Rotation, ABackupFromBeforeIsRestoredWithTheKeysOfToday)
{
    const auto outside = directory() / "outside";
    std::filesystem::create_directories(outside);
    const auto file = directory() / "backup.sqlite";
    service::backup(database_file(), file, {{key(first)}, {}});
    rotate(second, true);
    end_overlap();
    new_report(drafter, approver);
    service::write_durably(outside / service::outside_checkpoint_file, note_over(last()));
    const auto options = [&](const Keys& trusted, bool new_epoch) {
        std::filesystem::create_directories(directory() / "restored");
        return service::RestoreOptions{file,    directory() / "restored" / "cbmx.sqlite", outside, trusted, new_epoch, second, clock(),
                                       random()};
    };
    const auto refusal = [&](const service::RestoreOptions& restore) {
        try {
            service::restore(restore);
        } catch (const std::runtime_error& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    EXPECT_NE(refusal(options({key(second), key(first)}, false)).find("the database is behind"), std::string::npos)
        << "the file of keys knows both";
    EXPECT_NE(refusal(options({key(second)}, true)).find("not one of the trusted keys"), std::string::npos);
    const auto report = service::restore(options({key(second), key(first)}, true));
    const Keys of_epoch{{report.origin, second.public_key}};
    EXPECT_EQ(judged(directory() / "restored" / "cbmx.sqlite", of_epoch), "verified");
    store::Connection db((directory() / "restored" / "cbmx.sqlite").string(), store::OpenMode::read_only);
    const auto genesis = Json::parse(store::opening(db, 0)->content.value());
    EXPECT_EQ(genesis.at("previous").at("key"), ledger::verifier_key_text(key(second)));
    EXPECT_EQ(service::compare_with_outside(db, outside, store::log_keys(db)).state, service::OutsideState::ok);
}

TEST_F(Rotation, ANewEpochBeginsWithOneKeyWhateverTheOldLogHad)
{
    const auto outside = directory() / "outside";
    std::filesystem::create_directories(outside);
    rotate(second, true);
    const auto file = directory() / "backup.sqlite";
    service::backup(database_file(), file, {{key(second)}, {}});
    new_report(drafter, approver);
    service::write_durably(outside / service::outside_checkpoint_file, note_over(last()));
    std::filesystem::create_directories(directory() / "restored");
    const auto restored = directory() / "restored" / "cbmx.sqlite";
    const auto report = service::restore({file, restored, outside, {key(second), key(first)}, true, second, clock(), random()});
    EXPECT_EQ(judged(restored, {{report.origin, second.public_key}}), "verified");
    store::Connection db(restored.string(), store::OpenMode::read_only);
    EXPECT_EQ(store::log_keys(db), (Keys{{report.origin, second.public_key}}));
    EXPECT_FALSE(Json::parse(store::opening(db, 0)->content.value()).contains("overlap"));
}

class RotationExported : public Rotating<Exported> {
protected:
    service::ExportRequest request_of(const Principal& who, std::uint64_t size)
    {
        auto wanted = request(who);
        wanted.size = size;
        wanted.keys = portal().keys;
        return wanted;
    }
    std::string taken_now(const Principal& who) { return taken(request_of(who, static_cast<std::uint64_t>(size()))); }
    static std::string judged(const std::string& archive, const Keys& known)
    {
        const auto report = service::verify_export(archive, known);
        return report.ok() ? "genuine" : report.summary();
    }
};

TEST_F(RotationExported, AnExportIsGenuineToWhoeverKnowsOneOfTheKeys)
{
    populate_reports();
    const auto early = static_cast<std::uint64_t>(size());
    const auto before = taken_now(drafter);
    rotate(second, true);
    new_report(drafter, approver);
    const auto within = taken_now(drafter), lagging = taken(request_of(drafter, early));
    end_overlap();
    rotate(third, true);
    end_overlap();
    new_report(drafter, approver);
    const auto after = taken_now(drafter), of_auditor = taken_now(auditor);
    EXPECT_EQ(judged(before, {key(first)}), "genuine");
    for (const auto& known : {Keys{key(first)}, Keys{key(second)}, Keys{}}) {
        EXPECT_EQ(judged(within, known), "genuine");
        EXPECT_EQ(judged(lagging, known), "genuine") << "the change lies beyond its size";
    }
    for (const auto& known : {Keys{key(first)}, Keys{key(second)}, Keys{key(third)}, Keys{}})
        EXPECT_EQ(judged(after, known), "genuine") << "the old key proves the new one";
    EXPECT_EQ(judged(of_auditor, {key(third)}), "genuine");
    EXPECT_NE(judged(after, {key(new_signer(first.name))}).find("manifest: it is not signed"), std::string::npos);
    const Keys ended{{first.name, third.public_key, 0, 1}};
    EXPECT_NE(judged(after, ended).find("manifest: it is signed by a key that had ended by then"), std::string::npos);
}

TEST_F(RotationExported, WithoutAnOverlapTheNewKeyHasToBeKnown)
{
    populate_reports();
    const auto early = static_cast<std::uint64_t>(size());
    rotate(second, false);
    const auto after = taken_now(drafter), lagging = taken(request_of(drafter, early));
    EXPECT_EQ(judged(after, {key(second)}), "genuine");
    EXPECT_EQ(judged(lagging, {key(second)}), "genuine") << "its checkpoint is the old key's, who had not ended by then";
    EXPECT_NE(judged(after, {key(first)}).find("manifest: it is not signed by the log's key"), std::string::npos);
}

}  // namespace
}  // namespace cbmx::test
