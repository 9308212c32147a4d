// The only user of Beast's HTTP parser, which reads the head; the body is ours (chunks.hpp); see framing.hpp.
#include "http/framing.hpp"
#include "base/text.hpp"
#include "http/chunks.hpp"
#include "http/text.hpp"
#include <algorithm>
#include <array>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <system_error>

namespace cbmx::http {
namespace {

namespace beast_http = boost::beast::http;

constexpr std::array<std::string_view, 7> allowed_methods{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};

constexpr std::size_t line_ends_bytes = 4;  // of the request line and the head

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

bool is_digits(std::string_view text)
{
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

struct RequestReader::State {
    using Parser = beast_http::request_parser<beast_http::empty_body>;

    State(const Hosts& allowed_hosts, std::uint16_t port) : hosts(allowed_hosts), listener_port(port)
    {
        parser.header_limit(max_request_line_bytes + max_header_bytes + line_ends_bytes);
        parser.body_limit(boost::none);
    }

    bool refuse(Refusal refusal, std::string_view reason)
    {
        violation = Violation{refusal, reason};
        return false;
    }
    std::size_t count(std::string_view name) const { return parser.get().count(boost::beast::string_view(name.data(), name.size())); }
    std::string_view value(beast_http::field name) const { return view(parser.get()[name]); }

    bool keep(std::string_view bytes);  // of the body
    bool parse_head(std::string_view bytes);
    bool check_method();
    bool check_coding();
    bool check_length();
    bool check_host();
    bool check_target();
    bool check_expectation();
    bool check_head();

    const Hosts& hosts;
    const std::uint16_t listener_port;
    HeadScanner scanner;
    Parser parser;
    Violation violation;
    std::optional<Target> target;
    bool has_head = false;
    bool has_body = false;
    std::optional<std::uint64_t> content_length;
    Body body;
    std::uint64_t body_left = 0;  // with a Content-Length
    ChunkDecoder chunks;
};

bool RequestReader::State::keep(std::string_view bytes)
{
    try {
        body.append(bytes);
        return true;
    } catch (const std::system_error&) {
        return refuse(Refusal::no_room, "the disk takes no more of the body");
    }
}

bool RequestReader::State::parse_head(std::string_view bytes)
{
    boost::beast::error_code error;
    const std::size_t used = parser.put(boost::asio::buffer(bytes.data(), bytes.size()), error);
    if (error || used != bytes.size() || !parser.is_header_done())
        return refuse(Refusal::bad_request, "request head is not HTTP/1.1 or HTTP/1.0");
    has_head = true;
    if (const auto length = parser.content_length())
        content_length = *length;
    body_left = content_length.value_or(0);
    has_body = parser.chunked() || body_left != 0;
    return true;
}

bool RequestReader::State::check_method()
{
    const std::string_view method = view(parser.get().method_string());
    if (std::find(allowed_methods.begin(), allowed_methods.end(), method) == allowed_methods.end())
        return refuse(Refusal::method_not_implemented, "method is not on the allow-list");
    return true;
}

bool RequestReader::State::check_coding()
{
    const std::size_t codings = count("Transfer-Encoding");
    if (codings > 1)
        return refuse(Refusal::bad_request, "more than one Transfer-Encoding");
    if (codings == 1 && parser.get().version() != 11)
        return refuse(Refusal::bad_request, "Transfer-Encoding in HTTP/1.0");
    if (codings == 1 && count("Content-Length") != 0)
        return refuse(Refusal::bad_request, "Transfer-Encoding with Content-Length");
    if (codings == 1 && (value(beast_http::field::transfer_encoding) != "chunked" || !parser.chunked()))
        return refuse(Refusal::coding_not_implemented, "transfer coding is not exactly chunked");
    const std::size_t encodings = count("Content-Encoding");
    if (encodings > 1 || (encodings == 1 && !base::equals_ignoring_case(value(beast_http::field::content_encoding), "identity")))
        return refuse(Refusal::unsupported_encoding, "Content-Encoding on a request");
    return true;
}

bool RequestReader::State::check_length()
{
    const std::size_t lengths = count("Content-Length");
    if (lengths > 1)
        return refuse(Refusal::bad_request, "more than one Content-Length");
    if (lengths == 1 && !is_digits(value(beast_http::field::content_length)))
        return refuse(Refusal::bad_request, "Content-Length is not a number");
    return true;
}

bool RequestReader::State::check_host()
{
    if (count("Host") != 1 || value(beast_http::field::host).empty())
        return refuse(Refusal::bad_request, "not exactly one Host");
    if (!hosts.allow(value(beast_http::field::host), listener_port))
        return refuse(Refusal::misdirected, "Host is not on the allow-list");
    return true;
}

bool RequestReader::State::check_target()
{
    target = parse_target(view(parser.get().target()));
    return target.has_value() || refuse(Refusal::bad_request, "target is not a clean origin-form target");
}

bool RequestReader::State::check_expectation()
{
    const std::size_t expectations = count("Expect");
    if (expectations > 1 || (expectations == 1 && !base::equals_ignoring_case(value(beast_http::field::expect), "100-continue")))
        return refuse(Refusal::bad_request, "expectation other than 100-continue");
    return true;
}

bool RequestReader::State::check_head()
{
    return check_method() && check_coding() && check_length() && check_host() && check_target() && check_expectation();
}

RequestReader::RequestReader(const Hosts& hosts, std::uint16_t listener_port) : state_(std::make_unique<State>(hosts, listener_port)) {}

RequestReader::~RequestReader() = default;

Parsed RequestReader::read_head(std::string& input)
{
    State& state = *state_;
    if (!state.scanner.scan(input)) {
        if (!state.scanner.violation())
            return Parsed::need_more;
        state.violation = *state.scanner.violation();
        return Parsed::refused;
    }
    const std::string_view bytes = std::string_view(input).substr(0, state.scanner.size());
    const bool good = state.parse_head(bytes) && state.check_head();
    input.erase(0, bytes.size());
    return good ? Parsed::complete : Parsed::refused;
}

Parsed RequestReader::read_body(std::string& input)
{
    State& state = *state_;
    if (state.content_length) {
        const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(state.body_left, input.size()));
        if (!state.keep(std::string_view(input).substr(0, part)))
            return Parsed::refused;
        input.erase(0, part);
        state.body_left -= part;
        return state.body_left == 0 ? Parsed::complete : Parsed::need_more;
    }
    std::string decoded;
    input.erase(0, state.chunks.decode(input, decoded));
    if (!state.keep(decoded))
        return Parsed::refused;
    if (state.chunks.complete())
        return Parsed::complete;
    if (state.chunks.too_large())
        state.refuse(Refusal::content_too_large, "chunked body is longer than its limit");
    else if (state.chunks.malformed())
        state.refuse(Refusal::bad_request, "chunked body is not well formed");
    else
        return Parsed::need_more;
    return Parsed::refused;
}

const Violation& RequestReader::violation() const { return state_->violation; }

bool RequestReader::has_head() const { return state_->has_head; }

Head RequestReader::head(const Peer& peer) const
{
    const auto& message = state_->parser.get();
    Head head;
    head.method = view(message.method_string());
    head.target = view(message.target());
    if (state_->target) {
        head.path = state_->target->path;
        head.query = state_->target->query;
    }
    for (const auto& field : message)
        head.fields.push_back({std::string(view(field.name_string())), std::string(view(field.value()))});
    head.content_length = content_length();
    head.has_body = has_body();
    head.peer = peer;
    return head;
}

bool RequestReader::is_head_method() const { return state_->has_head && view(state_->parser.get().method_string()) == "HEAD"; }

bool RequestReader::has_body() const { return state_->has_body; }

bool RequestReader::wants_continue() const { return state_->parser.get().version() == 11 && state_->count("Expect") == 1; }

bool RequestReader::takes_chunks() const { return state_->parser.get().version() == 11; }

bool RequestReader::keep_alive() const { return state_->parser.get().version() == 11 && state_->parser.keep_alive(); }

std::optional<std::uint64_t> RequestReader::content_length() const { return state_->content_length; }

Parsed RequestReader::limit_body(std::uint64_t bytes, const std::string& spool_directory)
{
    if (state_->content_length && *state_->content_length > bytes) {
        state_->refuse(Refusal::content_too_large, "Content-Length is longer than the limit");
        return Parsed::refused;
    }
    state_->chunks.limit(bytes);
    state_->body.spool_in(spool_directory, state_->content_length.value_or(0));
    return Parsed::complete;
}

Body RequestReader::take_body() { return std::move(state_->body); }

}  // namespace cbmx::http
