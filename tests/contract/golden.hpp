// Files of this checkout that are generated: a test compares them, and CBMX_UPDATE_GOLDEN=1 rewrites them.
#pragma once
#include "support/paths.hpp"
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <sstream>
#include <string>

namespace cbmx::test {

inline std::filesystem::path source(const std::string& path) { return std::filesystem::path(test::source_directory()) / path; }

inline std::string text_of(const std::filesystem::path& path)
{
    std::ifstream file(path, std::ios::binary);
    EXPECT_TRUE(file) << "cannot read " << path;
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

inline bool is_updating() { return std::getenv("CBMX_UPDATE_GOLDEN") != nullptr; }

inline void write_text(const std::filesystem::path& path, const std::string& text)
{
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
}

// The first line in which two texts differ: a whole file in a failure helps nobody.
inline std::string first_difference(const std::string& committed, const std::string& generated)
{
    std::istringstream a(committed), b(generated);
    std::string left, right;
    for (int line = 1;; ++line) {
        const bool more_left = static_cast<bool>(std::getline(a, left)), more_right = static_cast<bool>(std::getline(b, right));
        if (!more_left && !more_right)
            return "only the ends of lines differ";
        if (left != right || more_left != more_right)
            return "line " + std::to_string(line) + "\n  committed: " + (more_left ? left : "(end)") +
                   "\n  generated: " + (more_right ? right : "(end)");
    }
}

inline void expect_golden(const std::string& path, const std::string& generated)
{
    if (is_updating())
        write_text(source(path), generated);
    const auto committed = text_of(source(path));
    EXPECT_TRUE(committed == generated) << path << " is not what the program says (CBMX_UPDATE_GOLDEN=1 rewrites it): "
                                        << first_difference(committed, generated);
}

// A text for people between whose lines <!-- generated: NAME --> and <!-- end --> stands what the program says.
inline void expect_generated(const std::string& path, const std::map<std::string, std::string>& tables)
{
    auto text = text_of(source(path));
    const std::string end = "<!-- end -->";
    for (const auto& [name, table] : tables) {
        const std::string begin = "<!-- generated: " + name + " -->\n";
        const auto from = text.find(begin);
        ASSERT_NE(from, std::string::npos) << path << " has no " << begin;
        ASSERT_EQ(text.find(begin, from + 1), std::string::npos) << path << " says twice " << begin;
        const auto first = from + begin.size(), last = text.find(end, first);
        ASSERT_NE(last, std::string::npos) << path << " does not end " << begin;
        if (is_updating())
            text.replace(first, last - first, table);
        else
            EXPECT_TRUE(text.substr(first, last - first) == table)
                << path << ", table " << name
                << " (CBMX_UPDATE_GOLDEN=1 rewrites it): " << first_difference(text.substr(first, last - first), table);
    }
    if (is_updating())
        write_text(source(path), text);
}

}  // namespace cbmx::test
