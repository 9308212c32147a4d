// What stands in for a TLS connection: the bytes that a client sends are in memory, and so is what it is answered. Short
// symbols in the input stand for what no input could guess and no corpus could keep: tokens, ids, what was answered before.
//   ~x   what the portal knows by that letter (fuzz_portal.hpp); other letters stay as they are
//   ~#   the length of the body that follows this head, up to ~. or the end
//   ~.   nothing: where a body ends
#pragma once
#include "base/bytes.hpp"
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace cbmx::fuzz {

class Wire {
public:
    using Lookup = std::function<std::optional<std::string>(char)>;

    // Pieces of so many bytes; 0: as they come. A symbol is looked up when the server asks for it, after all earlier answers.
    Wire(std::string_view input, std::size_t piece_bytes, Lookup lookup)
        : rest_(input), piece_bytes_(piece_bytes), lookup_(std::move(lookup))
    {
    }

    std::string next();  // empty: the client sends no more
    const std::string& sent() const { return sent_; }

    std::string output;
    std::function<void()> gone;  // set while the server watches for the client's end
    bool client_left = false;    // before the whole answer was written
    bool server_broke = false;   // it closed the connection in the middle of an answer

private:
    void make_ready();
    std::string value_of(char symbol) const;
    std::string take_body_length();

    std::string rest_, ready_, sent_;
    std::size_t piece_bytes_;
    Lookup lookup_;
};

// The connection that the next Session speaks over, and the certificate that its client has proved; one at a time.
void connect(Wire* wire, std::optional<base::Hash> certificate);

}  // namespace cbmx::fuzz
