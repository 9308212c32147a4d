// A reader that keeps where it has looked is told what one is told that looks anew each time, and does not pass over again what it may
// not see.
#include "service/log/feed_place.hpp"
#include "service/reports/reports.hpp"
#include "support/ledger_fixture.hpp"
#include "support/statements.hpp"
#include <random>

namespace cbmx::test {
namespace {

class FeedPlaces : public LedgerFixture {
protected:
    Principal drafter = someone("state:CL", {"drafter"}), second = someone("state:CL", {"drafter"}),
              approver = someone("state:CL", {"approver"}), peru = someone("state:PE", {"drafter"}),
              chair = someone("office:chair", {"chair"}), clerk = someone("office:secretariat", {"secretariat"});

    // Follows the feed, once with its place and once without.
    struct Follower {
        Principal who;
        std::optional<Seq> after = {};
        std::optional<service::FeedPlace> place = {};
    };
    void looks(Follower& follower)
    {
        const auto anew = read([&](Connection& db) {
                              auto who = follower.who;
                              if (who.is_anonymous())
                                  who.visibility.visible_before = static_cast<Seq>(service::published_size(portal(), db, who));
                              return service::list_changes(portal(), db, who, i18n::Language::en, follower.after, 50);
                          }).value();
        auto kept = service::look_at_feed(portal(), follower.who, i18n::Language::en, follower.after, 50, follower.place).value();
        EXPECT_EQ(kept.changes.text(), anew.text());
        if (!kept.changes.items.empty())
            follower.after = kept.changes.items.back().seq;
        follower.place = std::move(kept.place);
    }
    void step(std::mt19937& dice)
    {
        const auto any = [&dice](int count) { return std::uniform_int_distribution<int>(0, count - 1)(dice); };
        if (ids_.empty() || any(4) == 0) {
            static constexpr std::array labels{"TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT"};
            ids_.push_back(new_report(drafter, approver, {{"label", labels.at(static_cast<std::size_t>(any(4)))}}));
            return;
        }
        const auto& id = ids_.at(static_cast<std::size_t>(any(static_cast<int>(ids_.size()))));
        const auto tried = [&](const auto& work) {
            database().writer().run([&](Transaction& transaction) { return work(transaction).has_value(); });
        };
        const auto to = [&](const Json& body, domain::Transition transition) {
            tried([&](Transaction& t) { return service::change_audience(t, approver, id, body, transition, std::nullopt); });
        };
        switch (any(8)) {
        case 0: return tried([&](Transaction& t) { return service::withdraw_report(t, approver, id, std::nullopt); });
        case 1: return to({{"recipients", {"state:PE"}}, {"include_earlier_revisions", true}}, domain::Transition::recipients);
        case 2: return to({{"recipients", {"state:CL"}}}, domain::Transition::recipients);
        case 3: return to({{"label", "TLP:AMBER"}}, domain::Transition::label);
        case 4: return to({{"recipients", {"office:chair", "state:PE"}}}, domain::Transition::recipients);
        case 5: return tried([&](Transaction& t) { return service::start_revision(t, drafter, id, std::nullopt); });
        case 6:
            return tried([&](Transaction& t) {
                return service::edit_draft(t, drafter, id,
                                           any(2) == 0 ? Json{{"label", "TLP:RED"}, {"recipients", {"account:" + drafter.account.value}}}
                                                       : Json{{"label", "TLP:AMBER"}, {"recipients", {"state:CL"}}},
                                           std::nullopt);
            });
        default:
            tried([&](Transaction& t) { return service::submit_report(t, drafter, id, std::nullopt); });
            return tried([&](Transaction& t) { return service::publish_report(t, approver, id, std::nullopt); });
        }
    }
    void append_of_chile(std::int64_t entries)  // hidden from everybody else but the secretariat
    {
        write([entries](Transaction& transaction) {
            for (std::int64_t i = 0; i < entries; ++i)
                transaction.append(domain::machine_operator(), {.kind = domain::EventKind::account_changed,
                                                                .subject = "of Chile",
                                                                .home = domain::Home::from("state:CL"),
                                                                .acting_role = domain::ActingRole::of_operator(),
                                                                .version = 2 + i,
                                                                .revision = {},
                                                                .audience = {},
                                                                .content = "{}",
                                                                .lost = {}});
            return domain::Result<bool>(true);
        }).value();
    }

private:
    std::vector<std::string> ids_;
};

TEST_F(FeedPlaces, WhoKeepsOneIsToldWhatOneIsToldWhoLooksAnew)
{
    without_four_eyes("CL");
    for (const unsigned seed : {1U, 2U, 3U}) {
        SCOPED_TRACE(seed);
        std::mt19937 dice(seed);
        std::vector<Follower> followers;
        for (const auto& who : {drafter, second, approver, peru, chair, clerk, nobody()})
            followers.push_back({who});
        for (int i = 0; i < 60 && !HasFailure(); ++i) {
            step(dice);
            advance(std::chrono::minutes(1));
            for (auto& follower : followers)
                if (std::uniform_int_distribution<int>(0, 1)(dice) == 0)
                    looks(follower);
        }
    }
}

TEST_F(FeedPlaces, WhatBecameVisibleMeanwhileIsToldInItsPlace)
{
    without_four_eyes("CL");
    Follower follower{peru, last()};
    const auto id = new_report(drafter, approver, {{"recipients", Json::array()}, {"label", "TLP:AMBER"}});
    const auto publication = last();
    looks(follower);
    EXPECT_EQ(follower.place->seen_to, publication) << "nothing for Peru up to here";
    write([&](Transaction& transaction) {
        return service::change_audience(transaction, approver, id, {{"recipients", {"state:PE"}}}, domain::Transition::recipients,
                                        std::nullopt);
    }).value();
    const auto told = service::look_at_feed(portal(), peru, i18n::Language::en, follower.after, service::max_changes, follower.place)
                          .value()
                          .changes.items;
    ASSERT_EQ(told.size(), 2U);
    EXPECT_EQ(told.front().seq, publication);
    EXPECT_EQ(told.back().seq, last());
}

TEST_F(FeedPlaces, HiddenEntriesArePassedOverOnce)
{
    const auto after = last();
    append_of_chile(5000);
    const auto look = [&](const std::optional<service::FeedPlace>& before) {
        return service::look_at_feed(portal(), peru, i18n::Language::en, after, service::max_changes, before).value().place;
    };
    std::optional<Statements> counted;
    {
        auto snapshot = database().read();  // the only reader there is: each look is given it
        counted.emplace(snapshot.db());
    }
    const auto place = look({});
    const auto first = counted->steps();
    append_of_chile(1);
    const auto next = look(place);
    EXPECT_LT((counted->steps() - first) * 10, first);
    EXPECT_EQ(next.seen_to, last());
}

}  // namespace
}  // namespace cbmx::test
