// The log's key changes while the portal runs: what anyone sees of it, that receipts of every time hold, what the file holds.
#include "integration/proofs.hpp"
#include "operation/data_directory.hpp"
#include "operation/key_commands.hpp"
#include "operation/key_file.hpp"
#include "operation/operator.hpp"
#include "service/log/outside.hpp"
#include "verify/verify.hpp"

namespace cbmx::test {
namespace {

using Json = nlohmann::json;

class Rotations : public Portal {
protected:
    ApplyCommand through_the_socket()
    {
        return [this](const Json& command) { return asked(command); };
    }
    Json asked(const Json& command) { return ask_running_server(socket_path(portal().config()), command).value(); }
    std::int64_t rotate(bool overlap) { return seq_in(rotate_log_key(portal().config(), overlap, through_the_socket())); }
    std::int64_t end_overlap() { return seq_in(end_log_key_overlap(portal().config(), through_the_socket())); }
    static std::int64_t seq_in(const Json& answer)
    {
        EXPECT_EQ(answer.at("ok"), true) << answer;
        return answer.at("result").at("seq").get<std::int64_t>();
    }
    service::KeyFile file() { return service::read_key_file(portal().config().log_key); }
    Json receipt_of(std::int64_t seq) { return as(drafter_of("CL")).get("/v1/receipts/" + std::to_string(seq)).is(200).json(); }
    Json published_receipt()
    {
        const auto id = portal().published("CL");
        return receipt_of(as(anyone()).get(path_of(id)).is(200).json().at("meta").at("seq").get<std::int64_t>());
    }
    std::string fault(const Json& answer) { return fault_of(portal(), answer.at("receipt"), answer.at("opening")); }
    static bool is_signed(const std::string& note, const ledger::VerifierKey& by) { return ledger::open_note(note, {by}).has_value(); }
    std::string judged()
    {
        const auto outside = portal().config().outside + "/" + service::outside_checkpoint_file;
        const auto report =
            service::verify((portal().directory() / "data/cbmx.sqlite").string(), {file().verifiers("test.example/log"), outside});
        return report.ok() ? "verified" : report.summary();
    }
};

TEST_F(Rotations, AreSeenByAllAndReceiptsOfEveryTimeHold)
{
    const auto before = published_receipt();
    const auto old_key = log_keys(portal()).front();
    const auto change = rotate(true);
    portal().advance(std::chrono::seconds(2));
    const auto keys = log_keys(portal());
    ASSERT_EQ(keys.size(), 2U);
    EXPECT_EQ(keys.back().public_key, old_key.public_key);
    const auto listed = changes_about(as(anyone()), "portal");
    EXPECT_EQ(listed.back().at("entry").at("kind"), "log_key_changed");
    EXPECT_EQ(listed.back().at("seq"), change);
    EXPECT_EQ(listed.back().at("opening").at("record").at("key"), ledger::verifier_key_text(keys.front()));
    EXPECT_EQ(as(auditor()).get("/v1/audit?kind=log_key_changed").is(200).json().at("items").size(), 1U);

    const auto within = published_receipt();
    portal().advance(std::chrono::seconds(2));
    const auto note = as(anyone()).get("/v1/log/checkpoint").is(200).body();
    EXPECT_TRUE(is_signed(note, keys.front()) && is_signed(note, keys.back()));
    const auto end = end_overlap();
    const auto after = published_receipt();
    portal().advance(std::chrono::seconds(2));
    EXPECT_FALSE(is_signed(as(anyone()).get("/v1/log/checkpoint").is(200).body(), old_key));
    const auto ranges = as(anyone()).get("/v1/log/key").is(200).json().at("keys");
    EXPECT_EQ(ranges.at(0).at("from_seq"), change);
    EXPECT_EQ(ranges.at(1).at("until_seq"), end - 1);
    for (const auto& answer : {before, within, after})
        EXPECT_EQ(fault(answer), "none");
    EXPECT_EQ(ledger::verify_receipt(within.at("receipt"), nullptr, {old_key}), ledger::ReceiptFault::none);
    EXPECT_EQ(ledger::verify_receipt(after.at("receipt"), nullptr, {old_key}), ledger::ReceiptFault::bad_signature);
    EXPECT_EQ(receipt_of(before.at("receipt").at("index").get<std::int64_t>()), before) << "a receipt never changes";
}

TEST_F(Rotations, TheFileHoldsWhatSignsAndOfTheRestThePublicHalf)
{
    const auto old_key = log_keys(portal()).front().public_key;
    rotate(true);
    EXPECT_EQ(file().keys.size(), 2U);
    EXPECT_EQ(file().keys.back().public_key(), old_key);
    portal().restart();
    portal().published("CL");
    end_overlap();
    EXPECT_EQ(file().keys.size(), 1U);
    EXPECT_EQ(file().former, std::vector{old_key});
    portal().restart();
    portal().published("PE");
    EXPECT_EQ(judged(), "verified");
    rotate(false);
    EXPECT_EQ(file().keys.size(), 1U);
    EXPECT_EQ(file().former.size(), 2U);
    portal().restart();
    portal().published("CL");
    EXPECT_EQ(judged(), "verified");
}

TEST_F(Rotations, ACommandThatWasKilledIsRunAgain)
{
    const auto killed = [](const Json&) -> Json { throw std::runtime_error("killed"); };
    const auto size = portal().ledger_size();
    EXPECT_THROW(rotate_log_key(portal().config(), true, killed), std::runtime_error);
    EXPECT_EQ(file().keys.size(), 2U) << "a key that signs nothing yet";
    EXPECT_EQ(portal().ledger_size(), size);
    portal().restart();
    portal().published("CL");
    EXPECT_EQ(judged(), "verified");
    const auto left = file().keys.back().public_key();
    rotate(true);
    EXPECT_EQ(file().keys.size(), 2U);
    EXPECT_NE(file().keys.front().public_key(), left) << "it may be as old as the attempt";

    // After the entry, before the file was put in order.
    const auto of_overlap = file();
    end_overlap();
    service::write_key_file(portal().config().log_key, of_overlap);
    portal().restart();
    EXPECT_TRUE(end_log_key_overlap(portal().config(), killed).at("ok").get<bool>()) << "nothing is asked of the portal any more";
    EXPECT_EQ(file().keys.size(), 1U);
    EXPECT_THROW(end_log_key_overlap(portal().config(), killed), std::runtime_error) << "nothing is left to be done";
    EXPECT_EQ(judged(), "verified");
}

TEST_F(Rotations, APortalDoesNotStartWithoutEveryKeyThatSigns)
{
    const auto old_file = file();
    rotate(true);
    service::write_key_file(portal().config().log_key, old_file);
    try {
        portal().restart();
        ADD_FAILURE() << "it started";
    } catch (const std::runtime_error& error) {
        EXPECT_NE(std::string(error.what()).find("is not the key of this log: it lacks the private half of test.example/log+"),
                  std::string::npos)
            << error.what();
    }
}

TEST_F(Rotations, AKeyThatIsNotInTheFileIsNotTaken)
{
    const auto stranger = base::Ed25519Key::generate(base::system_random());
    const Json command{
        {"command", "log begin-key"}, {"key", ledger::verifier_key_text({"test.example/log", stranger.public_key()})}, {"overlap", true}};
    const auto size = portal().ledger_size();
    EXPECT_EQ(asked(command).at("problem").at("errors").at(0).at("code"), "unknown_reference");
    EXPECT_EQ(asked({{"command", "log begin-key"}, {"key", "x"}}).at("problem").at("errors").at(0).at("code"), "unknown_reference");
    EXPECT_EQ(asked({{"command", "log begin-key"}, {"overlap", 1}}).at("ok"), false);
    EXPECT_EQ(asked({{"command", "log end-overlap"}}).at("problem").at("status"), 409);
    EXPECT_EQ(portal().ledger_size(), size);
}

}  // namespace
}  // namespace cbmx::test
