// A Response as the bytes of one HTTP/1.1 message, with the fields that every answer carries (rules.md 11).
#pragma once
#include "http/message.hpp"
#include <ctime>

namespace cbmx::http {

struct Sending {
    bool close = false;    // adds Connection: close
    bool to_head = false;  // answers a HEAD: the body's length without the body
    std::time_t now = 0;   // for Date
    bool chunked = false;  // the body follows in chunks (chunk()), or until the connection ends
};

// Head and body in one buffer. Throws std::invalid_argument when the application wrote a status outside 200..599,
// a field name that is no token or a value with a control character: such an answer could be split in two.
// Date, Content-Length, Connection, Transfer-Encoding, Server and the fixed security fields of `response` are left
// out; Content-Security-Policy and Cache-Control may be the response's own.
// A response with a stream is rendered as its head alone.
std::string render(const Response& response, const Sending& sending);

std::string chunk(std::string_view bytes);  // of RFC 9112 section 7.1; nothing for no bytes: an empty chunk is the last
inline constexpr std::string_view last_chunk = "0\r\n\r\n";

inline constexpr std::string_view continue_answer = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace cbmx::http
