// Settings: one table, three sources, and errors that name the setting and where its value came from.
#include "config.hpp"
#include <cstdlib>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>
#include <unistd.h>

namespace cbmx {
namespace {

class Settings : public ::testing::Test {
protected:
    ~Settings() override
    {
        unsetenv("CBMX_THREADS");
        std::remove(file.c_str());
    }
    void write(const std::string& text) { std::ofstream(file) << text; }
    std::string refusal(const std::map<std::string, std::string>& flags = {})
    {
        try {
            read_config(file, flags);
            return "";
        } catch (const std::runtime_error& error) {
            return error.what();
        }
    }
    std::string file = ::testing::TempDir() + "cbmx-settings-" + std::to_string(getpid()) + ".toml";
};

TEST_F(Settings, AFlagGoesBeforeTheEnvironmentBeforeTheFileBeforeTheDefault)
{
    write("threads = 3\n");
    EXPECT_EQ(read_config("", {}).threads, 2);
    EXPECT_EQ(read_config(file, {}).threads, 3);
    setenv("CBMX_THREADS", "4", 1);
    EXPECT_EQ(read_config(file, {}).threads, 4);
    EXPECT_EQ(read_config(file, {{"threads", "5"}}).threads, 5);
}

TEST_F(Settings, WhatDoesNotExistOrDoesNotFitIsNamed)
{
    write("thread = 3\n");
    EXPECT_THAT(refusal(), ::testing::HasSubstr("thread, which does not exist"));
    write("threads = 0\n");
    EXPECT_THAT(refusal(), ::testing::AllOf(::testing::HasSubstr("threads"), ::testing::HasSubstr("from 1 to 256")));
    write("threads = \n");
    EXPECT_THAT(refusal(), ::testing::HasSubstr("line 1"));
    write("");
    EXPECT_THAT(refusal({{"port", "x"}}), ::testing::HasSubstr("port (flag)"));
}

TEST_F(Settings, EachHasOneMemberAHelpAndAFittingDefault)
{
    std::set<std::string_view> keys;
    for (const auto& setting : settings()) {
        EXPECT_TRUE(keys.insert(setting.key).second) << setting.key;
        EXPECT_NE(setting.text == nullptr, setting.number == nullptr) << setting.key;
        EXPECT_FALSE(setting.help.empty()) << setting.key;
    }
    EXPECT_NO_THROW(read_config("", {}));
}

}  // namespace
}  // namespace cbmx
