// What tests of services and of the ledger stand on: a real database file, migrated, with seeded randomness and a clock that stands until
// it is moved. Next: service_fixture.hpp (accounts, no genesis), ledger_fixture.hpp (a whole portal without a server).
#pragma once
#include "store/database.hpp"
#include <atomic>
#include <filesystem>
#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <optional>

namespace cbmx::test {

inline constexpr std::int64_t fixture_start_milliseconds = 1'769'860'801'000;  // 2026-01-31T12:00:01Z: not at the end of any interval

class DatabaseFixture : public ::testing::Test {
protected:
    using Connection = store::Connection;
    using Transaction = store::Transaction;
    using Principal = domain::Principal;

    DatabaseFixture();
    ~DatabaseFixture() override;  // removes the directory

    static constexpr const char* log_origin = "test.example/log";
    std::filesystem::path directory() const { return directory_; }
    std::filesystem::path database_file() const { return directory_ / "cbmx.sqlite"; }
    store::Database& database() { return *database_; }
    ledger::Signer signer() const;                         // the log's
    const ledger::KeyRing& ring() const { return ring_; }  // which holds it
    domain::Clock clock() const { return clock_; }
    base::RandomSource random() const { return random_; }
    domain::Instant now() const { return clock_(); }
    void advance(std::chrono::milliseconds step) { *milliseconds_ += step.count(); }
    void set_on_commit(std::function<void()> on_commit) { *on_commit_ = std::move(on_commit); }
    void close_database() { database_.reset(); }

    // Runs work(Transaction&), which gives a Result, and keeps what it did when that is a value.
    template <class Work>
    auto write(const Work& work)
    {
        std::optional<decltype(work(std::declval<Transaction&>()))> result;
        const auto end = database_->writer().run([&](Transaction& transaction) {
            result = work(transaction);
            if constexpr (std::is_constructible_v<decltype(result), domain::Error>)  // as the pipeline does
                if (result->has_value() && transaction.speech().refusal)
                    result = *transaction.speech().refusal;
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

private:
    std::filesystem::path directory_;
    std::shared_ptr<std::atomic<std::int64_t>> milliseconds_;
    std::shared_ptr<std::function<void()>> on_commit_ = std::make_shared<std::function<void()>>();
    domain::Clock clock_;
    base::RandomSource random_;
    std::shared_ptr<base::Ed25519Key> key_;
    ledger::KeyRing ring_;
    std::unique_ptr<store::Database> database_;
};

}  // namespace cbmx::test
