// Reads from the portal with a client certificate: TLS 1.3 to its second listener, the server's certificate and name checked.
// C++20, Boost.Beast 1.81 or later and OpenSSL 3 (Debian 12: g++ libboost1.81-dev libssl-dev); no code of the server.
//   g++ -std=c++20 -o query_with_certificate client-examples/query_with_certificate.cpp -lssl -lcrypto -lpthread
// usage: query_with_certificate PATH [NAME=VALUE...]     query_with_certificate /v1/reports state=CL status=in_progress
// Environment: CBMX_MTLS_URL; CBMX_CERT and CBMX_KEY, files in PEM; CBMX_CA when the server's authority is not a public one.
// The answer goes to standard output; of a list all pages, a line each, until there is no next one: a page may be short or empty
// before that. Exit code: 0 answered, 1 refused, 2 not reached or not trusted; the reason on stderr.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace ssl = asio::ssl;
using Tcp = asio::ip::tcp;

namespace {

constexpr std::chrono::seconds longest_silence{30};
constexpr std::uint64_t largest_answer = 64ull << 20;  // bytes

struct Server {
    std::string name, port;
};

std::string setting(const char* name)
{
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0')
        throw std::runtime_error(std::string(name) + " is not set");
    return value;
}

Server server_from(std::string_view url)
{
    constexpr std::string_view scheme = "https://";
    if (!url.starts_with(scheme))
        throw std::runtime_error("CBMX_MTLS_URL must begin with https://");
    const auto authority = url.substr(scheme.size(), url.find('/', scheme.size()) - scheme.size());
    const auto colon = authority.rfind(':');
    if (colon == std::string_view::npos)
        return {std::string(authority), "443"};
    return {std::string(authority.substr(0, colon)), std::string(authority.substr(colon + 1))};
}

// RFC 3986: all but the unreserved characters as %XX.
std::string percent_encoded(std::string_view text)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string encoded;
    for (const unsigned char c : text) {
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~')
            encoded += static_cast<char>(c);
        else
            encoded.append({'%', digits[c >> 4], digits[c & 15]});
    }
    return encoded;
}

std::string target_from(int count, char** arguments)
{
    std::string target = arguments[1];
    for (int i = 2; i < count; ++i) {
        const std::string_view argument = arguments[i];
        const auto equals = argument.find('=');
        if (equals == std::string_view::npos)
            throw std::runtime_error("a parameter has the form NAME=VALUE: " + std::string(argument));
        target += (i == 2 ? '?' : '&') + percent_encoded(argument.substr(0, equals)) + '=' + percent_encoded(argument.substr(equals + 1));
    }
    return target;
}

ssl::context context_with_certificate()
{
    ssl::context context(ssl::context::tls_client);
    if (SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_3_VERSION) != 1)
        throw std::runtime_error("this OpenSSL has no TLS 1.3");
    context.set_verify_mode(ssl::verify_peer);
    const auto certificate = setting("CBMX_CERT"), key = setting("CBMX_KEY");
    try {
        if (const char* authority = std::getenv("CBMX_CA"))
            context.load_verify_file(authority);
        else
            context.set_default_verify_paths();
        context.use_certificate_chain_file(certificate);
        context.use_private_key_file(key, ssl::context::pem);  // fails when it is not the certificate's
    } catch (const boost::system::system_error& error) {
        throw std::runtime_error("CBMX_CERT, CBMX_KEY or CBMX_CA cannot be used: " + error.code().message());
    }
    return context;
}

// No temporaries in the co_await expressions: g++ 12 destroys some of them twice.
asio::awaitable<void> query(ssl::context& context, Server server, std::string target, http::response<http::string_body>& answer)
{
    Tcp::resolver resolver(co_await asio::this_coro::executor);
    beast::ssl_stream<beast::tcp_stream> stream(co_await asio::this_coro::executor, context);
    stream.set_verify_callback(ssl::host_name_verification(server.name));
    if (SSL_set_tlsext_host_name(stream.native_handle(), server.name.c_str()) != 1)
        throw std::runtime_error("the server's name cannot be sent");
    auto& connection = beast::get_lowest_layer(stream);

    const auto addresses = co_await resolver.async_resolve(server.name, server.port, asio::use_awaitable);
    connection.expires_after(longest_silence);
    co_await connection.async_connect(addresses, asio::use_awaitable);
    connection.expires_after(longest_silence);
    co_await stream.async_handshake(ssl::stream_base::client, asio::use_awaitable);

    http::request<http::empty_body> request(http::verb::get, target, 11);
    request.set(http::field::host, server.name + ":" + server.port);
    request.set(http::field::accept, "application/json");
    connection.expires_after(longest_silence);
    co_await http::async_write(stream, request, asio::use_awaitable);

    // In TLS 1.3 a server says only now that it does not take the certificate.
    http::response_parser<http::string_body> parser;
    parser.body_limit(largest_answer);
    beast::flat_buffer buffer;
    while (!parser.is_done()) {
        connection.expires_after(longest_silence);
        co_await http::async_read_some(stream, buffer, parser, asio::use_awaitable);
    }
    answer = parser.release();
}

void run(const Server& server, const std::string& target, http::response<http::string_body>& answer)
{
    asio::io_context io;
    auto context = context_with_certificate();
    std::exception_ptr failure;
    asio::co_spawn(io, query(context, server, target, answer), [&failure](std::exception_ptr error) { failure = error; });
    io.run();
    if (failure)
        std::rethrow_exception(failure);
}

// Where RFC 8288's Link with rel="next" leads; empty: this is the last page. An empty page says nothing of the end.
std::string next_page(const http::response<http::string_body>& answer)
{
    const std::string link(answer[http::field::link]);
    const auto end = link.find(">; rel=\"next\"");
    if (!link.starts_with("</") || end == std::string::npos)
        return {};
    return link.substr(1, end - 1);
}

}  // namespace

int main(int count, char** arguments)
try {
    if (count < 2 || arguments[1][0] != '/') {
        std::cerr << "usage: query_with_certificate PATH [NAME=VALUE...]\n";
        return 1;
    }
    const auto server = server_from(setting("CBMX_MTLS_URL"));
    for (auto target = target_from(count, arguments); !target.empty();) {
        http::response<http::string_body> answer;
        run(server, target, answer);
        if (answer.result() != http::status::ok) {
            std::cerr << answer.result_int() << ' ' << answer.body() << '\n';
            return 1;
        }
        target = next_page(answer);
        std::cout << answer.body() << (target.empty() ? "" : "\n");
    }
    return std::cout.flush() ? 0 : 1;
} catch (const boost::system::system_error& error) {
    std::cerr << "not reached or not trusted: " << error.code().message() << '\n';
    return 2;
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
