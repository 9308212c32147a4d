// The change feed: who sees which entry, what of it, and how far the answer says it reaches.
#include "json/schema.hpp"
#include "ledger/merkle.hpp"
#include "service/log/audit.hpp"
#include "service/log/changes.hpp"
#include "service/reports/reports.hpp"
#include "support/ledger_fixture.hpp"
#include <algorithm>

namespace cbmx::test {
namespace {

using domain::ErrorCode;
using domain::Transition;

class Changes : public LedgerFixture {
protected:
    Principal drafter = someone("state:CL", {"drafter"}), approver = someone("state:CL", {"approver"}),
              contact = someone("state:CL", {"contact"});
    Principal peru = someone("state:PE", {"drafter"}), secretariat = someone("office:secretariat", {"secretariat"}),
              chair = someone("office:chair", {"chair"});
    Principal auditor = someone("office:audit", {"auditor"});

    Json feed(const Principal& principal, std::optional<Seq> after = {}, std::int64_t limit = service::max_changes)
    {
        const auto answer =
            read([&](Connection& db) { return service::list_changes(portal(), db, principal, i18n::Language::en, after, limit); });
        if (!answer)
            return {{"refused", static_cast<int>(answer.error().code)}};
        auto page = Json::parse(answer->text());
        EXPECT_EQ(json::SchemaSet::embedded().validate("change-list", page).size(), 0u) << page.dump();
        return page;
    }
    Json item(const Principal& principal, Seq seq)
    {
        const auto answer = feed(principal, seq - 1);
        const auto items = answer.value("items", Json::array());  // refused: none
        for (const auto& found : items)
            if (found.at("seq") == seq)
                return found;
        return nullptr;
    }
    bool sees(const Principal& principal, Seq seq) { return item(principal, seq).contains("entry"); }
    Seq narrowed(const std::string& id, const Json& body)
    {
        return write([&](Transaction& transaction) {
                   return service::change_audience(transaction, approver, id, body, Transition::recipients, std::nullopt);
               })
            .value()
            .seq.value();
    }
    void publish_everything()  // the log as seen from outside moves past all entries
    {
        advance(std::chrono::hours(3));
        read([&](Connection& db) { return service::published_size(portal(), db, nobody()); });
    }
};

TEST_F(Changes, EveryVisibleEntryComesInOrderAndOnce)
{
    new_report(drafter, approver);
    std::vector<Seq> paged;
    std::optional<Seq> after;
    for (int page = 0; page < 1000; ++page) {
        const auto answer = feed(contact, after, 7);
        for (const auto& found : answer.at("items"))
            paged.push_back(found.at("seq"));
        if (answer.at("next").is_null())
            break;
        after = answer.at("next").get<Seq>();
    }
    std::vector<Seq> whole;
    const auto at_once = feed(contact);
    for (const auto& found : at_once.at("items"))
        whole.push_back(found.at("seq"));
    EXPECT_EQ(paged, whole);
    EXPECT_EQ(whole.front(), 0);
    EXPECT_TRUE(std::is_sorted(whole.begin(), whole.end()));
}

TEST_F(Changes, AnItemCarriesItsLeafHash)
{
    const auto found = item(contact, 1);
    EXPECT_EQ(found.at("leaf_hash"), base::base64(ledger::leaf_hash(found.at("entry").dump())));
}

TEST_F(Changes, SubmissionsAreSeenByDraftersAndApproversOfTheStateAlone)
{
    const auto id = drafted(drafter, a_report());
    const auto seq = submitted(drafter, id);
    EXPECT_TRUE(sees(drafter, seq));
    EXPECT_TRUE(sees(approver, seq));
    EXPECT_FALSE(sees(contact, seq));
    EXPECT_FALSE(sees(peru, seq));
    EXPECT_FALSE(sees(secretariat, seq));
    EXPECT_TRUE(item(drafter, seq).at("opening").contains("content"));
}

TEST_F(Changes, ARedSubmissionIsSeenByNamedAccountsAlone)
{
    auto body = a_report();
    body["label"] = "TLP:RED";
    body["recipients"] = {"account:" + drafter.account.value, "account:" + approver.account.value};
    const auto id = drafted(drafter, body);
    const auto other = someone("state:CL", {"drafter", "approver", "nominator"});
    const auto seq = submitted(drafter, id);
    EXPECT_TRUE(sees(approver, seq));
    EXPECT_FALSE(sees(other, seq));
    const auto publication = published(approver, id);
    EXPECT_TRUE(sees(drafter, publication));
    EXPECT_FALSE(sees(other, publication));
    EXPECT_FALSE(sees(other, seq));
}

TEST_F(Changes, APublicationIsSeenByItsRecipientsWithTheRecord)
{
    const auto id = new_report(drafter, approver, {{"recipients", {"state:PE"}}});
    const auto found = item(peru, last());
    EXPECT_EQ(found.at("record").at("id"), id);
    EXPECT_EQ(found.at("opening").at("content"), found.at("record").at("content"));
    EXPECT_FALSE(found.at("opening").contains("recipients"));
    EXPECT_FALSE(found.at("opening").contains("actor"));
    EXPECT_TRUE(sees(contact, last()));
    EXPECT_FALSE(sees(chair, last()));
    EXPECT_FALSE(sees(nobody(), last()));
    const auto own = item(contact, last()).at("opening");
    EXPECT_EQ(own.at("recipients").at("list"), Json({"state:CL", "state:PE"}));
    EXPECT_EQ(own.at("actor").at("account"), approver.account.value);
}

TEST_F(Changes, WhoGainsAccessGetsTheRecordUnderTheNewNumber)
{
    without_four_eyes("CL");
    const auto id = new_report(drafter, approver, {{"recipients", Json::array()}, {"label", "TLP:AMBER"}});
    EXPECT_FALSE(sees(peru, last()));
    const auto seq = narrowed(id, {{"recipients", {"state:PE"}}});
    EXPECT_EQ(item(peru, seq).at("record").at("id"), id);
    EXPECT_EQ(item(peru, seq).at("opening").at("record").at("label"), "TLP:AMBER");
}

TEST_F(Changes, AddedRecipientsSeeThePresentRevisionOnward)
{
    without_four_eyes("CL");
    const auto id = new_report(drafter, approver);
    const auto first = last();
    write([&](Transaction& transaction) { return service::start_revision(transaction, drafter, id, std::nullopt); });
    submitted(drafter, id);
    const auto second = published(approver, id);
    narrowed(id, {{"recipients", {"state:PE"}}});
    EXPECT_FALSE(sees(peru, first));
    EXPECT_TRUE(sees(peru, second));
    narrowed(id, {{"recipients", {"office:chair", "state:PE"}}, {"include_earlier_revisions", true}});
    EXPECT_TRUE(sees(chair, first));
    EXPECT_FALSE(sees(peru, first)) << "only those added are shown the earlier ones";
}

TEST_F(Changes, WhoLosesAccessGetsATombstoneAndNothingElse)
{
    const auto id = new_report(drafter, approver, {{"recipients", {"state:PE"}}});
    const auto seq = narrowed(id, {{"recipients", {"state:CL"}}});
    const auto found = item(peru, seq);
    EXPECT_EQ(found.size(), 4u);
    EXPECT_EQ(found.at("tombstone"), true);
    EXPECT_EQ(found.at("subject").at("id"), id);
    EXPECT_TRUE(item(chair, seq).is_null());
}

TEST_F(Changes, AWithdrawnReportLeavesItsContentToItsOwnState)
{
    const auto id = new_report(drafter, approver, {{"recipients", {"state:PE"}}});
    const auto publication = last();
    write([&](Transaction& transaction) { return service::withdraw_report(transaction, approver, id, std::nullopt); });
    EXPECT_TRUE(item(peru, publication).at("opening").is_null());
    EXPECT_TRUE(item(contact, publication).at("opening").contains("content"));
    EXPECT_EQ(item(peru, last()).at("opening").at("record").at("record_state"), "withdrawn");
}

TEST_F(Changes, ErasedContentIsOpenedToNobody)
{
    const auto id = new_report(drafter, approver);
    const auto publication = last();
    write([&](Transaction& transaction) { return service::withdraw_report(transaction, approver, id, std::nullopt); });
    erase(approver, id);
    EXPECT_TRUE(item(contact, publication).at("opening").is_null());
    EXPECT_EQ(item(contact, last() - 1).at("opening").at("record").at("erased"), true);
}

TEST_F(Changes, AccountsAreSeenByTheirStateAndWhereTheSecretariatActed)
{
    const auto seq = size();
    someone("state:CL", {"contact"}, "New person");
    EXPECT_TRUE(sees(contact, seq));
    EXPECT_FALSE(sees(peru, seq));
    EXPECT_FALSE(sees(secretariat, seq));  // the operator acted
    const auto office = size();
    someone("office:chair", {"chair"});
    EXPECT_TRUE(sees(chair, office));
    EXPECT_TRUE(sees(secretariat, office));
    EXPECT_FALSE(sees(contact, office));
}

TEST_F(Changes, TheAuditorSeesEveryEntryAndNoContent)
{
    new_report(drafter, approver);
    const auto answer = feed(auditor);
    const auto& items = answer.at("items");
    EXPECT_EQ(items.size(), static_cast<std::size_t>(size()));
    for (const auto& found : items) {
        EXPECT_TRUE(found.at("opening").is_null());
        EXPECT_TRUE(found.at("record").is_null());
    }
}

TEST_F(Changes, AnonymousCallersReachThePublishedSizeAndNoFurther)
{
    publish_everything();
    const auto published_now = static_cast<Seq>(read([&](Connection& db) { return service::published_size(portal(), db, nobody()); }));
    EXPECT_EQ(published_now, size());
    const auto id = new_report(drafter, approver, {{"label", "TLP:CLEAR"}});
    EXPECT_EQ(feed(nobody(), published_now - 1).at("items").size(), 0u);
    EXPECT_EQ(feed(nobody(), published_now).at("refused"), static_cast<int>(ErrorCode::beyond_published_size));
    EXPECT_EQ(feed(nobody(), published_now - 1).at("complete_up_to"), published_now - 1);
    publish_everything();
    EXPECT_EQ(item(nobody(), last()).at("record").at("id"), id);
}

TEST_F(Changes, HowFarAnAnswerReachesDoesNotTellOfHiddenEntries)
{
    publish_everything();
    const auto before = feed(peru);
    new_report(drafter, approver);  // hidden from Peru
    EXPECT_EQ(feed(peru), before);
    EXPECT_EQ(feed(peru, before.at("complete_up_to").get<Seq>()).at("complete_up_to"), before.at("complete_up_to"));
    EXPECT_EQ(feed(peru, 1'000'000).at("complete_up_to"), before.at("complete_up_to"));
    advance(std::chrono::hours(1));
    EXPECT_EQ(feed(peru).at("complete_up_to"), last());
}

TEST_F(Changes, AccountsSeeTheirOwnEntriesAtOnce)
{
    publish_everything();
    const auto known = feed(contact).at("complete_up_to").get<Seq>();
    new_report(drafter, approver);
    const auto answer = feed(contact, known);
    EXPECT_EQ(answer.at("complete_up_to"), last());
    EXPECT_EQ(feed(contact, last()).at("complete_up_to"), last());
}

TEST_F(Changes, ThePublishedSizeNeverGoesBack)
{
    publish_everything();
    const auto size_of = [this](const Principal& principal) {
        return read([&](Connection& db) { return service::published_size(portal(), db, principal); });
    };
    const auto before = size_of(peru);
    new_report(drafter, approver);
    EXPECT_EQ(size_of(peru), before);
    advance(-std::chrono::hours(24));
    EXPECT_EQ(size_of(peru), before);
    EXPECT_EQ(size_of(nobody()), before);
}

TEST_F(Changes, AtLeastTheGenesisBatchIsPublished)
{
    const auto first = read([&](Connection& db) { return store::first_checkpoint(db); }).value().size;
    EXPECT_EQ(read([&](Connection& db) { return service::published_size(portal(), db, nobody()); }), first);
}

TEST_F(Changes, TheAuditOfAStateNamesWhoActed)
{
    const auto id = new_report(drafter, approver);
    const auto audit = [this](const Principal& principal, store::AuditFilter filter) {
        auto page = Json::parse(read([&](Connection& db) { return service::list_audit(db, principal, std::move(filter)); }).text);
        EXPECT_EQ(json::SchemaSet::embedded().validate("audit-list", page).size(), 0u) << page.dump();
        return page;
    };
    const auto own = audit(approver, {.subject = id, .kind = "report_published", .limit = 10});
    ASSERT_EQ(own.at("items").size(), 1u);
    EXPECT_EQ(own.at("items")[0].at("actor").at("account"), approver.account.value);
    EXPECT_EQ(own.at("items")[0].at("actor").at("credential"), approver.credential.value);
    EXPECT_EQ(audit(peru, {.subject = id, .limit = 10}).at("items").size(), 0u);
    const auto all = audit(auditor, {.subject = id, .limit = 10});
    ASSERT_EQ(all.at("items").size(), 2u);
    EXPECT_EQ(all.at("items")[0].at("actor").at("account"), drafter.account.value);
    EXPECT_TRUE(all.at("items")[0].at("opening").is_null());
    const auto page = audit(approver, {.limit = 2});
    EXPECT_EQ(page.at("items").size(), 2u);
    EXPECT_EQ(page.at("next"), page.at("items")[1].at("seq"));
}

}  // namespace
}  // namespace cbmx::test
