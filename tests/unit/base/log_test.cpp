// One entry is one line of JSON, whatever is in it. See server/base/log.hpp.
#include "base/log.hpp"
#include "domain/clock.hpp"
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <thread>
#include <unistd.h>
#include <vector>

namespace cbmx::base {
namespace {

class Log : public ::testing::Test {
protected:
    void SetUp() override
    {
        std::string name = (std::filesystem::temp_directory_path() / "cbmx-log-XXXXXX").string();
        ASSERT_NE(mkdtemp(name.data()), nullptr);
        folder_ = name;
        file_ = name + "/log";
    }
    void TearDown() override
    {
        start_log(Severity::info);
        std::filesystem::remove_all(folder_);
    }
    std::vector<std::string> lines() const
    {
        std::ifstream file(file_);
        std::vector<std::string> result;
        for (std::string line; std::getline(file, line);)
            result.push_back(line);
        return result;
    }

    std::filesystem::path folder_;
    std::string file_;
};

TEST_F(Log, BeginsWithTimeLevelAndEvent)
{
    start_log(Severity::debug, file_);
    const auto before = domain::system_clock()();
    log(Severity::warning, "certificate_ends", {{"account", "a"}, {"days", 7}});
    const auto written = lines();
    ASSERT_EQ(written.size(), 1u);
    const auto entry = nlohmann::ordered_json::parse(written[0]);
    std::vector<std::string> names;
    for (const auto& [name, value] : entry.items())
        names.push_back(name);
    EXPECT_EQ(names, (std::vector<std::string>{"at", "level", "event", "account", "days"}));
    EXPECT_EQ(entry["level"], "warning");
    EXPECT_EQ(entry["event"], "certificate_ends");
    EXPECT_EQ(entry["days"], 7);
    const std::string at = entry["at"];
    ASSERT_TRUE(domain::from_rfc3339(at)) << at;
    EXPECT_EQ(at.size(), 24u);
    EXPECT_GE(*domain::from_rfc3339(at), before);
    EXPECT_LE(*domain::from_rfc3339(at), domain::system_clock()());
}

TEST_F(Log, LineBreaksAndControlCharactersStayInsideOneLine)
{
    start_log(Severity::info, file_);
    const std::string hostile = "a\nb\r\nc\x1b[31m\x7f\t\x01\xc2\x85\xe2\x80\xa8%v {} %s";
    log(Severity::info, "request", {{"path", hostile}, {"name\n", "x"}});
    log(Severity::info, "second");
    const auto written = lines();
    ASSERT_EQ(written.size(), 2u);
    EXPECT_EQ(nlohmann::json::parse(written[0])["path"], hostile);
    EXPECT_TRUE(std::all_of(written[0].begin(), written[0].end(), [](char c) { return c >= 0x20 && c < 0x7f; })) << written[0];
}

TEST_F(Log, BadUtf8IsReplacedNotThrown)
{
    start_log(Severity::info, file_);
    log(Severity::error, "request", {{"path", "\xff\xc3"}});
    ASSERT_EQ(lines().size(), 1u);
    EXPECT_EQ(nlohmann::json::parse(lines()[0])["path"], "\xef\xbf\xbd\xef\xbf\xbd");
}

TEST_F(Log, FieldsCannotForgeTheFirstMembers)
{
    start_log(Severity::info, file_);
    log(Severity::info, "request", {{"at", "1970"}, {"level", "debug"}, {"event", "other"}});
    const auto entry = nlohmann::json::parse(lines().at(0));
    EXPECT_NE(entry["at"], "1970");
    EXPECT_EQ(entry["level"], "info");
    EXPECT_EQ(entry["event"], "request");
    EXPECT_EQ(entry.size(), 3u);
}

TEST_F(Log, AFieldWithoutTextIsLeftOut)
{
    start_log(Severity::info, file_);
    log(Severity::info, "request", {{"account", ""}, {"replayed", false}, {"status", 0}});
    const auto entry = nlohmann::json::parse(lines().at(0));
    EXPECT_FALSE(entry.contains("account"));
    EXPECT_EQ(entry["replayed"], false);
    EXPECT_EQ(entry["status"], 0);
}

TEST_F(Log, WhatComesOftenIsWrittenTogetherAndAtTheLatestWithTheNextThatMustBe)
{
    start_log(Severity::info, file_);
    log_soon(Severity::info, "request", {{"id", "1"}});
    log_soon(Severity::info, "request", {{"id", "2"}});
    EXPECT_TRUE(lines().empty());
    log(Severity::warning, "security");
    ASSERT_EQ(lines().size(), 3u);
    EXPECT_EQ(nlohmann::json::parse(lines()[1])["id"], "2");
    log_soon(Severity::info, "request", {{"id", "3"}});
    flush_log();
    EXPECT_EQ(lines().size(), 4u);
}

TEST_F(Log, LesserSeveritiesAreNotWritten)
{
    start_log(Severity::warning, file_);
    log(Severity::debug, "a");
    log(Severity::info, "b");
    EXPECT_TRUE(lines().empty());
    log(Severity::warning, "c");
    log(Severity::error, "d");
    EXPECT_EQ(lines().size(), 2u);
}

TEST_F(Log, AppendsToAnExistingFile)
{
    start_log(Severity::info, file_);
    log(Severity::info, "a");
    start_log(Severity::info, file_);
    log(Severity::info, "b");
    EXPECT_EQ(lines().size(), 2u);
}

TEST_F(Log, GoesToStandardErrorWithoutAFile)
{
    testing::internal::CaptureStderr();
    start_log(Severity::info);
    log(Severity::info, "started", {{"port", 8443}});
    const std::string written = testing::internal::GetCapturedStderr();
    EXPECT_EQ(std::count(written.begin(), written.end(), '\n'), 1);
    EXPECT_EQ(nlohmann::json::parse(written)["port"], 8443);
}

TEST_F(Log, LinesOfSeveralThreadsDoNotMix)
{
    start_log(Severity::info, file_);
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([i] {
            for (int j = 0; j < 250; ++j)
                log(Severity::info, "request", {{"thread", i}, {"path", std::string(200, 'x')}});
        });
    for (auto& thread : threads)
        thread.join();
    const auto written = lines();
    EXPECT_EQ(written.size(), 1000u);
    for (const auto& line : written)
        EXPECT_TRUE(nlohmann::json::accept(line)) << line;
}

}  // namespace
}  // namespace cbmx::base
