// Budgets of connections: each class has its own, and where one is used up the connection ends that is missed least.
#include "http/connections.hpp"
#include <gtest/gtest.h>

namespace cbmx::http {
namespace {

using namespace std::chrono_literals;
using Doing = Connections::Doing;
using End = Connections::End;
using Class = ConnectionClass;

struct Held {
    std::unique_ptr<Connections::Slot> slot;
    std::shared_ptr<std::optional<End>> ended = std::make_shared<std::optional<End>>();
};

class Budgets : public ::testing::Test {
protected:
    // Each a second after the one before.
    Held handshake(const std::string& peer, bool certificate = false)
    {
        now += 1s;
        Held held{all().open(certificate)};
        held.slot->attach(nullptr, [ended = held.ended](End how) { *ended = how; });
        held.slot->name_peer(peer);
        return held;
    }
    Held anonymous(const std::string& peer)
    {
        auto held = handshake(peer);
        EXPECT_TRUE(held.slot->establish());
        held.slot->set_doing(Doing::idle);
        return held;
    }
    Held with_token(const std::string& peer, const std::string& home = "state:CL")
    {
        auto held = anonymous(peer);
        held.slot->carry_token_of(home);
        return held;
    }
    Held with_certificate(const std::string& peer)
    {
        auto held = handshake(peer, true);
        EXPECT_TRUE(held.slot->establish());
        held.slot->set_doing(Doing::idle);
        return held;
    }
    template <class Make>
    static std::vector<Held> crowd_of(std::size_t count, const Make& make)
    {
        std::vector<Held> crowd(count);
        for (std::size_t i = 0; i < count; ++i)
            crowd[i] = make(std::to_string(i));
        return crowd;
    }
    void busy(Held& held, Doing what = Doing::answered)
    {
        now += 1s;
        held.slot->set_doing(what);
    }
    std::uint64_t count(Class of) { return all().by_class().at(static_cast<std::size_t>(of)); }
    Connections& all()
    {
        if (!all_)
            all_ = std::make_unique<Connections>(budgets, [this] { return now; });
        return *all_;
    }

    std::chrono::steady_clock::time_point now{};
    ConnectionBudgets budgets{.handshakes = 3, .anonymous = 3, .token = 4, .certificate = 2, .handshakes_per_peer = 2, .per_peer = 100};

private:
    std::unique_ptr<Connections> all_;
};

TEST_F(Budgets, AHandshakeTooManyEndsTheOldest)
{
    const auto oldest = handshake("a"), second = handshake("b"), third = handshake("c"), newest = handshake("d");
    EXPECT_EQ(*oldest.ended, End::at_once);
    EXPECT_FALSE(*second.ended || *third.ended || *newest.ended);
    EXPECT_EQ(count(Class::handshake), 3U);
    EXPECT_EQ(all().open_count(), 4U) << "counted until it has closed";
    EXPECT_EQ(all().ended_for_room(), 1U);
}

TEST_F(Budgets, AnAddressEndsItsOwnHandshakesBeforeThoseOfOthers)
{
    budgets.handshakes = 10;
    const auto other = handshake("b"), first = handshake("a"), second = handshake("a"), third = handshake("a");
    EXPECT_EQ(*first.ended, End::at_once);
    EXPECT_FALSE(*other.ended || *second.ended || *third.ended);
}

TEST_F(Budgets, HandshakesOfOneListenerEndNoneOfTheOther)
{
    const auto certificate = handshake("z", true);
    const auto crowd = crowd_of(20, [this](const std::string& i) { return handshake(i); });
    EXPECT_FALSE(*certificate.ended);
    EXPECT_EQ(count(Class::handshake), 3U);
    EXPECT_EQ(count(Class::certificate_handshake), 1U);
}

TEST_F(Budgets, TheOldestIdleAnonymousOneMakesRoom)
{
    auto waiting = anonymous("a"), idle = anonymous("b"), younger = anonymous("c");
    busy(waiting);
    const auto newcomer = anonymous("d");
    EXPECT_EQ(*idle.ended, End::in_order);
    EXPECT_FALSE(*waiting.ended || *younger.ended || *newcomer.ended);
}

TEST_F(Budgets, HowLongItHasBeenIdleCountsAndNotHowOldItIs)
{
    auto old = anonymous("a"), other = anonymous("b"), third = anonymous("c");
    busy(old);
    busy(old, Doing::idle);
    const auto newcomer = anonymous("d");
    EXPECT_TRUE(*other.ended);
    EXPECT_FALSE(*old.ended || *third.ended);
}

TEST_F(Budgets, WhereNoneIsIdleWhoStillSendsAHeadMakesRoomAndThenWhoIsAnswered)
{
    auto answered = anonymous("a"), sending = anonymous("b"), also_answered = anonymous("c");
    busy(answered);
    busy(sending, Doing::sending_head);
    busy(also_answered);
    auto fourth = anonymous("d");
    EXPECT_EQ(*sending.ended, End::at_once);
    busy(fourth);
    const auto fifth = anonymous("e");
    EXPECT_EQ(*answered.ended, End::at_once) << "long polls shut nobody out";
    EXPECT_FALSE(*also_answered.ended || *fourth.ended || *fifth.ended);
}

TEST_F(Budgets, NoCrowdWithoutAnAccountEndsATokensOrACertificatesConnection)
{
    const auto token = with_token("a"), certificate = with_certificate("b");
    const auto crowd = crowd_of(20, [this](const std::string& i) { return anonymous(i); });
    EXPECT_FALSE(*token.ended || *certificate.ended);
    EXPECT_EQ(count(Class::anonymous), 3U);
    EXPECT_EQ(count(Class::token), 1U);
    EXPECT_EQ(count(Class::certificate), 1U);
}

TEST_F(Budgets, CertificatesHaveTheirReserveWhateverElseIsFull)
{
    const auto crowd = crowd_of(20, [this](const std::string& i) { return with_token(i, "state:" + i); });
    const auto first = with_certificate("a"), second = with_certificate("b"), third = with_certificate("c");
    EXPECT_EQ(*first.ended, End::in_order);
    EXPECT_FALSE(*second.ended || *third.ended);
}

TEST_F(Budgets, AStateHasAtMostHalfOfThePlacesWithAToken)
{
    auto chile = crowd_of(3, [this](const std::string& i) { return with_token(i, "state:CL"); });
    EXPECT_EQ(count(Class::token), 2U);
    EXPECT_EQ(count(Class::anonymous), 1U) << "open all the same";
    const auto peru = with_token("p", "state:PE"), chair = with_token("q", "office:chair"), late = with_token("r", "office:secretariat");
    EXPECT_EQ(count(Class::token), 4U);
    EXPECT_EQ(count(Class::anonymous), 2U);
    EXPECT_FALSE(*peru.ended || *chair.ended || *late.ended);
    chile.front().slot.reset();
    late.slot->carry_token_of("office:secretariat");
    EXPECT_EQ(count(Class::token), 4U) << "the next request finds the place that became free";
}

TEST_F(Budgets, TheLatestRequestSaysWhoseAConnectionIs)
{
    const auto held = with_token("a", "state:CL");
    held.slot->carry_token_of("state:CL");
    held.slot->carry_token_of("state:PE");
    EXPECT_EQ(count(Class::token), 1U);
    held.slot->carry_token_of("");
    EXPECT_EQ(count(Class::token), 0U);
    EXPECT_EQ(count(Class::anonymous), 1U);
    const auto chile = crowd_of(2, [this](const std::string& i) { return with_token(i, "state:CL"); });
    EXPECT_EQ(count(Class::token), 2U) << "its State has the place back";
}

TEST_F(Budgets, AnAddressBeyondItsShareEndsItsOwnIdleOneOrIsRefused)
{
    budgets.per_peer = 2;
    auto other = anonymous("b"), first = anonymous("a"), second = anonymous("a"), third = anonymous("a");
    EXPECT_EQ(*first.ended, End::in_order);
    EXPECT_FALSE(*other.ended || *second.ended);
    busy(second);
    busy(third);
    auto refused = handshake("a");
    EXPECT_FALSE(refused.slot->establish());
    EXPECT_EQ(all().refused(), 1U);
    EXPECT_FALSE(*other.ended || *second.ended || *third.ended);
    second.slot.reset();
    EXPECT_TRUE(refused.slot->establish()) << "a place that was given back";
}

TEST_F(Budgets, AnIPv6NetworkIsOneAddress)
{
    budgets.handshakes = 10;
    const auto first = handshake("2001:db8::1"), second = handshake("2001:db8::2"), other = handshake("2001:db8:0:1::1"),
               third = handshake("2001:db8::3");
    EXPECT_TRUE(*first.ended);
    EXPECT_FALSE(*second.ended || *other.ended || *third.ended);
}

TEST_F(Budgets, AMinistryOfFiftyBrowsersGetsInByDefault)
{
    budgets = {};
    const auto ministry = crowd_of(50 * 6, [this](const std::string&) { return anonymous("192.0.2.1"); });
    for (const auto& held : ministry)
        EXPECT_FALSE(*held.ended);
}

TEST_F(Budgets, DescriptorsAreCountedForThoseThatStillHaveToClose)
{
    auto crowd = crowd_of(budgets.handshakes + Connections::max_leaving, [this](const std::string& i) { return handshake(i); });
    EXPECT_EQ(all().open(false), nullptr);
    crowd.front().slot.reset();
    EXPECT_NE(all().open(false), nullptr);
    EXPECT_LE(all().open_count(), budgets.in_all());
}

TEST_F(Budgets, WhoHasLostTheirPlaceTakesNoOther)
{
    const auto lost = handshake("a"), second = handshake("b"), third = handshake("c"), newest = handshake("d");
    ASSERT_TRUE(*lost.ended);
    EXPECT_FALSE(lost.slot->establish());
    lost.slot->carry_token_of("state:CL");
    EXPECT_EQ(count(Class::token), 0U);
}

TEST_F(Budgets, AfterTheLastOneNothingIsKept)
{
    {
        const auto token = with_token("a"), certificate = with_certificate("b"), other = handshake("c");
        EXPECT_EQ(all().open_count(), 3U);
    }
    EXPECT_EQ(all().open_count(), 0U);
    EXPECT_TRUE(all().wait_until_none(0ms));
    EXPECT_EQ(all().by_class(), (std::array<std::uint64_t, connection_class_count>{}));
    all().close();
    EXPECT_EQ(all().open(false), nullptr);
}

}  // namespace
}  // namespace cbmx::http
