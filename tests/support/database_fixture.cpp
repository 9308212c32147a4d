// See database_fixture.hpp.
#include "support/database_fixture.hpp"
#include "base/ed25519.hpp"
#include "store/sqlite/migrate.hpp"
#include <algorithm>
#include <mutex>

namespace cbmx::test {
namespace {

// A counter through SHA-256: the same bytes in every run.
base::RandomSource seeded_random()
{
    struct State {
        std::mutex mutex;
        std::uint64_t counter = 0;
    };
    return [state = std::make_shared<State>()](std::span<std::uint8_t> bytes) {
        const std::lock_guard lock(state->mutex);
        for (std::size_t done = 0; done < bytes.size();) {
            const auto block = base::sha256("seed", std::to_string(state->counter++));
            const auto count = std::min(block.size(), bytes.size() - done);
            std::copy_n(block.begin(), count, bytes.begin() + static_cast<std::ptrdiff_t>(done));
            done += count;
        }
    };
}

std::filesystem::path new_directory()
{
    std::string pattern = (std::filesystem::temp_directory_path() / "cbmx-test-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr)
        throw std::runtime_error("no temporary directory");
    return pattern;
}

}  // namespace

DatabaseFixture::DatabaseFixture()
    : directory_(new_directory()),
      milliseconds_(std::make_shared<std::atomic<std::int64_t>>(fixture_start_milliseconds)),
      clock_([milliseconds = milliseconds_] { return domain::Instant(std::chrono::milliseconds(*milliseconds)); }),
      random_(seeded_random()),
      key_(std::make_shared<base::Ed25519Key>(base::Ed25519Key::generate(random_))),
      ring_(signer())
{
    {
        Connection connection(database_file().string(), store::OpenMode::read_write);
        store::migrate(connection, store::embedded_migrations());
    }
    const auto on_commit = [on_commit = on_commit_](std::uint64_t) {
        if (*on_commit)
            (*on_commit)();
    };
    database_ = std::make_unique<store::Database>(store::WriterOptions{database_file().string(), clock_, random_, ring_, on_commit});
}

DatabaseFixture::~DatabaseFixture()
{
    database_.reset();
    std::filesystem::remove_all(directory_);
}

ledger::Signer DatabaseFixture::signer() const
{
    return {log_origin, key_->public_key(), [key = key_](std::string_view message) { return key->sign(message); }};
}

}  // namespace cbmx::test
