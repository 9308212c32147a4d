// The real program on a machine that fails: a directory of its own, accounts, and clerks who write through it while
// something happens to it. history.hpp judges afterwards.
#pragma once
#include "fault/fault_table.hpp"
#include "fault/history.hpp"
#include "support/portal.hpp"
#include "support/process.hpp"
#include <filesystem>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace cbmx::test {

struct Tokens {
    std::string secretariat, drafter, approver;  // the latter two of Chile
};

std::string period(const std::string& code);  // the body of a new one
std::size_t resident_bytes(pid_t pid);

class Machine : public ::testing::Test {
protected:
    Machine();
    ~Machine() override;

    nlohmann::json operate(Process& process, const std::vector<std::string>& arguments);  // and expects success
    std::string account(Process& process, const std::string& home, const std::string& role);
    std::string token(Process& process, const std::string& of);
    Tokens found(Process& process);  // init, and the accounts; notes where the creation ends
    std::filesystem::path database() const { return directory / "data" / "cbmx.sqlite"; }
    std::vector<ledger::VerifierKey> keys() const;  // the log's key, from its file
    // The data directory as it lies there, judged in a copy. Expects that `verify` finds nothing.
    Judgement judge_copy(const History& history);
    std::int64_t entries_so_far();

    std::filesystem::path directory;
    std::int64_t begun_at = 0;
};

// Mounts a tmpfs there while it lives. Expects to be root.
class SmallDisk {
public:
    SmallDisk(std::filesystem::path place, const std::string& size);
    ~SmallDisk();
    void fill() const;  // to the last byte, with a file that free() removes
    void free() const;

private:
    std::filesystem::path place_;
};

// One official with a connection: makes periods and reports, and takes the reports through draft, edit, submission and
// publication, each write with an Idempotency-Key. One thread.
class Clerk {
public:
    Clerk(Tokens tokens, std::string name) : tokens_(std::move(tokens)), name_(std::move(name)) {}
    void connect(const Process& process) { client_ = process.connect(); }
    // One write. false: no answer came; the next call must be retry_unknown(), on a new connection.
    bool write_once();
    bool retry_unknown();  // sends again what stayed without an answer; true: it is acknowledged now, or there was nothing
    bool replay_last();    // sends the last acknowledged write again; true: a replay with the same receipt
    int last_status() const { return last_status_; }
    const RawResponse& last_answer() const { return last_answer_; }
    const History& history() const { return history_; }
    std::size_t acknowledged() const { return acknowledged_; }
    std::string unexpected;  // an answer that no fault explains

private:
    struct Request {
        std::string method, path, token, body;
        std::vector<std::pair<std::string, std::string>> fields;
    };
    Request next_request(Operation& operation);
    bool send(const Request& request, Operation& operation);
    void go_on_after(const Operation& operation);

    Tokens tokens_;
    std::string name_;
    std::unique_ptr<RawClient> client_;
    History history_;
    Request last_request_;
    std::string tag_;  // of the working copy, as the last answer gave it
    RawResponse last_answer_;
    std::size_t serial_ = 0, acknowledged_ = 0, stage_ = 0;
    std::string report_;  // being taken through its stages
    int last_status_ = 0;
};

History together(const std::vector<std::unique_ptr<Clerk>>& clerks);

}  // namespace cbmx::test
