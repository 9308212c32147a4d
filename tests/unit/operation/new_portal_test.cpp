// What a portal's log says of its own program: at the beginning, and again whenever a start finds another one.
#include "base/embedded.hpp"
#include "ledger/entry.hpp"
#include "operation/new_portal.hpp"
#include "store/engine.hpp"
#include "store/log/scan.hpp"
#include "store/rows/portal.hpp"
#include "support/ledger_fixture.hpp"

namespace cbmx::test {
namespace {

class SoftwareInLog : public LedgerFixture {
protected:
    bool is_noted(const std::string& version = "test", const std::string& program = "")
    {
        const service::Software software{version, program, store::schema_hash(store::embedded_migrations())};
        return write([&](store::Transaction& transaction) { return domain::Result<bool>(service::note_software(transaction, software)); })
            .value();
    }
    Json recorded()
    {
        return Json::parse(read([](store::Connection& db) { return store::portal_row(db); }).value().record);
    }
    // As a portal is found whose last release gave away another verifier.
    void change_verifier(const std::string& name)
    {
        write([&](store::Transaction& transaction) {
            const auto row = store::portal_row(transaction.db()).value();
            auto record = Json::parse(row.record);
            record["verifiers"][name] = base::hex(base::sha256("of another release"));
            store::put_portal_row(transaction.db(), {record.dump(), row.version});
            return domain::Result<bool>(true);
        }).value();
    }
};

TEST_F(SoftwareInLog, NamesEachVerifierFromTheFirstEntryOn)
{
    const auto verifiers = recorded().at("verifiers");
    EXPECT_EQ(verifiers.size(), base::embedded::verifiers().size());
    for (const auto& file : base::embedded::verifiers())
        EXPECT_EQ(verifiers.at(std::string(file.name)), base::hex(base::sha256(file.bytes)));
}

TEST_F(SoftwareInLog, TheSameProgramIsNoEntry)
{
    const auto before = size();
    EXPECT_FALSE(is_noted());
    EXPECT_EQ(size(), before);
}

TEST_F(SoftwareInLog, AnotherVersionIsOneEntry)
{
    const auto before = size();
    EXPECT_TRUE(is_noted("next"));
    EXPECT_FALSE(is_noted("next"));
    EXPECT_EQ(size(), before + 1);
    EXPECT_EQ(recorded().at("software"), "next");
}

TEST_F(SoftwareInLog, AnotherProgramOfTheSameVersionIsOneEntry)
{
    const auto before = size();
    const auto program = service::this_software("test").program;
    EXPECT_EQ(program.size(), 64U);
    EXPECT_TRUE(is_noted("test", program));
    EXPECT_FALSE(is_noted("test", program));
    EXPECT_EQ(size(), before + 1);
    EXPECT_EQ(recorded().at("program"), program);
}

TEST_F(SoftwareInLog, AnotherVerifierIsOneEntryThatEveryoneSees)
{
    const auto genesis = recorded();
    change_verifier("verify_receipt.py");
    EXPECT_TRUE(is_noted());
    EXPECT_FALSE(is_noted());
    EXPECT_EQ(recorded(), genesis);
    const auto entries = read([](store::Connection& db) { return store::entries_about(db, domain::Subject::portal, domain::portal_id); });
    ASSERT_EQ(entries.size(), 2U);
    EXPECT_EQ(ledger::parse_entry(entries.back().body).value().kind, "portal_changed");
    EXPECT_EQ(domain::row_of(domain::EventKind::portal_changed).audience, domain::EntryAudience::everyone);
}

}  // namespace
}  // namespace cbmx::test
