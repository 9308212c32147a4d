// GET /v1/export over the wire: for whom, in what form, while writing goes on, and how many at once.
#include "base/archive/reader.hpp"
#include "integration/proofs.hpp"
#include "ledger/note.hpp"
#include "verify/archive.hpp"
#include <atomic>
#include <chrono>
#include <fstream>
#include <thread>

namespace cbmx::test {
namespace {

using namespace std::chrono_literals;

class Exports : public Portal {
protected:
    std::string saved(const std::string& bytes)
    {
        const auto file = (portal().directory() / ("export-" + std::to_string(files_++) + ".zip")).string();
        std::ofstream(file, std::ios::binary) << bytes;
        return file;
    }
    service::ExportReport judged(const std::string& bytes)
    {
        auto report = service::verify_export(saved(bytes), log_keys(portal()));
        EXPECT_TRUE(report.ok()) << report.summary();
        return report;
    }
    std::string request_of(const Who& who, const char* method = "GET")
    {
        return std::string(method) + " /v1/export HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + portal().token_of(who) +
               "\r\n\r\n";
    }
    std::unique_ptr<RawClient> connected()
    {
        return std::make_unique<RawClient>(
            RawOptions{.port = portal().app().port(), .ca_file = development_certificates() / "ca.crt", .timeout_ms = 30'000});
    }
    // Notes that no packing makes smaller.
    void note_of(std::size_t bytes)
    {
        std::string pdf = "%PDF-1.4\n%";
        const auto random = seeded_random(bytes);
        std::vector<std::uint8_t> noise(bytes);
        random(noise);
        pdf += base::base64(base::as_chars(noise)).substr(0, bytes) + "\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";
        auto body = a_nomination();
        body["note"]["file"] = {{"name", "note.pdf"}, {"content", base::base64(pdf)}};
        as(nominator_of("CL")).post("/v1/nominations", body).is(201);
    }

private:
    std::atomic<int> files_ = 0;
};

TEST_F(Exports, AnAccountIsGivenAnArchiveThatProvesItself)
{
    const auto id = portal().published("CL");
    portal().listed("CL");
    portal().advance(2s);
    const auto reply = as(drafter_of("PE")).get("/v1/export", {{"Accept-Language", "fr"}}).is(200);
    EXPECT_EQ(reply.field("Content-Type"), "application/zip");
    EXPECT_TRUE(reply.field("Content-Disposition").starts_with("attachment; filename*=UTF-8''cbmx-export-state-PE-"))
        << reply.field("Content-Disposition");
    EXPECT_EQ(reply.field("Cache-Control"), "no-store");
    const auto report = judged(reply.body());
    EXPECT_EQ(report.reader, "state:PE drafter");
    EXPECT_EQ(report.size, portal().ledger_size());
    const base::ArchiveReader archive(saved(reply.body()));
    EXPECT_TRUE(archive.holds("records/reports/" + id + ".json"));
    EXPECT_NE(archive.text("index.html", 1 << 20).find("<html lang=\"fr\">"), std::string::npos);
    EXPECT_EQ(nlohmann::json::parse(archive.text("records/reports/" + id + ".json", 1 << 20)),
              as(drafter_of("PE")).get(path_of(id), {{"Accept-Language", "fr"}}).is(200).json())
        << "as the API gives it";
}

TEST_F(Exports, NobodyElseIs)
{
    as(anyone()).get("/v1/export").is_problem(401, "unauthenticated");
    as(drafter_of("CL")).get("/v1/export?state=CL").is_problem(400, "unknown-parameter");
    as(drafter_of("CL")).get("/v1/export", {{"Accept", "application/json"}}).is_problem(406, "not-acceptable");
    as(drafter_of("CL")).send("HEAD", "/v1/export", "", {}).is(200);
}

TEST_F(Exports, EachIsGenuineWhileWritingGoesOn)
{
    portal().published("CL");
    const std::vector readers{drafter_of("PE"), secretariat(), reviewer()};
    for (const auto& who : readers)
        portal().token_of(who);
    std::atomic<bool> ends = false;
    std::vector<std::thread> threads;
    std::vector<std::vector<std::string>> archives(readers.size());
    for (std::size_t i = 0; i < readers.size(); ++i)
        threads.emplace_back([&, i, request = request_of(readers[i])] {
            while (!ends && archives[i].size() < 20)
                if (const auto answer = connected()->exchange(request); answer && answer->status == 200)
                    archives[i].push_back(answer->body);
        });
    for (int i = 0; i < 30; ++i) {
        portal().published("CL", a_report({{"label", i % 2 == 0 ? "TLP:GREEN" : "TLP:AMBER"}}));
        portal().advance(700ms);
    }
    ends = true;
    for (auto& thread : threads)
        thread.join();
    for (const auto& list : archives) {
        EXPECT_FALSE(list.empty());
        for (const auto& bytes : list)
            judged(bytes);
    }
}

// Archives wait on the disk for slow readers: not any number of them.
TEST_F(Exports, AnAccountHasTwoAtOnceAtMost)
{
    for (std::size_t i = 0; i < 4; ++i)
        note_of(1'400'000 + i);
    portal().advance(2s);
    const auto request = request_of(drafter_of("CL"));
    auto first = connected(), second = connected();
    ASSERT_TRUE(first->send(request));
    const auto begun = first->read(true);  // its head: the archive is on the disk now
    ASSERT_TRUE(begun && begun->status == 200);
    ASSERT_TRUE(second->send(request));
    ASSERT_EQ(second->read(true)->status, 200);
    const auto third = connected()->exchange(request);
    ASSERT_TRUE(third.has_value());
    EXPECT_EQ(third->status, 429);
    EXPECT_EQ(connected()->exchange(request_of(approver_of("CL")))->status, 200) << "another account's turn";
    first->close();
    for (int i = 0; i < 200; ++i) {
        const auto again = connected()->exchange(request);
        ASSERT_TRUE(again.has_value());
        if (again->status == 200) {
            judged(again->body);
            return;
        }
        std::this_thread::sleep_for(50ms);
    }
    FAIL() << "a caller that released one gets another";
}

// Two archives wait to be fetched: a third would be refused.
TEST_F(Exports, HeadMakesNoArchive)
{
    for (std::size_t i = 0; i < 4; ++i)
        note_of(1'400'000 + i);
    portal().advance(2s);
    const auto who = drafter_of("CL");
    auto first = connected(), second = connected();
    for (auto* one : {first.get(), second.get()}) {
        ASSERT_TRUE(one->send(request_of(who)));
        const auto begun = one->read(true);
        ASSERT_TRUE(begun && begun->status == 200);
    }
    for (int i = 0; i < 5; ++i) {
        const auto head = connected()->exchange(request_of(who, "HEAD"), true);
        ASSERT_TRUE(head.has_value());
        EXPECT_EQ(head->status, 200);
    }
}

TEST_F(Exports, HeadSaysWhatTheAnswerWouldSayOfItself)
{
    portal().published("CL");
    portal().advance(2s);
    const auto whole = as(drafter_of("CL")).get("/v1/export").is(200);
    const auto head = as(drafter_of("CL")).send("HEAD", "/v1/export", "", {}).is(200);
    EXPECT_TRUE(whole.field("ETag").starts_with("W/\""));
    for (const auto* name : {"ETag", "Content-Type", "Content-Disposition", "Cache-Control", "Vary"})
        EXPECT_EQ(head.field(name), whole.field(name)) << name;
    EXPECT_EQ(head.body(), "");
    EXPECT_EQ(head.field("Content-Length"), "") << "nobody knows it before the archive is made";
}

TEST_F(Exports, WhoHoldsWhatOneWouldSayIsToldSo)
{
    portal().published("CL");
    const auto mine = portal().draft("CL");
    for (const auto& who : {drafter_of("CL"), approver_of("CL"), nominator_of("CL"), drafter_of("PE")})
        as(who).get("/v1/me").is(200);
    portal().advance(2s);
    const auto tag = [this](const Who& who) { return as(who).send("HEAD", "/v1/export", "", {}).is(200).field("ETag"); };
    const auto held = as(drafter_of("CL")).get("/v1/export").is(200).field("ETag");
    const auto again = [&] { return as(drafter_of("CL")).get("/v1/export", {{"If-None-Match", held}}).status(); };
    EXPECT_EQ(again(), 304);
    EXPECT_EQ(as(drafter_of("CL")).send("HEAD", "/v1/export", "", {{"If-None-Match", held}}).status(), 304);
    EXPECT_EQ(as(drafter_of("CL")).get("/v1/export", {{"Accept-Language", "fr"}, {"If-None-Match", held}}).status(), 200);
    EXPECT_EQ(as(drafter_of("PE")).get("/v1/export", {{"If-None-Match", held}}).status(), 200) << "another reader";

    const auto theirs = tag(drafter_of("PE"));
    portal().draft("PE");
    EXPECT_EQ(again(), 304) << "another State's draft leaves no trace";
    EXPECT_NE(tag(drafter_of("PE")), theirs);

    as(drafter_of("CL")).patch(path_of(mine), {{"narrative", "another"}}).is(200);
    EXPECT_EQ(again(), 200) << "a draft has no entry, and is in the archive";
}

TEST_F(Exports, ANewEntryThatIsShownMakesItAnother)
{
    const auto id = portal().published("CL");
    portal().advance(2s);
    const auto held = as(reviewer()).get("/v1/export").is(200).field("ETag");
    EXPECT_EQ(as(reviewer()).get("/v1/export", {{"If-None-Match", held}}).status(), 304);
    portal().published("CL");
    portal().advance(2s);
    const auto fresh = as(reviewer()).get("/v1/export", {{"If-None-Match", held}}).is(200);
    judged(fresh.body());
    EXPECT_NE(fresh.field("ETag"), held);
}

TEST_F(Exports, OneGoesOnFromAnEarlierOne)
{
    const auto old = portal().published("CL");
    portal().advance(2s);
    const auto reader = drafter_of("PE");
    const auto earlier = judged(as(reader).get("/v1/export").is(200).body());
    const auto fresh = portal().published("CL");
    portal().advance(2s);
    const auto reply = as(reader).get("/v1/export?after=" + std::to_string(earlier.size)).is(200);
    auto report = judged(reply.body());
    EXPECT_EQ(report.after, earlier.size);
    report.compare_with(earlier);
    EXPECT_TRUE(report.ok()) << report.summary();
    const base::ArchiveReader archive(saved(reply.body()));
    EXPECT_TRUE(archive.holds("records/reports/" + fresh + ".json"));
    EXPECT_FALSE(archive.holds("records/reports/" + old + ".json"));
    EXPECT_NE(as(reader).send("HEAD", "/v1/export", "", {}).field("ETag"), reply.field("ETag")) << "a whole one says something else";

    const auto beyond = "/v1/export?after=" + std::to_string(portal().ledger_size() + 1);
    as(reader).get(beyond).is_problem(404, "beyond-published-size");
    EXPECT_EQ(as(reader).send("HEAD", beyond, "", {}).status(), 404);
    as(reader).get("/v1/export?after=-1").is_problem(400, "invalid-parameter");
}

TEST_F(Exports, WhoWasDisabledMeanwhileIsRefused)
{
    const auto token = portal().token_of(drafter_of("CL"));
    as(nominator_of("CL")).patch("/v1/accounts/" + as(drafter_of("CL")).account(), {{"status", "disabled"}}).is(200);
    EXPECT_EQ(connected()->exchange("GET /v1/export HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token + "\r\n\r\n")->status,
              401);
}

}  // namespace
}  // namespace cbmx::test
