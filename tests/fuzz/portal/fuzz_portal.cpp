// See fuzz_portal.hpp; what is in it: records.cpp.
#include "fuzz/portal/fuzz_portal.hpp"
#include "app.hpp"
#include "base/log.hpp"
#include "http/answer.hpp"
#include "operation/key_file.hpp"
#include "operation/operator.hpp"
#include "service/accounts/authenticate.hpp"
#include <boost/asio/strand.hpp>
#include <fstream>
#include <sstream>
#include <unistd.h>

namespace cbmx::fuzz {
namespace {

namespace asio = boost::asio;

constexpr std::int64_t first_moment_ms = 1'800'000'000'000;  // 2027-01-15T08:00:00Z
constexpr std::chrono::seconds between_requests{1};          // as far as published sizes move
constexpr std::uint64_t seed_of_records = 1, seed_of_connections = 2;
constexpr std::uint16_t listener_port = 8443;
constexpr std::int64_t no_limit_of_requests = 1'000'000'000;
constexpr std::string_view origin = "cbm.example/log";  // for which the proofs of possession in the examples hold

std::filesystem::path temporary_directory()
{
    const std::filesystem::path memory = "/dev/shm";  // nothing here need outlast anything
    const bool is_told = std::getenv("TMPDIR") != nullptr;
    auto pattern =
        ((!is_told && access(memory.c_str(), W_OK) == 0 ? memory : std::filesystem::temp_directory_path()) / "cbmx-fuzz-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr)
        throw std::runtime_error("no temporary directory");
    return pattern;
}

std::string token_in(const http::Head& head)
{
    const auto value = std::string(head.field("Authorization").value_or(""));
    const auto from = value.find_first_not_of(" \t", value.find(' '));
    return from == std::string::npos ? std::string() : value.substr(from, value.find_last_not_of(" \t") + 1 - from);
}

Asked asked_of(const http::Head& head) { return {head.method, head.target, head.path, token_in(head), head.peer.certificate.has_value()}; }

// The text between the last `before` and the `after` that follows it; counted back from the end: 0 is the last.
std::optional<std::string> last_between(std::string_view text, std::string_view before, std::string_view after, int back = 0)
{
    auto at = text.rfind(before);
    for (; back > 0 && at != std::string_view::npos && at > 0; --back)
        at = text.rfind(before, at - 1);
    const auto end = at == std::string_view::npos ? at : text.find(after, at + before.size());
    return end == std::string_view::npos ? std::nullopt
                                         : std::optional(std::string(text.substr(at + before.size(), end - at - before.size())));
}

std::optional<std::string> created_id(std::string_view output, int back)
{
    const auto location = last_between(output, "\r\nLocation: ", "\r\n", back);
    return location ? std::optional(location->substr(location->rfind('/') + 1)) : std::nullopt;
}

}  // namespace

struct FuzzPortal::Parts {
    Parts(FuzzPortal& owner, asio::io_context& io)
        : database({owner.file_, owner.clock_, owner.random_, owner.keys_, {}}),
          watch(owner.file_, store::OpenMode::read_only),
          post([&io](std::function<void()> task) { asio::post(io, std::move(task)); }),
          feed_waiters(std::make_unique<service::FeedWaiters>(portal, post)),
          portal{.database = database,
                 .clock = owner.clock_,
                 .random = owner.random_,
                 .origin = std::string(origin),
                 .public_url = "https://fuzz.example",
                 .security_contact = "mailto:security@fuzz.example",
                 .account_log_interval = between_requests,
                 .public_log_interval = between_requests,
                 .erasure_delay = std::chrono::seconds(0),
                 .spool_directory = owner.directory_,
                 .keys = owner.keys_,
                 .operational = owner.operational_.get(),
                 .feed_waiters = feed_waiters.get(),
                 .judge_certificate = [](const std::string&) { return std::nullopt; }},
          version(present_version())
    {
    }

    std::int64_t present_version()
    {
        auto rows = watch.query("PRAGMA data_version");
        rows.next();
        return rows.integer(0);
    }

    // Readers that still wait are resumed, find the portal closed, and do not wait again.
    void send_waiting_away(asio::io_context& io)
    {
        service::FeedWaiters closed(portal, post);
        closed.close();
        portal.feed_waiters = &closed;
        feed_waiters.reset();
        io.poll();
        feed_waiters = std::make_unique<service::FeedWaiters>(portal, post);
        portal.feed_waiters = feed_waiters.get();
    }

    store::Database database;
    store::Connection watch;  // sees whether others write
    std::function<void(std::function<void()>)> post;
    std::unique_ptr<service::FeedWaiters> feed_waiters;
    service::Portal portal;
    std::unique_ptr<api::Pipeline> pipeline;
    std::int64_t version;
};

FuzzPortal::FuzzPortal()
    : directory_(temporary_directory()),
      file_(directory_ / "cbmx.sqlite"),
      template_(directory_ / "template.sqlite"),
      milliseconds_(std::make_shared<std::atomic<std::int64_t>>(first_moment_ms)),
      engine_(std::make_shared<std::mt19937_64>(seed_of_records)),
      clock_([moment = milliseconds_] { return domain::Instant(std::chrono::milliseconds(moment->load())); }),
      random_([engine = engine_](std::span<std::uint8_t> bytes) {
          for (auto& byte : bytes)
              byte = static_cast<std::uint8_t>((*engine)());
      })
{
    base::start_log(base::Severity::error, (directory_ / "log.jsonl").string());
    Config config;
    config.data = directory_;
    config.log_key = directory_ / "log-key.pem";
    config.origin = origin;
    const auto founded = create_portal(config, true, {clock_, random_}, false);
    symbols_['M'] = founded.token;
    symbols_[new_token] = service::new_token(random_);
    unproven_ = {symbols_.at(new_token)};
    symbols_['9'] = base::hex(base::sha256(symbols_.at(new_token)));
    accounts_['M'] = founded.account;
    const auto key = service::read_key_file(config.log_key);
    keys_ = key.ring(config.origin);
    const auto pem = key.keys.front().to_pem();
    secrets_.insert(last_between(pem, "KEY-----\n", "\n", 1).value());
    operational_ = std::make_unique<store::Operational>((directory_ / "operational.sqlite").string());

    http::ServerOptions options;
    options.allowed_hosts = {"localhost"};
    runtime_ = std::make_shared<http::Runtime>(
        std::move(options), http::Application{[this](http::Head head) { return admit(std::move(head)); },
                                              [this](http::Refusal refusal, const http::Head* head, const http::Peer& peer,
                                                     std::string_view reason) { return refuse(refusal, head, peer, reason); }});
    runtime_->replace_tls(std::make_shared<http::TlsContexts>());
    open();
    fill();
    first_moment_ = milliseconds_->load();
    parts_.reset();
    std::filesystem::copy_file(file_, template_);
    open();
}

FuzzPortal::~FuzzPortal()
{
    parts_.reset();
    operational_.reset();
    base::start_log(base::Severity::error);
    std::filesystem::remove_all(directory_);
}

void FuzzPortal::open() { parts_ = std::make_unique<Parts>(*this, runtime_->io); }

void FuzzPortal::forget_changes()
{
    parts_.reset();
    for (const char* rest : {"-wal", "-shm"})
        std::filesystem::remove(file_.string() + rest);
    std::filesystem::copy_file(template_, file_, std::filesystem::copy_options::overwrite_existing);
    open();
}

const service::Portal& FuzzPortal::portal() const { return parts_->portal; }

bool FuzzPortal::is_changed() { return parts_->present_version() != parts_->version; }

std::string FuzzPortal::fault_of_database()
{
    const auto report = service::verify(file_, {});
    return report.ok() ? std::string() : report.summary();
}

std::string FuzzPortal::log_text() const
{
    base::flush_log();
    std::ostringstream text;
    text << std::ifstream(directory_ / "log.jsonl").rdbuf();
    return text.str();
}

http::Admission FuzzPortal::admit(http::Head head)
{
    *milliseconds_ += std::chrono::milliseconds(between_requests).count();
    asked_.push_back(asked_of(head));
    written_at_admission_ = wire_->output.size();
    admitted_ = true;
    auto admission = parts_->pipeline->application().admit(std::move(head));
    if (auto* admitted = std::get_if<http::Admitted>(&admission))
        admitted->serve = [this, serve = std::move(admitted->serve)](http::Body body, http::Reply reply) {
            asked_.back().is_due = true;
            serve(std::move(body), std::move(reply));
        };
    else
        asked_.back().is_due = true;
    return admission;
}

// Of a request that was admitted when its body breaks a rule, and of one that was not.
http::Response FuzzPortal::refuse(http::Refusal refusal, const http::Head* head, const http::Peer& peer, std::string_view reason)
{
    const auto since = std::string_view(wire_->output).substr(written_at_admission_);
    if (!admitted_ || (!since.empty() && since != http::continue_answer)) {
        Asked asked;
        if (head != nullptr)
            asked = asked_of(*head);
        asked_.push_back(std::move(asked));
    }
    asked_.back().is_due = true;
    admitted_ = false;
    return parts_->pipeline->application().refuse(refusal, head, peer, reason);
}

std::optional<std::string> FuzzPortal::value_of(char symbol, const Client& client) const
{
    switch (symbol) {
    case '@': return client.caller == 0 ? "nobody" : symbols_.at(client.caller);
    case '0': return created_id(wire_->output, 0);
    case '1': return created_id(wire_->output, 1);
    case '2': return last_between(wire_->output, "\r\nETag: ", "\r\n");
    case '3': return last_between(wire_->output, "\"next\":\"", "\"");
    default: break;
    }
    const auto known = symbols_.find(symbol);
    return known == symbols_.end() ? std::nullopt : std::optional(known->second);
}

Connected FuzzPortal::run(std::string_view input, const Client& client)
{
    Wire wire(input, client.piece_bytes, [this, &client](char symbol) { return value_of(symbol, client); });
    if (first_moment_ != 0) {  // once the records are there
        *milliseconds_ = first_moment_;
        engine_->seed(seed_of_connections);
    }
    wire_ = &wire;
    asked_.clear();
    admitted_ = busy_ = false;
    written_at_admission_ = 0;
    api::PipelineOptions options;
    options.per_account = options.per_peer = options.failed_credentials = {no_limit_of_requests, std::chrono::seconds(60)};
    options.post = parts_->post;
    // gpg is not what is looked at here, and takes long to start: a caller who sends a key gets the answer that too many wait.
    options.run_off_thread = [this, &wire](api::WorkQueue queue, const std::string&, std::function<void()> task) {
        const bool is_for_gpg = queue != api::WorkQueue::trials && wire.sent().find("openpgp") != std::string::npos;
        busy_ = busy_ || is_for_gpg;
        if (!is_for_gpg)
            parts_->post(std::move(task));
        return !is_for_gpg;
    };
    parts_->pipeline = std::make_unique<api::Pipeline>(parts_->portal, metrics_, std::move(options));
    const auto commits = parts_->database.writer().commits();
    connect(&wire, client.by_certificate ? std::optional(certificate_) : std::nullopt);
    runtime_->io.restart();
    {
        asio::ip::tcp::socket socket{asio::any_io_executor(asio::make_strand(runtime_->io))};
        auto session =
            std::make_shared<http::Session>(runtime_, runtime_->connections.open(client.by_certificate), std::move(socket),
                                            asio::ip::make_address("192.0.2.1"), http::Listening{client.by_certificate, listener_port});
        session->start();
        const std::weak_ptr<http::Session> weak = session;
        session.reset();
        serve(weak, wire, client);
    }
    connect(nullptr, std::nullopt);
    Connected connected{std::move(asked_), {}, wire.sent(), {}};
    auto read = read_answers(wire.output, connected.asked, !wire.client_left && !wire.server_broke);
    connected.answers = std::move(read.answers);
    connected.fault = wire.server_broke && !wire.client_left ? "an answer that was begun is ended" : read.fault;
    auto watched = watch();
    const auto to_return = words_to_return(connected.sent, connected.asked);
    for (std::size_t i = 0; i < connected.answers.size() && connected.fault.empty(); ++i) {
        connected.fault = fault_of(connected.asked[i], connected.answers[i], busy_);
        if (connected.fault.empty())
            connected.fault = watched.fault_of(connected.asked[i], connected.answers[i], to_return);
    }
    if (connected.fault.empty() && parts_->database.writer().commits() != commits)
        connected.fault = fault_of_change(connected.asked, connected.answers, unproven_);
    wire_ = nullptr;
    return connected;
}

// A reader who waits for a change waits in vain: nobody else is there. Either the client leaves or the portal closes.
void FuzzPortal::serve(const std::weak_ptr<http::Session>& session, Wire& wire, const Client& client)
{
    auto& io = runtime_->io;
    while (!session.expired()) {
        if (io.poll_one() != 0)
            continue;
        if (parts_->feed_waiters->waiting() == 0) {
            io.run_one();
        } else if (client.leaves && wire.gone) {
            wire.client_left = true;
            wire.gone();
        } else {
            parts_->feed_waiters->close();
        }
    }
    io.restart();
    if (parts_->feed_waiters->is_closed() || parts_->feed_waiters->waiting() != 0)
        parts_->send_waiting_away(io);
    io.poll();
}

}  // namespace cbmx::fuzz
