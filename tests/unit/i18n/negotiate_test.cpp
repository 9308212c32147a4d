// Which language an Accept-Language header chooses, and how placeholders are filled.
#include "i18n/texts.hpp"
#include <gtest/gtest.h>

namespace cbmx::i18n {
namespace {

struct Case {
    std::string_view header;
    Language expected;
};

constexpr std::array negotiation{
    Case{"", Language::en},
    Case{"en", Language::en},
    Case{"es", Language::es},
    Case{"fr", Language::fr},
    Case{"pt", Language::pt},
    Case{"pt-BR", Language::pt},
    Case{"es-419", Language::es},
    Case{"fr-CA-x-private", Language::fr},
    Case{"PT-br", Language::pt},
    Case{"*", Language::en},
    Case{"nl", Language::en},
    Case{"nl, fr;q=0.1", Language::fr},
    Case{"ht, fr;q=0.8, en;q=0.9", Language::en},
    Case{"en;q=0.5, es;q=0.8", Language::es},
    Case{"fr, es", Language::fr},
    Case{"es, fr", Language::es},
    Case{"fr;q=0.700, es;q=0.701", Language::es},
    Case{"fr;Q=0.2 , es;q=0.1", Language::fr},
    Case{"  ,, pt ;  q=0.4 ,", Language::pt},
    Case{"\tes\t;\tq=1.000\t", Language::es},
    Case{"es;q=0", Language::en},
    Case{"es;q=0, fr;q=0.1", Language::fr},
    Case{"en;q=0, *", Language::es},
    Case{"en;q=0, es;q=0.000, *;q=0.1", Language::fr},
    Case{"en;q=0", Language::en},
    Case{"*;q=0", Language::en},
    Case{"*;q=0, pt;q=0.2", Language::pt},
    Case{"fr;q=0.5, *;q=0.9", Language::en},
    Case{"fr;q=0.9, *;q=0.5", Language::fr},
    Case{"pt-PT;q=0, pt;q=0.3", Language::pt},
    Case{"pt, pt;q=0, fr;q=0.1", Language::fr},
    Case{"es-AR;q=0.3, es;q=0.9, fr;q=0.5", Language::es},
    Case{"fr;q=2, es;q=0.1", Language::es},
    Case{"fr;q=1.001, es;q=0.1", Language::es},
    Case{"fr;q=0.1234, es;q=0.1", Language::es},
    Case{"fr;q=, es;q=0.1", Language::es},
    Case{"fr;q, es;q=0.1", Language::es},
    Case{"fr;q=-1, es;q=0.1", Language::es},
    Case{"fr;q=0,1", Language::en},
    Case{"fr;level=1, es;q=0.1", Language::es},
    Case{"fr-, es;q=0.1", Language::es},
    Case{"fr--CA, es;q=0.1", Language::es},
    Case{"fr_CA, es;q=0.1", Language::es},
    Case{"*-CA, es;q=0.1", Language::es},
    Case{"fra, es;q=0.1", Language::es},
    Case{"frenchfrench, es;q=0.1", Language::es},
    Case{"f\xc3\xa9, es;q=0.1", Language::es},
};

TEST(Negotiate, ChoosesByWeightThenPositionAndIgnoresWhatIsMalformed)
{
    for (const auto& [header, expected] : negotiation)
        EXPECT_EQ(code_of(negotiate(header)), code_of(expected)) << '"' << header << '"';
}

TEST(Negotiate, LooksAtTheFirstTwentyRangesOnly)
{
    std::string before;
    for (std::size_t i = 1; i < max_language_ranges; ++i)
        before += "nl,";
    EXPECT_EQ(negotiate(before + "fr"), Language::fr);
    EXPECT_EQ(negotiate(before + "nl,fr"), Language::en);
    EXPECT_EQ(negotiate(std::string(100'000, ',') + "fr"), Language::en);
}

TEST(Language, CodesRoundTripAndNothingElseIsALanguage)
{
    for (const auto language : all_languages)
        EXPECT_EQ(language_from(code_of(language)), language);
    for (const auto* code : {"", "EN", "en-US", "nl", "e", "eng", " en"})
        EXPECT_EQ(language_from(code), std::nullopt) << code;
}

TEST(Fill, ReplacesEachPlaceholderByItsArgument)
{
    EXPECT_EQ(fill("{limit} of {limit}", {{"limit", "20"}}), "20 of 20");
    EXPECT_EQ(fill("{label}: {recipient}.", {{"recipient", "public"}, {"label", "TLP:RED"}}), "TLP:RED: public.");
}

TEST(Fill, APlaceholderWithoutArgumentBecomesEmpty)
{
    EXPECT_EQ(fill("at {at}.", {}), "at .");
    EXPECT_EQ(fill("at {at}.", {{"limit", "3"}}), "at .");
}

TEST(Fill, BracesInAnArgumentAreNotReadAgain) { EXPECT_EQ(fill("{a}{b}", {{"a", "{b}"}, {"b", "{a}"}}), "{b}{a}"); }

TEST(Fill, BracesThatHoldNoNameAreText)
{
    for (const auto* sentence : {"{", "}", "{}", "{ a}", "{A}", "x{a", "}{"})
        EXPECT_EQ(fill(sentence, {{"a", "no"}}), sentence);
    EXPECT_EQ(fill("{{a}}", {{"a", "1"}}), "{1}");
}

}  // namespace
}  // namespace cbmx::i18n
