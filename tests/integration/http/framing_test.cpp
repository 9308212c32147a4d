// What the server answers to requests that break HTTP's rules, over real TLS (rules.md 6-9).
#include "fixture.hpp"

namespace cbmx::test {
namespace {

struct BadRequest {
    const char* what;
    std::string bytes;
    int status;
};

std::string request(const std::string& line, const std::string& fields, const std::string& body = "")
{
    return line + "\r\n" + fields + "\r\n" + body;
}

std::string with(const std::string& fields, const std::string& body = "")
{
    return request("POST /x HTTP/1.1", "Host: localhost\r\n" + fields, body);
}

const std::vector<BadRequest>& bad_requests()
{
    static const std::string smuggled = "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n";
    static const std::vector<BadRequest> table{
        // Transfer-Encoding and Content-Length (rule 6)
        {"chunked with a length", with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", smuggled), 400},
        {"a length with chunked", with("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", smuggled), 400},
        {"identity with a length", with("Transfer-Encoding: identity\r\nContent-Length: 5\r\n", smuggled), 400},
        {"two codings", with("Transfer-Encoding: gzip, chunked\r\n", smuggled), 501},
        {"unknown coding", with("Transfer-Encoding: xchunked\r\n", smuggled), 501},
        {"identity", with("Transfer-Encoding: identity\r\n", smuggled), 501},
        {"chunked twice in one field", with("Transfer-Encoding: chunked, chunked\r\n", smuggled), 501},
        {"chunked first", with("Transfer-Encoding: chunked, identity\r\n", smuggled), 501},
        {"quoted", with("Transfer-Encoding: \"chunked\"\r\n", smuggled), 501},
        {"vertical tab",
         with("Transfer-Encoding: \x0b"
              "chunked\r\n",
              smuggled),
         400},
        {"two fields", with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", smuggled), 400},
        {"two fields, one unknown", with("Transfer-Encoding: x\r\nTransfer-Encoding: chunked\r\n", smuggled), 400},
        {"empty coding", with("Transfer-Encoding:\r\n", smuggled), 501},
        {"space before the colon", with("Transfer-Encoding : chunked\r\n", smuggled), 400},
        {"chunked in HTTP/1.0", request("POST /x HTTP/1.0", "Host: localhost\r\nTransfer-Encoding: chunked\r\n", smuggled), 400},
        {"two lengths", with("Content-Length: 5\r\nContent-Length: 6\r\n", "hello!"), 400},
        {"two equal lengths", with("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"), 400},
        {"a list of lengths", with("Content-Length: 5, 5\r\n", "hello"), 400},
        {"negative length", with("Content-Length: -5\r\n", "hello"), 400},
        {"signed length", with("Content-Length: +5\r\n", "hello"), 400},
        {"hexadecimal length", with("Content-Length: 0x5\r\n", "hello"), 400},
        {"empty length", with("Content-Length:\r\n", "hello"), 400},
        {"overflowing length", with("Content-Length: 18446744073709551621\r\n", "hello"), 400},
        {"length with a space", with("Content-Length: 1 1\r\n", "hello"), 400},
        // chunks
        {"bad chunk size", with("Transfer-Encoding: chunked\r\n", "z\r\n"), 400},
        {"chunk extension", with("Transfer-Encoding: chunked\r\n", "5;a=b\r\nhello\r\n0\r\n\r\n"), 400},
        {"bare LF after a chunk size", with("Transfer-Encoding: chunked\r\n", "5\nhello\r\n0\r\n\r\n"), 400},
        {"no CRLF after a chunk", with("Transfer-Encoding: chunked\r\n", "5\r\nhello0\r\n\r\n"), 400},
        {"trailer field", with("Transfer-Encoding: chunked\r\n", "0\r\nHost: evil\r\n\r\n"), 400},
        // Host, target, method, version (rule 7)
        {"no Host", request("GET / HTTP/1.1", "A: b\r\n"), 400},
        {"no field at all", request("GET / HTTP/1.1", ""), 400},
        {"two Hosts", request("GET / HTTP/1.1", "Host: localhost\r\nHost: localhost\r\n"), 400},
        {"empty Host", request("GET / HTTP/1.1", "Host:\r\n"), 400},
        {"other Host", request("GET / HTTP/1.1", "Host: evil.example\r\n"), 421},
        {"other port", request("GET / HTTP/1.1", "Host: localhost:1\r\n"), 421},
        {"listed Host with another port", request("GET / HTTP/1.1", "Host: portal.example:444\r\n"), 421},
        {"two Hosts in one", request("GET / HTTP/1.1", "Host: localhost, localhost\r\n"), 421},
        {"absolute form", request("GET https://localhost/ HTTP/1.1", "Host: localhost\r\n"), 400},
        {"authority form", request("GET localhost:443 HTTP/1.1", "Host: localhost\r\n"), 400},
        {"asterisk form", request("OPTIONS * HTTP/1.1", "Host: localhost\r\n"), 400},
        {"fragment", request("GET /x#y HTTP/1.1", "Host: localhost\r\n"), 400},
        {"dot segments", request("GET /a/../b HTTP/1.1", "Host: localhost\r\n"), 400},
        {"encoded slash", request("GET /a%2fb HTTP/1.1", "Host: localhost\r\n"), 400},
        {"bad percent-encoding", request("GET /%zz HTTP/1.1", "Host: localhost\r\n"), 400},
        {"encoded NUL", request("GET /%00 HTTP/1.1", "Host: localhost\r\n"), 400},
        {"not UTF-8", request("GET /%ff HTTP/1.1", "Host: localhost\r\n"), 400},
        {"CONNECT", request("CONNECT localhost:443 HTTP/1.1", "Host: localhost\r\n"), 501},
        {"TRACE", request("TRACE / HTTP/1.1", "Host: localhost\r\n"), 501},
        {"unknown method", request("BREW / HTTP/1.1", "Host: localhost\r\n"), 501},
        {"method in lower case", request("get / HTTP/1.1", "Host: localhost\r\n"), 501},
        {"HTTP/0.9", "GET /\r\n\r\n", 400},
        {"HTTP/1.2", request("GET / HTTP/1.2", "Host: localhost\r\n"), 400},
        {"HTTP/2.0", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
        {"version in lower case", request("GET / http/1.1", "Host: localhost\r\n"), 400},
        // characters (rule 8)
        {"folded line", with("X: a\r\n b\r\n"), 400},
        {"folded first line", request("GET / HTTP/1.1", " Host: localhost\r\n"), 400},
        {"bare LF", "GET / HTTP/1.1\nHost: localhost\n\n", 400},
        {"bare LF in a value", with("X: a\nY: b\r\n"), 400},
        {"bare CR in a value", with("X: a\rY: b\r\n"), 400},
        {"NUL in a value", with(std::string("X: a\0b\r\n", 8)), 400},
        {"escape in a value", with("X: a\x1b[31m\r\n"), 400},
        {"DEL in a value", with("X: a\x7f\r\n"), 400},
        {"value that is not UTF-8", with("X: a\xff\r\n"), 400},
        {"line without a colon", with("nonsense\r\n"), 400},
        {"empty name", with(": x\r\n"), 400},
        {"name with a space", with("A B: x\r\n"), 400},
        {"tab in the request line", request("GET\t/ HTTP/1.1", "Host: localhost\r\n"), 400},
        {"two spaces in the request line", request("GET  / HTTP/1.1", "Host: localhost\r\n"), 400},
        {"empty line first", "\r\n" + get("/"), 400},
        {"TLS inside TLS", std::string("\x16\x03\x01\x02\x00\x01", 6), 400},
        // sizes and codings (rule 9)
        {"long request line", request("GET /" + std::string(8200, 'a') + " HTTP/1.1", "Host: localhost\r\n"), 414},
        {"endless request line", "GET /" + std::string(20000, 'a'), 414},
        {"long fields", with("X: " + std::string(16400, 'a') + "\r\n"), 431},
        {"101 fields",
         [] {
             std::string fields;
             for (int i = 0; i < 100; ++i)
                 fields += "X" + std::to_string(i) + ": y\r\n";
             return with(fields);
         }(),
         431},
        {"gzip body", with("Content-Encoding: gzip\r\nContent-Length: 1\r\n", "x"), 415},
        {"expectation", with("Expect: 200-ok\r\nContent-Length: 1\r\n", "x"), 400},
    };
    return table;
}

class BadRequests : public HttpServer {};

TEST_F(BadRequests, AreAnsweredOnceAndTheConnectionIsClosed)
{
    start();
    for (const BadRequest& bad : bad_requests()) {
        RawClient client(browser());
        ASSERT_TRUE(client.connected()) << bad.what;
        const auto response = client.exchange(bad.bytes);
        ASSERT_TRUE(response) << bad.what;
        EXPECT_EQ(response->status, bad.status) << bad.what;
        EXPECT_EQ(response->field("Connection"), "close") << bad.what;
        EXPECT_EQ(response->field("Strict-Transport-Security"), "max-age=63072000") << bad.what;
        EXPECT_TRUE(client.closed_by_server()) << bad.what;
    }
    EXPECT_EQ(served, 0);
    EXPECT_EQ(server->statistics().requests_refused, bad_requests().size());
}

TEST_F(BadRequests, NeverLetASecondRequestThroughBehindThem)
{
    start();
    for (const BadRequest& bad : bad_requests()) {
        RawClient client(browser());
        client.send(bad.bytes + get("/smuggled"));
        const auto response = client.read();
        ASSERT_TRUE(response) << bad.what;
        EXPECT_FALSE(client.read()) << bad.what;
    }
    EXPECT_EQ(served, 0);
}

TEST_F(BadRequests, TheLimitsThemselvesAreAllowed)
{
    start();
    const std::string line_rest = "GET / HTTP/1.1";
    std::string fields = "Host: localhost\r\n";
    for (int i = 0; i < 99; ++i)
        fields += "X" + std::to_string(i) + ": y\r\n";
    const std::vector<std::string> good{
        request("GET /" + std::string(8192 - line_rest.size(), 'a') + " HTTP/1.1", "Host: localhost\r\n"),
        request("GET / HTTP/1.1", "Host: localhost\r\nX: " + std::string(16384 - 25, 'a') + "\r\n"),
        request("GET / HTTP/1.1", fields),
        request("GET / HTTP/1.1", "Host: LOCALHOST:" + std::to_string(server->port()) + "\r\n"),
        request("GET / HTTP/1.1", "Host: portal.example:443\r\n"),
        request("GET / HTTP/1.1", "Host: localhost\r\nX: caf\xC3\xA9\t\r\nY:\r\n"),
        with("Content-Encoding: identity\r\nContent-Length: 0\r\n"),
        get("/", "X-HTTP-Method-Override: DELETE\r\nUpgrade: h2c\r\nConnection: upgrade\r\n"),
    };
    RawClient client(browser());
    for (const std::string& bytes : good) {
        const auto response = client.exchange(bytes);
        ASSERT_TRUE(response) << bytes.substr(0, 60);
        EXPECT_EQ(response->status, 200) << bytes.substr(0, 60);
    }
}

TEST_F(BadRequests, AreToldWithTheHeadWhenItCouldBeRead)
{
    start();
    RawClient known(browser());
    EXPECT_EQ(known.exchange(request("PUT /x HTTP/1.1", "Host: evil\r\n"))->body, "refused PUT");
    RawClient unknown(browser());
    EXPECT_EQ(unknown.exchange("nonsense\r\n\r\n")->body, "refused");
    EXPECT_EQ(reasons().front(), "Host is not on the allow-list");
}

}  // namespace
}  // namespace cbmx::test
