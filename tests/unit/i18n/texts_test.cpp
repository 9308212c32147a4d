// What holds for every sentence: present, equal in shape in the four languages, and free of blame.
#include "base/embedded.hpp"
#include "domain/policy.hpp"
#include "i18n/texts.hpp"
#include <algorithm>
#include <cctype>
#include <gtest/gtest.h>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

namespace cbmx::i18n {
namespace {

using Table = std::map<std::string, std::string>;

std::string file_text(Language language)
{
    const auto name = std::string(code_of(language)) + ".json";
    for (const auto& file : base::embedded::texts())
        if (file.name == name)
            return std::string(file.bytes);
    ADD_FAILURE() << name;
    return "{}";
}

Table table_of(Language language) { return nlohmann::json::parse(file_text(language)).get<Table>(); }

std::vector<std::string> placeholders_of(const std::string& sentence)
{
    std::vector<std::string> names;
    for (auto open = sentence.find('{'); open != std::string::npos; open = sentence.find('{', open + 1))
        names.push_back(sentence.substr(open, sentence.find('}', open) - open + 1));
    std::sort(names.begin(), names.end());
    return names;
}

std::vector<std::string> keys_of(const Table& table)
{
    std::vector<std::string> names;
    for (const auto& [key, sentence] : table)
        names.push_back(key);
    return names;
}

TEST(Texts, KeysAreTheSameInFourLanguages)
{
    const auto english = keys_of(table_of(Language::en));
    ASSERT_GT(english.size(), 100U);
    EXPECT_EQ(keys(), english);
    for (const auto language : all_languages)
        EXPECT_EQ(keys_of(table_of(language)), english) << code_of(language);
}

TEST(Texts, PlaceholdersAreTheSameInFourLanguages)
{
    const auto english = table_of(Language::en);
    for (const auto language : all_languages)
        for (const auto& [key, sentence] : table_of(language))
            EXPECT_EQ(placeholders_of(sentence), placeholders_of(english.at(key))) << code_of(language) << ' ' << key;
}

TEST(Texts, NoneIsEmptyOrHasSpaceAtItsEnds)
{
    for (const auto language : all_languages)
        for (const auto& [key, sentence] : table_of(language)) {
            ASSERT_FALSE(sentence.empty()) << code_of(language) << ' ' << key;
            EXPECT_FALSE(std::isspace(static_cast<unsigned char>(sentence.front()))) << key;
            EXPECT_FALSE(std::isspace(static_cast<unsigned char>(sentence.back()))) << key;
        }
}

TEST(Texts, SentencesAreTranslatedNotCopied)
{
    const auto english = table_of(Language::en);
    for (const auto language : {Language::es, Language::fr, Language::pt})
        for (const auto& [key, sentence] : table_of(language)) {
            const bool one_word = sentence.find(' ') == std::string::npos;
            EXPECT_TRUE(one_word || sentence != english.at(key)) << code_of(language) << ' ' << key;
        }
}

TEST(Texts, FilesAreSortedIndentedByTwoAndWithoutDuplicates)
{
    for (const auto language : all_languages) {
        const auto text = file_text(language);
        EXPECT_EQ(text, nlohmann::json::parse(text).dump(2) + "\n") << code_of(language);
    }
}

TEST(Texts, EveryProblemHasTitleDetailAndPage)
{
    for (const auto& row : domain::error_table)
        for (const auto* part : {".title", ".detail", ".page"})
            EXPECT_TRUE(has("problem." + std::string(row.slug) + part)) << row.slug << part;
}

TEST(Texts, ProblemsNeedNoArguments)
{
    for (const auto& [key, sentence] : table_of(Language::en)) {
        const bool other = !key.starts_with("problem.");
        EXPECT_TRUE(other || placeholders_of(sentence).empty()) << key;
    }
}

TEST(Texts, EveryRuleHasItsSentence)
{
    for (int i = 0; i <= static_cast<int>(domain::last_rule); ++i)
        EXPECT_TRUE(has("rule." + std::string(name_of(static_cast<domain::Rule>(i))))) << name_of(static_cast<domain::Rule>(i));
}

TEST(Texts, NoSentenceIsLeftForAProblemOrRuleThatNoLongerExists)
{
    std::set<std::string> known{"problem.see_all"};
    for (const auto& row : domain::error_table)
        for (const auto* part : {".title", ".detail", ".page"})
            known.insert("problem." + std::string(row.slug) + part);
    for (int i = 0; i <= static_cast<int>(domain::last_rule); ++i)
        known.insert("rule." + std::string(name_of(static_cast<domain::Rule>(i))));
    for (const auto& key : keys()) {
        const bool named_by_code = key.starts_with("rule.") || key.starts_with("problem.");
        EXPECT_TRUE(!named_by_code || known.contains(key)) << key;
    }
}

TEST(Texts, RulesUseTheirArguments)
{
    const std::map<domain::Rule, std::vector<std::string>> arguments{
        {domain::Rule::malformed, {"{at}"}},
        {domain::Rule::too_deep, {"{limit}"}},
        {domain::Rule::too_many_members, {"{limit}"}},
        {domain::Rule::number_out_of_range, {"{limit}"}},
        {domain::Rule::not_a_const, {"{expected}"}},
        {domain::Rule::wrong_type, {"{expected}"}},
        {domain::Rule::not_allowed_value, {"{allowed}"}},
        {domain::Rule::too_short, {"{limit}"}},
        {domain::Rule::too_long, {"{limit}"}},
        {domain::Rule::too_few_items, {"{limit}"}},
        {domain::Rule::too_many_items, {"{limit}"}},
        {domain::Rule::too_many_for_atomic, {"{kib}", "{limit}"}},
        {domain::Rule::row_cells, {"{cells}", "{columns}"}},
        {domain::Rule::below_minimum, {"{limit}"}},
        {domain::Rule::above_maximum, {"{limit}"}},
        {domain::Rule::pattern, {"{pattern}"}},
        {domain::Rule::format, {"{format}"}},
        {domain::Rule::invalid_value, {"{allowed}"}},
        {domain::Rule::label_recipients, {"{label}", "{recipient}"}},
        {domain::Rule::not_now, {"{workflow_state}"}},
        {domain::Rule::file_type, {"{allowed}"}},
        {domain::Rule::wider_on_paper, {"{allowed}"}},
        {domain::Rule::refused, {"{problem}"}},
        {domain::Rule::no_holder, {"{office}"}},
        {domain::Rule::term_overlaps, {"{term}"}},
        {domain::Rule::stale_tag, {"{present}"}},
        {domain::Rule::weak_tag, {"{present}"}},
        {domain::Rule::no_tag_matches, {"{present}"}},
        {domain::Rule::wrong_code, {"{left}"}},
        {domain::Rule::not_yet_renewable, {"{from}"}},
        {domain::Rule::asked_again, {"{from}"}},
        {domain::Rule::chain_ended, {"{days}"}},
        {domain::Rule::more_errors, {"{limit}"}},
        {domain::Rule::too_many_values, {"{limit}"}},
        {domain::Rule::quota_drafts, {"{limit}"}},
        {domain::Rule::quota_draft_bytes, {"{limit}"}},
        {domain::Rule::quota_entries, {"{from}", "{limit}"}},
        {domain::Rule::quota_submitted_bytes, {"{from}", "{limit}"}},
        {domain::Rule::quota_accounts, {"{limit}"}},
        {domain::Rule::quota_credentials, {"{limit}"}},
        {domain::Rule::quota_proposals, {"{limit}"}},
        {domain::Rule::quota_retries, {"{limit}"}},
        {domain::Rule::statement_origin, {"{origin}"}},
        {domain::Rule::statement_kind, {"{kind}"}},
        {domain::Rule::statement_subject, {"{subject}"}},
        {domain::Rule::statement_label, {"{label}"}},
        {domain::Rule::statement_version, {"{said}", "{version}"}},
        {domain::Rule::statement_time, {"{days}"}},
    };
    const auto english = table_of(Language::en);
    for (int i = 0; i <= static_cast<int>(domain::last_rule); ++i) {
        const auto rule = static_cast<domain::Rule>(i);
        const auto found = arguments.find(rule);
        const auto expected = found == arguments.end() ? std::vector<std::string>{} : found->second;
        EXPECT_EQ(placeholders_of(english.at("rule." + std::string(name_of(rule)))), expected) << name_of(rule);
    }
}

TEST(Texts, EveryNameThatScreensShowIsThere)
{
    for (const auto* key :
         {"report_status.implemented", "report_status.in_progress", "report_status.planned", "report_status.not_started",
          "report_status.nothing_to_declare", "report_status.nothing_new", "workflow.draft", "workflow.submitted", "workflow.published",
          "workflow.withdrawn", "meta.demo_notice", "meta.carried_forward", "meta.withdrawn_marker", "meta.copies_notice",
          "meta.compiled_notice", "meta.unofficial_text", "meta.entered_by_secretariat", "problem.see_all"})
        EXPECT_TRUE(has(key)) << key;
}

TEST(Texts, EveryRoleThatAnAccountCanHoldHasItsName)
{
    constexpr auto first = static_cast<std::size_t>(domain::Role::contact);
    for (std::size_t i = first; i < domain::role_count; ++i)
        EXPECT_TRUE(has("role." + std::string(name_of(static_cast<domain::Role>(i))))) << i;
}

TEST(Texts, LabelsAreNeverTranslated)
{
    for (const auto& key : keys())
        EXPECT_FALSE(key.starts_with("label.")) << key;
    const domain::Arguments arguments{{"label", "TLP:AMBER+STRICT"}, {"recipient", "public"}};
    for (const auto language : all_languages)
        EXPECT_NE(text(language, "rule.label_recipients", arguments).find("TLP:AMBER+STRICT"), std::string::npos);
}

// Parts of words that would blame or rank somebody; as parts, so that every ending is caught.
TEST(Texts, NoSentenceBlamesOrRanks)
{
    const std::map<Language, std::vector<std::string>> blame{
        {Language::en,
         {" late ", " late.", " late,", "lateness", "overdue", "missing", "compliant", "compliance", "failed to", "neglect", "ranking",
          "behind schedule"}},
        {Language::es, {"tardí", "atras", "retras", "moros", "incumpl", "falta", "vencid", "clasificación"}},
        {Language::fr, {"tardi", "en retard", "retardataire", "manqu", "conforme", "échu", "classement"}},
        {Language::pt, {"tardi", "atras", "inadimpl", "descumpr", "falta", "vencid", "conforme", "classificação"}},
    };
    for (const auto& [language, words] : blame)
        for (const auto& [key, sentence] : table_of(language)) {
            auto lower = ' ' + sentence + ' ';
            std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return c < 0x80 ? std::tolower(c) : c; });
            for (const auto& word : words)
                EXPECT_EQ(lower.find(word), std::string::npos) << code_of(language) << ' ' << key << ": " << word;
        }
}

TEST(Texts, TextFillsItsPlaceholders)
{
    EXPECT_EQ(text(Language::en, "meta.carried_forward", {{"revision", "2"}, {"year", "2024"}}),
              "Text carried forward from revision 2 of an earlier report (2024).");
    EXPECT_EQ(text(Language::pt, "role.contact"), "Ponto de contato");
}

TEST(Texts, AnUnknownKeyIsABugOfOurs)
{
    EXPECT_FALSE(has("rule.no_such_rule"));
    EXPECT_THROW(text(Language::fr, "rule.no_such_rule"), std::logic_error);
}

}  // namespace
}  // namespace cbmx::i18n
