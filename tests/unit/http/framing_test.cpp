// The request reader without a network: the same answer however the bytes are cut into pieces, and the parts of it
// that stand alone: PROXY headers, Host, answers.
#include "http/answer.hpp"
#include "http/framing.hpp"
#include "http/proxy_protocol.hpp"
#include <gtest/gtest.h>
#include <stdexcept>

namespace cbmx::http {
namespace {

using namespace std::string_view_literals;

struct Outcome {
    Parsed parsed = Parsed::need_more;
    std::string body;
    std::string rest;
    bool operator==(const Outcome&) const = default;
};

Outcome read_in_pieces(std::string_view bytes, std::size_t piece)
{
    const Hosts hosts({"localhost"});
    RequestReader reader(hosts, 8443);
    std::string input;
    Outcome outcome;
    reader.limit_body(100);
    bool in_body = false;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
        input.append(bytes.substr(at, piece));
        if (!in_body && outcome.parsed == Parsed::need_more) {
            outcome.parsed = reader.read_head(input);
            in_body = outcome.parsed == Parsed::complete && reader.has_body();
            if (in_body)
                outcome.parsed = Parsed::need_more;
        }
        if (in_body && outcome.parsed == Parsed::need_more)
            outcome.parsed = reader.read_body(input);
    }
    if (outcome.parsed == Parsed::complete)
        outcome.body = reader.take_body().take();
    outcome.rest = input;
    return outcome;
}

TEST(RequestReader, GivesTheSameResultHoweverTheBytesArrive)
{
    const std::string head = "POST /x HTTP/1.1\r\nHost: localhost\r\n";
    const std::vector<std::pair<std::string, Outcome>> table{
        {head + "Content-Length: 5\r\n\r\nhelloGET", {Parsed::complete, "hello", "GET"}},
        {head + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n02\r\nde\r\n0\r\n\r\nGET", {Parsed::complete, "abcde", "GET"}},
        {head + "\r\nGET", {Parsed::complete, "", "GET"}},
        {head + "Transfer-Encoding: chunked\r\n\r\n3\r\nab", {Parsed::need_more, "", ""}},
    };
    for (const auto& [bytes, expected] : table)
        for (const std::size_t piece : {1UL, 2UL, 3UL, 7UL, bytes.size()})
            EXPECT_EQ(read_in_pieces(bytes, piece), expected) << bytes << " in pieces of " << piece;
}

TEST(RequestReader, RefusesBadChunksHoweverTheBytesArrive)
{
    const std::string head = "POST /x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (const std::string_view body :
         {"x\r\n"sv, "-1\r\n"sv, "0x5\r\nhello\r\n"sv, "5 \r\nhello\r\n"sv, "5;a=b\r\nhello\r\n0\r\n\r\n"sv,
          "5;a=\"\n\"\r\nhello\r\n0\r\n\r\n"sv, "5\nhello\r\n0\r\n\r\n"sv, "5\r\nhelloX0\r\n\r\n"sv, "5\r\nhello\r\n0;x\r\n\r\n"sv,
          "5\r\nhello\r\n0\r\nX: y\r\n\r\n"sv, "5\r\nhello\r\n0\r\nX: y\n\r\n\r\n"sv, "0\r\nContent-Length: 3\r\n\r\n"sv,
          "fffffffffffffffff\r\n"sv, "\r\n\r\n"sv})
        for (const std::size_t piece : {1UL, 5UL, 1000UL})
            EXPECT_EQ(read_in_pieces(head + std::string(body), piece).parsed, Parsed::refused) << body << piece;
}

TEST(RequestReader, BoundsAChunksSizeAndTheBodysSum)
{
    const std::string head = "POST /x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
    EXPECT_EQ(read_in_pieces(head + std::string(16, '0'), 1).parsed, Parsed::refused);
    EXPECT_EQ(read_in_pieces(head + "000000000000005\r\nhello\r\n000\r\n\r\n", 1).body, "hello");
    const std::string half = "32\r\n" + std::string(50, 'x') + "\r\n";
    EXPECT_EQ(read_in_pieces(head + half + half + "0\r\n\r\n", 9).parsed, Parsed::complete);
    EXPECT_EQ(read_in_pieces(head + half + half + "1\r\n", 9).parsed, Parsed::refused);
    EXPECT_EQ(read_in_pieces(head + "fffffffffffffff\r\n", 9).parsed, Parsed::refused);
}

TEST(Hosts, AreNamesOfAHandshakeWithoutTheirPorts)
{
    const Hosts hosts({"portal.example", "other.example:443", "[::1]"});
    for (const auto* name : {"portal.example", "PORTAL.example", "other.example", "[::1]"})
        EXPECT_TRUE(hosts.is_name(name)) << name;
    for (const auto* name : {"", "portal.exampl", "portal.example.", "portal.examplee", "other.example:443", "third.example"})
        EXPECT_FALSE(hosts.is_name(name)) << name;
    EXPECT_FALSE(hosts.is_name(std::string(256, 'a')));
    EXPECT_THROW(Hosts({std::string(256, 'a')}), std::runtime_error);
}

TEST(Hosts, ComeWithOurPortOrTheirOwnOrNone)
{
    const Hosts hosts({"portal.example", "other.example:443", "[::1]"});
    for (const char* good : {"portal.example", "PORTAL.example", "portal.example:8443", "other.example:443", "[::1]", "[::1]:8443"})
        EXPECT_TRUE(hosts.allow(good, 8443)) << good;
    for (const char* bad :
         {"portal.example:443", "portal.example:", "portal.example.", "other.example", "other.example:8443", "other.example:443:8443",
          "evil.example", "portal.example@evil", "xportal.example", "portal.example:8443:8443", "[::1]:1", "::1", " portal.example"})
        EXPECT_FALSE(hosts.allow(bad, 8443)) << bad;
}

constexpr std::string_view signature = "\r\n\r\n\0\r\nQUIT\n"sv;

TEST(ProxyHeader, TellsTheClientsAddress)
{
    const std::string prefix4 = std::string(signature) + std::string("\x21\x11\x00\x0C"sv);
    ASSERT_EQ(proxy_address_bytes(prefix4), 12U);
    const auto client4 = parse_proxy_header(prefix4, "\xC0\x00\x02\x07\x7F\x00\x00\x01\x10\x00\x20\x00"sv);
    ASSERT_TRUE(client4);
    EXPECT_EQ(client4->address, "192.0.2.7");

    const std::string prefix6 = std::string(signature) + std::string("\x21\x21\x00\x24"sv);
    std::string block6(36, '\0');
    block6.replace(0, 4, "\x20\x01\x0d\xb8"sv);
    block6[15] = 9;
    EXPECT_EQ(parse_proxy_header(prefix6, block6)->address, "2001:db8::9");
    std::string mapped(36, '\0');
    mapped.replace(10, 6, "\xFF\xFF\xC0\x00\x02\x07"sv);
    EXPECT_EQ(parse_proxy_header(prefix6, mapped)->address, "192.0.2.7");

    const std::string local = std::string(signature) + std::string("\x20\x00\x00\x00"sv);
    EXPECT_EQ(parse_proxy_header(local, "")->address, std::nullopt);
}

TEST(ProxyHeader, IsRefusedWhenItIsNotVersionTwoOverTcp)
{
    EXPECT_FALSE(proxy_address_bytes("PROXY TCP4 1.2.3"));
    EXPECT_FALSE(proxy_address_bytes(std::string(signature) + std::string("\x31\x11\x00\x0C"sv)));
    EXPECT_FALSE(proxy_address_bytes(std::string(signature) + std::string("\x22\x11\x00\x0C"sv)));
    EXPECT_FALSE(proxy_address_bytes(std::string(signature) + std::string("\x21\x11\xFF\xFF"sv)));
    const std::string udp = std::string(signature) + std::string("\x21\x12\x00\x0C"sv);
    EXPECT_FALSE(parse_proxy_header(udp, std::string(12, '\1')));
    const std::string too_short = std::string(signature) + std::string("\x21\x11\x00\x0B"sv);
    EXPECT_FALSE(parse_proxy_header(too_short, std::string(11, '\1')));
}

TEST(Answer, IsOneMessageWithTheFixedFields)
{
    Response response;
    response.fields = {{"Content-Type", "text/plain"}, {"Strict-Transport-Security", "max-age=0"}, {"Content-Length", "9"}};
    response.body = "hi";
    const std::string expected = "HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 1970 00:00:07 GMT\r\nContent-Type: text/plain\r\n"
                                 "Strict-Transport-Security: max-age=63072000\r\nX-Content-Type-Options: nosniff\r\n"
                                 "Referrer-Policy: no-referrer\r\nCross-Origin-Opener-Policy: same-origin\r\n"
                                 "Cross-Origin-Resource-Policy: same-origin\r\nContent-Security-Policy: default-src 'none'; "
                                 "frame-ancestors 'none'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; "
                                 "trusted-types 'none'\r\nCache-Control: no-store\r\n"
                                 "Content-Length: 2\r\n";
    EXPECT_EQ(render(response, {.close = false, .to_head = false, .now = 7}), expected + "\r\nhi");
    EXPECT_EQ(render(response, {.close = true, .to_head = true, .now = 7}), expected + "Connection: close\r\n\r\n");
}

TEST(Answer, ThatCouldBeSplitIsNotWritten)
{
    const std::vector<Field> bad{{"X", "a\r\nb: c"}, {"X", "a\nb"}, {"X", std::string("a\0b", 3)}, {"X y", "z"}, {"", "z"}, {"X:", "z"}};
    for (const Field& field : bad) {
        Response response;
        response.fields = {field};
        EXPECT_THROW(render(response, {}), std::invalid_argument) << field.name << field.value;
    }
    Response early;
    early.status = 101;
    EXPECT_THROW(render(early, {}), std::invalid_argument);
}

}  // namespace
}  // namespace cbmx::http
