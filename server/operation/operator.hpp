// The operator's commands: what the command line does on the server's machine. Not the secretariat (rules.md 18a):
// what it does to a State's credentials is a ledger entry that says "operator". A command is one JSON object, its answer
// another; the running server carries it out over a Unix socket in the data directory, or the command line itself does
// when none runs.
#pragma once
#include "base/random.hpp"
#include "base/socket_loop.hpp"
#include "service/portal.hpp"
#include <filesystem>
#include <nlohmann/json.hpp>

namespace cbmx {

// command: {"command": "account create", ...arguments}. Answer: {"ok": true, "result": {...}} or
// {"ok": false, "problem": {...}}; an import's errors name "line" and "column". Never throws for bad arguments. May run gpg:
// not on the writer's or an I/O thread.
nlohmann::json apply_command(const service::Portal& portal, const nlohmann::json& command);

using Apply = std::function<nlohmann::json(const nlohmann::json& command)>;
// For "credential token": the token is made on this side and only its hash is sent; the result then holds it, as "token".
nlohmann::json with_new_token(nlohmann::json command, const base::RandomSource& random, const Apply& apply);

// Listens on <data>/operator.sock (mode 0600), one command a connection, one at a time.
class OperatorSocket {
public:
    // Throws std::runtime_error when the socket cannot be made. apply_command runs on the socket's own thread.
    OperatorSocket(std::filesystem::path path, Apply apply_command);
    ~OperatorSocket();
    void stop_accepting() { loop_->stop_accepting(); }  // as base::SocketLoop has them
    void finish(std::chrono::steady_clock::time_point by) { loop_->finish(by); }

private:
    void serve(int peer, int ending);

    std::filesystem::path path_;
    Apply apply_command_;
    std::optional<base::SocketLoop> loop_;
};

inline constexpr std::size_t max_command_bytes = 16 * 1024 * 1024;  // as JSON; the largest is a directory to import

// Sends one command to a running server; nullopt when none listens there. Throws std::runtime_error when the command is
// larger than max_command_bytes, and when there is no answer.
std::optional<nlohmann::json> ask_running_server(const std::filesystem::path& socket, const nlohmann::json& command);

}  // namespace cbmx
