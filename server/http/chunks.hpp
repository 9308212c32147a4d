// The chunked coding (RFC 9112 section 7.1), strictly: no extensions, no trailer fields, no spare white space. Ours
// has no use for them, and two parsers that read them differently are a smuggled request. Beast's own decoder is not
// used: when the last chunk arrives byte by byte it stops the program with an assertion.
// framing.cpp is the user.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace cbmx::http {

class ChunkDecoder {
public:
    enum class State { size_begin, size, size_end, data, data_end, data_line_end, last_end, last_line_end, complete, malformed, too_large };

    void limit(std::uint64_t bytes) { left_ = bytes; }  // of the decoded body
    // Appends the data to `body`; returns how many bytes of `input` it took: all of them unless it ended.
    std::size_t decode(std::string_view input, std::string& body);
    bool complete() const { return state_ == State::complete; }
    bool malformed() const { return state_ == State::malformed; }
    bool too_large() const { return state_ == State::too_large; }

private:
    State next(char c);
    State after_size_digit(char c);
    State after_size();

    State state_ = State::size_begin;
    std::uint64_t size_ = 0;
    std::uint64_t left_ = 0;
    int digits_ = 0;
};

}  // namespace cbmx::http
