// HTTP as the rest of the portal sees it: plain values, no Beast. http/session.cpp fills and sends them;
// api/pipeline.cpp is the Application. Everything here is copied or moved and never shared, but for Presence.
#pragma once
#include "base/bytes.hpp"
#include "base/disk/body.hpp"
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace cbmx::http {

using base::Body;
using base::body_in_memory_bytes;

// Limits of one request (rules.md 9).
inline constexpr std::size_t max_request_line_bytes = 8 * 1024;
inline constexpr std::size_t max_header_bytes = 16 * 1024;
inline constexpr std::size_t max_header_fields = 100;
inline constexpr std::uint64_t default_body_limit_bytes = 1024 * 1024;

// Whether whoever asked is still there: one for each connection. A peer that ends its sending, or whose connection breaks, while its
// request waits for an answer has gone, and frees its place at once; a write that is under way is carried out all the same (rules.md
// 2a). Any thread.
class Presence {
public:
    bool is_gone() const;
    // For what only waits: runs once when the peer has gone, on the connection's strand, or here and now when it has gone already.
    // Another one takes its place, nullptr takes it back. The answer takes it back too; that may come a moment later.
    void on_gone(std::function<void()> left);
    void leave();  // session.cpp's

private:
    mutable std::mutex mutex_;
    bool is_gone_ = false;
    std::function<void()> left_;
};

struct Peer {
    std::string address;                    // textual IP, without port; from PROXY v2 when a listed proxy sent it
    bool certificate_listener = false;      // arrived on the client-certificate listener
    std::optional<base::Hash> certificate;  // SHA-256 of the verified peer certificate's DER
    // When the connection takes no further request: an answer that would never end by itself ends then.
    std::optional<std::chrono::steady_clock::time_point> served_until;
    std::shared_ptr<Presence> presence;  // null: nobody knows
};

struct Field {
    std::string name;  // as sent; compare with base::equals_ignoring_case
    std::string value;
};

// The request line and headers, after every rule of rules.md 6-9 that needs no resource has been kept.
struct Head {
    std::string method;                                      // on the allow-list: GET HEAD POST PUT PATCH DELETE OPTIONS
    std::string target;                                      // origin-form, as sent
    std::vector<std::string> path;                           // decoded once, split at '/': "/v1/reports" -> {"v1","reports"}
    std::vector<std::pair<std::string, std::string>> query;  // decoded, in order
    std::vector<Field> fields;
    std::optional<std::uint64_t> content_length;  // of the body to come; nullopt when chunked
    bool has_body = false;
    Peer peer;

    std::optional<std::string_view> field(std::string_view name) const;  // the first, case-insensitive
    std::size_t count(std::string_view name) const;
};

// One piece of an answer whose length is not known when it begins.
struct Piece {
    enum class Then { more, end, broken };  // broken: the connection is closed so that nobody takes it for the whole
    std::string bytes;
    Then then = Then::more;
};
// Asks for the next piece; called on the connection's strand, again only when the piece before has been sent, so that a slow
// reader slows the source. Takes a function that answers once, from any thread; it must answer. Released when
// the answer has ended or the peer is gone.
using Stream = std::function<void(std::function<void(Piece)>)>;

struct Response {
    int status = 200;
    std::vector<Field> fields;  // without Date, Content-Length, Connection and the security headers: session adds them
    std::string body;           // for HEAD too: session sends its length only
    bool close = false;         // end the connection after this answer
    Stream stream = nullptr;    // set: the answer comes in pieces, and body is not sent
};

// Answers once, from any thread.
using Reply = std::function<void(Response)>;

// What the application decided on the header alone, before a byte of the body is read.
struct Admitted {
    std::string home;  // whose valid credential the request carried ("state:CL"); empty: anonymous. connections.hpp
    std::uint64_t body_limit = default_body_limit_bytes;  // exceeded: refuse(content_too_large)
    std::function<void(Body body, Reply reply)> serve;    // called on the connection's strand; may reply later
};
using Admission = std::variant<Response, Admitted>;

// What http itself refuses; the application writes the answer, so that every error has one shape.
enum class Refusal {
    bad_request,             // 400: syntax or framing; always closes
    request_timeout,         // 408
    content_too_large,       // 413
    uri_too_long,            // 414
    unsupported_encoding,    // 415: Content-Encoding on a request
    misdirected,             // 421: Host not on the allow-list
    headers_too_large,       // 431
    method_not_implemented,  // 501: not on the method allow-list
    coding_not_implemented,  // 501: a transfer coding other than exactly "chunked"
    no_room,                 // 503: the disk takes no more of a long body
};

struct Application {
    std::function<Admission(Head)> admit;
    // head is null when nothing usable was read. reason is for the log only, ASCII, no input in it.
    std::function<Response(Refusal, const Head* head, const Peer& peer, std::string_view reason)> refuse;
};

// RFC 3986 origin-form target to decoded path and query. nullopt on: not starting with '/', bad percent-encoding,
// non-UTF-8, control characters, dot segments, an encoded slash or backslash, an empty segment inside, a fragment.
// A slash at the end is an empty last segment. In the query a '+' is a space, as forms and urlencode write it.
struct Target {
    std::vector<std::string> path;
    std::vector<std::pair<std::string, std::string>> query;
};
std::optional<Target> parse_target(std::string_view target);

}  // namespace cbmx::http
