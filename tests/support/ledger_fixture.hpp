// A created portal without a server: genesis, the registry's seed, accounts of some States and offices, reports.
// Services are called as the pipeline calls them; the clock stands until it is moved.
#pragma once
#include "service/portal.hpp"
#include <atomic>
#include <filesystem>
#include <gtest/gtest.h>
#include <memory>

namespace cbmx::test {

class LedgerFixture : public ::testing::Test {
protected:
    using Connection = store::Connection;
    using Transaction = store::Transaction;
    using Principal = domain::Principal;
    using Seq = domain::Seq;
    using Json = nlohmann::json;

    LedgerFixture();
    ~LedgerFixture() override;

    std::filesystem::path directory() const { return directory_; }
    std::filesystem::path database_file() const { return directory_ / "cbmx.sqlite"; }
    store::Database& database() { return *database_; }
    const service::Portal& portal() const { return *portal_; }
    service::Portal& portal() { return *portal_; }
    ledger::Signer signer() const;
    std::vector<ledger::VerifierKey> keys() const { return {{signer().name, signer().public_key}}; }
    domain::Clock clock() const { return clock_; }
    base::RandomSource random() const { return random_; }
    void advance(std::chrono::milliseconds step) { *milliseconds_ += step.count(); }
    void set_on_commit(std::function<void()> on_commit) { *on_commit_ = std::move(on_commit); }
    void stop() { portal_.reset(), database_.reset(); }  // closes the database

    // Keeps what the work did when it gives a value.
    template <class Work>
    auto write(const Work& work)
    {
        std::optional<decltype(work(std::declval<Transaction&>()))> result;
        const auto end = database_->writer().run([&](Transaction& transaction) {
            result = work(transaction);
            return result->has_value();
        });
        EXPECT_EQ(end, store::WriteEnd::decided);
        return std::move(*result);
    }
    template <class Work>
    auto read(const Work& work)
    {
        auto snapshot = database_->read();
        return work(snapshot.db());
    }

    Principal someone(const std::string& home, const std::vector<std::string>& roles, const std::string& name = "Someone");
    Principal nobody() const { return domain::anonymous(); }
    Json a_report() const;
    std::string drafted(const Principal& drafter, const Json& body);
    Seq submitted(const Principal& drafter, const std::string& report);
    Seq published(const Principal& approver, const std::string& report);
    std::string new_report(const Principal& drafter, const Principal& approver, const Json& changes = Json::object());  // published
    void without_four_eyes(const std::string& state);  // one approver may widen an audience
    Seq size() { return static_cast<Seq>(database_->writer().size()); }
    Seq last() { return size() - 1; }

private:
    std::filesystem::path directory_;
    std::shared_ptr<std::atomic<std::int64_t>> milliseconds_;
    std::shared_ptr<std::function<void()>> on_commit_ = std::make_shared<std::function<void()>>();
    domain::Clock clock_;
    base::RandomSource random_;
    std::shared_ptr<base::Ed25519Key> key_;
    std::unique_ptr<store::Database> database_;
    std::unique_ptr<service::Portal> portal_;
};

}  // namespace cbmx::test
