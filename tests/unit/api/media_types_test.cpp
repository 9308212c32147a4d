// Which type an answer has by Accept, and which bodies a route takes.
#include "api/media_types.hpp"
#include <array>
#include <gtest/gtest.h>

namespace cbmx::api {
namespace {

constexpr std::array<std::string_view, 2> others{"text/csv", "text/vcard"};
constexpr std::array<std::string_view, 2> raw_types{"application/json", "text/csv"};

Result<Answer> nothing(const Call&) { return Answer{}; }

Route route_of(Method method)
{
    return {.method = method,
            .path = "/v1/records",
            .permission = domain::Permission::report_read,
            .handler = &nothing,
            .alternative_media_types = others};
}

// The type that is chosen; "406" for none.
std::string_view chosen(std::optional<std::string_view> accept) { return type_of_answer(route_of(Method::get), accept).value_or("406"); }

TEST(TypeOfAnswer, WithoutAWishItIsTheRoutesOwn)
{
    EXPECT_EQ(chosen(std::nullopt), "application/json");
    for (const auto* accept : {"*/*", "application/*", "*/*;q=0.1", "text/html, */*;q=0.1", "*/*; q=.2"})
        EXPECT_EQ(chosen(accept), "application/json") << accept;
}

TEST(TypeOfAnswer, TheGreatestWeightWins)
{
    EXPECT_EQ(chosen("application/json;q=0.5, text/csv"), "text/csv");
    EXPECT_EQ(chosen("text/csv;q=0.5, application/json"), "application/json");
    EXPECT_EQ(chosen("text/csv;q=0.501, text/vcard;q=0.502, application/json;q=0.5"), "text/vcard");
    EXPECT_EQ(chosen("text/csv;q=0.5, */*"), "application/json");
}

TEST(TypeOfAnswer, AWeightOfZeroMeansNo)
{
    for (const auto* zero : {"q=0", "q=0.0", "q=0.000"}) {
        EXPECT_EQ(chosen("text/csv;" + std::string(zero)), "406") << zero;
        EXPECT_EQ(chosen("*/*;" + std::string(zero)), "406") << zero;
        EXPECT_EQ(chosen("*/*, application/json;" + std::string(zero)), "text/csv") << zero;
    }
}

TEST(TypeOfAnswer, TheMostSpecificRangeGivesTheWeight)
{
    EXPECT_EQ(chosen("text/*, text/csv;q=0"), "text/vcard");
    EXPECT_EQ(chosen("text/csv;q=0, text/*"), "text/vcard");
    EXPECT_EQ(chosen("*/*;q=0, text/*;q=0.1"), "text/csv");
    EXPECT_EQ(chosen("text/*;q=0.9, */*;q=0.1, text/csv;q=0.2"), "text/vcard");
    EXPECT_EQ(chosen("*/*;q=0.9, application/json;q=0.2"), "text/csv");
}

TEST(TypeOfAnswer, AmongEqualWeightsTheTypeNamedMoreSpecificallyThenTheRoutesOwnThenTheOrderOfTheRow)
{
    EXPECT_EQ(chosen("text/vcard, */*"), "text/vcard");
    EXPECT_EQ(chosen("text/vcard, application/json"), "application/json");
    EXPECT_EQ(chosen("text/vcard, text/csv"), "text/csv");
    EXPECT_EQ(chosen("text/*"), "text/csv");
}

TEST(TypeOfAnswer, LettersOfEitherCaseAndParametersMakeNoDifference)
{
    EXPECT_EQ(chosen("TEXT/Vcard"), "text/vcard");
    EXPECT_EQ(chosen("Text/*;Q=0.5"), "text/csv");
    EXPECT_EQ(chosen("text/vcard;version=4.0;q=0.8, application/json;q=0.7"), "text/vcard");
    EXPECT_EQ(chosen("application/json;charset=utf-8"), "application/json");
}

TEST(TypeOfAnswer, NothingThatFitsIsNotAcceptable)
{
    for (const auto* accept : {"", "image/png", "text/html, image/*", "text", "*", "text/csv;q=2", "*/csv", "json/*"})
        EXPECT_EQ(chosen(accept), "406") << accept;
}

TEST(TypeOfAnswer, SeveralLinesAreOneList)
{
    http::Head head;
    head.fields = {{"Accept", "text/csv;q=0.2"}, {"Host", "portal"}, {"accept", "text/vcard, application/json;q=0.1"}};
    EXPECT_EQ(chosen(list_in(head, "Accept")), "text/vcard");
    EXPECT_EQ(list_in(head, "Accept-Language"), std::nullopt);
}

TEST(TypeOfBody, IsJsonInUtf8AndOfAChangeAlsoAMergePatch)
{
    const auto post = route_of(Method::post), patch = route_of(Method::patch);
    for (const auto* type : {"application/json", "Application/JSON; charset=UTF-8", "application/json;charset=\"utf-8\""})
        EXPECT_EQ(type_of_body(post, type), "application/json") << type;
    EXPECT_EQ(type_of_body(patch, "application/json"), "application/json");
    EXPECT_EQ(type_of_body(patch, "application/merge-patch+json"), "application/merge-patch+json");
    for (const auto* type : {"", "text/csv", "application/merge-patch+json", "application/json; charset=latin1", "application/json; a=b"})
        EXPECT_EQ(type_of_body(post, type), std::nullopt) << type;
}

TEST(TypeOfBody, OfARouteThatReadsItItselfIsOneOfItsOwn)
{
    auto route = route_of(Method::post);
    route.raw_body_types = raw_types;
    EXPECT_EQ(type_of_body(route, "TEXT/csv; charset=utf-8"), "text/csv");
    EXPECT_EQ(type_of_body(route, "application/json"), "application/json");
    for (const auto* type : {"", "text/plain", "text/csv; charset=latin1"})
        EXPECT_EQ(type_of_body(route, type), std::nullopt) << type;
}

}  // namespace
}  // namespace cbmx::api
