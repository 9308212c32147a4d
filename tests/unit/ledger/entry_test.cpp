// An entry has one spelling. What reads it in one pass and what parses it as JSON and writes it again agree, on whatever
// somebody has made of it.
#include "ledger/entry.hpp"
#include "support/entry_the_long_way.hpp"
#include <gtest/gtest.h>
#include <random>

namespace cbmx::test {
namespace {

using ledger::Entry;

Entry plain()
{
    Entry entry;
    entry.seq = 7;
    entry.at = "2026-03-01T10:00:00.000Z";
    entry.kind = "portal_changed";
    entry.actor_role = "operator";
    entry.subject_kind = "portal";
    entry.subject = "portal";
    entry.version = 3;
    entry.commitment = base::sha256("content");
    return entry;
}

Entry full()
{
    auto entry = plain();
    entry.actor_handle = base::sha256("account");
    entry.state = "CL";
    entry.office = "secretariat";
    entry.revision = 2;
    entry.label = "TLP:CLEAR";
    entry.recipients = base::sha256("[]");
    entry.authority = base::sha256("authority");
    entry.statement = base::sha256("statement");
    return entry;
}

// With each choice of the members that may be absent.
std::vector<Entry> all_forms()
{
    std::vector<Entry> list;
    for (unsigned present = 0; present < 128; ++present) {
        auto entry = full();
        if ((present & 1) == 0)
            entry.actor_handle.reset();
        if ((present & 2) == 0)
            entry.state.reset();
        if ((present & 4) == 0)
            entry.office.reset();
        if ((present & 8) == 0)
            entry.revision.reset();
        if ((present & 16) == 0)
            entry.label.reset(), entry.recipients.reset();
        if ((present & 32) == 0)
            entry.statement.reset();
        if ((present & 64) == 0)
            entry.authority.reset();
        list.push_back(entry);
    }
    return list;
}

std::string replaced(std::string text, const std::string& what, const std::string& by)
{
    const auto at = text.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    return text.replace(at, what.size(), by);
}

// Both readers accept, and read the same, or both refuse.
bool agreed(const std::string& text)
{
    const auto quick = ledger::parse_entry(text);
    const auto slow = entry_the_long_way(text);
    EXPECT_EQ(quick.has_value(), slow.has_value()) << text;
    if (quick && slow) {
        EXPECT_EQ(ledger::canonical_entry(*quick), text);
        EXPECT_EQ(ledger::canonical_entry(*slow), text);
        EXPECT_EQ(quick->seq, slow->seq);
        EXPECT_EQ(quick->at, slow->at);
        EXPECT_EQ(quick->subject, slow->subject);
        EXPECT_EQ(quick->state, slow->state);
        EXPECT_EQ(quick->recipients, slow->recipients);
        EXPECT_EQ(quick->authority, slow->authority);
    }
    return quick.has_value();
}

TEST(Entry, WhatIsWrittenIsRead)
{
    for (const auto& entry : all_forms())
        EXPECT_TRUE(agreed(ledger::canonical_entry(entry)));
}

TEST(Entry, WhatStoodBehindAStatesAccountHasItsPlace)
{
    auto entry = plain();
    entry.authority = base::sha256("authority");
    const auto text = ledger::canonical_entry(entry);
    const auto member = ",\"authority\":\"" + base::base64(*entry.authority) + "\"";
    EXPECT_NE(text.find(member + ",\"commitment\""), std::string::npos) << text;
    EXPECT_EQ(ledger::parse_entry(text).value().authority, entry.authority);
    EXPECT_EQ(ledger::parse_entry(replaced(text, member, "")).value().authority, std::nullopt);
    EXPECT_EQ(ledger::canonical_entry(plain()), replaced(text, member, ""));
}

TEST(Entry, NumbersHaveOneSpellingAndEndWhereJsonNumbersEnd)
{
    auto entry = plain();
    for (const std::int64_t number : {std::int64_t{0}, std::int64_t{-1}, json::max_integer, -json::max_integer}) {
        entry.seq = number;
        EXPECT_TRUE(agreed(ledger::canonical_entry(entry))) << number;
    }
    const auto text = ledger::canonical_entry(plain());
    for (const char* number : {"-0", "07", "-07", "+7", "7.0", "7e0", " 7", "9007199254740992", "-9007199254740992", "99999999999999999999",
                               "", "-", "\"7\"", "null", "true"})
        EXPECT_FALSE(agreed(replaced(text, "\"seq\":7", "\"seq\":" + std::string(number)))) << number;
    EXPECT_FALSE(agreed(replaced(text, "\"v\":1", "\"v\":2")));
    EXPECT_FALSE(agreed(replaced(text, "\"v\":1", "\"v\":true")));
}

TEST(Entry, TextsHaveOneSpelling)
{
    auto entry = plain();
    for (const char* subject : {"", "a\"b\\c/d", "\b\f\n\r\t", "\x01\x1f\x7f", "São Tomé", "日本", "\U0001F310", "\uFFFE"}) {
        entry.subject = subject;
        EXPECT_TRUE(agreed(ledger::canonical_entry(entry))) << subject;
    }
    entry.subject = "e\u0301";  // not in normal form
    EXPECT_FALSE(agreed(ledger::canonical_entry(entry)));
    entry.subject = "e";
    for (int i = 0; i < 40; ++i)
        entry.subject += "\u0316";
    EXPECT_FALSE(agreed(ledger::canonical_entry(entry)));
    const auto text = ledger::canonical_entry(plain());
    for (const char* subject : {"\\u0041", "\\/", "\\u000a", "\\u001F", "\\u001f\\u0000", "\\u0000", "\\ud83c\\udf10", "\\ud800",
                                "\xed\xa0\x80", "\xc0\x80", "\xff", "\n", "\x7f\x1f", "\\x", "\\", "\\u00", "\\u1", "a\"b"})
        EXPECT_FALSE(agreed(replaced(text, "\"id\":\"portal\"", "\"id\":\"" + std::string(subject) + "\""))) << subject;
    EXPECT_TRUE(agreed(replaced(text, "\"id\":\"portal\"", "\"id\":\"\\u001f\\n\\\\\"")));
    EXPECT_FALSE(agreed(replaced(text, "\"portal\"", std::string("\"port\0l\"", 8))));
}

TEST(Entry, HashesHaveOneSpelling)
{
    const auto text = ledger::canonical_entry(full());
    const auto hash = base::base64(full().commitment);
    const auto with = [&](const std::string& other) {
        return agreed(replaced(text, "\"commitment\":\"" + hash, "\"commitment\":\"" + other));
    };
    EXPECT_TRUE(with(hash));
    for (std::size_t at = 0; at < hash.size(); ++at)
        for (const char c : std::string_view("A/+-_=\x80\xff ")) {
            auto other = hash;
            other[at] = c;
            const auto bytes = base::from_base64(other);
            EXPECT_EQ(with(other), bytes && base::to_hash(*bytes)) << other;
        }
    EXPECT_FALSE(with(hash.substr(0, 40)));
    EXPECT_FALSE(with(hash + "AAAA"));
    EXPECT_FALSE(with(""));
}

TEST(Entry, MembersStandOnceAndInTheirOrder)
{
    const auto text = ledger::canonical_entry(full());
    const auto value = nlohmann::json::parse(text);
    for (const auto& [name, member] : value.items()) {
        auto without = value, empty = value;
        without.erase(name);
        empty[name] = nullptr;
        const bool may_be_absent =
            name == "audience" || name == "authority" || name == "office" || name == "revision" || name == "statement";
        EXPECT_EQ(agreed(without.dump()), may_be_absent) << name;
        EXPECT_EQ(agreed(empty.dump()), name == "state") << name;
        EXPECT_FALSE(agreed(replaced(text, "{\"actor\"", "{\"" + name + "\":" + member.dump() + ",\"actor\""))) << name;
        EXPECT_FALSE(agreed(replaced(text, "\"" + name + "\":", "\"" + name + "\": "))) << name;
    }
    EXPECT_FALSE(agreed(text + " "));
    EXPECT_FALSE(agreed(" " + text));
    EXPECT_FALSE(agreed("\xEF\xBB\xBF" + text));
    EXPECT_FALSE(agreed(text + std::string(1, '\0')));
    EXPECT_FALSE(agreed(replaced(text, "\"v\":1", "\"u\":1,\"v\":1")));
    EXPECT_FALSE(agreed(""));
    for (std::size_t size = 0; size < text.size(); ++size)
        EXPECT_FALSE(agreed(text.substr(0, size)));
}

// The same changes in every run.
TEST(Entry, ChangedBytesAreJudgedAlike)
{
    constexpr int rounds = 60'000;
    constexpr std::string_view bytes = "\"\\{}[],:0123456789-+.eEnulltrufasAZaz/= \t\n\x00\x1f\x7f\x80\xc3\xa9\xff";
    std::mt19937 chance(5);
    std::vector<std::string> texts;
    for (auto entry : all_forms()) {
        entry.subject = "é\n\x01\"x";
        texts.push_back(ledger::canonical_entry(entry));
    }
    int accepted = 0;
    for (int i = 0; i < rounds; ++i) {
        auto text = texts[chance() % texts.size()];
        for (auto changes = 1 + chance() % 3; changes > 0; --changes) {
            const auto at = chance() % text.size(), length = chance() % 4;
            const auto& other = texts[chance() % texts.size()];
            switch (chance() % 4) {
            case 0: text[at] = bytes[chance() % bytes.size()]; break;
            case 1: text.erase(at, length); break;
            case 2: text.insert(at, other.substr(chance() % other.size(), chance() % 12)); break;
            default: text.replace(at, length, std::string(1, static_cast<char>(chance()))); break;
            }
            if (text.empty())
                break;
        }
        accepted += agreed(text) ? 1 : 0;
    }
    EXPECT_GT(accepted, rounds / 200);  // some changes leave an entry, of another time or subject
    EXPECT_LT(accepted, rounds / 2);
}

}  // namespace
}  // namespace cbmx::test
