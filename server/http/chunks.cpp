// A state for each place in the grammar, so that it does not matter where the bytes are cut; see chunks.hpp.
#include "http/chunks.hpp"
#include <algorithm>
#include <charconv>

namespace cbmx::http {
namespace {

constexpr int max_size_digits = 15;  // keeps the size within 64 bits

}  // namespace

std::size_t ChunkDecoder::decode(std::string_view input, std::string& body)
{
    std::size_t taken = 0;
    while (taken < input.size() && !complete() && !malformed() && !too_large()) {
        if (state_ != State::data) {
            state_ = next(input[taken++]);
            continue;
        }
        const std::size_t part = static_cast<std::size_t>(std::min<std::uint64_t>(size_, input.size() - taken));
        body.append(input.substr(taken, part));
        taken += part;
        size_ -= part;
        if (size_ == 0)
            state_ = State::data_end;
    }
    return taken;
}

ChunkDecoder::State ChunkDecoder::next(char c)
{
    const auto expect = [c](char expected, State then) { return c == expected ? then : State::malformed; };
    switch (state_) {
    case State::size_begin:
        size_ = 0;
        digits_ = 0;
        return after_size_digit(c);
    case State::size: return c == '\r' ? State::size_end : after_size_digit(c);
    case State::size_end: return c == '\n' ? after_size() : State::malformed;
    case State::data_end: return expect('\r', State::data_line_end);
    case State::data_line_end: return expect('\n', State::size_begin);
    case State::last_end: return expect('\r', State::last_line_end);
    case State::last_line_end: return expect('\n', State::complete);
    case State::data:
    case State::complete:
    case State::malformed:
    case State::too_large: return state_;
    }
    return State::malformed;
}

ChunkDecoder::State ChunkDecoder::after_size_digit(char c)
{
    unsigned digit = 0;
    const auto [end, error] = std::from_chars(&c, &c + 1, digit, 16);
    if (error != std::errc() || end != &c + 1 || ++digits_ > max_size_digits)
        return State::malformed;
    size_ = size_ * 16 + digit;
    return State::size;
}

ChunkDecoder::State ChunkDecoder::after_size()
{
    if (size_ == 0)
        return State::last_end;
    if (size_ > left_)
        return State::too_large;
    left_ -= size_;
    return State::data;
}

}  // namespace cbmx::http
