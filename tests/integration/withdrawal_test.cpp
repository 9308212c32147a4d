// Withdrawing leaves a marker to the former audience; erasing leaves proofs alone.
#include "integration/proofs.hpp"
#include "json/parse.hpp"
#include "operation/data_directory.hpp"
#include "verify/verify.hpp"
#include <chrono>
#include <fstream>
#include <sstream>
#include <thread>

namespace cbmx::test {
namespace {

using Withdrawal = Portal;
using Json = nlohmann::json;

TEST_F(Withdrawal, TheContentStaysWithTheOwnStateAndAMarkerWithTheFormerAudience)
{
    const auto id = portal().published("CL", a_report({{"label", "TLP:GREEN"}, {"narrative", "withdrawn words"}}));
    const auto published = as(contact_of("CL")).get(path_of(id)).json()["meta"]["seq"].get<std::int64_t>();
    as(drafter_of("CL")).post(path_of(id, "withdraw")).is_problem(403, "forbidden");
    const auto withdrawn = as(approver_of("CL")).post(path_of(id, "withdraw")).is(200).has_receipt();

    EXPECT_EQ(as(contact_of("CL")).get(path_of(id)).is(200).json()["content"]["narrative"], "withdrawn words");
    EXPECT_EQ(as(contact_of("CL")).get(path_of(id, "revisions/1")).is(200).json()["content"]["narrative"], "withdrawn words");
    const auto marker = as(contact_of("PE")).get(path_of(id)).is(200).json();
    EXPECT_TRUE(marker["content"].is_null() && marker["salt"].is_null());
    EXPECT_EQ(marker["meta"]["workflow_state"], "withdrawn");
    EXPECT_EQ(marker["meta"]["state"], "CL");
    EXPECT_EQ(marker["meta"]["notices"].size(), 1U);
    as(anyone()).get(path_of(id)).is_problem(404, "not-found");
    const std::vector<std::string> paths{path_of(id),
                                         "/v1/reports",
                                         path_of(id, "revisions"),
                                         "/v1/changes?limit=1000",
                                         "/v1/receipts/" + std::to_string(published),
                                         "/v1/receipts/" + std::to_string(seq_of(withdrawn))};
    for (const auto& path : paths)
        EXPECT_EQ(as(contact_of("PE")).get(path).is(200).body().find("withdrawn words"), std::string::npos) << path;
    EXPECT_NE(as(contact_of("PE")).get(path_of(id, "revisions/1")).status(), 200);
    as(drafter_of("CL")).post(path_of(id, "revise")).is_problem(409, "conflict");
    as(approver_of("CL")).post(path_of(id, "withdraw")).is_problem(409, "conflict");
    as(approver_of("CL")).post(path_of(id, "label"), {{"label", "TLP:AMBER"}}).is_problem(409, "conflict");
}

constexpr const char* canary = "planted-canary-7f3a";

TEST_F(Withdrawal, ErasedTextIsGoneEverywhereAndReceiptsStillVerify)
{
    const auto drafter = as(drafter_of("CL"));
    const auto approver = as(approver_of("CL"));
    const std::string text = canary;
    const auto id = drafter
                        .post("/v1/reports",
                              a_report({{"narrative", text}, {"tags", {canary}}, {"client_ref", "r1"}, {"evidence", {{{"title", text}}}}}),
                              {{"Idempotency-Key", "k1"}})
                        .created_id();
    drafter.post(path_of(id, "submit")).is(200);
    approver.post(path_of(id, "return"), {{"reason", text}}).is(200);
    drafter.patch(path_of(id), {{"challenges", text}}).is(200);
    drafter.post(path_of(id, "submit")).is(200);
    const auto first = approver.post(path_of(id, "publish")).is(200);
    drafter.post(path_of(id, "revise")).is(201);
    drafter.post(path_of(id, "submit")).is(200);
    const auto second = approver.post(path_of(id, "publish")).is(200);
    drafter.post(path_of(id, "revise")).is(201);
    drafter.patch(path_of(id, "draft"), {{"assistance_needed", text}}).is(200);
    approver.post(path_of(id, "erase")).is_problem(409, "conflict");
    approver.post(path_of(id, "withdraw")).is(200);
    EXPECT_NE(bytes_under(portal().directory()).find(text), std::string::npos);
    drafter.post(path_of(id, "erase")).is_problem(403, "forbidden");
    const auto erased = portal().erased("CL", id, approver_of("CL", "second"));
    erased.has_receipt();

    for (const auto& reader : {contact_of("CL"), drafter_of("CL"), contact_of("PE"), anyone()}) {
        const auto left = as(reader).get(path_of(id)).is(200).json();
        EXPECT_TRUE(left["content"].is_null());
        EXPECT_EQ(left["meta"]["erased"], true);
        for (const auto* path : {"/v1/changes?limit=1000", "/v1/reports"})
            EXPECT_EQ(as(reader).get(path).body().find(text), std::string::npos) << reader.key() << path;
    }
    drafter.get(path_of(id, "draft")).is_problem(404, "not-found");
    EXPECT_EQ(drafter.get("/v1/audit?limit=1000").is(200).body().find(text), std::string::npos);
    for (const auto& reply : {first, second, erased}) {
        const auto now = as(contact_of("CL")).get("/v1/receipts/" + std::to_string(seq_of(reply))).is(200).json();
        EXPECT_EQ(now["receipt"], reply.json()["receipt"]);
        EXPECT_EQ(fault_of(portal(), now["receipt"], now["opening"]), "none");
    }
    EXPECT_EQ(fault_of(portal(), first.json()["receipt"], first.json()["opening"]), "none");  // a reader who kept a copy can still prove it
    EXPECT_TRUE(as(contact_of("CL")).get("/v1/receipts/" + std::to_string(seq_of(first))).json()["opening"].is_null());
    approver.post(path_of(id, "erase")).is_problem(409, "conflict");
    drafter.post("/v1/reports", a_report({{"client_ref", "r1"}})).is_problem(409, "reference-conflict");

    EXPECT_TRUE(leaves_every_file_under(portal().directory(), text));
}

}  // namespace
}  // namespace cbmx::test
