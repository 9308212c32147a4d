// See ledger_fixture.hpp.
#include "support/ledger_fixture.hpp"
#include "operation/new_portal.hpp"
#include "service/accounts/accounts.hpp"
#include "service/accounts/authenticate.hpp"
#include "service/accounts/credentials.hpp"
#include "service/accounts/state_settings.hpp"
#include "service/proposals/proposals.hpp"
#include "service/registry/seed.hpp"
#include "service/reports/reports.hpp"
#include "store/rows/registry.hpp"
#include "store/sqlite/migrate.hpp"
#include "support/enrolled.hpp"

namespace cbmx::test {

LedgerFixture::LedgerFixture(bool is_demo)
{
    portal_ = std::make_unique<service::Portal>(service::Portal{.database = database(),
                                                                .clock = clock(),
                                                                .random = random(),
                                                                .origin = log_origin,
                                                                .public_url = "https://test.example",
                                                                .keys = ring(),
                                                                .judge_certificate = [](const std::string&) { return std::nullopt; }});
    const auto created = write([&](Transaction& transaction) {
        return service::create_portal(transaction, {.origin = log_origin,
                                                    .log_key = signer().public_key,
                                                    .first_token = base::sha256("first token"),
                                                    .demo = is_demo,
                                                    .software = {"test", "", store::schema_hash(store::embedded_migrations())}});
    });
    EXPECT_TRUE(created.has_value());
}

void LedgerFixture::hold_offices()
{
    const bool held = read([](Connection& db) { return store::row_exists(db, store::RegistryTable::office_term, "demonstration-chair"); });
    if (held)
        return;
    write([&](Transaction& transaction) {
        service::seed_demonstration_terms(transaction, domain::machine_operator());
        return domain::Result<bool>(true);
    }).value();
}

domain::Principal LedgerFixture::someone(const std::string& home, const std::vector<std::string>& roles, const std::string& name)
{
    if (domain::is_whoever_holds(home))
        hold_offices();
    const auto account = write([&](Transaction& transaction) {
        return service::create_account(transaction, domain::machine_operator(), {domain::Home::from(home), name, roles});
    });
    const auto token = write([&](Transaction& transaction) {
        return issue_token(portal(), transaction, domain::machine_operator(), domain::AccountId(account.value().id),
                           {.label = "script", .scopes = {"accounts", "directory", "draft", "publish", "read", "registry"}});
    });
    return read([&](Connection& db) { return service::authenticate(db, now(), token.value().secret, std::nullopt); }).value();
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
    return write([&](Transaction& transaction) { return service::publish_report(transaction, approver, report, std::nullopt); })
        .value()
        .seq.value();
}

void LedgerFixture::erase(const Principal& approver, const std::string& report)
{
    const auto second = someone(approver.home.text(), {"approver"}, "Second pair of eyes");
    const auto proposed = write([&](Transaction& t) { return service::propose_erasure(t, approver, report, std::nullopt); });
    ASSERT_TRUE(proposed.has_value());
    const auto erased = write([&](Transaction& t) {
        return service::confirm_proposal(t, second, domain::ProposalId(proposed->id), std::nullopt, std::chrono::seconds(0));
    });
    EXPECT_TRUE(erased.has_value());
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
