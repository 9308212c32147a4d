// A temporary folder with what the openssl program makes in it: keys, signatures and certificates that are none of our own.
#pragma once
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <string>

namespace cbmx::test {

class OpensslFolder : public ::testing::Test {
protected:
    void SetUp() override
    {
        std::string name = (std::filesystem::temp_directory_path() / "cbmx-keys-XXXXXX").string();
        ASSERT_NE(mkdtemp(name.data()), nullptr);
        folder_ = name;
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    void openssl(const std::string& arguments) const
    {
        const std::string command = "cd '" + folder_.string() + "' && openssl " + arguments + " >output 2>errors";
        ASSERT_EQ(std::system(command.c_str()), 0) << command << "\n" << read("errors");
    }
    std::string read(const std::string& name) const
    {
        std::ifstream file(folder_ / name, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    void write(const std::string& name, const std::string& bytes) const { std::ofstream(folder_ / name, std::ios::binary) << bytes; }

    std::filesystem::path folder_;
};

}  // namespace cbmx::test
