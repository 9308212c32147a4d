// The bytes of a request's head before any parser sees them: line endings, folding, control characters and sizes
// (rules.md 8, 9). Beast 1.81 joins folded lines, so this must look first. framing.cpp is the user.
#pragma once
#include "http/message.hpp"
#include <cstddef>
#include <optional>
#include <string_view>

namespace cbmx::http {

struct Violation {
    Refusal refusal = Refusal::bad_request;
    std::string_view reason;  // a literal
};

// Looks at every byte once, however slowly the head arrives, so that a wrong byte is answered when it comes.
class HeadScanner {
public:
    // `input` begins at the head's first byte and only ever grows between calls.
    // True: the head is complete and size() bytes long. False: more is needed, or violation() says why not.
    bool scan(std::string_view input);
    std::size_t size() const { return position_; }
    const std::optional<Violation>& violation() const { return violation_; }

private:
    bool take_line(std::string_view line);
    bool refuse(Refusal refusal, std::string_view reason);
    bool within_limits();

    std::size_t position_ = 0;
    std::size_t line_start_ = 0;
    std::size_t fields_start_ = 0;  // 0 while the request line is read
    std::size_t fields_ = 0;
    bool complete_ = false;
    std::optional<Violation> violation_;
};

}  // namespace cbmx::http
