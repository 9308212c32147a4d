// Answers whose length is not known: in chunks, to their end or visibly not.
#include "integration/http/fixture.hpp"

namespace cbmx::test {
namespace {

class Streaming : public HttpServer {};

TEST_F(Streaming, PiecesComeAsChunksAndTheConnectionGoesOn)
{
    start();
    RawClient client(browser());
    const auto response = client.exchange(get("/stream"));
    ASSERT_TRUE(response);
    EXPECT_EQ(response->field("Transfer-Encoding"), "chunked");
    EXPECT_EQ(response->count("Content-Length"), 0U);
    EXPECT_EQ(response->body, "firstlast") << "an empty piece is not the last chunk";
    EXPECT_EQ(client.exchange(get("/echo"))->status, 200);
}

TEST_F(Streaming, AClientOfHttp10GetsTheBytesUntilTheConnectionEnds)
{
    start();
    RawClient client(browser());
    client.send("GET /stream HTTP/1.0\r\nHost: localhost\r\n\r\n");
    const auto head = client.read_head();
    ASSERT_TRUE(head);
    EXPECT_EQ(head->count("Transfer-Encoding"), 0U);
    EXPECT_EQ(head->field("Connection"), "close");
    EXPECT_EQ(client.read_to_end(), "firstlast");
}

TEST_F(Streaming, WhatBreaksOffIsNeverTakenForTheWhole)
{
    start();
    for (const char* path : {"/stream-broken", "/stream-lost", "/stream-throws"}) {
        RawClient client(browser());
        client.send(get(path));
        const auto head = client.read_head();
        ASSERT_TRUE(head) << path;
        EXPECT_EQ(client.read_chunk(), "first") << path;
        EXPECT_EQ(client.read_chunk(), std::nullopt) << path << ": no last chunk";
    }
}

TEST_F(Streaming, HeadHasNoPieces)
{
    start();
    RawClient client(browser());
    const auto head = client.exchange("HEAD /stream HTTP/1.1\r\nHost: localhost\r\n\r\n", true);
    EXPECT_EQ(head->status, 200);
    EXPECT_EQ(client.exchange(get("/echo"))->status, 200);
}

}  // namespace
}  // namespace cbmx::test
