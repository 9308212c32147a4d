// A statement has one spelling, and says all of what it is about. See server/ledger/statement.hpp.
#include "json/parse.hpp"
#include "ledger/statement.hpp"
#include <functional>
#include <gtest/gtest.h>
#include <set>

namespace cbmx::ledger {
namespace {

using nlohmann::json;

Statement a_statement()
{
    return {.content = base::sha256("content"),
            .key = base::sha256("key"),
            .kind = "report_published",
            .label = "TLP:GREEN",
            .origin = "cbm.example/log",
            .recipients = base::sha256("recipients"),
            .subject = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff",
            .subject_kind = "report",
            .time = "2026-11-30T12:00:00Z",
            .version = 3};
}

std::string changed(const std::function<void(json&)>& change)
{
    auto object = json::parse(statement_object(a_statement()));
    change(object);
    return "cbmx-statement/v1\n" + cbmx::json::canonical(object);
}

TEST(Statement, IsALineAndCanonicalJson)
{
    EXPECT_EQ(statement_text(a_statement()),
              "cbmx-statement/v1\n{\"content\":\"" + base::base64(base::sha256("content")) + "\",\"key\":\"" +
                  base::hex(base::sha256("key")) + "\",\"kind\":\"report_published\",\"label\":\"TLP:GREEN\"," +
                  "\"origin\":\"cbm.example/log\",\"recipients\":\"" + base::base64(base::sha256("recipients")) +
                  "\",\"subject\":{\"id\":\"6f9619ff-8b86-4d01-b42d-00cf4fc964ff\",\"kind\":\"report\"}," +
                  "\"time\":\"2026-11-30T12:00:00Z\",\"v\":1,\"version\":3}");
}

TEST(Statement, WhatIsWrittenIsRead)
{
    auto statement = a_statement();
    EXPECT_EQ(statement_text(parse_statement(statement_text(statement)).value()), statement_text(statement));
    statement.label.reset();
    statement.recipients.reset();
    const auto read = parse_statement(statement_text(statement)).value();
    EXPECT_EQ(statement_text(read), statement_text(statement));
    EXPECT_FALSE(read.label || read.recipients);
}

TEST(Statement, IsReadInItsOneSpellingAlone)
{
    const auto text = statement_text(a_statement());
    for (const auto& other : {text + "\n", text + " ", "\n" + text, text.substr(1), std::string("cbmx-statement/v2\n") + text.substr(18),
                              "cbmx-statement/v1\r\n" + text.substr(18), text.substr(0, text.size() - 1), std::string(5000, ' ')})
        EXPECT_FALSE(parse_statement(other)) << other;
    for (std::size_t size = 0; size < text.size(); ++size)
        EXPECT_FALSE(parse_statement(text.substr(0, size)));
    EXPECT_FALSE(parse_statement("cbmx-statement/v1\n" + json::parse(text.substr(18)).dump(1)));
}

TEST(Statement, LacksNoMemberAndHasNoOther)
{
    const auto object = json::parse(statement_object(a_statement()));
    for (const auto& [name, value] : object.items()) {
        EXPECT_FALSE(parse_statement(changed([&name = name](json& o) { o.erase(name); }))) << name;
        for (const json& other : {json(), json(true), json(7), json("x"), json::array(), json::object()})
            if ((name != "version" || other != 7) && !(other == "x" && (name == "kind" || name == "origin" || name == "label"))) {
                EXPECT_FALSE(parse_statement(changed([&](json& o) { o[name] = other; }))) << name << other;
            }
    }
    EXPECT_FALSE(parse_statement(changed([](json& o) { o["more"] = 1; })));
    EXPECT_FALSE(parse_statement(changed([](json& o) { o["subject"]["more"] = 1; })));
    EXPECT_FALSE(parse_statement(changed([](json& o) { o["v"] = 2; })));
    EXPECT_FALSE(parse_statement(changed([](json& o) { o["key"] = std::string(64, 'A'); })));
}

TEST(Statement, HasATimeOfWholeSeconds)
{
    EXPECT_TRUE(is_statement_time("2026-11-30T12:00:00Z"));
    for (const char* other : {"", "2026-11-30T12:00:00.000Z", "2026-11-30T12:00:00+00:00", "2026-11-30 12:00:00Z", "2026-11-30T12:00Z",
                              "2026-11-30t12:00:00z", "-026-11-30T12:00:00Z"}) {
        EXPECT_FALSE(is_statement_time(other)) << other;
        EXPECT_FALSE(parse_statement(changed([other](json& o) { o["time"] = other; }))) << other;
    }
}

TEST(Statement, IsKeptWithItsSignature)
{
    const std::string signature(64, 's');
    const auto kept = signed_statement(statement_object(a_statement()), signature);
    EXPECT_EQ(kept, cbmx::json::canonical(json::parse(kept)));
    const auto read = parse_signed_statement(kept).value();
    EXPECT_EQ(read.text, statement_text(a_statement()));
    EXPECT_EQ(read.signature, signature);
    for (const auto& other : {kept + " ", std::string("{}"), std::string("[]"), kept.substr(1),
                              json{{"signature", 1}, {"statement", json::object()}}.dump(), statement_object(a_statement())})
        EXPECT_FALSE(parse_signed_statement(other)) << other;
}

TEST(RecordId, FollowsFromHomeAndSalt)
{
    const auto salt = base::sha256("salt"), other = base::sha256("other");
    const std::set<std::string> ids{record_id("state:CL", salt), record_id("state:CL", salt, true), record_id("state:PE", salt),
                                    record_id("state:CL", other)};
    EXPECT_EQ(ids.size(), 4U);
    EXPECT_EQ(record_id("state:CL", salt), record_id("state:CL", salt));
    const auto hash = base::hex(base::sha256("cbmx/id/v1\nstate:CL\n", base::as_chars(salt)));
    EXPECT_EQ(record_id("state:CL", salt).substr(0, 13), hash.substr(0, 8) + "-" + hash.substr(8, 4));
    EXPECT_EQ(record_id("state:CL", salt)[14], '4');
}

}  // namespace
}  // namespace cbmx::ledger
