// See ledger_fixture.hpp.
#include "support/ledger_fixture.hpp"
#include "operation/new_portal.hpp"
#include "service/accounts/accounts.hpp"
#include "service/accounts/authenticate.hpp"
#include "service/accounts/credentials.hpp"
#include "service/accounts/state_settings.hpp"
#include "service/reports/reports.hpp"
#include "store/sqlite/migrate.hpp"
#include <algorithm>
#include <mutex>

namespace cbmx::test {
namespace {

constexpr std::int64_t start_milliseconds = 1'769'860'801'000;  // 2026-01-31T12:00:01Z: not at the end of any interval
constexpr const char* origin = "test.example/log";

base::RandomSource counting_random()
{
    struct State {
        std::mutex mutex;
        std::uint64_t counter = 0;
    };
    return [state = std::make_shared<State>()](std::span<std::uint8_t> bytes) {
        const std::lock_guard lock(state->mutex);
        for (std::size_t done = 0; done < bytes.size();) {
            const auto block = base::sha256("ledger", std::to_string(state->counter++));
            const auto count = std::min(block.size(), bytes.size() - done);
            std::copy_n(block.begin(), count, bytes.begin() + static_cast<std::ptrdiff_t>(done));
            done += count;
        }
    };
}

std::filesystem::path new_directory()
{
    std::string pattern = (std::filesystem::temp_directory_path() / "cbmx-ledger-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr)
        throw std::runtime_error("no temporary directory");
    return pattern;
}

}  // namespace

LedgerFixture::LedgerFixture()
    : directory_(new_directory()),
      milliseconds_(std::make_shared<std::atomic<std::int64_t>>(start_milliseconds)),
      clock_([milliseconds = milliseconds_] { return domain::Instant(std::chrono::milliseconds(*milliseconds)); }),
      random_(counting_random()),
      key_(std::make_shared<base::Ed25519Key>(base::Ed25519Key::generate(random_)))
{
    {
        Connection connection(database_file().string(), store::OpenMode::read_write);
        store::migrate(connection, store::embedded_migrations());
    }
    const auto on_commit = [on_commit = on_commit_](std::uint64_t) {
        if (*on_commit)
            (*on_commit)();
    };
    const ledger::KeyRing ring(signer());
    database_ = std::make_unique<store::Database>(store::WriterOptions{database_file().string(), clock_, random_, ring, on_commit});
    portal_ = std::make_unique<service::Portal>(service::Portal{
        .database = *database_, .clock = clock_, .random = random_, .origin = origin, .public_url = "https://test.example", .keys = ring});
    const auto founded = write([&](Transaction& transaction) {
        return service::create_portal(transaction,
                                      {origin, key_->public_key(), false, "test", store::schema_hash(store::embedded_migrations())});
    });
    EXPECT_TRUE(founded.has_value());
}

LedgerFixture::~LedgerFixture()
{
    stop();
    std::filesystem::remove_all(directory_);
}

ledger::Signer LedgerFixture::signer() const
{
    return {origin, key_->public_key(), [key = key_](std::string_view message) { return key->sign(message); }};
}

domain::Principal LedgerFixture::someone(const std::string& home, const std::vector<std::string>& roles, const std::string& name)
{
    const auto account = write([&](Transaction& transaction) {
        return service::create_account(transaction, domain::machine_operator(), {domain::Home::from(home), name, roles});
    });
    const auto token = write([&](Transaction& transaction) {
        return service::issue_token(transaction, domain::machine_operator(), domain::AccountId(account.value().id),
                                    {.label = "script", .scopes = {"accounts", "directory", "draft", "publish", "read", "registry"}});
    });
    return read([&](Connection& db) { return service::authenticate(db, clock_(), token.value().secret, std::nullopt); }).value();
}

nlohmann::json LedgerFixture::a_report() const
{
    return {
        {"measure", "OAS-CBM-1"}, {"period", "2025-2026"}, {"status", "implemented"}, {"narrative", "A national strategy was adopted."}};
}

std::string LedgerFixture::drafted(const Principal& drafter, const Json& body)
{
    const auto outcome = write([&](Transaction& transaction) { return service::create_report(transaction, drafter, body); });
    return outcome.value().id;
}

domain::Seq LedgerFixture::submitted(const Principal& drafter, const std::string& report)
{
    return write([&](Transaction& transaction) { return service::submit_report(transaction, drafter, report, std::nullopt); })
        .value()
        .seq.value();
}

domain::Seq LedgerFixture::published(const Principal& approver, const std::string& report)
{
    return write(
               [&](Transaction& transaction) { return service::publish_report(transaction, approver, report, std::nullopt, std::nullopt); })
        .value()
        .seq.value();
}

void LedgerFixture::without_four_eyes(const std::string& state)
{
    const auto outcome = write([&](Transaction& transaction) {
        return service::carry_out_settings(transaction, domain::machine_operator(), state, {{"four_eyes", false}},
                                           domain::Permission::state_settings_write);
    });
    EXPECT_TRUE(outcome.has_value());
}

std::string LedgerFixture::new_report(const Principal& drafter, const Principal& approver, const Json& changes)
{
    auto body = a_report();
    body.update(changes);
    const auto id = drafted(drafter, body);
    submitted(drafter, id);
    published(approver, id);
    return id;
}

}  // namespace cbmx::test
