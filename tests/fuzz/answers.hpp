// What a server may have sent on one connection, read as strictly as the tests' own client reads it. For portal_fuzz.cpp.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cbmx::fuzz {

struct SentAnswer {
    int status = 0;
    std::vector<std::pair<std::string, std::string>> fields;
    std::string body;
    bool is_bare = false;  // a length without a body: to HEAD, or 304
    std::string_view field(std::string_view name) const;  // as the server writes it; empty: none
    std::size_t count(std::string_view name) const;
};

// Ends the program (must) when the bytes are anything but whole answers one after the other.
std::vector<SentAnswer> read_answers(std::string_view bytes);

}  // namespace cbmx::fuzz
