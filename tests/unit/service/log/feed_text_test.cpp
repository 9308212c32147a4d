// What is put together as text is byte for byte what is made the long way, for every reader; and a page costs a few statements,
// however long it is.
#include "service/accounts/authenticate.hpp"
#include "service/log/audit.hpp"
#include "service/log/changes.hpp"
#include "support/feed_the_long_way.hpp"
#include "support/statements.hpp"
#include "unit/verify/exported.hpp"
#include <random>

namespace cbmx::test {
namespace {

class FeedText : public Exported {
protected:
    static constexpr std::uint64_t statements_of_a_page = 12;

    std::vector<Principal> readers()
    {
        return {drafter,  approver, nominator, peru,     reader,
                reviewer, clerk,    auditor,   nobody(), read([](Connection& db) { return service::reader_of_everything(db); })};
    }
    std::vector<store::EntryRow> entries_of(Connection& db, const Principal& who)
    {
        return store::feed(db, who.visibility, -1, size(), service::max_changes);
    }
    service::Changes page(Connection& db, const Principal& who, std::int64_t limit)
    {
        return service::list_changes(portal(), db, who, i18n::Language::en, std::nullopt, limit).value();
    }

    // What the reader gets, in every form, against the long way.
    void is_the_long_way(const Principal& who)
    {
        SCOPED_TRACE(service::reader_name(who));
        read([&](Connection& db) {
            TheLongWay long_way(db, who, now());
            const auto entries = entries_of(db, who);
            auto items = Json::array();
            for (const auto& entry : entries)
                items.push_back(long_way.item_of_feed(entry));
            const auto feed = page(db, who, service::max_changes);
            EXPECT_EQ(feed.text(), (Json{{"complete_up_to", feed.complete_up_to}, {"items", items}, {"next", entries.back().seq}}.dump()));

            const auto proven = service::proven_changes(db, who, entries);
            EXPECT_EQ(proven.size(), entries.size());
            for (std::size_t i = 0; i < entries.size(); ++i) {
                EXPECT_EQ(proven.at(i), long_way.item_of_export(entries[i]).dump());
                if (!entries[i].tombstone) {
                    EXPECT_EQ(service::render_receipt(portal(), db, who, entries[i].seq).value(),
                              long_way.receipt_answer(entries[i]).dump());
                }
            }

            auto audited = Json::array();
            const store::AuditFilter all{.subject = {}, .kind = {}, .after = -1, .limit = service::max_changes};
            for (const auto& entry : store::audit(db, who.visibility, all))
                audited.push_back(long_way.item_of_audit(entry));
            EXPECT_EQ(service::list_audit(db, who, all).text, (Json{{"items", audited}, {"next", nullptr}}.dump()));
            return true;
        });
    }
    void everything_is_the_long_way()
    {
        advance(std::chrono::hours(3));  // what there is is published
        for (const auto& who : readers())
            is_the_long_way(who);
    }

    // A step that may be refused, as a history has some.
    void step(std::mt19937& dice)
    {
        const auto any = [&dice](int count) { return std::uniform_int_distribution<int>(0, count - 1)(dice); };
        if (ids_.empty() || any(4) == 0) {
            static constexpr std::array labels{"TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT"};
            ids_.push_back(new_report(drafter, approver,
                                      {{"label", labels.at(static_cast<std::size_t>(any(4)))},
                                       {"narrative", std::string("Said \"so\".\nÉtat \xF0\x9F\x87\xA8 ") + std::to_string(any(100))}}));
            return;
        }
        const auto& id = ids_.at(static_cast<std::size_t>(any(static_cast<int>(ids_.size()))));
        const auto tried = [&](const auto& work) {
            database().writer().run([&](Transaction& transaction) { return work(transaction).has_value(); });
        };
        switch (any(5)) {
        case 0: return tried([&](Transaction& t) { return service::withdraw_report(t, approver, id, std::nullopt); });
        case 1: return to(id, {{"recipients", {"state:PE"}}}, domain::Transition::recipients);
        case 2: return to(id, {{"recipients", {"state:CL"}}}, domain::Transition::recipients);
        case 3: return to(id, {{"label", "TLP:AMBER"}}, domain::Transition::label);
        default:
            tried([&](Transaction& t) { return service::start_revision(t, drafter, id, std::nullopt); });
            tried([&](Transaction& t) { return service::submit_report(t, drafter, id, std::nullopt); });
            return tried([&](Transaction& t) { return service::publish_report(t, approver, id, std::nullopt); });
        }
    }
    void to(const std::string& id, const Json& body, domain::Transition transition)
    {
        database().writer().run(
            [&](Transaction& t) { return service::change_audience(t, approver, id, body, transition, std::nullopt).has_value(); });
    }

private:
    std::vector<std::string> ids_;
};

TEST_F(FeedText, OfEveryKindOfRecordIsWhatTheLongWayGives)
{
    populate_reports();
    populate_directory();
    everything_is_the_long_way();
}

TEST_F(FeedText, OfARandomHistoryIsWhatTheLongWayGives)
{
    without_four_eyes("CL");
    for (const unsigned seed : {1U, 2U, 3U}) {
        SCOPED_TRACE(seed);
        std::mt19937 dice(seed);
        for (int i = 0; i < 25; ++i)
            step(dice);
        everything_is_the_long_way();
    }
}

TEST_F(FeedText, OfAPageTakesAFewStatementsHoweverLongItIs)
{
    without_four_eyes("CL");
    std::mt19937 dice(7);
    for (int i = 0; i < 60; ++i)
        step(dice);
    populate_directory();
    advance(std::chrono::hours(3));
    for (const auto& who : {drafter, peru, reader, reviewer, clerk, auditor, nobody()}) {
        SCOPED_TRACE(service::reader_name(who));
        read([&](Connection& db) {
            Statements feed(db);
            EXPECT_GT(page(db, who, service::max_changes).items.size(), 50U);
            EXPECT_LE(feed.begun(), statements_of_a_page);
            return true;
        });
        read([&](Connection& db) {
            Statements audit(db);
            service::list_audit(db, who, {.subject = {}, .kind = {}, .after = -1, .limit = service::max_changes});
            EXPECT_LE(audit.begun(), statements_of_a_page);
            return true;
        });
        read([&](Connection& db) {
            const auto entries = entries_of(db, who);
            Statements exported(db);
            EXPECT_EQ(service::proven_changes(db, who, entries).size(), entries.size());
            EXPECT_LE(exported.begun(), statements_of_a_page);
            return true;
        });
    }
}

// Nothing that a State writes ends a string, an item or an event early.
TEST_F(FeedText, HoldsWhatASaidTextSaysAsOneString)
{
    const std::string said = "\"},{\"seq\":0}]}\n\ndata: none\\";
    new_report(drafter, approver, {{"label", "TLP:CLEAR"}, {"narrative", said}});
    const auto feed = read([&](Connection& db) { return page(db, peru, service::max_changes); });
    const auto found = Json::parse(feed.text()).at("items").back();
    EXPECT_EQ(found.at("record").at("content").at("narrative"), said);
    for (const auto& item : feed.items)
        EXPECT_EQ(item.text.find('\n'), std::string::npos) << item.seq;
}

}  // namespace
}  // namespace cbmx::test
