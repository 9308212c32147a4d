// Receipts verify, and every way of forging one has its own fault. See server/ledger/receipt.hpp.
#include "json/parse.hpp"
#include "ledger/entry.hpp"
#include "ledger/receipt.hpp"
#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <set>

namespace cbmx::ledger {
namespace {

using nlohmann::json;

constexpr std::uint64_t log_size = 11;
constexpr std::uint64_t proved = 6;

// A log of eleven entries, of which one is proved.
class Receipt : public ::testing::Test {
protected:
    Receipt()
    {
        salt_.fill(0x5a);
        authority_salt_.fill(0xa5);
        for (std::uint64_t seq = 0; seq < log_size; ++seq)
            for (const Node& node : frontier_.append(leaf_hash(entry_text(seq))))
                stored_[{node.level, node.index}] = node.hash;
        proof_ = inclusion_proof(proved, log_size, [this](unsigned level, std::uint64_t index) { return stored_.at({level, index}); });
        note_ = sign_checkpoint({signer_.name, log_size, frontier_.root()}, signer_);
        receipt_ = json::parse(receipt(entry_text(proved), proved, proof_, note_));
    }

    static Signer make_signer(std::string name, std::uint8_t seed)
    {
        const auto key = std::make_shared<base::Ed25519Key>(
            base::Ed25519Key::generate([seed](std::span<std::uint8_t> bytes) { std::fill(bytes.begin(), bytes.end(), seed); }));
        return {std::move(name), key->public_key(), [key](std::string_view message) { return key->sign(message); }};
    }
    std::string entry_text(std::uint64_t seq) const
    {
        Entry entry;
        entry.seq = static_cast<std::int64_t>(seq);
        entry.at = "2026-01-31T12:00:00.000Z";
        entry.kind = "report_submitted";
        entry.actor_role = "drafter";
        entry.actor_handle = actor_handle(entry.kind, entry.seq, salt_, account_);
        entry.state = "PE";
        entry.subject_kind = "report";
        entry.subject = "3f2c8f0a-5b1d-4c7e-9a51-0d6f4b7c2e11";
        entry.version = 1;
        entry.label = "TLP:GREEN";
        const auto made = [&entry](Part part, const Hash& salt, const json& value) {
            return commitment(part, entry.kind, entry.seq, salt, cbmx::json::canonical(value));
        };
        entry.recipients = made(Part::recipients, salt_, recipients_);
        entry.authority = made(Part::authority, authority_salt_, authority_);
        entry.commitment = made(Part::commitment, salt_, content_);
        return canonical_entry(entry);
    }
    json opening() const
    {
        return {{"salt", base::base64(salt_)},
                {"content", content_},
                {"authority", authority_},
                {"authority_salt", base::base64(authority_salt_)}};
    }
    json opening_of_own_state() const
    {
        auto opened = opening();
        opened["actor"] = {{"account", account_}, {"salt", base::base64(salt_)}};
        opened["recipients"] = {{"list", recipients_}, {"salt", base::base64(salt_)}};
        return opened;
    }
    ReceiptFault verify(const json& receipt, const json& opened = nullptr) const { return verify_receipt(receipt, opened, keys_); }
    json changed(const char* pointer, const json& value) const
    {
        json copy = receipt_;
        copy[json::json_pointer(pointer)] = value;
        return copy;
    }

    Hash salt_{}, authority_salt_{};
    std::string account_ = "9a511d6f-5b1d-4c7e-8b52-3f2c8f0a2e11";
    json recipients_ = {"state:CL", "state:PE"};
    json authority_{{"by", "note_verbale"}, {"number", "12/2026"}, {"date", "2026-01-12"}};
    json content_{{"state", "PE"}, {"title", "Misi\u00f3n"}, {"year", 2025}};
    Signer signer_ = make_signer("example.org/log", 1);
    std::vector<VerifierKey> keys_{{signer_.name, signer_.public_key}};
    Frontier frontier_;
    std::map<std::pair<unsigned, std::uint64_t>, Hash> stored_;
    std::vector<Hash> proof_;
    std::string note_;
    json receipt_;
};

TEST_F(Receipt, IsCanonicalJson)
{
    const std::string text = receipt(entry_text(proved), proved, proof_, note_);
    EXPECT_EQ(text, cbmx::json::canonical(json::parse(text)));
    EXPECT_EQ(receipt_["v"], 1);
    EXPECT_EQ(receipt_["index"], proved);
    EXPECT_EQ(receipt_["checkpoint"], note_);
    EXPECT_EQ(receipt_["proof"].size(), proof_.size());
    EXPECT_EQ(receipt_["proof"][0], base::base64(proof_[0]));
    EXPECT_EQ(receipt_["entry"]["seq"], proved);
}

TEST_F(Receipt, VerifiesWithAndWithoutAnOpening)
{
    EXPECT_EQ(verify(receipt_), ReceiptFault::none);
    EXPECT_EQ(verify(receipt_, opening()), ReceiptFault::none);
    EXPECT_EQ(verify(receipt_, opening_of_own_state()), ReceiptFault::none);
    auto of_a_change = opening();
    of_a_change.erase("content");
    of_a_change["record"] = content_;
    EXPECT_EQ(verify(receipt_, of_a_change), ReceiptFault::none);
}

TEST_F(Receipt, OfATreeOfOneEntryHasAnEmptyProof)
{
    Frontier one;
    one.append(leaf_hash(entry_text(0)));
    const auto text = receipt(entry_text(0), 0, {}, sign_checkpoint({signer_.name, 1, one.root()}, signer_));
    EXPECT_EQ(verify(json::parse(text), opening()), ReceiptFault::none);
}

TEST_F(Receipt, ThatLacksOrMistypesAMemberIsMalformed)
{
    EXPECT_EQ(verify(nullptr), ReceiptFault::malformed);
    EXPECT_EQ(verify(json::array()), ReceiptFault::malformed);
    for (const auto& [name, value] : receipt_.items()) {
        json without = receipt_;
        without.erase(name);
        EXPECT_EQ(verify(without), ReceiptFault::malformed) << name;
        EXPECT_EQ(verify(changed(("/" + name).c_str(), true)), ReceiptFault::malformed) << name;
    }
    EXPECT_EQ(verify(changed("/v", 2)), ReceiptFault::malformed);
    EXPECT_EQ(verify(changed("/index", -6)), ReceiptFault::malformed);
    EXPECT_EQ(verify(changed("/index", "6")), ReceiptFault::malformed);
    EXPECT_EQ(verify(changed("/index", 6.0)), ReceiptFault::malformed);
    EXPECT_EQ(verify(changed("/more", 1)), ReceiptFault::malformed);
    EXPECT_EQ(verify(changed("/entry/seq", "6")), ReceiptFault::malformed);
    EXPECT_EQ(verify(changed("/entry/kind", 1.5)), ReceiptFault::malformed);
    EXPECT_EQ(verify(changed("/proof/0", "AA==")), ReceiptFault::malformed);
    EXPECT_EQ(verify(changed("/proof/0", base::base64(proof_[0]) + "\n")), ReceiptFault::malformed);
    EXPECT_EQ(verify(changed("/proof/0", 1)), ReceiptFault::malformed);
    EXPECT_EQ(verify(changed("/proof", json(65, base::base64(proof_[0])))), ReceiptFault::malformed);
}

TEST_F(Receipt, OfAnotherPositionHasTheWrongIndex)
{
    EXPECT_EQ(verify(changed("/index", proved + 1)), ReceiptFault::wrong_index);
    EXPECT_EQ(verify(changed("/entry/seq", proved + 1)), ReceiptFault::wrong_index);
}

TEST_F(Receipt, WithoutASignatureOfTheLogIsRefused)
{
    const Checkpoint checkpoint{signer_.name, log_size, frontier_.root()};
    EXPECT_EQ(verify_receipt(receipt_, nullptr, {}), ReceiptFault::bad_signature);
    EXPECT_EQ(verify(changed("/checkpoint", sign_checkpoint(checkpoint, make_signer(signer_.name, 2)))), ReceiptFault::bad_signature);
    EXPECT_EQ(verify(changed("/checkpoint", checkpoint_text(checkpoint))), ReceiptFault::bad_signature);
    EXPECT_EQ(verify(changed("/checkpoint", "")), ReceiptFault::bad_signature);
    std::string later = note_;
    later.replace(later.find("\n11\n"), 4, "\n12\n");
    EXPECT_EQ(verify(changed("/checkpoint", later)), ReceiptFault::bad_signature);
}

TEST_F(Receipt, OfAnotherEntryProofOrTreeIsNotIncluded)
{
    EXPECT_EQ(verify(changed("/entry/kind", "report_withdrawn")), ReceiptFault::not_included);
    EXPECT_EQ(verify(changed("/proof/0", base::base64(proof_[1]))), ReceiptFault::not_included);
    EXPECT_EQ(verify(changed("/proof", json::array())), ReceiptFault::not_included);
    EXPECT_EQ(verify(changed("/checkpoint", sign_checkpoint({signer_.name, log_size, empty_root()}, signer_))), ReceiptFault::not_included);
    EXPECT_EQ(verify(changed("/checkpoint", sign_checkpoint({signer_.name, proved, frontier_.root()}, signer_))),
              ReceiptFault::not_included);
}

TEST_F(Receipt, DoesNotCoverAnotherOpening)
{
    json other = opening();
    other["content"]["year"] = 2024;
    EXPECT_EQ(verify(receipt_, other), ReceiptFault::wrong_opening);
    other = opening();
    other["salt"] = base::base64(leaf_hash(""));
    EXPECT_EQ(verify(receipt_, other), ReceiptFault::wrong_opening);
    other["salt"] = "AA==";
    EXPECT_EQ(verify(receipt_, other), ReceiptFault::wrong_opening);
    other = opening();
    other["record"] = content_;
    EXPECT_EQ(verify(receipt_, other), ReceiptFault::wrong_opening) << "content and record at once";
    for (const char* member : {"content", "salt"}) {
        other = opening();
        other.erase(member);
        EXPECT_EQ(verify(receipt_, other), ReceiptFault::wrong_opening) << "without " << member;
    }
    EXPECT_EQ(verify(receipt_, json::array()), ReceiptFault::wrong_opening);
    EXPECT_EQ(verify(receipt_, "opening"), ReceiptFault::wrong_opening);
    other = opening();
    other["content"]["year"] = 1.5;
    EXPECT_EQ(verify(receipt_, other), ReceiptFault::wrong_opening);
}

TEST_F(Receipt, CoversWhatStoodBehindTheAccountWhereThatIsShown)
{
    EXPECT_EQ(verify(receipt_, opening()), ReceiptFault::none);
    auto other = opening();
    other["authority"]["number"] = "13/2026";
    EXPECT_EQ(verify(receipt_, other), ReceiptFault::wrong_opening);
    other["authority"] = {{"by", "nominating_authority"}};
    EXPECT_EQ(verify(receipt_, other), ReceiptFault::wrong_opening);
    other["authority"] = "note_verbale";
    EXPECT_EQ(verify(receipt_, other), ReceiptFault::wrong_opening);
    other = opening();
    other["authority_salt"] = base::base64(salt_);
    EXPECT_EQ(verify(receipt_, other), ReceiptFault::wrong_opening);
    for (const char* member : {"authority", "authority_salt"}) {
        other = opening();
        other.erase(member);
        EXPECT_EQ(verify(receipt_, other), ReceiptFault::wrong_opening) << "without " << member;
    }
}

// Who acted and who reads are shown to the own State, and are no less checked than the content.
TEST_F(Receipt, CoversEachValueThatIsShown)
{
    const std::vector<std::pair<const char*, json>> changes{{"/actor/account", "00000000-5b1d-4c7e-8b52-3f2c8f0a2e11"},
                                                            {"/actor/salt", base::base64(authority_salt_)},
                                                            {"/actor/name", "Somebody"},
                                                            {"/actor", account_},
                                                            {"/recipients/list/0", "state:BR"},
                                                            {"/recipients/list", json::array()},
                                                            {"/recipients/list/2", 1},
                                                            {"/recipients/salt", base::base64(authority_salt_)},
                                                            {"/recipients", recipients_},
                                                            {"/recipients/label", "TLP:RED"},
                                                            {"/authority/note", "confirmed"},
                                                            {"/authority/by", 1}};
    for (const auto& [place, value] : changes) {
        auto other = opening_of_own_state();
        other[json::json_pointer(place)] = value;
        EXPECT_EQ(verify(receipt_, other), ReceiptFault::wrong_opening) << place;
    }
}

// A member that is not known could say anything, and whoever reads "genuine" would believe it.
TEST_F(Receipt, AndItsOpeningHaveNoOtherMembers)
{
    const json certified = "the operator certifies what stands here";
    for (const char* place : {"/note", "/entry/note", "/entry/actor/note", "/entry/audience/note", "/entry/subject/note"})
        EXPECT_EQ(verify(changed(place, certified)), ReceiptFault::malformed) << place;
    for (const char* place : {"/note", "/hands", "/content_salt"}) {
        auto other = opening();
        other[json::json_pointer(place)] = certified;
        EXPECT_EQ(verify(receipt_, other), ReceiptFault::wrong_opening) << place;
    }
    auto other = opening();
    other["statement"] = {{"salt", base::base64(salt_)}, {"signature", "AAAA"}, {"statement", json::object()}};
    EXPECT_EQ(verify(receipt_, other), ReceiptFault::wrong_opening) << "the entry commits to no statement";
}

TEST_F(Receipt, IsAlsoWrittenAsATlogProof)
{
    EXPECT_EQ(tlog_proof(0, {}, note_), "c2sp.org/tlog-proof@v1\nindex 0\n\n" + note_);
    EXPECT_EQ(tlog_proof(proved, {proof_[0], proof_[1]}, note_),
              "c2sp.org/tlog-proof@v1\nindex 6\n" + base::base64(proof_[0]) + "\n" + base::base64(proof_[1]) + "\n\n" + note_);
}

TEST(Commitment, IsTheHashOfItsPlaceSaltAndValue)
{
    const Hash salt{};
    EXPECT_EQ(salted(salt, "{}"), base::sha256(std::string(32, '\0') + "{}"));
    EXPECT_EQ(commitment(Part::commitment, "report_published", 7, salt, "{}"),
              base::sha256("cbmx/commitment/v1\ncommitment\nreport_published\n7\n" + std::string(32, '\0') + "{}"));
    EXPECT_EQ(actor_handle("report_published", 7, salt, "an-id"), commitment(Part::actor, "report_published", 7, salt, "\"an-id\""));
}

// So none opens another member, or another entry.
TEST(Commitment, IsAnotherInEveryOtherPlace)
{
    const Hash salt{};
    std::set<Hash> made{salted(salt, "{}")};
    std::size_t places = 1;
    for (const auto part : {Part::commitment, Part::actor, Part::recipients, Part::authority, Part::hands, Part::statement})
        for (const char* kind : {"report_published", "report_withdrawn"})
            for (const std::int64_t seq : {0, 7, 71}) {
                made.insert(commitment(part, kind, seq, salt, "{}"));
                ++places;
            }
    EXPECT_EQ(made.size(), places);
}

TEST(ReceiptFault, HasAStableName)
{
    EXPECT_EQ(name_of(ReceiptFault::none), "none");
    EXPECT_EQ(name_of(ReceiptFault::malformed), "malformed");
    EXPECT_EQ(name_of(ReceiptFault::wrong_index), "wrong_index");
    EXPECT_EQ(name_of(ReceiptFault::bad_signature), "bad_signature");
    EXPECT_EQ(name_of(ReceiptFault::not_included), "not_included");
    EXPECT_EQ(name_of(ReceiptFault::wrong_opening), "wrong_opening");
}

}  // namespace
}  // namespace cbmx::ledger
