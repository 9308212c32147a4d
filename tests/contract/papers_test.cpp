// The papers of this repository say what is there: the files that they name exist, what a newcomer looks for is where
// server/README.md says, and each rule that a comment cites stands in server/rules.md.
#include "contract/golden.hpp"
#include <algorithm>
#include <regex>
#include <set>
#include <vector>

namespace cbmx::test {
namespace {

constexpr std::ptrdiff_t max_lines_of_readme = 180;
constexpr std::ptrdiff_t max_steps_to_an_answer = 2;
constexpr std::size_t behaviours_of_newcomers = 12;

const std::vector<std::string> papers{"README.md",       "server/README.md", "server/rules.md",          "schema/README.md",
                                      "tests/README.md", "certs/README.md",  "client-examples/README.md"};

std::vector<std::string> lines_of(const std::string& text)
{
    std::istringstream stream(text);
    std::vector<std::string> lines;
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    return lines;
}

// What the first group of a pattern finds in a text, in order.
std::vector<std::string> all_matches(const std::string& text, const std::regex& pattern)
{
    std::vector<std::string> found;
    for (std::sregex_iterator match(text.begin(), text.end(), pattern), end; match != end; ++match)
        found.push_back((*match)[1].str());
    return found;
}

// Sources with comments: path -> text. Migrations are left out: their comments are part of a hash that must not change.
std::map<std::string, std::string> commented_files()
{
    const std::set<std::string> extensions{".cpp", ".hpp", ".mjs", ".py", ".sh"};
    std::map<std::string, std::string> files;
    for (const auto* folder : {"server", "tests", "client-examples", "certs"})
        for (const auto& entry : std::filesystem::recursive_directory_iterator(source(folder)))
            if (entry.is_regular_file() && extensions.contains(entry.path().extension().string()) &&
                entry.path().string().find("/node_modules/") == std::string::npos)
                files[std::filesystem::relative(entry.path(), source("")).string()] = text_of(entry.path());
    return files;
}

TEST(Papers, TheReadmeIsReadInOneSitting)
{
    const auto text = text_of(source("README.md"));
    EXPECT_LE(std::count(text.begin(), text.end(), '\n'), max_lines_of_readme);
}

TEST(Papers, EveryFileThatTheyNameExists)
{
    static const std::regex named(R"re(`((?:server|schema|tests|client-examples|certs)/[\w./-]+\.\w+)`)re");
    static const std::regex linked(R"re(\]\((?!https?:|#|/)([^)#]+)[^)]*\))re");
    for (const auto& paper : papers) {
        const auto text = text_of(source(paper));
        for (const auto& name : all_matches(text, named))
            EXPECT_TRUE(name.find("NNNN") != std::string::npos || std::filesystem::exists(source(name))) << paper << " names " << name;
        for (const auto& name : all_matches(text, linked))
            EXPECT_TRUE(std::filesystem::exists(source(paper).parent_path() / name)) << paper << " links " << name;
    }
}

TEST(Papers, WhatANewcomerLooksForIsFoundInTwoSteps)
{
    static const std::regex step(R"re(`([\w./-]+\.\w+)` \(`([^`]+)`\))re");
    const auto text = text_of(source("server/README.md"));
    const auto from = text.find("## Where is"), until = text.find("\n## ", from + 1);
    ASSERT_NE(from, std::string::npos);
    std::size_t rows = 0;
    for (const auto& line : lines_of(text.substr(from, until - from))) {
        const std::sregex_iterator first(line.begin(), line.end(), step), end;
        if (first == end)
            continue;
        ++rows;
        EXPECT_LE(std::distance(first, end), max_steps_to_an_answer) << line;
        for (auto match = first; match != end; ++match)
            EXPECT_NE(text_of(source((*match)[1].str())).find((*match)[2].str()), std::string::npos)
                << (*match)[2] << " is not in " << (*match)[1];
    }
    EXPECT_GE(rows, behaviours_of_newcomers);
}

TEST(Papers, EveryRuleThatACommentCitesIsWritten)
{
    static const std::regex heading(R"re(\*\*(\d+[a-z]?)\. )re"), number(R"re((\d+[a-z]?))re");
    static const std::regex citation(R"re((?:rules\.md|\brules?) (\d+[a-z]?(?:(?:, | and |-)\d+[a-z]?)*))re");
    static const std::regex elsewhere(R"re(\b((?:security|domain|architecture)\.md))re");
    const auto headings = all_matches(text_of(source("server/rules.md")), heading);
    const std::set<std::string> rules(headings.begin(), headings.end());
    EXPECT_EQ(rules.size(), headings.size()) << "a rule's number is given twice";
    std::size_t cited = 0;
    for (const auto& [name, text] : commented_files())
        for (const auto& line : lines_of(text)) {
            if (line.find("rule") != std::string::npos)  // the regular expressions take long
                for (const auto& list : all_matches(line, citation))
                    for (const auto& rule : all_matches(list, number)) {
                        ++cited;
                        EXPECT_TRUE(rules.contains(rule)) << name << " cites rule " << rule;
                    }
            if (line.find(".md") != std::string::npos && name != "tests/contract/papers_test.cpp") {
                EXPECT_EQ(all_matches(line, elsewhere), std::vector<std::string>())
                    << name << " cites a paper that is not in this repository";
            }
        }
    EXPECT_GT(cited, 50U);
}

}  // namespace
}  // namespace cbmx::test
