// The small Application and the certificates of the HTTP tests; see fixture.hpp.
#include "fixture.hpp"
#include "base/bytes.hpp"
#include "support/paths.hpp"
#include <cstdlib>
#include <stdexcept>

namespace cbmx::test {
namespace {

void run(const std::string& command)
{
    if (std::system(command.c_str()) != 0)
        throw std::runtime_error("failed: " + command);
}

http::Response plain(int status, std::string body)
{
    http::Response response;
    response.status = status;
    response.fields = {{"Content-Type", "text/plain"}};
    response.body = std::move(body);
    return response;
}

int status_of(http::Refusal refusal)
{
    switch (refusal) {
    case http::Refusal::bad_request: return 400;
    case http::Refusal::request_timeout: return 408;
    case http::Refusal::content_too_large: return 413;
    case http::Refusal::uri_too_long: return 414;
    case http::Refusal::unsupported_encoding: return 415;
    case http::Refusal::misdirected: return 421;
    case http::Refusal::headers_too_large: return 431;
    case http::Refusal::method_not_implemented: return 501;
    case http::Refusal::coding_not_implemented: return 501;
    case http::Refusal::no_room: return 503;
    }
    return 0;
}

// "stream": three pieces, the second from another thread, an empty one among them; "stream-broken": breaks after the first;
// "stream-lost": loses the function; "stream-throws".
http::Response streamed(const std::string& what)
{
    http::Response response;
    response.fields.push_back({"Content-Type", "text/plain"});
    const auto kept = std::make_shared<std::function<void(http::Piece)>>();
    response.stream = [what, kept, asked = std::make_shared<int>(0)](std::function<void(http::Piece)> give) {
        const int piece = ++*asked;
        if (piece == 1)
            give({"first"});
        else if (what == "stream-open")
            *kept = std::move(give);
        else if (what == "stream-broken")
            give({"half", http::Piece::Then::broken});
        else if (what == "stream-lost")
            return;
        else if (what == "stream-throws")
            throw std::runtime_error("stream");
        else if (piece == 2)
            std::thread([give = std::move(give)] { give({""}); }).detach();
        else
            give({"last", http::Piece::Then::end});
    };
    return response;
}

}  // namespace

Authority::Authority()
{
    std::string pattern = (std::filesystem::temp_directory_path() / "cbmx-http-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr)
        throw std::runtime_error("no temporary directory");
    directory_ = pattern;
    make("init");
}

Authority::~Authority()
{
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
}

void Authority::make(const std::string& command, const std::string& name) const
{
    run(test::source_directory() + "/certs/make-dev-certs.sh " + command + " " + directory_.string() + " " + name);
}

void Authority::issue(const std::string& name, const std::string& extended_key_usage) const
{
    const std::string at = directory_.string() + "/";
    const std::string usage = extended_key_usage.empty() ? "" : "extendedKeyUsage=" + extended_key_usage;
    run("cd " + at + " && umask 077 && openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out " + name +
        ".key && openssl req -new -key " + name + ".key -subj /CN=" + name + " -out x.csr && printf '%s\\n' " +
        "basicConstraints=CA:FALSE " + usage + " > x.ext && openssl x509 -req -in x.csr -CA ca.crt -CAkey ca.key " +
        "-set_serial 77 -days 30 -extfile x.ext -out " + name + ".crt 2>/dev/null");
}

void Authority::list_for(int days) const
{
    run("openssl ca -config " + file("ca.cnf") + " -gencrl -crldays " + std::to_string(days) + " -out " + file("crl.pem") + " 2>/dev/null");
}

const Authority& shared_authority()
{
    static const Authority authority;
    return authority;
}

HttpServer::HttpServer()
{
    const Authority& authority = shared_authority();
    options.port = 0;
    options.mtls_port = 0;
    options.allowed_hosts = {"localhost", "portal.example:443"};
    options.tls.certificate_file = authority.file("server.crt");
    options.tls.key_file = authority.file("server.key");
    options.tls.client_authorities = {{authority.file("ca.crt"), authority.file("crl.pem"), true}};
}

HttpServer::~HttpServer()
{
    server.reset();
    for (std::thread& thread : threads_)
        thread.join();
}

void HttpServer::start()
{
    server = std::make_unique<http::Server>(options, application());
    server->start();
}

RawOptions HttpServer::browser() const
{
    RawOptions result;
    result.port = server->port();
    result.ca_file = shared_authority().file("ca.crt");
    return result;
}

RawOptions HttpServer::mtls(const Authority& authority, const std::string& name) const
{
    RawOptions result = browser();
    result.port = server->mtls_port();
    if (!name.empty()) {
        result.certificate_file = authority.file(name + ".crt");
        result.key_file = authority.file(name + ".key");
    }
    return result;
}

std::vector<std::string> HttpServer::reasons() const
{
    const std::lock_guard lock(mutex_);
    return reasons_;
}

http::Application HttpServer::application()
{
    http::Application result;
    result.admit = [this](http::Head head) { return admit(std::move(head)); };
    result.refuse = [this](http::Refusal refusal, const http::Head* head, const http::Peer&, std::string_view reason) {
        const std::lock_guard lock(mutex_);
        reasons_.emplace_back(reason);
        return plain(status_of(refusal), head ? "refused " + head->method : "refused");
    };
    return result;
}

http::Admission HttpServer::admit(http::Head head)
{
    ++admitted;
    const std::string what = head.path.empty() ? "" : head.path.front();
    if (what == "denied")
        return plain(403, "denied");
    if (what == "throws")
        throw std::runtime_error("admit");
    http::Admitted result;
    result.home = head.field("X-Home").value_or("");
    result.body_limit = what == "small" ? 16 : what == "large" ? 64 * 1024 * 1024 : http::default_body_limit_bytes;
    result.serve = [this, head = std::move(head)](http::Body body, http::Reply reply) {
        ++served;
        serve(head, body.take(), std::move(reply));
    };
    return result;
}

void HttpServer::serve(const http::Head& head, std::string body, http::Reply reply)
{
    const std::string what = head.path.empty() ? "" : head.path.front();
    if (what == "slow") {
        const std::lock_guard lock(mutex_);
        threads_.emplace_back([this, reply = std::move(reply), wait = slow] {
            std::this_thread::sleep_for(wait);
            ++done;
            reply(plain(200, "slow"));
        });
    } else if (what == "wait") {
        head.peer.presence->on_gone([this, reply = std::move(reply)] {
            ++gone;
            reply(plain(200, "to nobody"));
        });
    } else if (what == "never") {
        return;
    } else if (what == "throws-later") {
        throw std::runtime_error("serve");
    } else if (what == "twice") {
        reply(plain(200, "first"));
        reply(plain(200, "second"));
    } else if (what == "split") {
        http::Response response = plain(200, "split");
        response.fields.push_back({"X-Test", "a\r\nSet-Cookie: evil=1"});
        reply(std::move(response));
    } else if (what.starts_with("stream")) {
        reply(streamed(what));
    } else if (what == "big") {
        reply(plain(200, std::string(3 * 1024 * 1024, 'b')));
    } else if (what == "empty") {
        reply(plain(204, "never sent"));
    } else if (what == "large" || what == "count") {
        reply(plain(200, std::to_string(body.size())));
    } else if (what == "own") {
        http::Response response = plain(200, "own");
        response.fields.push_back({"content-security-policy", "default-src 'self'"});
        response.fields.push_back({"Cache-Control", "public, max-age=60"});
        response.fields.push_back({"Server", "secret/1.0"});
        reply(std::move(response));
    } else if (what == "peer") {
        reply(plain(200, head.peer.address + " " + (head.peer.certificate ? base::hex(*head.peer.certificate) : "none")));
    } else {
        reply(plain(200, head.method + " " + head.target + " " + body));
    }
}

std::string get(std::string_view target, std::string_view more_fields)
{
    return "GET " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n" + std::string(more_fields) + "\r\n";
}

std::string post(std::string_view target, std::string_view body, std::string_view more_fields)
{
    return "POST " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
           std::string(more_fields) + "\r\n" + std::string(body);
}

}  // namespace cbmx::test
