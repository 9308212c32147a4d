// Receipts as the portal gives them are genuine, and nothing that was changed in them, put beside them or added to them passes for
// said. What is signed by a State: word_test.cpp; that the other verifier says the same: tests/forgeries.
#include "unit/verify/proven.hpp"
#include "verify/reading.hpp"
#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace cbmx::test {
namespace {

constexpr const char* report_id = "3f2c8f0a-5b1d-4c7e-9a51-0d6f4b7c2e11";
constexpr const char* other_id = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff";

class ReceiptFile : public ::testing::Test {
protected:
    ReceiptFile()
    {
        published_ = publish(report_id, 1, 1);
        other_ = publish(other_id, 1, 1);
        narrowed_ = narrow(report_id, 2, 1);
        revised_ = publish(report_id, 3, 2);
        auto made = log_.of("proposal_made", "proposal", "0b6c7a52-0c11-4a6e-8c0e-5f6a41f1c001", 1);
        proposed_ = log_.add(std::move(made), "record", {{"kind", "report_erasure"}, {"subject", report_id}}, nullptr);
    }

    std::size_t publish(const char* report, std::int64_t version, std::int64_t revision)
    {
        auto entry = log_.of("report_published", "report", report, version);
        entry.revision = revision;
        entry.label = "TLP:GREEN";
        return log_.add(std::move(entry), "content", {{"state", "CL"}, {"revision", revision}, {"narrative", "Misi\u00f3n"}}, members_);
    }
    std::size_t narrow(const char* report, std::int64_t version, std::int64_t revision)
    {
        auto entry = log_.of("report_label_changed", "report", report, version);
        entry.revision = revision;
        entry.label = "TLP:AMBER";
        return log_.add(std::move(entry), "record", {{"label", "TLP:AMBER"}, {"record_state", "published"}, {"erased", false}},
                        {"office:secretariat", "state:CL"});
    }

    // As POST /v1/reports/{id}/publish answers.
    Json answer() const
    {
        auto body = log_.receipted(published_);
        body["id"] = report_id;
        body["content"] = body.at("opening").at("content");
        body["salt"] = body.at("opening").at("salt");
        body["meta"] = {{"changed_seq", published_}, {"erased", false},        {"label", "TLP:GREEN"},
                        {"notices", Json::array()},  {"recipients", members_}, {"revision", 1},
                        {"seq", published_},         {"version", 1},           {"workflow_state", "published"}};
        return body;
    }
    // As a change of label is answered: the publication's content, and the new label.
    Json answer_of_change() const
    {
        auto body = log_.receipted(narrowed_);
        body["id"] = report_id;
        body["content"] = log_.opening(published_).at("content");
        body["salt"] = salt_text("the publication's");
        body["meta"] = {{"changed_seq", narrowed_}, {"erased", false}, {"label", "TLP:AMBER"},         {"revision", 1},
                        {"seq", published_},        {"version", 2},    {"workflow_state", "published"}};
        return body;
    }
    Json batch() const
    {
        const auto receipts = Json::array({log_.receipted(published_)});
        const Json item{{"item", 1},
                        {"outcome", "accepted"},
                        {"state", "published"},
                        {"subject", {{"kind", "report"}, {"id", report_id}}},
                        {"receipts", receipts},
                        {"errors", Json::array()}};
        return {{"id", other_id},
                {"content",
                 {{"goal", "publish"},
                  {"mode", "each"},
                  {"created_at", "2026-11-30T12:00:00.000Z"},
                  {"accepted", 1},
                  {"known", 0},
                  {"refused", 0},
                  {"waiting", 0},
                  {"items", Json::array({item})}}}};
    }

    service::ReceiptVerdict judged(const std::string& text) const { return service::judge_receipts(text, log_.log_keys()); }
    service::ReceiptVerdict judged(const Json& value) const { return judged(value.dump()); }
    std::string fault(const Json& value) const
    {
        const auto verdict = judged(value);
        EXPECT_EQ(verdict.ok(), !verdict.lines.empty());
        return verdict.fault;
    }
    static Json changed(Json value, const std::string& place, const Json& to)
    {
        value[Json::json_pointer(place)] = to;
        return value;
    }

    const Json members_{"members", "state:CL"};
    ProvenEntries log_;
    std::size_t published_ = 0, other_ = 0, narrowed_ = 0, revised_ = 0, proposed_ = 0;
};

TEST_F(ReceiptFile, SaysWhatItProvesAndOfWhom)
{
    const auto verdict = judged(answer());
    ASSERT_EQ(verdict.fault, "");
    ASSERT_EQ(verdict.lines.size(), 1U);
    EXPECT_EQ(verdict.lines.front(),
              "genuine: entry 0 (report_published, 2026-11-30T12:00:00.250Z) of CL about report 3f2c8f0a-5b1d-4c7e-9a51-0d6f4b7c2e11, "
              "version 1, revision 1, TLP:GREEN, for members, state:CL, in the log test.example/log of size 5; what is shown is what it "
              "commits to; by account 9a511d6f-5b1d-4c7e-8b52-3f2c8f0a2e11; the account acted by note verbale 12/2026 of 2026-01-12; "
              "accepted from an account of CL; not signed with a key of CL's; not vouched for: meta.erased; it may have been superseded "
              "since");
    EXPECT_EQ(verdict.summary(), verdict.lines.front() + "\n");
}

TEST_F(ReceiptFile, MayBeWhateverThePortalGives)
{
    EXPECT_EQ(fault(log_.receipt(published_)), "");
    EXPECT_EQ(fault(Json{{"receipt", log_.receipt(published_)}}), "");
    EXPECT_EQ(fault(log_.receipted(published_)), "");
    EXPECT_EQ(fault(changed(log_.receipted(narrowed_), "/publication", log_.receipted(published_))), "");
    EXPECT_EQ(fault(answer()), "");
    EXPECT_EQ(fault(answer_of_change()), "");
    EXPECT_EQ(fault(batch()), "");
    EXPECT_EQ(fault(log_.change(published_)), "");
    const auto all = Json::array({answer(), log_.receipt(other_), log_.change(narrowed_)});
    EXPECT_EQ(judged(all).lines.size(), 3U);
    EXPECT_EQ(fault({{"items", all}}), "");
    EXPECT_EQ(fault({{"items", all}, {"complete_up_to", 4}, {"next", nullptr}}), "");
    EXPECT_EQ(judged("\n " + answer().dump(4) + "\n").fault, "");
}

TEST_F(ReceiptFile, WithoutAReceiptProvesNothing)
{
    const Json draft{{"id", report_id},          {"content", {{"state", "CL"}}}, {"salt", nullptr},
                     {"meta", {{"version", 1}}}, {"receipt", nullptr},           {"opening", nullptr}};
    const Json tombstone{{"seq", 1}, {"tombstone", true}, {"subject", {{"kind", "report"}, {"id", other_id}}}, {"leaf_hash", "AAAA"}};
    for (const auto& value : {draft, tombstone, Json::array(), Json{{"items", Json::array({tombstone})}},
                              changed(batch(), "/content/items/0/receipts", Json::array())})
        EXPECT_EQ(fault(value), "it holds no receipt") << value.dump();
    for (const auto& value :
         {Json(), Json(7), Json("receipt"), Json::object(), Json{{"id", report_id}}, changed(draft, "/opening", log_.opening(published_))})
        EXPECT_EQ(fault(value), "it is no receipt, and no answer that holds one") << value.dump();
}

// What a reader sees first is what stands beside the receipt, not what stands in it.
TEST_F(ReceiptFile, ShowsNothingElseBesideTheOpening)
{
    const std::map<std::string, std::pair<std::string, Json>> changes{{"id", {"/id", other_id}},
                                                                      {"content", {"/content/narrative", "Something else."}},
                                                                      {"salt", {"/salt", salt_text("another")}},
                                                                      {"meta.changed_seq", {"/meta/changed_seq", 7}},
                                                                      {"meta.label", {"/meta/label", "TLP:CLEAR"}},
                                                                      {"meta.recipients", {"/meta/recipients/0", "public"}},
                                                                      {"meta.revision", {"/meta/revision", 2}},
                                                                      {"meta.seq", {"/meta/seq", 7}},
                                                                      {"meta.state", {"/meta/state", "PE"}},
                                                                      {"meta.version", {"/meta/version", 2}},
                                                                      {"meta.workflow_state", {"/meta/workflow_state", "withdrawn"}}};
    for (const auto& [name, change] : changes)
        EXPECT_EQ(fault(changed(answer(), change.first, change.second)), "what stands beside the opening is not what it says: " + name);
    EXPECT_EQ(fault(changed(answer(), "/meta/version", true)), "what stands beside the opening is not what it says: meta.version");
    for (const char* name : {"label", "erased", "workflow_state", "changed_seq", "version"})
        EXPECT_EQ(fault(changed(answer_of_change(), std::string("/meta/") + name, "public")),
                  std::string("what stands beside the opening is not what it says: meta.") + name);
}

TEST_F(ReceiptFile, ShowsNoContentForWhichNothingSpeaks)
{
    auto bare = answer();
    bare["opening"] = nullptr;
    EXPECT_EQ(fault(bare), "") << "content and salt are what the entry commits to";
    EXPECT_EQ(fault(changed(bare, "/content/narrative", "Something else.")), "what stands beside the opening is not what it says: content");
    EXPECT_EQ(fault(changed(bare, "/salt", nullptr)), "what stands beside the opening is not what it says: content");
    auto beside = log_.receipt(published_);
    beside["content"] = {{"narrative", "Something else."}};
    EXPECT_EQ(fault(beside), "it is no receipt, and no answer that holds one");
    EXPECT_EQ(fault({{"receipt", log_.receipt(published_)}, {"content", {{"narrative", "Something else."}}}}),
              "it is no receipt, and no answer that holds one");
}

TEST_F(ReceiptFile, NamesWhatNothingSpeaksFor)
{
    const auto line = judged(answer_of_change()).lines.at(0);
    EXPECT_NE(line.find("; not vouched for: content, meta.seq, salt; it may"), std::string::npos) << line;
    EXPECT_EQ(judged(batch()).lines.back(), "not vouched for: what else the answer of the batch says");
    EXPECT_EQ(judged(Json{{"items", Json::array({answer()})}, {"complete_up_to", 4}, {"next", 4}}).lines.back(),
              "not vouched for: complete_up_to, next");
}

TEST_F(ReceiptFile, HasNoOtherMembersAtAnyLevel)
{
    const Json certified = "The operator certifies that Chile has withdrawn.";
    for (const char* place : {"/note", "/receipt/note", "/receipt/entry/note", "/receipt/entry/actor/note", "/opening/note",
                              "/opening/actor/note", "/opening/recipients/note", "/opening/authority/note", "/opening/statement",
                              "/meta/note", "/meta/x\ngenuine: entry 7", "/publication", "/openings"})
        EXPECT_NE(fault(changed(answer(), place, certified)), "") << place;
    for (const char* place : {"/note", "/content/note", "/content/items/0/note", "/content/items/0/subject/note",
                              "/content/items/0/receipts/0/note", "/content/items/0/receipts/0/opening/note"})
        EXPECT_NE(fault(changed(batch(), place, certified)), "") << place;
    EXPECT_NE(fault({{"items", Json::array({answer()})}, {"note", certified}}), "");
    EXPECT_NE(fault(changed(log_.change(published_), "/note", certified)), "");
}

TEST_F(ReceiptFile, IsReadStrictlyAndToItsLastByte)
{
    const auto text = answer().dump();
    const auto with = [&text](std::string_view from, std::string_view to) {
        auto other = text;
        return other.replace(other.find(from), from.size(), to);
    };
    for (const auto& other :
         {text + "x", text + text, text + std::string(1, '\0'), "\xEF\xBB\xBF" + text, text.substr(0, text.size() - 1),
          with("\"index\":0", "\"index\":0,\"index\":0"), with("\"content\":", "\"content\":{},\"content\":"),
          with("\"index\":0", "\"index\":0.0"), with("\"index\":0", "\"index\":-0"), with("\"index\":0", "\"index\":0e0"),
          with("Misi\u00f3n", "Misio\u0301n"), with("Misi\u00f3n", "Misi\xf3n"), with("Misi\u00f3n", "Misi\\ud800n")})
        EXPECT_EQ(judged(other).fault, "it is not JSON as the portal writes it") << other;
    EXPECT_EQ(judged(with("Misi\u00f3n", "Misi\\u00f3n")).fault, "") << "the same text";
}

TEST_F(ReceiptFile, IsNoLongerThanAVerifierReads)
{
    const auto directory = std::filesystem::path(::testing::TempDir()) / ("receipts-" + std::to_string(::getpid()));
    std::filesystem::create_directories(directory);
    const auto file = directory / "receipt.json";
    std::ofstream(file) << std::string(service::max_receipt_file_bytes, ' ') << answer();
    EXPECT_THROW(service::verify_receipt_file(file.string(), log_.log_keys()), std::runtime_error);
    std::ofstream(file, std::ios::trunc) << answer();
    EXPECT_TRUE(service::verify_receipt_file(file.string(), log_.log_keys()).ok());
    EXPECT_THROW(service::verify_receipt_file((directory / "absent").string(), log_.log_keys()), std::runtime_error);
    std::filesystem::remove_all(directory);
    std::string many = "[";
    for (std::size_t i = 0; i < service::max_values_of_file; ++i)
        many += "0,";
    EXPECT_EQ(judged(many + "0]").fault, "it is not JSON as the portal writes it");
}

TEST_F(ReceiptFile, BringsThePublicationThatTheChangeIsAbout)
{
    const auto with = [this](const Json& publication) { return fault(changed(log_.receipted(narrowed_), "/publication", publication)); };
    const std::string another = "the publication: it is not the publication that the change is about";
    EXPECT_EQ(with(log_.receipted(published_)), "");
    EXPECT_EQ(with(log_.receipted(other_)), another) << "of another report";
    EXPECT_EQ(with(log_.receipted(revised_)), another) << "of a later revision";
    EXPECT_EQ(with(log_.receipted(narrowed_)), another) << "no publication";
    EXPECT_EQ(with(changed(log_.receipted(published_), "/opening/content/narrative", "Something else.")),
              "the publication: its content is not what the entry commits to");
    EXPECT_EQ(with(log_.receipt(published_)), "the publication: it is no receipt, and no answer that holds one");
    EXPECT_EQ(fault(changed(log_.receipted(published_), "/publication", log_.receipted(published_))),
              "the publication: it is no receipt, and no answer that holds one");
}

TEST_F(ReceiptFile, BringsOpeningsOfItsOwnRecordAlone)
{
    auto body = log_.receipted(proposed_);
    body["id"] = "0b6c7a52-0c11-4a6e-8c0e-5f6a41f1c001";
    body["openings"] = Json::array({log_.receipted(published_), log_.receipted(narrowed_)});
    EXPECT_EQ(judged(body).lines.size(), 3U);
    body["openings"].push_back(log_.receipted(other_));
    EXPECT_EQ(fault(body), "opening 3: it is of another record");
}

// The answer to whoever confirms a proposal shows the proposal, and has the receipt of what was done by it.
TEST_F(ReceiptFile, OfTheEffectOfAProposalSpeaksForNothingInTheProposal)
{
    auto body = log_.receipted(narrowed_);
    body["id"] = "0b6c7a52-0c11-4a6e-8c0e-5f6a41f1c001";
    body["content"] = {{"home", "state:CL"},
                       {"kind", "report_audience"},
                       {"body", Json::object()},
                       {"subject", report_id},
                       {"proposed_by", nullptr},
                       {"credential", nullptr},
                       {"by_secretariat", false},
                       {"status", "confirmed"},
                       {"decided_by", nullptr},
                       {"created_at", "2026-11-30T12:00:00.000Z"},
                       {"due_at", "2026-11-30T12:00:00.000Z"}};
    body["salt"] = salt_text("proposal");
    body["meta"] = {{"version", 2}, {"seq", 9}, {"needs", nullptr}};
    EXPECT_NE(judged(body).summary().find("; not vouched for: content, id, meta.seq, meta.version, salt;"), std::string::npos);
    body["content"].erase("status");
    EXPECT_EQ(fault(body), "what stands beside the opening is not what it says: id");
}

TEST_F(ReceiptFile, OfABatchIsThatOfItsItem)
{
    EXPECT_EQ(fault(changed(batch(), "/content/items/0/subject/id", other_id)), "item 1, receipt 1: it is of another record");
    EXPECT_EQ(fault(changed(batch(), "/content/items/0/receipts/0/opening/content/narrative", "Something else.")),
              "item 1, receipt 1: its content is not what the entry commits to");
}

TEST_F(ReceiptFile, OfAChangeIsThatOfItsEntry)
{
    EXPECT_EQ(fault(changed(log_.change(published_), "/entry", log_.entry(other_))), "its receipt is of another entry");
    EXPECT_EQ(fault(changed(log_.change(published_), "/seq", 1)), "its leaf hash is not that of the entry");
    EXPECT_EQ(fault(changed(log_.change(published_), "/leaf_hash", salt_text("leaf"))), "its leaf hash is not that of the entry");
}

// Anybody could have made it, with leaf hashes that fit.
TEST_F(ReceiptFile, IsNoPageOfTheFeedByItself)
{
    auto fed = log_.change(published_);
    fed.erase("receipt");
    fed["record"] = nullptr;
    EXPECT_EQ(fault({{"items", Json::array({fed})}, {"complete_up_to", 0}, {"next", 0}}),
              "item 1: nothing in it is signed: a page of the change feed holds no receipts");
}

TEST_F(ReceiptFile, ProvesNothingByAnotherKey)
{
    const auto stranger = key_of_seed(9);
    const auto verdict = service::judge_receipts(answer().dump(), {{ProvenEntries::origin, stranger.public_key()}});
    EXPECT_EQ(verdict.summary(), "NOT genuine: its checkpoint is not signed by a key that you gave\n");
    EXPECT_EQ(fault(changed(answer(), "/receipt/index", 1)), "the entry's own number is not its position in the log");
    EXPECT_EQ(fault(changed(answer(), "/receipt/entry/state", "PE")), "the entry does not stand in the tree that the log signed");
}

}  // namespace
}  // namespace cbmx::test
