// See app.hpp. The order of construction is the order of dependence; destruction runs backwards.
#include "app.hpp"
#include "api/metrics.hpp"
#include "api/pipeline.hpp"
#include "base/log.hpp"
#include "base/memory.hpp"
#include "base/side_thread.hpp"
#include "base/worker.hpp"
#include "follower/outside_copy.hpp"
#include "http/metrics_listener.hpp"
#include "http/server.hpp"
#include "operation/after_fault.hpp"
#include "operation/data_directory.hpp"
#include "operation/key_file.hpp"
#include "operation/new_portal.hpp"
#include "operation/operator.hpp"
#include "options.hpp"
#include "service/clock/due.hpp"
#include "service/log/feed_waiters.hpp"
#include "service/log/outside.hpp"
#include "service/rights.hpp"
#include "store/engine.hpp"
#include "store/rows/batches.hpp"
#include "store/rows/idempotency.hpp"
#include "store/rows/portal.hpp"
#include <algorithm>
#include <filesystem>

namespace cbmx {
namespace {

constexpr std::chrono::seconds log_flush_interval{1};  // and between two looks at the disk
constexpr int log_flushes_between_operational = 5;
constexpr std::size_t max_side_tasks_waiting = 64;  // in each queue
constexpr int log_flushes_between_retention = 600;
// Of drain_seconds, what is kept for closing: the WAL is copied, followers write for the last time.
constexpr int closing_share = 4;
constexpr std::chrono::seconds longest_closing{3};
constexpr std::chrono::seconds look_at_clock_interval{1};  // the clock may have been set meanwhile
constexpr std::chrono::seconds retry_due_interval{60};

// Brings the database to this release and says which log it holds. One that is not sound is only looked at.
std::string prepare_database(const Config& config)
{
    const auto path = database_path(config);
    if (!std::filesystem::exists(path))
        throw std::runtime_error("there is no database at " + path + ": run cbmx init first");
    const auto marks = service::fault_marks(config.data, config.outside);
    const bool is_sound = !service::is_marked(marks) || service::recover_after_fault(path, marks);
    store::Connection connection(path, store::OpenMode::read_write);
    if (is_sound)
        store::migrate(connection, store::embedded_migrations());
    else
        connection.keep_pending_pages_at_close();
    const auto keys = store::log_keys(connection);
    if (keys.empty())
        throw std::runtime_error("the database at " + path + " holds no portal: run cbmx init again in an empty directory");
    return keys.front().name;
}

// Why a portal begins read-only; empty: it does not. After prepare_database.
std::string unsound(const Config& config)
{
    const bool is_sound = !service::is_marked(service::fault_marks(config.data, config.outside));
    return is_sound ? std::string() : "after a fault of the disk the database does not verify";
}

domain::CertificateFault domain_fault(http::CertificateFault fault)
{
    using Theirs = http::CertificateFault;
    using Ours = domain::CertificateFault;
    switch (fault) {
    case Theirs::unknown_authority: return Ours::unknown_authority;
    case Theirs::wrong_purpose: return Ours::wrong_purpose;
    case Theirs::expired: return Ours::expired;
    case Theirs::not_yet_valid: return Ours::not_yet_valid;
    case Theirs::revoked: return Ours::revoked;
    case Theirs::no_current_list: return Ours::no_current_list;
    case Theirs::other: return Ours::other;
    }
    return Ours::other;
}

// By the TLS files that the server has read last. The server must outlive it.
std::function<std::optional<domain::CertificateFault>(const std::string&)> certificate_judge(const http::Server& server)
{
    return [&server](const std::string& pem) -> std::optional<domain::CertificateFault> {
        const auto fault = server.certificate_fault(pem);
        return fault ? std::optional(domain_fault(*fault)) : std::nullopt;
    };
}

}  // namespace

struct App::Parts {
    Parts(Config given, Sources given_sources)
        : config(std::move(given)),
          sources(std::move(given_sources)),
          lock(config.data),
          origin(prepare_database(config)),
          log_keys(service::read_key_file(config.log_key).ring(origin)),
          operational(config.data + "/operational.sqlite"),
          room(room_marks(config)),
          database({.path = database_path(config),
                    .clock = sources.clock,
                    .random = sources.random,
                    .keys = log_keys,
                    .on_commit = [this](std::uint64_t) { notify(); },
                    .jobs_per_commit = static_cast<std::size_t>(config.writes_per_commit),
                    .on_broken = [marks = service::fault_marks(config.data, config.outside)] { service::leave_fault_marks(marks); },
                    .read_only_reason = unsound(config)}),
          portal{.database = database,
                 .clock = sources.clock,
                 .random = sources.random,
                 .origin = origin,
                 .public_url = config.public_url,
                 .spool_directory = config.data,
                 .keys = log_keys,
                 .log_key_file = config.log_key,
                 .operational = &operational,
                 .room = &room}
    {
    }

    void notify()
    {
        if (outside != nullptr)
            outside->notify();
        if (feed_waiters != nullptr)
            feed_waiters->wake();
    }
    base::SideThread& side_thread(api::WorkQueue queue);
    void end_side_work();
    void settle();
    base::Worker::Pause housekeeping();
    base::Worker::Pause look_at_clock();
    void forget_answers();
    void flush_operational();
    void look_at_room();
    std::string metrics_text();

    Config config;
    Sources sources;
    DataLock lock;
    std::string origin;
    ledger::KeyRing log_keys;
    store::Operational operational;
    service::Room room;
    store::Database database;
    service::Portal portal;
    api::Metrics metrics;
    std::unique_ptr<api::Pipeline> pipeline;
    std::unique_ptr<http::Server> server;
    // After the server, to which their tasks report: they end before it.
    base::SideThread keys{max_side_tasks_waiting}, bodies{max_side_tasks_waiting}, batches{max_side_tasks_waiting},
        exports{max_side_tasks_waiting}, trials{max_side_tasks_waiting};
    std::unique_ptr<service::FeedWaiters> feed_waiters;
    std::unique_ptr<http::MetricsListener> metrics_listener;
    std::unique_ptr<OperatorSocket> operator_socket;
    std::unique_ptr<follower::OutsideCopy> outside;
    std::mutex mutex;           // guards config, which reload() replaces
    int housekeeping_runs = 0;  // the housekeeper's
    std::optional<base::Worker> housekeeper, timekeeper;
};

base::SideThread& App::Parts::side_thread(api::WorkQueue queue)
{
    switch (queue) {
    case api::WorkQueue::keys: return keys;
    case api::WorkQueue::bodies: return bodies;
    case api::WorkQueue::batches: return batches;
    case api::WorkQueue::exports: return exports;
    case api::WorkQueue::trials: return trials;
    }
    throw std::logic_error("a queue without a thread");
}

// Returns at once.
void App::Parts::end_side_work()
{
    for (auto* thread : {&keys, &bodies, &batches, &exports, &trials})
        thread->end();
}

// What has to be true before the first request: keys known, policy noted in the ledger, nothing missing that is kept outside.
void App::Parts::settle()
{
    {
        auto snapshot = database.read();
        const auto of_log = store::log_keys(snapshot.db());
        portal.demo = service::is_demo(snapshot.db());
        for (const auto& key : of_log)
            if (!key.until_seq && !log_keys.holds(key.public_key))
                throw std::runtime_error(config.log_key + " is not the key of this log: it lacks the private half of " +
                                         ledger::verifier_key_text(key));
        if (!config.outside.empty()) {
            const auto comparison = service::compare_with_outside(snapshot.db(), config.outside, of_log);
            if (comparison.state == service::OutsideState::behind)
                database.writer().latch_read_only(comparison.reason);
        }
    }
    if (database.writer().read_only_reason().empty())
        database.writer().run([](store::Transaction& transaction) {
            service::note_software(transaction, service::this_software(CBMX_VERSION));
            return true;
        });
    database.writer().wait_until_idle();  // whom a commit wakes is only now put in place
}

// Losing it loses no record: a failure is logged, and changes nothing.
void App::Parts::flush_operational()
{
    try {
        operational.flush();
    } catch (const std::exception& failure) {
        base::log(base::Severity::error, "operational_flush_failed", {{"reason", failure.what()}});
    }
}

base::Worker::Pause App::Parts::housekeeping()
{
    base::flush_log();
    base::give_back_memory();
    look_at_room();
    if (housekeeping_runs % log_flushes_between_operational == 0)
        flush_operational();
    if (housekeeping_runs % log_flushes_between_retention == 0)
        forget_answers();
    ++housekeeping_runs;
    return {.most = log_flush_interval};
}

void App::Parts::look_at_room()
{
    const auto space = sources.space(config.data);
    if (space && room.look(*space))
        base::log(room.is_short() ? base::Severity::error : base::Severity::info, "disk_room",
                  {{"short", room.is_short()}, {"free_bytes", space->free}, {"total_bytes", space->total}});
}

base::Worker::Pause App::Parts::look_at_clock()
{
    return {.most = service::do_what_is_due(portal) ? look_at_clock_interval : retry_due_interval};
}

// What is only kept for a time: see store/retention.cpp.
void App::Parts::forget_answers()
{
    const std::lock_guard guard(mutex);
    const auto before = domain::to_rfc3339(sources.clock() - std::chrono::days(config.idempotency_days));
    database.writer().submit({.home = {},
                              .work =
                                  [before](store::Transaction& transaction) {
                                      store::forget_idempotency(transaction.db(), before);
                                      store::forget_batches(transaction.db(), before);
                                      return true;
                                  },
                              .done = [](store::WriteEnd) {}});
}

std::string App::Parts::metrics_text()
{
    const auto http = server->statistics();
    metrics.set("cbmx_connections_open", static_cast<double>(http.connections_open));
    metrics.set("cbmx_connections_accepted", static_cast<double>(http.connections_total));
    metrics.set("cbmx_connections_refused", static_cast<double>(http.connections_refused));
    metrics.set("cbmx_connections_ended_for_room", static_cast<double>(http.connections_ended_for_room));
    for (std::size_t i = 0; i < http::connection_class_count; ++i) {
        std::string gauge("cbmx_connections_");
        gauge.append(http::name_of(static_cast<http::ConnectionClass>(i)));
        metrics.set(gauge, static_cast<double>(http.connections_by_class[i]));
    }
    metrics.set("cbmx_handshakes_failed", static_cast<double>(http.handshakes_failed));
    metrics.set("cbmx_accept_errors", static_cast<double>(http.accept_errors));
    metrics.set("cbmx_certificate_seconds_left", static_cast<double>(http.certificate_seconds_left));
    metrics.set("cbmx_crl_age_seconds", static_cast<double>(http.crl_age_seconds));
    if (http.crl_seconds_left)
        metrics.set("cbmx_crl_seconds_left", static_cast<double>(*http.crl_seconds_left));
    metrics.set("cbmx_feed_readers_waiting", static_cast<double>(feed_waiters->waiting()));
    metrics.set("cbmx_feed_streams_open", static_cast<double>(feed_waiters->streams()));
    metrics.set("cbmx_ledger_size", static_cast<double>(database.writer().size()));
    metrics.set("cbmx_commits", static_cast<double>(database.writer().commits()));
    metrics.set("cbmx_writes_waiting", static_cast<double>(database.writer().waiting()));
    metrics.set("cbmx_keys_waiting", static_cast<double>(keys.waiting()));
    metrics.set("cbmx_bodies_waiting", static_cast<double>(bodies.waiting()));
    metrics.set("cbmx_batches_waiting", static_cast<double>(batches.waiting()));
    metrics.set("cbmx_exports_waiting", static_cast<double>(exports.waiting()));
    metrics.set("cbmx_trials_waiting", static_cast<double>(trials.waiting()));
    metrics.set("cbmx_disk_free_bytes", static_cast<double>(room.free_bytes()));
    metrics.set("cbmx_disk_room_short", room.is_short() ? 1.0 : 0.0);
    metrics.set("cbmx_read_only", database.writer().read_only_reason().empty() ? 0.0 : 1.0);
    const auto due = [this] {
        auto snapshot = database.read();
        return service::due_state(snapshot.db(), sources.clock());
    }();
    metrics.set("cbmx_due_waiting", static_cast<double>(due.waiting));
    metrics.set("cbmx_due_lag_seconds", static_cast<double>(due.lag.count()));
    metrics.set("cbmx_outside_copy_failing", outside != nullptr && outside->is_failing() ? 1.0 : 0.0);
    metrics.set("cbmx_outside_copy_size", outside != nullptr ? static_cast<double>(outside->written_size()) : 0.0);
    return metrics.text();
}

App::App(Config config, Sources sources) : parts_(std::make_unique<Parts>(std::move(config), std::move(sources)))
{
    auto& parts = *parts_;
    const auto& settings = parts.config;
    parts.portal.run = base::random_uuid(parts.sources.random);
    parts.portal.security_contact = settings.security_contact;
    parts.portal.account_log_interval = std::chrono::seconds(settings.account_log_interval_seconds);
    parts.portal.public_log_interval = std::chrono::seconds(settings.public_log_interval_seconds);
    parts.settle();
    parts.portal.list_steps = settings.list_steps;
    parts.portal.erasure_delay = std::chrono::days(settings.erasure_delay_days);

    api::PipelineOptions options;
    const std::chrono::seconds minute{60};
    options.per_account = {settings.account_requests_per_minute, minute};
    options.per_peer = {settings.peer_requests_per_minute, minute};
    options.failed_credentials = {settings.failed_credentials_per_minute, minute};
    options.body_memory = body_memory_limits(settings);
    options.run_off_thread = [&parts](api::WorkQueue queue, const std::string& home, std::function<void()> task) {
        return parts.side_thread(queue).submit(home, std::move(task));
    };
    options.post = [&parts](std::function<void()> task) { parts.server->post(std::move(task)); };
    parts.pipeline = std::make_unique<api::Pipeline>(parts.portal, parts.metrics, std::move(options));
    auto of_server = server_options(settings);
    if (parts.sources.certificate_connection)
        of_server.deadlines.certificate_connection = *parts.sources.certificate_connection;
    parts.server = std::make_unique<http::Server>(std::move(of_server), parts.pipeline->application());
    parts.feed_waiters =
        std::make_unique<service::FeedWaiters>(parts.portal, [&parts](std::function<void()> task) { parts.server->post(std::move(task)); });
    parts.portal.feed_waiters = parts.feed_waiters.get();
    parts.portal.judge_certificate = certificate_judge(*parts.server);
    if (!settings.outside.empty() && parts.database.writer().read_only_reason().empty())
        parts.outside = std::make_unique<follower::OutsideCopy>(parts.database, settings.outside);
    parts.metrics_listener = std::make_unique<http::MetricsListener>(static_cast<std::uint16_t>(settings.metrics_port),
                                                                     [&parts] { return parts.metrics_text(); });
}

App::~App() { drain(); }

void App::start()
{
    auto& parts = *parts_;
    parts.look_at_room();
    const auto pause = parts.look_at_clock();  // what fell due while the portal was down, before anybody asks
    parts.server->start();
    parts.operator_socket = std::make_unique<OperatorSocket>(
        socket_path(parts.config), [&parts](const nlohmann::json& command) { return apply_command(parts.portal, command); });
    parts.timekeeper.emplace("timekeeper", pause, [&parts] { return parts.look_at_clock(); });
    parts.housekeeper.emplace("housekeeper", base::Worker::Pause{.most = log_flush_interval}, [&parts] { return parts.housekeeping(); });
    base::log(base::Severity::info, "started",
              {{"version", CBMX_VERSION},
               {"port", port()},
               {"mtls_port", mtls_port()},
               {"metrics_port", metrics_port()},
               {"ledger_size", parts.database.writer().size()}});
}

void App::reload(const std::function<Config()>& read_again)
{
    auto& parts = *parts_;
    std::string failure;
    std::vector<std::string> waiting;
    try {
        Config fresh = parts.config;
        waiting = take_over_live(fresh, read_again());
        failure = parts.server->reload_tls(tls_files(fresh));
        if (failure.empty()) {
            const std::lock_guard guard(parts.mutex);
            parts.config = std::move(fresh);
        }
    } catch (const std::exception& unreadable) {
        failure = unreadable.what();
    }
    base::log(failure.empty() ? base::Severity::info : base::Severity::error, "reload", {{"ok", failure.empty()}, {"reason", failure}});
    for (const auto& setting : waiting)
        base::log(base::Severity::warning, "reload_needs_restart", {{"setting", setting}});
}

std::chrono::seconds App::drain_time() const
{
    const std::lock_guard guard(parts_->mutex);
    return std::chrono::seconds(parts_->config.drain_seconds);
}

void App::drain()
{
    auto& parts = *parts_;
    const std::chrono::milliseconds time = drain_time();
    const auto patience = time - std::min<std::chrono::milliseconds>(longest_closing, time / closing_share);
    const auto until = std::chrono::steady_clock::now() + patience;
    parts.database.writer().end_at(until);
    if (parts.operator_socket != nullptr)
        parts.operator_socket->stop_accepting();
    if (parts.feed_waiters != nullptr)  // who waits for more is answered now, and streams end
        parts.feed_waiters->close();
    if (parts.server != nullptr)
        parts.server->drain(patience, [&parts] {
            base::log(base::Severity::warning, "left_unfinished");
            parts.end_side_work();
        });
    parts.end_side_work();  // whoever asked for it is gone
    if (parts.operator_socket != nullptr)
        parts.operator_socket->finish(until);
    parts.operator_socket.reset();
    parts.timekeeper.reset();
    if (parts.housekeeper) {
        parts.housekeeper.reset();
        parts.flush_operational();
        base::flush_log();
    }
    parts.metrics_listener.reset();
    // Whatever the writer still had in hand is settled before the server that it reports to goes.
    parts.database.writer().wait_until_idle();
}

std::uint16_t App::port() const { return parts_->server->port(); }
std::uint16_t App::mtls_port() const { return parts_->server->mtls_port(); }
std::uint16_t App::metrics_port() const { return parts_->metrics_listener->port(); }
const service::Portal& App::portal() const { return parts_->portal; }

}  // namespace cbmx
