// Files of this checkout that are generated: a test compares them, and CBMX_UPDATE_GOLDEN=1 writes them anew.
#pragma once
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>
#include <string>

namespace cbmx::test {

inline std::filesystem::path source(const std::string& path) { return std::filesystem::path(CBMX_SOURCE_DIR) / path; }

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

// The first line in which two texts differ: a whole file in a failure tells nobody anything.
inline std::string first_difference(const std::string& committed, const std::string& generated)
{
    std::istringstream a(committed), b(generated);
    std::string left, right;
    for (int line = 1;; ++line) {
        const bool more_left = static_cast<bool>(std::getline(a, left)), more_right = static_cast<bool>(std::getline(b, right));
        if (!more_left && !more_right)
            return "only the ends of lines differ";
        if (left != right || more_left != more_right)
            return "line " + std::to_string(line) + "\n  committed: " + (more_left ? left : "(end)") + "\n  generated: " + (more_right ? right : "(end)");
    }
}

inline void expect_golden(const std::string& path, const std::string& generated)
{
    if (is_updating())
        write_text(source(path), generated);
    const auto committed = text_of(source(path));
    EXPECT_TRUE(committed == generated) << path << " is not what the program says (CBMX_UPDATE_GOLDEN=1 writes it anew): " << first_difference(committed, generated);
}

}  // namespace cbmx::test
