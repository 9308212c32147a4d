// Writes answers; see answer.hpp.
#include "http/answer.hpp"
#include "base/text.hpp"
#include "http/text.hpp"
#include <algorithm>
#include <array>
#include <boost/beast/http/status.hpp>
#include <charconv>
#include <ostream>
#include <stdexcept>

namespace cbmx::http {
namespace {

struct FixedField {
    std::string_view name;
    std::string_view value;
};

constexpr std::array fixed_fields{
    FixedField{"Strict-Transport-Security", "max-age=63072000"},
    FixedField{"X-Content-Type-Options", "nosniff"},
    FixedField{"Referrer-Policy", "no-referrer"},
    FixedField{"Cross-Origin-Opener-Policy", "same-origin"},
    FixedField{"Cross-Origin-Resource-Policy", "same-origin"},
};
constexpr std::array default_fields{
    FixedField{"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; "
                                          "require-trusted-types-for 'script'; trusted-types 'none'"},
    FixedField{"Cache-Control", "no-store"},
};
constexpr std::array<std::string_view, 5> own_fields{"Date", "Content-Length", "Connection", "Transfer-Encoding", "Server"};

// What stands in every answer, written once.
const std::string& fixed_lines()
{
    static const std::string lines = [] {
        std::string text;
        for (const FixedField& field : fixed_fields)
            text.append(field.name).append(": ").append(field.value).append("\r\n");
        return text;
    }();
    return lines;
}

bool is_ours(std::string_view name)
{
    const auto same = [name](std::string_view other) { return base::equals_ignoring_case(name, other); };
    return std::any_of(own_fields.begin(), own_fields.end(), same) ||
           std::any_of(fixed_fields.begin(), fixed_fields.end(), [&](const FixedField& f) { return same(f.name); });
}

bool sets(const Response& response, std::string_view name)
{
    return std::any_of(response.fields.begin(), response.fields.end(),
                       [name](const Field& field) { return base::equals_ignoring_case(field.name, name); });
}

// RFC 9110 section 5.6.7; strftime would follow the process locale.
std::string imf_fixdate(std::time_t now)
{
    static constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    std::tm utc{};
    gmtime_r(&now, &utc);
    const auto two_digits = [](int number) {
        return std::string{static_cast<char>('0' + number / 10 % 10), static_cast<char>('0' + number % 10)};
    };
    return std::string(days[static_cast<std::size_t>(utc.tm_wday)]) + ", " + two_digits(utc.tm_mday) + ' ' +
           months[static_cast<std::size_t>(utc.tm_mon)] + ' ' + std::to_string(1900 + utc.tm_year) + ' ' + two_digits(utc.tm_hour) + ':' +
           two_digits(utc.tm_min) + ':' + two_digits(utc.tm_sec) + " GMT";
}

void append_field(std::string& out, std::string_view name, std::string_view value)
{
    out.append(name).append(": ").append(value).append("\r\n");
}

void append_fields(std::string& out, const Response& response)
{
    for (const Field& field : response.fields) {
        if (is_ours(field.name))
            continue;
        if (!is_token(field.name) || !is_field_value(field.value))
            throw std::invalid_argument("an answer's field is not one line");
        append_field(out, field.name, field.value);
    }
    out += fixed_lines();
    for (const FixedField& field : default_fields)
        if (!sets(response, field.name))
            append_field(out, field.name, field.value);
}

}  // namespace

std::string render(const Response& response, const Sending& sending)
{
    if (response.status < 200 || response.status > 599)
        throw std::invalid_argument("an answer's status is outside 200..599");
    const bool bodiless = response.status == 204 || response.status == 304;
    const auto reason = boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(response.status));
    std::string out;
    const std::size_t typical_head_bytes = 1024;
    out.reserve(typical_head_bytes + response.body.size());
    out.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
    out.append(reason.data(), reason.size()).append("\r\n");
    thread_local std::time_t dated = -1;
    thread_local std::string date;
    if (dated != sending.now)
        date = imf_fixdate(sending.now), dated = sending.now;
    append_field(out, "Date", date);
    append_fields(out, response);
    if (sending.chunked)
        append_field(out, "Transfer-Encoding", "chunked");
    else if (!bodiless && !response.stream)
        append_field(out, "Content-Length", std::to_string(response.body.size()));
    if (sending.close)
        append_field(out, "Connection", "close");
    out.append("\r\n");
    if (!bodiless && !sending.to_head && !response.stream)
        out.append(response.body);
    return out;
}

std::string chunk(std::string_view bytes)
{
    if (bytes.empty())
        return {};
    std::array<char, 2 * sizeof(std::size_t)> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), bytes.size(), 16).ptr;
    return std::string(digits.data(), end).append("\r\n").append(bytes).append("\r\n");
}

}  // namespace cbmx::http
