// See portal.hpp.
#include "support/portal.hpp"
#include "api/router.hpp"
#include "base/log.hpp"
#include "http/message.hpp"
#include "json/schema.hpp"
#include "operation/data_directory.hpp"
#include "operation/operator.hpp"
#include "service/accounts/accounts.hpp"
#include "support/kept_answers.hpp"
#include "support/paths.hpp"
#include "support/waiting.hpp"
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <random>
#include <sstream>
#include <unistd.h>

namespace cbmx::test {
namespace {

constexpr std::int64_t first_moment_ms = 1'800'000'000'000;  // 2027-01-15T08:00:00Z

std::filesystem::path temporary_directory(const std::string& what)
{
    auto pattern = (std::filesystem::temp_directory_path() / ("cbmx-" + what + "-XXXXXX")).string();
    if (mkdtemp(pattern.data()) == nullptr)
        throw std::runtime_error("mkdtemp");
    return pattern;
}

Config test_config(const std::filesystem::path& directory, const PortalOptions& options)
{
    const auto& certificates = development_certificates();
    std::map<std::string, std::string> flags{{"data", directory / "data"},
                                             {"outside", directory / "outside"},
                                             {"log_key", directory / "log-key.pem"},
                                             {"origin", "test.example/log"},
                                             {"public_url", "https://test.example"},
                                             {"port", "0"},
                                             {"mtls_port", "0"},
                                             {"metrics_port", "0"},
                                             {"max_connections_per_peer", "1000"},
                                             {"tls_certificate", certificates / "server.crt"},
                                             {"tls_key", certificates / "server.key"},
                                             {"client_ca", certificates / "ca.crt"},
                                             {"client_crl", certificates / "crl.pem"},
                                             {"account_requests_per_minute", "1000000"},
                                             {"peer_requests_per_minute", "1000000"},
                                             {"failed_credentials_per_minute", "1000000"},
                                             {"erasure_delay_days", "0"},
                                             {"drain_seconds", "2"}};
    if (options.log_at_once)
        flags["account_log_interval_seconds"] = flags["public_log_interval_seconds"] = "1";
    for (const auto& [key, value] : options.settings)
        flags[key] = value;
    return read_config("", flags);
}

// As no service does it to a State that has other accounts: written beside the rules, with its entry.
void change_account(const service::Portal& portal, const std::string& account, domain::EventKind kind,
                    const std::function<void(store::AccountRow&)>& change)
{
    portal.database.writer().run([&](store::Transaction& transaction) {
        auto row = store::find_account(transaction.db(), domain::AccountId(account)).value();
        change(row);
        ++row.version;
        row.seq = transaction.next_seq();
        store::update_account(transaction.db(), row);
        transaction.principals_changed(row.home);
        transaction.append(domain::machine_operator(), {.kind = kind,
                                                        .subject = account,
                                                        .home = row.home,
                                                        .acting_role = domain::ActingRole::of_operator(),
                                                        .version = row.version,
                                                        .content = service::account_record(transaction.db(), row.id)});
        return true;
    });
}

void take_authority(store::AccountRow& row) { row.authority = domain::Authority::none; }

void suspend(store::AccountRow& row)
{
    row.status = domain::AccountStatus::suspended;
    row.suspended_by = R"({"date":"2026-01-12","in_person":false,"number":"NV 30/2026"})";
}

// The answer, checked against the schema of its route: nothing that is served may differ from what is described.
void check_against_schema(const std::string& method, const std::string& path, const RawResponse& response)
{
    const auto type = response.field("Content-Type");
    const auto& schemas = json::SchemaSet::embedded();
    std::string schema;
    bool list = false;
    if (type == "application/problem+json")
        schema = "problem";
    else if (type == "application/json" && response.status < 300) {
        const auto target = http::parse_target(path);
        const auto match = target ? api::find_route(method, target->path) : api::Match{};
        if (match.route == nullptr || match.route->response.empty())
            return;
        const auto body = nlohmann::json::parse(response.body);
        if (body.contains("dry_run"))
            return;
        schema = response.status == 202 ? "proposal" : std::string(match.route->response);
        const bool may_be_out_of_sight = method != "GET" && (schema == "report" || schema == "proposal");
        if (may_be_out_of_sight && !body.contains("content"))
            schema = "out-of-sight";
        list = match.route->list;
    }
    if (schema.empty() || !schemas.contains(schema))
        return;
    const auto body = nlohmann::json::parse(response.body);
    auto values = list ? body.at("items") : nlohmann::json::array({body});
    for (const auto& value : values)
        for (const auto& violation : schemas.validate(schema, value))
            ADD_FAILURE() << method << " " << path << " gives what schema " << schema << " does not allow at " << violation.pointer << " ("
                          << domain::name_of(violation.rule) << "): " << value.dump().substr(0, 800);
}

}  // namespace

base::RandomSource seeded_random(std::uint64_t seed)
{
    struct State {
        std::mutex mutex;
        std::mt19937_64 engine;
    };
    auto state = std::make_shared<State>();
    state->engine.seed(seed);
    return [state](std::span<std::uint8_t> bytes) {
        const std::lock_guard lock(state->mutex);
        for (auto& byte : bytes)
            byte = static_cast<std::uint8_t>(state->engine());
    };
}

const std::filesystem::path& development_certificates()
{
    static const struct Made {
        std::filesystem::path path = temporary_directory("certs");
        Made()
        {
            const auto command = test::source_directory() + "/certs/make-dev-certs.sh init " + path.string() + " > /dev/null 2>&1";
            if (std::system(command.c_str()) != 0)
                throw std::runtime_error("make-dev-certs.sh failed");
        }
        ~Made() { std::filesystem::remove_all(path); }
    } made;
    return made.path;
}

std::string Who::key() const
{
    std::string text = home + "/" + name;
    for (const auto& role : roles)
        text += "/" + role;
    if (suspended)
        text.append(" suspended");
    return without_authority ? text.append(" without authority") : text;
}

Who anyone() { return {}; }
Who drafter_of(const std::string& state, const std::string& name) { return {"state:" + state, {"drafter"}, name}; }
Who approver_of(const std::string& state, const std::string& name) { return {"state:" + state, {"approver"}, name}; }
Who nominator_of(const std::string& state, const std::string& name) { return {"state:" + state, {"nominator"}, name}; }
Who contact_of(const std::string& state) { return {"state:" + state, {"contact"}, ""}; }
Who drafter_and_approver_of(const std::string& state, const std::string& name) { return {"state:" + state, {"approver", "drafter"}, name}; }
Who reviewer() { return {"office:reviewers", {"reviewer"}, ""}; }
Who chair() { return {"office:chair", {"chair"}, ""}; }
Who vice_chair() { return {"office:vice_chair", {"chair"}, ""}; }
Who secretariat(const std::string& name) { return {"office:secretariat", {"secretariat"}, name}; }
Who auditor() { return {"office:audit", {"auditor"}, ""}; }

nlohmann::json a_report(const nlohmann::json& changes)
{
    nlohmann::json report{{"measure", "OAS-CBM-1"}, {"period", "2025-2026"}, {"status", "in_progress"},
                          {"language", "en"},       {"label", "TLP:CLEAR"},  {"narrative", "A test report."}};
    report.merge_patch(changes);
    return report;
}

nlohmann::json a_contact(const nlohmann::json& changes)
{
    nlohmann::json fields{{"category", "foreign_affairs"},
                          {"rank", "primary"},
                          {"office", "Oficina de Ciberdiplomacia"},
                          {"institution", "Ministerio de prueba"},
                          {"emails", {"ciber@mre.example"}},
                          {"phones", {{{"number", "+56225550101"}, {"use", "office"}}}},
                          {"languages", {"es", "en"}},
                          {"time_zone", "America/Santiago"},
                          {"hours", {{{"days", {"mo", "tu", "we", "th", "fr"}}, {"from", "09:00"}, {"until", "18:00"}}}}};
    fields.merge_patch(changes);
    return fields;
}

nlohmann::json a_nomination(const nlohmann::json& fields)
{
    return {{"kind", "nomination"}, {"fields", fields}, {"note", {{"reference", "NV 1/2026"}, {"date", "2026-01-15"}}}};
}

const std::string enrolment_code = "what-the-nominator-gave-the-holder";

nlohmann::json an_enrolment(const nlohmann::json& changes)
{
    nlohmann::json body{
        {"kind", "token"}, {"code_sha256", base::hex(base::sha256(enrolment_code))}, {"label", "test"}, {"scopes", {"read"}}};
    body.merge_patch(changes);
    return body;
}

nlohmann::json a_membership_change(const std::string& state, const nlohmann::json& facts, const nlohmann::json& decision)
{
    nlohmann::json body{{"kind", "membership_change"}, {"state", state}, {"decision", decision}};
    body.update(facts);
    return body;
}

std::string path_of(const std::string& report, const std::string& step)
{
    return "/v1/reports/" + report + (step.empty() ? "" : "/" + step);
}

const Reply& Reply::is(int status) const
{
    EXPECT_EQ(response_.status, status) << asked_ << "\n" << response_.body;
    return *this;
}

const Reply& Reply::is_problem(int status, const std::string& slug) const
{
    EXPECT_EQ(response_.status, status) << asked_ << "\n" << response_.body;
    EXPECT_EQ(response_.field("Content-Type"), "application/problem+json") << asked_;
    if (response_.field("Content-Type") == "application/problem+json") {
        EXPECT_EQ(json().value("type", ""), "/problems/" + slug) << asked_ << "\n" << response_.body;
    }
    return *this;
}

const Reply& Reply::has_error(const std::string& pointer, const std::string& code) const
{
    const auto errors = json().value("errors", nlohmann::json::array());
    for (const auto& error : errors)
        if (error.at("pointer") == pointer && error.at("code") == code) {
            EXPECT_FALSE(error.at("detail").get<std::string>().empty());
            return *this;
        }
    ADD_FAILURE() << asked_ << ": no error " << code << " at " << pointer << " in " << response_.body;
    return *this;
}

const Reply& Reply::has_receipt() const
{
    EXPECT_TRUE(json().contains("receipt") && json().at("receipt").is_object()) << asked_ << "\n" << response_.body;
    return *this;
}

std::string Reply::created_id() const
{
    EXPECT_EQ(response_.status, 201) << asked_ << "\n" << response_.body;
    return response_.status == 201 ? json().value("id", "") : "";
}

nlohmann::json Reply::json() const
{
    auto value = nlohmann::json::parse(response_.body, nullptr, false);
    return value.is_discarded() ? nlohmann::json::object() : value;
}

Reply As::send(const std::string& method, const std::string& path, const std::string& body, const Fields& fields) const
{
    std::string bytes = method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n";
    if (!who_.home.empty())
        bytes += "Authorization: Bearer " + portal_.token_of(who_) + "\r\n";
    for (const auto& [name, value] : fields)
        if (!value.empty())
            bytes += name + ": " + value + "\r\n";
    if (!body.empty())
        bytes += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    const auto response = portal_.exchange(bytes + "\r\n" + body, method == "HEAD");
    if (method != "HEAD") {
        check_against_schema(method, path, response);
        check_receipts(portal_, response, method + " " + path + " as " + who_.key());
    }
    return Reply(response, method + " " + path + " as " + who_.key());
}

Reply As::get(const std::string& path, const Fields& fields) const { return send("GET", path, "", fields); }

namespace {
bool has_field(const Fields& fields, const std::string& name)
{
    for (const auto& field : fields)
        if (field.first == name)
            return true;
    return false;
}
}  // namespace

namespace {
const std::string no_record = "\"0-\"";  // for a record that the caller does not see: on every route a tag, and nobody's
}

// The tag of the record that a path is about: the draft's for what happens to the draft.
std::string As::etag_for(const std::string& path) const
{
    const auto target = http::parse_target(path);
    if (!target || target->path.size() < 3)
        return "";
    std::string record = "/" + target->path[0] + "/" + target->path[1] + "/" + target->path[2];
    const auto step = target->path.size() > 3 ? target->path[3] : "";
    if (target->path[1] == "reports" &&
        (step.empty() || step == "draft" || step == "submit" || step == "take-back" || step == "return" || step == "publish")) {
        const auto draft = get(record + "/draft");
        if (draft.status() == 200)
            return draft.field("ETag");
    }
    if (step == "settings" || step == "quotas")
        record += "/" + step;
    const auto reply = get(record);
    return reply.status() == 200 ? reply.field("ETag") : "";
}

Reply As::post(const std::string& path, const nlohmann::json& body, const Fields& fields) const
{
    Fields all = fields;
    if (!body.is_null())
        all.emplace_back("Content-Type", "application/json");
    if (!has_field(all, "If-Match")) {
        const auto tag = etag_for(path);
        all.emplace_back("If-Match", tag.empty() ? no_record : tag);
    }
    return send("POST", path, body.is_null() ? "" : body.dump(), all);
}

Reply As::patch(const std::string& path, const nlohmann::json& body, const Fields& fields) const
{
    Fields all = fields;
    all.emplace_back("Content-Type", "application/merge-patch+json");
    if (!has_field(all, "If-Match")) {
        const auto tag = etag_for(path);
        all.emplace_back("If-Match", tag.empty() ? no_record : tag);
    }
    return send("PATCH", path, body.dump(), all);
}

Reply As::remove(const std::string& path, const Fields& fields) const
{
    Fields all = fields;
    if (!has_field(all, "If-Match")) {
        const auto tag = etag_for(path);
        all.emplace_back("If-Match", tag.empty() ? no_record : tag);
    }
    return send("DELETE", path, "", all);
}

std::string As::account() const { return portal_.account_of(who_); }
std::string As::token() const { return portal_.token_of(who_); }

TestPortal::TestPortal(PortalOptions options)
    : options_(std::move(options)), milliseconds_(std::make_shared<std::atomic<std::int64_t>>(first_moment_ms))
{
    directory_ = options_.directory.empty() ? temporary_directory("portal") : std::filesystem::path(options_.directory);
    std::filesystem::create_directories(directory_ / "data");
    std::filesystem::create_directories(directory_ / "outside");
    config_ = test_config(directory_, options_);
    sources_ = {[moment = milliseconds_] { return domain::Instant(std::chrono::milliseconds(moment->load())); },
                seeded_random(options_.seed), options_.certificate_connection,
                [free = free_bytes_](const std::string&) { return base::Space{.free = free->load(), .total = disk_bytes}; }};
    base::start_log(base::Severity::debug, (directory_ / "log.jsonl").string());
    founded_ = create_portal(config_, options_.demo, sources_, false);
    known_[secretariat().key()] = {founded_.account, founded_.token};
    app_ = std::make_unique<App>(config_, sources_);
    app_->start();
    advance(std::chrono::seconds(2));
}

TestPortal::~TestPortal()
{
    connection_.reset();
    app_.reset();
    base::start_log(base::Severity::error);
    if (options_.directory.empty())
        std::filesystem::remove_all(directory_);
}

void TestPortal::restart()
{
    connection_.reset();
    app_.reset();
    app_ = std::make_unique<App>(config_, sources_);
    app_->start();
}

void TestPortal::has_free_space(std::uint64_t bytes)
{
    *free_bytes_ = bytes;
    EXPECT_TRUE(comes_true([this, bytes] { return app_->portal().room->free_bytes() == bytes; }));
}

nlohmann::json TestPortal::operate(const nlohmann::json& command)
{
    const auto ask = [this](const nlohmann::json& sent) { return ask_running_server(socket_path(config_), sent).value(); };
    auto answer = command.at("command") == "credential token" ? with_new_token(command, sources_.random, ask) : ask(command);
    if (!answer.value("ok", false))
        throw std::runtime_error("operator's command failed: " + answer.dump());
    return answer.at("result");
}

const TestPortal::Known& TestPortal::known(const Who& who)
{
    const auto found_one = known_.find(who.key());
    if (found_one != known_.end())
        return found_one->second;
    if (domain::is_whoever_holds(who.home))
        hold_offices();
    const auto account =
        operate(
            {{"command", "account create"}, {"home", who.home}, {"name", who.name.empty() ? who.key() : who.name}, {"roles", who.roles}})
            .at("id")
            .get<std::string>();
    const auto token = operate({{"command", "credential token"},
                                {"account", account},
                                {"label", "test"},
                                {"scopes", {"read", "draft", "publish", "accounts", "registry", "directory"}},
                                {"days", 90}})
                           .at("token")
                           .get<std::string>();
    if (who.without_authority)
        change_account(app_->portal(), account, domain::EventKind::account_changed, take_authority);
    if (who.suspended)
        change_account(app_->portal(), account, domain::EventKind::account_suspended, suspend);
    return known_[who.key()] = {account, token};
}

void TestPortal::hold_offices()
{
    if (offices_are_held_)
        return;
    offices_are_held_ = true;
    if (!as(secretariat()).get("/v1/office-terms").json().at("items").empty())
        return;
    for (const auto& [office, state] : {std::pair("chair", "CR"), std::pair("vice_chair", "JM"), std::pair("reviewers", "UY")})
        as(secretariat())
            .post("/v1/office-terms",
                  {{"code", office == std::string("vice_chair") ? "vice-chair" : office},
                   {"office", office},
                   {"state", state},
                   {"from", "2026-11-01"},
                   {"decision", {{"number", "Test/1/26"}, {"date", "2026-11-01"}, {"document", {{"title", "A test's decision"}}}}}})
            .is(201);
}

std::string TestPortal::token_of(const Who& who) { return known(who).token; }
std::string TestPortal::account_of(const Who& who) { return known(who).account; }

// On a machine that does much else, under a sanitizer: a request that was given up is sent again, and would then be another.
constexpr int slowest_answer_ms = 120'000;

RawResponse TestPortal::exchange(const std::string& bytes, bool to_head)
{
    for (int attempt = 0; attempt < 2; ++attempt) {
        if (connection_ == nullptr)
            connection_ = std::make_unique<RawClient>(
                RawOptions{.port = app_->port(), .ca_file = development_certificates() / "ca.crt", .timeout_ms = slowest_answer_ms});
        auto response = connection_->exchange(bytes, to_head);
        if (!response || response->field("Connection") == "close")
            connection_.reset();
        if (response) {
            // Published sizes move with the clock: the next request sees what this one wrote.
            if (options_.log_at_once)
                advance(std::chrono::seconds(1));
            return *response;
        }
    }
    throw std::runtime_error("no answer from the portal");
}

std::string TestPortal::draft(const std::string& state, const nlohmann::json& report)
{
    return as(drafter_of(state)).post("/v1/reports", report).created_id();
}

std::string TestPortal::submitted(const std::string& state, const nlohmann::json& report)
{
    const auto id = draft(state, report);
    as(drafter_of(state)).post(path_of(id, "submit")).is(200);
    return id;
}

std::string TestPortal::published(const std::string& state, const nlohmann::json& report)
{
    const auto id = submitted(state, report);
    as(approver_of(state)).post(path_of(id, "publish")).is(200).has_receipt();
    return id;
}

Reply TestPortal::erased(const std::string& state, const std::string& report, const Who& other)
{
    token_of(other);  // who could confirm is there when it is proposed
    const auto proposal = as(approver_of(state)).post(path_of(report, "erase")).is(202).json().at("id").get<std::string>();
    return as(other).post("/v1/proposals/" + proposal + "/confirm").is(200);
}

std::string TestPortal::listed(const std::string& state, const nlohmann::json& fields)
{
    const auto nomination = as(nominator_of(state)).post("/v1/nominations", a_nomination(fields));
    as(secretariat()).post("/v1/nominations/" + nomination.created_id() + "/accept").is(200).has_receipt();
    return nomination.json().at("content").at("contact").get<std::string>();
}

std::string TestPortal::recorded(const std::string& state, const nlohmann::json& fields)
{
    auto body = a_nomination(fields);
    body["state"] = state;
    return as(secretariat()).post("/v1/nominations", body).is(201).json().at("content").at("contact").get<std::string>();
}

std::string TestPortal::state_key(const std::string& state, const nlohmann::json& key)
{
    const auto second = as(nominator_of(state, "second"));
    second.account();  // who could confirm it
    const auto proposal = as(nominator_of(state)).post("/v1/signing-keys", key).is(202).json().at("id").get<std::string>();
    return second.post("/v1/proposals/" + proposal + "/confirm").is(200).json().at("content").at("subject").get<std::string>();
}

HeldToken TestPortal::enrolled(const Who& by, const std::string& account, const nlohmann::json& changes)
{
    const auto token = new_token();
    const auto enrolment = as(by).post("/v1/accounts/" + account + "/credentials", an_enrolment(changes)).created_id();
    const nlohmann::json brought{{"code", enrolment_code}, {"token_sha256", base::hex(base::sha256(token))}};
    return {as(anyone()).post("/v1/enrolments/" + enrolment + "/use", brought, {{"If-Match", ""}}).created_id(), token};
}

void TestPortal::decided(const std::string& state, const nlohmann::json& facts, const nlohmann::json& decision)
{
    const auto id = as(secretariat()).post("/v1/proposals", a_membership_change(state, facts, decision)).created_id();
    as(secretariat("other")).post("/v1/proposals/" + id + "/confirm", {{"sha256", hash_of(decision)}}).is(200).has_receipt();
}

std::string TestPortal::log_text() const
{
    base::flush_log();
    std::ifstream file(directory_ / "log.jsonl");
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

}  // namespace cbmx::test
