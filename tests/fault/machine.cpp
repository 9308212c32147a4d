// See machine.hpp.
#include "fault/machine.hpp"
#include "service/log/outside.hpp"
#include "store/log/entries.hpp"
#include "verify/verify.hpp"
#include <fstream>
#include <sys/mount.h>
#include <unistd.h>

namespace cbmx::test {
namespace {

constexpr const char* filler_name = "filler";
constexpr std::size_t stages = 5;  // period, draft, edit, submission, publication

}  // namespace

std::string period(const std::string& code)
{
    return nlohmann::json{{"code", code},
                          {"label", {{"en", code}, {"es", code}, {"fr", code}, {"pt", code}}},
                          {"from", "2030-01-01"},
                          {"until", "2030-12-31"},
                          {"due", nullptr}}
        .dump();
}

std::size_t resident_bytes(pid_t pid)
{
    std::ifstream file("/proc/" + std::to_string(pid) + "/statm");
    std::size_t all = 0, resident = 0;
    file >> all >> resident;
    return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

Machine::Machine()
{
    auto pattern = (std::filesystem::temp_directory_path() / "cbmx-fault-XXXXXX").string();
    EXPECT_NE(mkdtemp(pattern.data()), nullptr);
    directory = pattern;
}

Machine::~Machine()
{
    std::error_code ignored;
    std::filesystem::remove_all(directory, ignored);
}

nlohmann::json Machine::operate(Process& process, const std::vector<std::string>& arguments)
{
    const auto run = process.command(arguments);
    EXPECT_EQ(run.status, 0) << run.output;
    return nlohmann::json::parse(run.output, nullptr, false);
}

std::string Machine::account(Process& process, const std::string& home, const std::string& role)
{
    return operate(process, {"account", "create", "--home", home, "--name", role, "--role", role}).at("id");
}

std::string Machine::token(Process& process, const std::string& of)
{
    return operate(process, {"credential", "token", "--account", of}).at("token");
}

Tokens Machine::found(Process& process)
{
    Tokens tokens;
    tokens.secretariat = process.init().at("token");
    EXPECT_TRUE(process.start()) << process.log();
    tokens.drafter = token(process, account(process, "state:CL", "drafter"));
    tokens.approver = token(process, account(process, "state:CL", "approver"));
    EXPECT_EQ(process.terminate(), 0);
    begun_at = entries_so_far();
    return tokens;
}

std::int64_t Machine::entries_so_far()
{
    store::Connection db(database().string(), store::OpenMode::read_only);
    return static_cast<std::int64_t>(store::ledger_size(db));
}

std::vector<ledger::VerifierKey> Machine::keys() const
{
    const auto key = base::Ed25519Key::from_pem(service::read_whole(directory / "log-key.pem").value());
    return {{"test.example/log", key.value().public_key()}};
}

Judgement Machine::judge_copy(const History& history)
{
    const auto copy = directory / "seen";
    std::filesystem::remove_all(copy);
    std::filesystem::create_directories(copy);
    for (const char* name : {"cbmx.sqlite", "cbmx.sqlite-wal"})
        if (std::filesystem::exists(directory / "data" / name))
            std::filesystem::copy_file(directory / "data" / name, copy / name);
    store::Connection db((copy / "cbmx.sqlite").string(), store::OpenMode::read_write);
    const auto verified = service::verify((copy / "cbmx.sqlite").string(), {keys(), std::nullopt});
    EXPECT_TRUE(verified.ok()) << verified.summary();
    return judge(history, db, begun_at);
}

SmallDisk::SmallDisk(std::filesystem::path place, const std::string& size) : place_(std::move(place))
{
    std::filesystem::create_directories(place_);
    EXPECT_EQ(mount("tmpfs", place_.c_str(), "tmpfs", 0, ("size=" + size).c_str()), 0)
        << "this test mounts a small tmpfs: it must run as root, where mounting is allowed";
}

SmallDisk::~SmallDisk() { umount2(place_.c_str(), MNT_DETACH); }

void SmallDisk::fill() const
{
    std::ofstream filler(place_ / filler_name, std::ios::binary);
    const std::string block(4096, 'x');
    while (filler.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) {
    }
}

void SmallDisk::free() const { std::filesystem::remove(place_ / filler_name); }

Clerk::Request Clerk::next_request(Operation& operation)
{
    const auto mark = name_ + "n" + std::to_string(++serial_);
    Request request{"POST", "/v1/periods", tokens_.secretariat, period(mark), {{"Idempotency-Key", mark}}};
    switch (report_.empty() ? (stage_ == 0 ? 0 : 1) : stage_) {
    case 0: operation = {"period_changed", mark}; return request;
    case 1:
        operation = {draft_kind, mark};
        request.path = "/v1/reports";
        request.token = tokens_.drafter;
        request.body = a_report({{"narrative", mark}}).dump();
        return request;
    case 2:
        operation = {edit_kind, report_};
        request = {"PATCH",
                   path_of(report_, "draft"),
                   tokens_.drafter,
                   nlohmann::json{{"tags", {"edited"}}}.dump(),
                   {{"Idempotency-Key", mark}, {"Content-Type", "application/merge-patch+json"}}};
        break;
    case 3:
        operation = {"report_submitted", report_};
        request = {"POST", path_of(report_, "submit"), tokens_.drafter, "", {{"Idempotency-Key", mark}}};
        break;
    default:
        operation = {"report_published", report_};
        request = {"POST", path_of(report_, "publish"), tokens_.approver, "", {{"Idempotency-Key", mark}}};
    }
    request.fields.emplace_back("If-Match", tag_);
    return request;
}

bool Clerk::write_once()
{
    Operation operation;
    last_request_ = next_request(operation);
    history_.push_back(operation);
    return send(last_request_, history_.back());
}

bool Clerk::send(const Request& request, Operation& operation)
{
    const auto answer = ask(*client_, request.method, request.path, request.token, request.body, request.fields);
    last_status_ = answer ? answer->status : 0;
    if (!answer)
        return false;
    last_answer_ = *answer;
    if (answer->status >= 300) {
        operation.answer = Answer::refused;
        if (answer->status != 503 || answer->field("Retry-After").empty())
            unexpected += request.method + " " + request.path + ": " + std::to_string(answer->status) + " " + answer->body + "\n";
        return true;
    }
    const auto body = nlohmann::json::parse(answer->body);
    operation.answer = Answer::acknowledged;
    operation.id = body.value("id", "");
    if (body.contains("receipt") && body.at("receipt").is_object()) {
        operation.receipt = body.at("receipt");
        operation.opening = body.at("opening");
        operation.seq = operation.receipt.at("index").get<std::int64_t>();
    }
    if (const auto tag = answer->field("ETag"); tag.starts_with("\"d"))
        operation.version = std::stoll(tag.substr(2)), tag_ = tag;
    ++acknowledged_;
    go_on_after(operation);
    return true;
}

void Clerk::go_on_after(const Operation& operation)
{
    if (operation.kind == draft_kind)
        report_ = operation.id;
    stage_ = (stage_ + 1) % stages;
    if (stage_ == 0)
        report_.clear();
}

bool Clerk::retry_unknown()
{
    if (history_.empty() || history_.back().answer != Answer::unknown)
        return true;
    return send(last_request_, history_.back()) && history_.back().answer == Answer::acknowledged;
}

bool Clerk::replay_last()
{
    if (history_.empty() || history_.back().answer != Answer::acknowledged)
        return true;
    const auto answer =
        ask(*client_, last_request_.method, last_request_.path, last_request_.token, last_request_.body, last_request_.fields);
    if (!answer || answer->status >= 300 || answer->field("Idempotency-Replayed") != "true")
        return false;
    return nlohmann::json::parse(answer->body).value("receipt", nlohmann::json()) == history_.back().receipt;
}

History together(const std::vector<std::unique_ptr<Clerk>>& clerks)
{
    History all;
    for (const auto& clerk : clerks)
        all.insert(all.end(), clerk->history().begin(), clerk->history().end());
    return all;
}

}  // namespace cbmx::test
