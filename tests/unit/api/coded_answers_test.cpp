// Which coding an answer has by Accept-Encoding, and that it has one only for callers who have shown nothing of themselves.
#include "api/coded_answers.hpp"
#include "support/decoded.hpp"
#include <gtest/gtest.h>
#include <utility>
#include <vector>

namespace cbmx::api {
namespace {

using base::Coding;

TEST(CodingOfAnswer, TheGreatestWeightWinsAndBrotliAmongEqualOnes)
{
    const std::vector<std::pair<const char*, Coding>> table{
        {"br", Coding::br},
        {"gzip", Coding::gzip},
        {"x-gzip", Coding::gzip},
        {"GZIP", Coding::gzip},
        {"gzip, deflate, br", Coding::br},
        {"gzip, br;q=0.9", Coding::gzip},
        {"br;q=0, gzip;q=0.1", Coding::gzip},
        {"*", Coding::br},
        {"*;q=0.5, br;q=0", Coding::gzip},
        {"br;q=0, gzip;q=0", Coding::identity},
        {"*;q=0", Coding::identity},
        {"identity, br;q=0.5", Coding::identity},
        {"identity;q=0.5, br", Coding::br},
        {"identity;q=0, gzip", Coding::gzip},
        {"deflate, zstd", Coding::identity},
        {"br;q=2, gzip", Coding::gzip},  // a malformed weight
        {"", Coding::identity},
    };
    for (const auto& [list, coding] : table)
        EXPECT_EQ(coding_in(list), coding) << list;
    EXPECT_EQ(coding_in(std::nullopt), Coding::identity);
}

TEST(CodingOfAnswer, EachHasAnETagOfItsOwnAndShortTextsStayAsTheyAre)
{
    const std::string text(10'000, 'a');
    const KeptAnswer plain{Answer{.body = text}, "\"0123\""};
    for (const auto coding : {Coding::gzip, Coding::br}) {
        const auto made = coded(plain, coding);
        EXPECT_EQ(made.tag, "\"0123-" + std::string(base::name_of(coding)) + "\"");
        EXPECT_EQ(made.answer.content_encoding, base::name_of(coding));
        EXPECT_EQ(test::decoded(base::name_of(coding), made.answer.body), text);
    }
    const auto as_it_is = [](const KeptAnswer& answer) { return coded(answer, Coding::br).answer.content_encoding.empty(); };
    EXPECT_TRUE(as_it_is({Answer{.body = std::string(least_coded_bytes - 1, 'a')}, "\"0123\""}));
    EXPECT_FALSE(as_it_is({Answer{.body = std::string(least_coded_bytes, 'a')}, "\"0123\""}));
    EXPECT_TRUE(as_it_is({Answer{.status = 202, .body = text}, "\"0123\""}));
}

TEST(CodingOfAnswer, ATokenACertificateAndACookieEachShowWhoAsks)
{
    const auto nobody = domain::anonymous();
    auto somebody = nobody;
    somebody.account = domain::AccountId("somebody");
    http::Head bare, cookie, token, certificate;
    bare.fields = {{"Accept-Encoding", "br"}};
    cookie.fields = {{"cookie", "a=b"}};
    token.fields = {{"Authorization", "Bearer x"}};
    certificate.peer.certificate = base::Hash{};
    EXPECT_FALSE(shows_a_credential(bare, nobody));
    for (const auto* head : {&cookie, &token, &certificate})
        EXPECT_TRUE(shows_a_credential(*head, nobody));
    EXPECT_TRUE(shows_a_credential(bare, somebody));
}

// An embedded answer is made without the database, and a kept one for a view.
TEST(CodingOfAnswer, WhatIsTheSameForEveryoneIsAReadThatEveryoneMayAsk)
{
    for (const auto& route : routes()) {
        EXPECT_TRUE(!route.embedded || std::holds_alternative<FixedHandler>(route.handler)) << route.operation_id;
        if (is_same_for_everyone(route)) {
            EXPECT_EQ(route.method, Method::get) << route.operation_id;
            EXPECT_NE(domain::reach_of(route.permission.permission, {}), domain::Reach::none) << route.operation_id;
        }
    }
}

}  // namespace
}  // namespace cbmx::api
