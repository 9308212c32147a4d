// The feed and the log as a mirror uses them: every change once, in order, from any point; every position accounted for.
#include "integration/proofs.hpp"
#include "ledger/receipt.hpp"
#include "ledger/tile.hpp"

namespace cbmx::test {
namespace {

using Json = nlohmann::json;

class Feed : public Portal {
protected:
    // Changes that PE sees partly: its own, all public ones, none of CL's AMBER, one that it loses.
    void history()
    {
        portal().published("CL");
        const auto lost = portal().published("CL", a_report({{"label", "TLP:GREEN"}}));
        portal().published("CL", a_report({{"label", "TLP:AMBER"}}));
        as(approver_of("CL")).post(path_of(lost, "label"), {{"label", "TLP:AMBER"}}).is(200);
        portal().published("PE", a_report({{"label", "TLP:AMBER+STRICT"}}));
        portal().submitted("CL");
    }
    Json changes(const Who& who, std::int64_t after, int limit = 1000)
    {
        return as(who)
            .get("/v1/changes?limit=" + std::to_string(limit) + (after < 0 ? "" : "&after=" + std::to_string(after)))
            .is(200)
            .json();
    }
    ledger::Checkpoint checkpoint(const Who& who)
    {
        const auto opened = ledger::open_checkpoint(as(who).get("/v1/log/checkpoint").is(200).body(), log_keys(portal()));
        EXPECT_TRUE(opened);
        return opened.value_or(ledger::Checkpoint{});
    }
    std::vector<base::Hash> leaves(const Who& who, std::uint64_t size)
    {
        std::vector<base::Hash> hashes;
        while (hashes.size() < size) {
            const auto to = std::min<std::uint64_t>(size - 1, hashes.size() + 99);
            const auto page =
                as(who).get("/v1/log/leaves?from=" + std::to_string(hashes.size()) + "&to=" + std::to_string(to)).is(200).json();
            for (const auto& item : page["items"]) {
                EXPECT_EQ(item["seq"], hashes.size());
                hashes.push_back(hash(item["leaf_hash"]));
            }
            if (page["items"].empty())
                break;
        }
        return hashes;
    }
    static base::Hash hash(const Json& text) { return base::to_hash(base::from_base64(text.get<std::string>()).value()).value(); }
    static std::vector<base::Hash> hashes(const Json& list)
    {
        std::vector<base::Hash> result;
        for (const auto& item : list)
            result.push_back(hash(item));
        return result;
    }
    static base::Hash root_of(const std::vector<base::Hash>& leaves)
    {
        ledger::Frontier tree;
        for (const auto& leaf : leaves)
            tree.append(leaf);
        return tree.root();
    }
};

TEST_F(Feed, EveryChangeComesOnceInOrderFromAnyPoint)
{
    history();
    for (const auto& who : {drafter_of("PE"), drafter_of("CL"), secretariat(), anyone()}) {
        const auto all = changes(who, -1)["items"];
        ASSERT_GT(all.size(), 5U);
        for (const int limit : {1, 7}) {
            Json walked = Json::array();
            std::int64_t after = -1, complete = -1;
            for (int page_number = 0; page_number < 300; ++page_number) {
                const auto page = changes(who, after, limit);
                EXPECT_GE(page["complete_up_to"], complete);
                complete = page["complete_up_to"];
                if (page["items"].empty()) {
                    EXPECT_TRUE(page["next"].is_null());
                    break;
                }
                walked.insert(walked.end(), page["items"].begin(), page["items"].end());
                EXPECT_EQ(page["next"], page["items"].back()["seq"]);
                EXPECT_GE(complete, page["next"]);
                after = page["next"];
            }
            EXPECT_EQ(walked, all) << who.key() << limit;
        }
        for (std::size_t i = 0; i < all.size(); ++i) {
            EXPECT_TRUE(i == 0 || all[i - 1]["seq"] < all[i]["seq"]);
            if (i % 9 == 0) {
                EXPECT_EQ(changes(who, all[i]["seq"])["items"],
                          Json(Json::array_t(all.begin() + static_cast<std::ptrdiff_t>(i) + 1, all.end())));
            }
        }
        // Going on from complete_up_to misses nothing that comes later.
    }
    const auto complete = changes(drafter_of("PE"), -1)["complete_up_to"].get<std::int64_t>();
    const auto later = portal().published("US");
    const auto fresh = changes(drafter_of("PE"), complete)["items"];
    ASSERT_EQ(fresh.size(), 1U);
    EXPECT_EQ(fresh[0]["record"]["id"], later);
}

TEST_F(Feed, WhoMayNotReadIsToldNothingButTheLeaf)
{
    history();
    const auto hidden = portal().published("CL", a_report({{"label", "TLP:AMBER"}, {"narrative", "hidden words"}}));
    for (const auto& who : {drafter_of("PE"), anyone(), auditor()}) {
        const auto body = as(who).get("/v1/changes?limit=1000").body();
        EXPECT_EQ(body.find("hidden words"), std::string::npos) << who.key();
    }
    EXPECT_EQ(as(drafter_of("PE")).get("/v1/changes?limit=1000").body().find(hidden), std::string::npos);
    EXPECT_NE(as(drafter_of("CL")).get("/v1/changes?limit=1000").body().find("hidden words"), std::string::npos);
}

TEST_F(Feed, LeavesCoverEveryPositionAndGiveTheCheckpointsRoot)
{
    history();
    for (const auto& who : {drafter_of("PE"), anyone()}) {
        const auto signed_tree = checkpoint(who);
        EXPECT_EQ(signed_tree.size, portal().ledger_size());
        EXPECT_EQ(signed_tree.origin, "test.example/log");
        const auto all = leaves(who, signed_tree.size);
        ASSERT_EQ(all.size(), signed_tree.size);
        EXPECT_EQ(root_of(all), signed_tree.root);
        const auto seen = changes(who, -1);
        for (const auto& item : seen["items"])
            EXPECT_EQ(hash(item["leaf_hash"]), all.at(item["seq"].get<std::size_t>()));
        as(who).get("/v1/log/leaves?from=0&to=" + std::to_string(signed_tree.size)).is_problem(404, "beyond-published-size");
    }
}

TEST_F(Feed, ProofsVerifyAgainstEverySizeThatWasPublished)
{
    const auto old = checkpoint(anyone());
    history();
    const auto now = checkpoint(anyone());
    ASSERT_GT(now.size, old.size);
    const auto all = leaves(anyone(), now.size);
    const auto size = std::to_string(now.size);
    for (const std::uint64_t index : {std::uint64_t{0}, old.size - 1, old.size, now.size - 1}) {
        const auto answer = as(anyone()).get("/v1/log/inclusion?index=" + std::to_string(index) + "&size=" + size).is(200).json();
        EXPECT_EQ(hash(answer["leaf_hash"]), all[index]);
        EXPECT_TRUE(ledger::verify_inclusion(all[index], index, now.size, hashes(answer["proof"]), now.root));
        EXPECT_FALSE(ledger::verify_inclusion(all[(index + 1) % now.size], index, now.size, hashes(answer["proof"]), now.root));
    }
    const auto grown = as(anyone()).get("/v1/log/consistency?first=" + std::to_string(old.size) + "&second=" + size).is(200).json();
    EXPECT_TRUE(ledger::verify_consistency(old.size, old.root, now.size, now.root, hashes(grown["proof"])));
    EXPECT_FALSE(ledger::verify_consistency(old.size, now.root, now.size, now.root, hashes(grown["proof"])));
    as(anyone()).get("/v1/log/inclusion?index=0&size=" + std::to_string(now.size + 1)).is_problem(404, "beyond-published-size");
    as(anyone()).get("/v1/log/consistency?first=1&second=" + std::to_string(now.size + 1)).is_problem(404, "beyond-published-size");
    as(anyone()).get("/v1/log/inclusion?index=" + size + "&size=" + size).is_problem(400, "invalid-parameter");
}

TEST_F(Feed, TilesAreTheLeavesInTheirStaticForm)
{
    for (int i = 0; portal().ledger_size() < 260; ++i)
        portal().operate({{"command", "account create"}, {"home", "state:CL"}, {"name", "n"}, {"roles", {"contact"}}});
    portal().advance(std::chrono::seconds(2));
    const auto now = checkpoint(anyone());
    const auto all = leaves(anyone(), now.size);
    std::string full, partial;
    ledger::Frontier first;
    for (std::size_t i = 0; i < all.size(); ++i) {
        (i < 256 ? full : partial) += base::as_chars(all[i]);
        if (i < 256)
            first.append(all[i]);
    }
    EXPECT_EQ(as(anyone()).get("/v1/log/tile/0/000").is(200).body(), full);
    EXPECT_EQ(as(anyone()).get("/v1/log/tile/0/001.p/" + std::to_string(all.size() - 256)).is(200).body(), partial);
    EXPECT_EQ(as(anyone()).get("/v1/log/tile/1/000.p/1").is(200).body(), base::as_chars(first.root()));
    as(anyone()).get("/v1/log/tile/0/001").is_problem(404, "not-found");
    as(anyone()).get("/v1/log/tile/0/001.p/" + std::to_string(all.size() - 255)).is_problem(404, "not-found");
    as(anyone()).get("/v1/log/tile/entries/000").is_problem(404, "not-found");
}

class PublishedSize : public Feed {
protected:
    PublishedSize() { options.log_at_once = false; }
};

TEST_F(PublishedSize, MovesAtFixedIntervalsAndTheRecordsAreLiveAllTheSame)
{
    portal().advance(std::chrono::hours(1));
    const auto before = checkpoint(anyone()).size;
    const auto id = portal().published("CL");
    const auto seq = as(drafter_of("PE")).get(path_of(id)).json()["meta"]["seq"].get<std::int64_t>();
    const auto receipt = "/v1/receipts/" + std::to_string(seq);
    const auto published_for = [&](const Who& who) { return checkpoint(who).size > static_cast<std::uint64_t>(seq); };

    // At once: the record for everyone, changes and receipts for accounts. The log, and all numbers for the public: later.
    const auto shown = as(anyone()).get(path_of(id)).is(200).json();
    EXPECT_TRUE(shown["meta"]["seq"].is_null() && shown["meta"]["changed_seq"].is_null());
    EXPECT_FALSE(shown["salt"].is_null());
    as(anyone()).get(receipt).is_problem(404, "not-found");
    as(drafter_of("PE")).get(receipt).is(200);
    EXPECT_EQ(changes_about(as(drafter_of("PE")), id).size(), 1U);
    EXPECT_TRUE(changes_about(as(anyone()), id).empty());
    EXPECT_EQ(changes(anyone(), -1)["complete_up_to"], before - 1);
    EXPECT_EQ(checkpoint(anyone()).size, before);
    EXPECT_FALSE(published_for(drafter_of("PE")));
    as(anyone()).get("/v1/changes?after=" + std::to_string(seq)).is_problem(404, "beyond-published-size");
    as(anyone()).get("/v1/reports?changed_since=" + std::to_string(seq)).is_problem(404, "beyond-published-size");
    as(drafter_of("PE"))
        .get("/v1/log/leaves?from=" + std::to_string(seq) + "&to=" + std::to_string(seq))
        .is_problem(404, "beyond-published-size");
    EXPECT_EQ(as(anyone()).get("/v1/reports").body().find("\"changed_seq\":" + std::to_string(seq)), std::string::npos);

    portal().advance(std::chrono::minutes(5));
    EXPECT_TRUE(published_for(drafter_of("PE")));
    EXPECT_EQ(checkpoint(anyone()).size, before);
    as(anyone()).get(receipt).is_problem(404, "not-found");
    portal().advance(std::chrono::hours(1));
    EXPECT_TRUE(published_for(anyone()));
    as(anyone()).get(receipt).is(200);
    EXPECT_EQ(changes_about(as(anyone()), id).size(), 1U);
    EXPECT_EQ(as(anyone()).get(path_of(id)).json()["meta"]["seq"], seq);
}

class Audit : public Feed {};

TEST_F(Audit, AStateReadsWhoDidWhatInItsOwnRecordsAlone)
{
    history();
    const auto items = as(drafter_of("CL")).get("/v1/audit?limit=1000").is(200).json()["items"];
    ASSERT_FALSE(items.empty());
    bool found = false;
    for (const auto& item : items) {
        EXPECT_EQ(item["entry"]["state"], "CL");
        if (item["entry"]["kind"] == "report_published") {
            EXPECT_EQ(item["actor"]["account"], as(approver_of("CL")).account());
            const auto salt = base::to_hash(base::from_base64(item["actor"]["salt"].get<std::string>()).value()).value();
            const auto handle = ledger::actor_handle("report_published", item["seq"].get<std::int64_t>(), salt,
                                                     item["actor"]["account"].get<std::string>());
            EXPECT_EQ(item["entry"]["actor"]["handle"], base::base64(handle));
            found = true;
        }
    }
    EXPECT_TRUE(found);
    as(contact_of("CL")).get("/v1/audit").is_problem(403, "forbidden");
    as(secretariat()).get("/v1/audit").is_problem(403, "forbidden");
    as(anyone()).get("/v1/audit").is_problem(401, "unauthenticated");
}

TEST_F(Audit, TheAuditorReadsEveryEntryAndNoContent)
{
    history();
    as(auditor()).account();
    const auto size = portal().ledger_size();
    Json all = Json::array();
    for (std::int64_t after = -1;;) {
        const auto page = as(auditor()).get("/v1/audit?limit=50" + (after < 0 ? "" : "&after=" + std::to_string(after))).is(200).json();
        all.insert(all.end(), page["items"].begin(), page["items"].end());
        if (page["next"].is_null())
            break;
        after = page["next"];
    }
    ASSERT_EQ(all.size(), size);
    for (std::size_t i = 0; i < all.size(); ++i) {
        EXPECT_EQ(all[i]["seq"], i);
        EXPECT_TRUE(all[i]["opening"].is_null());
    }
    EXPECT_EQ(all.dump().find("A test report."), std::string::npos);
    as(auditor()).get("/v1/reports").is(200);
    EXPECT_EQ(as(auditor()).get("/v1/reports?label=TLP:AMBER").json()["items"].size(), 0U);
    const auto one = as(auditor()).get("/v1/audit?kind=report_published&limit=1000").json()["items"];
    EXPECT_EQ(one.size(), 4U);
}

}  // namespace
}  // namespace cbmx::test
