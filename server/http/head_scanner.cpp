// Byte rules of a request's head; see head_scanner.hpp.
#include "http/head_scanner.hpp"
#include "http/text.hpp"

namespace cbmx::http {

bool HeadScanner::scan(std::string_view input)
{
    while (!complete_ && !violation_ && position_ < input.size()) {
        const auto byte = static_cast<unsigned char>(input[position_]);
        if (byte == '\n')
            return refuse(Refusal::bad_request, "bare line feed in the head");
        if (byte == '\r') {
            if (position_ + 1 == input.size())
                return false;
            if (input[position_ + 1] != '\n')
                return refuse(Refusal::bad_request, "bare carriage return in the head");
            if (!take_line(input.substr(line_start_, position_ - line_start_)))
                return false;
            position_ += 2;
            line_start_ = position_;
            if (fields_start_ == 0)
                fields_start_ = position_;
            continue;
        }
        if ((byte < 0x20 && byte != '\t') || byte == 0x7F)
            return refuse(Refusal::bad_request, "control character in the head");
        ++position_;
        if (!within_limits())
            return false;
    }
    return complete_;
}

bool HeadScanner::take_line(std::string_view line)
{
    const bool is_request_line = fields_start_ == 0;
    if (line.empty()) {
        complete_ = !is_request_line;
        return complete_ || refuse(Refusal::bad_request, "empty line before the request line");
    }
    if (!is_utf8(line))
        return refuse(Refusal::bad_request, "head is not UTF-8");
    if (is_request_line)
        return true;
    if (line.front() == ' ' || line.front() == '\t')
        return refuse(Refusal::bad_request, "folded header line");
    if (++fields_ > max_header_fields)
        return refuse(Refusal::headers_too_large, "too many header fields");
    return true;
}

bool HeadScanner::within_limits()
{
    if (fields_start_ == 0 && position_ > max_request_line_bytes)
        return refuse(Refusal::uri_too_long, "request line too long");
    if (fields_start_ != 0 && position_ - fields_start_ > max_header_bytes)
        return refuse(Refusal::headers_too_large, "header fields too long");
    return true;
}

bool HeadScanner::refuse(Refusal refusal, std::string_view reason)
{
    violation_ = Violation{refusal, reason};
    return false;
}

}  // namespace cbmx::http
