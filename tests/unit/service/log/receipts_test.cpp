// Receipts that anyone can check without the portal, and the log's own routes.
#include "base/ed25519.hpp"
#include "json/parse.hpp"
#include "json/schema.hpp"
#include "ledger/receipt.hpp"
#include "service/log/log.hpp"
#include "service/log/receipts.hpp"
#include "service/reports/reports.hpp"
#include "store/log/scan.hpp"
#include "support/foundings.hpp"
#include "support/ledger_fixture.hpp"

namespace cbmx::test {
namespace {

using domain::ErrorCode;
using ledger::ReceiptFault;

class Receipts : public LedgerFixture {
protected:
    Principal drafter = someone("state:CL", {"drafter"}), approver = someone("state:CL", {"approver"});
    Principal peru = someone("state:PE", {"contact"}), auditor = someone("office:audit", {"auditor"});

    domain::Result<Json> receipt(const Principal& principal, Seq seq)
    {
        return read([&](Connection& db) { return service::get_receipt(portal(), db, principal, seq); });
    }
    std::uint64_t published(const Principal& principal)
    {
        return read([&](Connection& db) { return service::published_size(portal(), db, principal); });
    }
    using LedgerFixture::published;
};

TEST_F(Receipts, VerifyWithTheLogKeyAlone)
{
    new_report(drafter, approver);
    for (Seq seq = 0; seq < size(); ++seq) {
        const auto found = receipt(drafter, seq);
        if (!found)
            continue;
        EXPECT_EQ(json::SchemaSet::embedded().validate("receipt", *found).size(), 0u) << found->dump();
        EXPECT_EQ(ledger::verify_receipt(found->at("receipt"), found->at("opening"), keys()), ReceiptFault::none) << seq;
    }
    EXPECT_TRUE(receipt(drafter, last()).has_value());
}

TEST_F(Receipts, AreByteIdenticalForEver)
{
    new_report(drafter, approver, {{"recipients", {"state:PE"}}});
    const auto seq = last();
    const auto before = receipt(drafter, seq)->at("receipt").dump();
    for (int i = 0; i < 3; ++i)
        new_report(drafter, approver);
    EXPECT_EQ(receipt(drafter, seq)->at("receipt").dump(), before);
    EXPECT_EQ(receipt(peru, seq)->at("receipt").dump(), before);
    EXPECT_EQ(read([&](Connection& db) { return service::receipt_json(db, seq); })->dump(), before);
}

TEST_F(Receipts, OfHiddenEntriesDoNotExist)
{
    new_report(drafter, approver);
    EXPECT_EQ(receipt(peru, last()).error().code, ErrorCode::not_found);
    EXPECT_EQ(receipt(drafter, size()).error().code, ErrorCode::not_found);
    EXPECT_EQ(receipt(drafter, -1).error().code, ErrorCode::not_found);
}

TEST_F(Receipts, OfPublicEntriesWaitForThePublishedSize)
{
    new_report(drafter, approver, {{"label", "TLP:CLEAR"}});
    EXPECT_EQ(receipt(nobody(), last()).error().code, ErrorCode::not_found);
    EXPECT_TRUE(receipt(peru, last()).has_value());
    advance(std::chrono::hours(2));
    EXPECT_TRUE(receipt(nobody(), last()).has_value());
}

TEST_F(Receipts, AChangeOfAudienceBringsThePublicationsReceipt)
{
    without_four_eyes("CL");
    const auto id = new_report(drafter, approver);
    const auto publication = last();
    write([&](Transaction& transaction) {
        return service::change_audience(transaction, approver, id, {{"recipients", {"state:PE"}}}, domain::Transition::recipients,
                                        std::nullopt);
    });
    const auto found = receipt(peru, last());
    EXPECT_EQ(found->at("publication").at("receipt").at("index"), publication);
    EXPECT_EQ(ledger::verify_receipt(found->at("publication").at("receipt"), found->at("publication").at("opening"), keys()),
              ReceiptFault::none);
    const auto change = last();
    write([&](Transaction& transaction) { return service::start_revision(transaction, drafter, id, std::nullopt); });
    submitted(drafter, id);
    published(approver, id);
    EXPECT_FALSE(receipt(peru, change)->contains("publication")) << "of a later revision its own entry tells";
}

TEST_F(Receipts, AreAlsoTlogProofs)
{
    new_report(drafter, approver);
    const auto text = read([&](Connection& db) { return service::get_tlog_proof(portal(), db, drafter, last()); });
    EXPECT_TRUE(text->starts_with("c2sp.org/tlog-proof@v1\nindex " + std::to_string(last()) + "\n"));
    const auto note = text->substr(text->find("\n\n") + 2);
    EXPECT_TRUE(ledger::open_checkpoint(note, keys()).has_value());
}

TEST_F(Receipts, OpenTheActorToTheOwnState)
{
    new_report(drafter, approver);
    const auto found = receipt(drafter, last());
    const auto& actor = found->at("opening").at("actor");
    const auto salt = base::to_hash(*base::from_base64(actor.at("salt").get<std::string>()));
    EXPECT_EQ(base::base64(ledger::actor_handle("report_published", last(), *salt, actor.at("account").get<std::string>())),
              found->at("receipt").at("entry").at("actor").at("handle"));
    EXPECT_TRUE(receipt(auditor, last())->at("opening").is_null());
}

TEST_F(Receipts, OpenWhatStoodBehindTheAccountToWhoeverReadsTheContent)
{
    const auto id = new_report(drafter, approver, {{"recipients", {"state:PE"}}});
    const auto publication = last();
    for (const auto* reader : {&drafter, &peru}) {
        const auto found = receipt(*reader, publication);
        const auto& opening = found->at("opening");
        EXPECT_EQ(opening.at("authority"), (Json{{"by", "demonstration"}}));
        const auto salt = base::to_hash(*base::from_base64(opening.at("authority_salt").get<std::string>()));
        EXPECT_EQ(base::base64(ledger::commitment(ledger::Part::authority, "report_published", publication, *salt,
                                                  json::canonical(opening.at("authority")))),
                  found->at("receipt").at("entry").at("authority"));
    }
    EXPECT_TRUE(receipt(auditor, publication)->at("opening").is_null());
    write([&](Transaction& transaction) { return service::withdraw_report(transaction, approver, id, std::nullopt); }).value();
    EXPECT_TRUE(receipt(peru, publication)->at("opening").is_null()) << "with the content goes what was shown beside it";
    EXPECT_EQ(receipt(peru, last())->at("opening").at("authority"), (Json{{"by", "demonstration"}}));
}

TEST_F(Receipts, NameNoAuthorityWhereNoAccountOfAStateActed)
{
    const auto by_operator = receipt(drafter, 1);
    EXPECT_FALSE(by_operator->at("receipt").at("entry").contains("authority"));
    EXPECT_FALSE(by_operator->at("opening").contains("authority"));
    const auto secretariat = someone("office:secretariat", {"secretariat"});
    write([&](Transaction& transaction) { return propose_founding(transaction, secretariat, a_founding("PE")); }).value();
    const auto by_office = receipt(secretariat, last());
    EXPECT_FALSE(by_office->at("receipt").at("entry").at("actor").at("handle").is_null());
    EXPECT_FALSE(by_office->at("receipt").at("entry").contains("authority"));
    EXPECT_FALSE(by_office->at("opening").contains("authority"));
}

TEST_F(Receipts, OfAStateWithANoteAreOpenedToTheSecretariatAlone)
{
    const auto secretariat = someone("office:secretariat", {"secretariat"});
    const auto venezuela = read([](Connection& db) { return store::last_entries(db, domain::Subject::state); });
    const auto found =
        std::find_if(venezuela.begin(), venezuela.end(), [](const store::LastEntry& entry) { return entry.subject == "VE"; });
    ASSERT_NE(found, venezuela.end());
    EXPECT_TRUE(receipt(peru, found->seq)->at("opening").is_null());
    EXPECT_TRUE(receipt(secretariat, found->seq)->at("opening").is_object());
    EXPECT_TRUE(receipt(peru, found->seq - 1)->at("opening").is_object());
}

TEST_F(Receipts, TheLogsRoutesEndAtThePublishedSize)
{
    const auto size_shown = static_cast<Seq>(published(peru));
    new_report(drafter, approver);
    ASSERT_LT(size_shown, size());
    read([&](Connection& db) {
        EXPECT_EQ(service::leaf_range(portal(), db, peru, 0, size_shown).error().code, ErrorCode::beyond_published_size);
        EXPECT_EQ(service::inclusion(portal(), db, peru, 0, size_shown + 1).error().code, ErrorCode::beyond_published_size);
        EXPECT_EQ(service::consistency(portal(), db, peru, 1, size_shown + 1).error().code, ErrorCode::beyond_published_size);
        const auto note = service::published_checkpoint(portal(), db, peru);
        EXPECT_EQ(ledger::open_checkpoint(*note, keys())->size, static_cast<std::uint64_t>(size_shown));
        EXPECT_EQ(service::tile(portal(), db, peru, {0, 0, static_cast<unsigned>(size_shown + 1)}).error().code, ErrorCode::not_found);
        return true;
    });
}

TEST_F(Receipts, LeavesAndTilesGiveTheSignedRoot)
{
    advance(std::chrono::hours(2));
    read([&](Connection& db) {
        const auto checkpoint = ledger::open_checkpoint(*service::published_checkpoint(portal(), db, nobody()), keys());
        const auto range = service::leaf_range(portal(), db, nobody(), 0, std::nullopt);
        EXPECT_EQ(json::SchemaSet::embedded().validate("leaf-range", *range).size(), 0u);
        ledger::Frontier frontier;
        std::string tile;
        for (const auto& leaf : range->at("items")) {
            const auto bytes = *base::from_base64(leaf.at("leaf_hash").get<std::string>());
            frontier.append(*base::to_hash(bytes));
            tile += bytes;
        }
        EXPECT_EQ(frontier.size(), checkpoint->size);
        EXPECT_EQ(frontier.root(), checkpoint->root);
        EXPECT_EQ(*service::tile(portal(), db, nobody(), {0, 0, static_cast<unsigned>(checkpoint->size)}), tile);
        return true;
    });
}

TEST_F(Receipts, ProofsOfTheLogVerify)
{
    advance(std::chrono::hours(2));
    const auto hashes = [](const Json& texts) {
        std::vector<base::Hash> list;
        for (const auto& text : texts)
            list.push_back(*base::to_hash(*base::from_base64(text.get<std::string>())));
        return list;
    };
    read([&](Connection& db) {
        const auto checkpoint = *ledger::open_checkpoint(*service::published_checkpoint(portal(), db, peru), keys());
        const auto inclusion = service::inclusion(portal(), db, peru, 3, static_cast<Seq>(checkpoint.size));
        EXPECT_EQ(json::SchemaSet::embedded().validate("inclusion", *inclusion).size(), 0u);
        EXPECT_TRUE(ledger::verify_inclusion(hashes({inclusion->at("leaf_hash")}).front(), 3, checkpoint.size,
                                             hashes(inclusion->at("proof")), checkpoint.root));
        const auto first = store::first_checkpoint(db).value();
        const auto consistency = service::consistency(portal(), db, peru, static_cast<Seq>(first.size), static_cast<Seq>(checkpoint.size));
        EXPECT_EQ(json::SchemaSet::embedded().validate("consistency", *consistency).size(), 0u);
        EXPECT_TRUE(ledger::verify_consistency(first.size, ledger::open_checkpoint(first.note, keys())->root, checkpoint.size,
                                               checkpoint.root, hashes(consistency->at("proof"))));
        EXPECT_EQ(service::inclusion(portal(), db, peru, 9, 9).error().code, ErrorCode::invalid_parameter);
        EXPECT_EQ(service::consistency(portal(), db, peru, 0, 9).error().code, ErrorCode::invalid_parameter);
        EXPECT_EQ(service::leaf_range(portal(), db, peru, 5, 4).error().code, ErrorCode::invalid_parameter);
        return true;
    });
}

TEST(LogSchemas, HaveValidExamples)
{
    const auto& schemas = json::SchemaSet::embedded();
    for (const char* name :
         {"entry", "change", "change-list", "receipt", "leaf-range", "log-key", "inclusion", "consistency", "audit-entry", "audit-list"}) {
        const auto examples = schemas.document(name).at("examples");
        EXPECT_FALSE(examples.empty()) << name;
        for (const auto& example : examples)
            for (const auto& violation : schemas.validate(name, example))
                ADD_FAILURE() << name << violation.pointer << " " << domain::name_of(violation.rule);
    }
}

TEST_F(Receipts, TheLogNamesItsKey)
{
    const auto key = read([&](Connection& db) { return service::log_key(portal(), db, nobody()); });
    EXPECT_EQ(json::SchemaSet::embedded().validate("log-key", key).size(), 0u) << key.dump();
    ASSERT_EQ(key.at("keys").size(), 1u);
    EXPECT_EQ(key.at("keys")[0].at("text"), ledger::verifier_key_text(keys().front()));
}

}  // namespace
}  // namespace cbmx::test
