// The file of the log's keys: what it may hold, how it is written, and what of a key is left in it.
#include "operation/key_file.hpp"
#include "service/log/outside.hpp"
#include <filesystem>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace cbmx::service {
namespace {

class KeyFiles : public ::testing::Test {
protected:
    KeyFiles()
    {
        std::string name = (std::filesystem::temp_directory_path() / "cbmx-key-file-XXXXXX").string();
        directory_ = mkdtemp(name.data());
    }
    ~KeyFiles() override { std::filesystem::remove_all(directory_); }
    std::string path() const { return (directory_ / "log-key.pem").string(); }
    static base::Ed25519Key new_key() { return base::Ed25519Key::generate(base::system_random()); }
    static ledger::VerifierKey of_log(const base::Ed25519Key& key, std::int64_t from, std::optional<std::int64_t> until = {})
    {
        return {"log", key.public_key(), from, until};
    }
    static std::vector<base::Ed25519Public> private_in(const KeyFile& file)
    {
        std::vector<base::Ed25519Public> list;
        for (const auto& key : file.keys)
            list.push_back(key.public_key());
        return list;
    }
    static std::vector<base::Ed25519Public> publics(const std::vector<base::Ed25519Key>& keys) { return private_in({keys, {}}); }

    std::filesystem::path directory_;
    const base::Ed25519Key first = new_key(), second = new_key(), third = new_key();
};

TEST_F(KeyFiles, OneKeyInPemIsTheSimplest)
{
    const auto file = parse_key_file(first.to_pem());
    ASSERT_TRUE(file);
    EXPECT_EQ(private_in(*file), publics({first}));
    EXPECT_EQ(text_of(*file), first.to_pem());
    EXPECT_EQ(file->ring("log").signing({}).front().name, "log");
}

TEST_F(KeyFiles, ReadBackTheyAreWhatWasWritten)
{
    write_key_file(path(), {{second, first}, {third.public_key()}});
    const auto file = read_key_file(path());
    EXPECT_EQ(private_in(file), publics({second, first}));
    EXPECT_EQ(file.former, std::vector{third.public_key()});
    EXPECT_EQ(file.verifiers("log").size(), 3U);
    EXPECT_EQ(base::Ed25519Key::from_pem(read_whole(path()).value())->public_key(), second.public_key())
        << "a reader of one key reads the current one";
    struct stat about {};
    ASSERT_EQ(::stat(path().c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0777, 0600U);
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory_), {}), 1) << "nothing is left beside it";
}

TEST_F(KeyFiles, ALinkStaysALink)
{
    const auto target = directory_ / "elsewhere.pem";
    write_key_file(target.string(), {{first}, {}});
    std::filesystem::create_symlink(target, path());
    write_key_file(path(), {{second}, {}});
    EXPECT_TRUE(std::filesystem::is_symlink(path()));
    EXPECT_EQ(private_in(read_key_file(target.string())), publics({second}));
}

TEST_F(KeyFiles, WhatIsNoKeyIsRefused)
{
    const auto public_alone = text_of({{first}, {second.public_key()}}).substr(first.to_pem().size());
    EXPECT_FALSE(parse_key_file(""));
    EXPECT_FALSE(parse_key_file("noise"));
    EXPECT_FALSE(parse_key_file(public_alone)) << "no private key";
    EXPECT_FALSE(parse_key_file(first.to_pem() + "-----BEGIN PRIVATE KEY-----\nnoise\n-----END PRIVATE KEY-----\n"));
    EXPECT_FALSE(parse_key_file(first.to_pem().substr(0, 60)));
    EXPECT_THROW(read_key_file(path()), std::runtime_error);
}

TEST_F(KeyFiles, InOrderThePresentKeyIsFirstAndOfThoseThatEndedThePublicHalfIsLeft)
{
    const auto overlap = in_order({{first, second}, {}}, {of_log(second, 10), of_log(first, 0)});
    EXPECT_EQ(private_in(overlap), publics({second, first}));
    EXPECT_TRUE(overlap.former.empty());
    const auto ended = in_order(overlap, {of_log(second, 10), of_log(first, 0, 14)});
    EXPECT_EQ(private_in(ended), publics({second}));
    EXPECT_EQ(ended.former, std::vector{first.public_key()});
    EXPECT_EQ(text_of(in_order(ended, {of_log(second, 10), of_log(first, 0, 14)})), text_of(ended));
}

TEST_F(KeyFiles, InOrderNothingGetsLostThatTheLogDoesNotKnow)
{
    const auto file = in_order({{second, first}, {third.public_key()}}, {of_log(first, 0)});  // a database that was put back
    EXPECT_EQ(private_in(file), publics({first, second}));
    EXPECT_EQ(file.former, std::vector{third.public_key()});
    EXPECT_EQ(private_in(in_order({{first}, {}}, {of_log(second, 10), of_log(first, 0)})), publics({first}))
        << "nor is any believed that only the database knows";
}

}  // namespace
}  // namespace cbmx::service
