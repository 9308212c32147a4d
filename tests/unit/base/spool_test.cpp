// A file without a name keeps what was written, in order.
#include "base/disk/spool.hpp"
#include <filesystem>
#include <gtest/gtest.h>
#include <system_error>
#include <unistd.h>

namespace cbmx::test {
namespace {

TEST(Spool, WhatWasAppendedIsReadInPieces)
{
    base::Spool spool("/tmp");
    spool.append("one ");
    spool.append(std::string(100'000, 'x'));
    spool.append(" end");
    EXPECT_EQ(spool.size(), 100'008U);
    EXPECT_EQ(spool.read(0, 5), "one x");
    EXPECT_EQ(spool.read(100'004, 100), " end") << "less only at the end";
    EXPECT_EQ(spool.read(100'008, 1), "");
}

TEST(Spool, ADirectoryThatIsNotThereIsSaid) { EXPECT_THROW(base::Spool("/nowhere/at/all"), std::system_error); }

TEST(Spool, IsSavedAsANewFileAlone)
{
    const auto file = std::filesystem::temp_directory_path() / ("cbmx-saved-" + std::to_string(getpid()));
    base::Spool spool(std::filesystem::temp_directory_path());
    spool.append(std::string(100'000, 's'));
    spool.write(2, "!");
    EXPECT_EQ(spool.size(), 100'000U) << "written over, not behind";
    base::save(spool, file);
    EXPECT_EQ(std::filesystem::file_size(file), 100'000U);
    EXPECT_EQ(std::filesystem::status(file).permissions(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    EXPECT_THROW(base::save(spool, file), std::system_error);
    EXPECT_EQ(std::filesystem::file_size(file), 100'000U) << "what was there stays";
    std::filesystem::remove(file);
}

}  // namespace
}  // namespace cbmx::test
