// The verifiers can be had from the portal as they are, and its log says which they are.
#include "base/bytes.hpp"
#include "base/embedded.hpp"
#include "contract/golden.hpp"
#include "support/portal.hpp"
#include <algorithm>

namespace cbmx::test {
namespace {

using json = nlohmann::json;

class Programs : public Portal {
protected:
    // What the portal's own record says of the verifiers, by the entry with this number.
    json verifiers_in_log(int seq)
    {
        return as(anyone()).get("/v1/receipts/" + std::to_string(seq)).is(200).json()["opening"]["record"]["verifiers"];
    }
    std::size_t entries_after_the_first_about_the_portal()
    {
        const auto items = as(anyone()).get("/v1/changes?after=0&limit=1000").is(200).json()["items"];
        return static_cast<std::size_t>(std::count_if(
            items.begin(), items.end(), [](const json& item) { return item.value("/entry/subject/kind"_json_pointer, "") == "portal"; }));
    }
};

TEST_F(Programs, AVerifierIsGivenAsItIsToBeSavedAndNotShown)
{
    for (const std::string name : {"verify_receipt.py", "verify_export.py"}) {
        const auto reply = as(anyone()).get("/programs/" + name).is(200);
        EXPECT_EQ(reply.body(), text_of(source("client-examples/" + name))) << name;
        EXPECT_EQ(reply.field("Content-Type"), "text/x-python; charset=utf-8");
        EXPECT_EQ(reply.field("Content-Disposition"), "attachment; filename*=UTF-8''" + name);
        EXPECT_EQ(reply.field("X-Content-Type-Options"), "nosniff");
        EXPECT_EQ(reply.field("Content-Security-Policy"), "sandbox; default-src 'none'; require-trusted-types-for 'script'");
        as(anyone()).get("/programs/" + name, {{"If-None-Match", reply.field("ETag")}}).is(304);
    }
}

TEST_F(Programs, NothingElseIs)
{
    for (const char* path : {"/programs/sign.sh", "/programs/verify_receipt", "/programs/README.md", "/programs/verify_receipt.py/more"})
        as(anyone()).get(path).is_problem(404, "not-found");
}

TEST_F(Programs, TheLogSaysWhichVerifiersAreGivenAway)
{
    const auto named = verifiers_in_log(0);
    EXPECT_EQ(named.size(), base::embedded::verifiers().size());
    for (const auto& [name, hash] : named.items())
        EXPECT_EQ(hash, base::hex(base::sha256(as(anyone()).get("/programs/" + name).is(200).body()))) << name;
}

TEST_F(Programs, AStartOfTheSameProgramIsNoNewEntry)
{
    EXPECT_EQ(entries_after_the_first_about_the_portal(), 0U);
    portal().restart();
    portal().advance(std::chrono::seconds(2));
    EXPECT_EQ(entries_after_the_first_about_the_portal(), 0U);
}

}  // namespace
}  // namespace cbmx::test
