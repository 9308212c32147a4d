// One request out of a stream of bytes: Beast's parser and, after it, the rules that it does not keep
// (rules.md 6-9). No I/O, so a fuzzer can drive it; session.cpp feeds it.
#pragma once
#include "http/head_scanner.hpp"
#include "http/hosts.hpp"
#include "http/message.hpp"
#include <memory>

namespace cbmx::http {

enum class Parsed {
    need_more,
    complete,
    refused,  // violation() says why; the connection is to be closed
};

class RequestReader {  // for one request
public:
    RequestReader(const Hosts& hosts, std::uint16_t listener_port);
    ~RequestReader();

    // Both erase from the front of `input` what they have understood; read_head everything or nothing.
    Parsed read_head(std::string& input);
    Parsed read_body(std::string& input);  // after a complete head with has_body()
    const Violation& violation() const;

    // From here on only after read_head completed or refused with has_head().
    bool has_head() const;  // method, target and fields are known
    Head head(const Peer& peer) const;
    bool is_head_method() const;

    bool has_body() const;
    bool wants_continue() const;                          // Expect: 100-continue
    bool keep_alive() const;                              // the client's wish; never for HTTP/1.0
    bool takes_chunks() const;                            // HTTP/1.1
    std::optional<std::uint64_t> content_length() const;  // nullopt: none or chunked
    // Refuses a longer Content-Length at once and a longer chunked body when it comes. spool_directory: where a long body waits;
    // empty: it stays in memory.
    Parsed limit_body(std::uint64_t bytes, const std::string& spool_directory = "");
    Body take_body();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace cbmx::http
