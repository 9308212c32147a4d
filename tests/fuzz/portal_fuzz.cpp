// The whole server behind an in-memory stream: bytes, sessions, pipeline, services, a real database; no socket, no TLS. The
// first byte says in what pieces the rest arrives. "@drafter@" and the like become what they stand for (names() below), so
// that the corpus outlives a change of the seed. What must hold whatever is sent: check() below.
#include "api/pipeline.hpp"
#include "base/log.hpp"
#include "fuzz/answers.hpp"
#include "fuzz/target.hpp"
#include "fuzz/wire.hpp"
#include "http/runtime.hpp"
#include "http/session.hpp"
#include "json/parse.hpp"
#include "json/schema.hpp"
#include "service/credentials.hpp"
#include "service/waiting.hpp"
#include "unit/service/directory_fixture.hpp"
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>

namespace cbmx::fuzz {
namespace {

namespace asio = boost::asio;

constexpr std::uint64_t entries_before_reset = 1500;  // a long list costs more than it finds
constexpr std::uint16_t port = 8443;
constexpr api::RateQuota without_limit{1'000'000'000, std::chrono::seconds(1)};

// A portal with something of everything, and accounts that may do most of what can be done.
class World : public test::DirectoryFixture {
public:
    World()
    {
        populate_directory();
        const auto drafter = someone("state:CL", {"drafter"}), approver = someone("state:CL", {"approver"});
        const auto draft = drafted(drafter, a_report()), waiting = drafted(drafter, a_report());
        submitted(drafter, waiting);
        names_ = {{"@report@", new_report(drafter, approver)}, {"@red@", new_report(drafter, approver, {{"label", "TLP:RED"}, {"recipients", {"account:" + approver.account.value, "account:" + drafter.account.value}}})},
                  {"@draft@", draft}, {"@submitted@", waiting}, {"@contact@", amended_}, {"@recorded@", confirmed_}, {"@nomination@", open_}, {"@note@", noted_},
                  {"@account@", drafter.account.value}, {"@drafter@", token(drafter)}, {"@approver@", token(approver)}, {"@nominator@", token(nominator)}, {"@secretariat@", token(clerk)},
                  {"@reader@", token(reader)}, {"@auditor@", token(someone("office:auditor", {"auditor"}))}};
    }
    void TestBody() override {}
    const std::map<std::string, std::string>& names() const { return names_; }
    service::Portal& portal() { return LedgerFixture::portal(); }
    std::filesystem::path directory() const { return LedgerFixture::directory(); }
    std::uint64_t ledger_size() { return database().writer().size(); }
    using LedgerFixture::advance, LedgerFixture::signer;
    service::VerifyReport verified() { return Tampering::verified(database_file()); }

private:
    std::string token(const Principal& principal)
    {
        return write([&](Transaction& t) {
                   return service::issue_token(t, domain::machine_operator(), principal.account.value,
                                               {.label = "fuzz", .scopes = {"accounts", "directory", "draft", "publish", "read", "registry"}});
               }).value().secret.value();
    }
    std::map<std::string, std::string> names_;
};

class Server {
public:
    Server() : operational_((world_.directory() / "operational.sqlite").string()), waiting_([this](std::function<void()> task) { post(std::move(task)); })
    {
        auto& portal = world_.portal();
        portal.operational = &operational_;
        portal.waiting = &waiting_;
        portal.spool_directory = world_.directory().string();
        portal.signer = world_.signer();
        waiting_.close();  // who would wait is answered at once
        api::PipelineOptions options{without_limit, without_limit, without_limit, {}, {}};
        options.post = [this](std::function<void()> task) { post(std::move(task)); };
        options.aside = [](api::Aside, const std::function<void()>& task) { task(); return true; };
        pipeline_ = std::make_unique<api::Pipeline>(portal, metrics_, std::move(options));
        http::ServerOptions settings;
        settings.allowed_hosts = {"localhost"};
        settings.threads = 1;
        runtime_ = std::make_shared<http::Runtime>(std::move(settings), watched(pipeline_->application()));
        runtime_->replace_tls(std::make_shared<http::TlsContexts>());
    }

    void exchange(std::string_view bytes, std::size_t piece)
    {
        const auto text = with_names(bytes);
        const auto size = world_.ledger_size();
        wire() = {text, piece, {}};
        was_refused_ = false;
        heads_ = 0;
        world_.advance(std::chrono::milliseconds(100));
        auto slot = runtime_->connections.open();
        asio::ip::tcp::socket socket(asio::make_strand(runtime_->io));
        std::make_shared<http::Session>(runtime_, std::move(slot), std::move(socket), asio::ip::make_address("127.0.0.1"), http::Listening{false, port})->start();
        runtime_->io.restart();
        runtime_->io.run();
        must(runtime_->connections.open_count() == 0, "a connection ends when its peer has");
        check(read_answers(wire().from_server), size);
    }
    bool is_full() { return world_.ledger_size() > entries_before_reset; }
    void check_ledger()
    {
        const auto report = world_.verified();
        must(report.ok(), "the ledger verifies whatever was asked", report.summary());
    }

private:
    void post(std::function<void()> task) { asio::post(runtime_->io, std::move(task)); }

    http::Application watched(const http::Application& application)
    {
        return {[this, admit = application.admit](http::Head head) {
                    must(!was_refused_, "nothing is read after a refusal");
                    heads_ += head.method == "HEAD" ? 1 : 0;
                    return admit(std::move(head));
                },
                [this, refuse = application.refuse](http::Refusal refusal, const http::Head* head, const http::Peer& peer, std::string_view reason) {
                    was_refused_ = true;
                    heads_ += head != nullptr && head->method == "HEAD" ? 1 : 0;
                    return refuse(refusal, head, peer, reason);
                }};
    }

    std::string with_names(std::string_view bytes) const
    {
        std::string text(bytes);
        for (const auto& [name, value] : world_.names())
            for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + value.size()))
                text.replace(at, name.size(), value);
        return text;
    }

    void check(const std::vector<SentAnswer>& answers, std::uint64_t size_before)
    {
        bool accepted = false;
        int bare = 0;
        for (const auto& answer : answers) {
            check_answer(answer);
            accepted = accepted || answer.status < 300;
            bare += answer.is_bare && answer.status != 304 && answer.status != 204 ? 1 : 0;
        }
        must(bare <= heads_, "only HEAD is answered without its body");
        must(accepted || world_.ledger_size() == size_before, "what is refused leaves no entry");
        must(!was_refused_ || (!answers.empty() && answers.back().field("Connection") == "close"), "a refusal of the framing closes");
    }

    static void check_answer(const SentAnswer& answer)
    {
        const auto shown = std::to_string(answer.status) + " " + answer.body;
        must(answer.status < 500 || answer.status == 501 || answer.status == 503, "no request breaks the server", shown);
        must(answer.count("Date") == 1 && answer.field("X-Content-Type-Options") == "nosniff", "every answer carries the common fields", shown);
        const auto type = answer.field("Content-Type");
        if (answer.status >= 400) {
            must(type == "application/problem+json", "every error is a problem document", shown);
            must(!answer.field("X-Request-Id").empty(), "every error can be found in the log", shown);
        }
        if (answer.is_bare || (type != "application/problem+json" && type != "application/json"))
            return;
        const auto body = json::parse(answer.body);
        must(body.has_value(), "what is sent as JSON is JSON", shown);
        if (answer.status < 400)
            return;
        must(json::SchemaSet::embedded().validate("problem", *body).empty(), "every problem has one shape", shown);
        must(body->at("status") == answer.status, "a problem's status is that of the answer", shown);
    }

    World world_;
    store::Operational operational_;
    service::Waiting waiting_;
    api::Metrics metrics_;
    std::unique_ptr<api::Pipeline> pipeline_;
    std::shared_ptr<http::Runtime> runtime_;
    bool was_refused_ = false;
    int heads_ = 0;
};

// Keys of contacts would start gpg for each input.
bool starts_programs(std::string_view text) { return text.find("openpgp") != std::string_view::npos; }

}  // namespace
}  // namespace cbmx::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    static auto server = [] {
        cbmx::base::start_log(cbmx::base::Severity::error);
        return std::make_unique<cbmx::fuzz::Server>();
    }();
    const auto [choice, text] = cbmx::fuzz::chosen(bytes, size);
    if (cbmx::fuzz::starts_programs(text))
        return -1;
    server->exchange(text, choice == 0 ? SIZE_MAX : choice);
    if (server->is_full()) {
        server->check_ledger();
        server.reset();
        server = std::make_unique<cbmx::fuzz::Server>();
    }
    return 0;
}
