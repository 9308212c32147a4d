// A whole portal without sockets: the server's session, framing and pipeline over a Wire, its services, a real database and
// its writer. It holds a record of every kind, in every condition, each known by a letter; whatever a connection has changed is
// undone before the next one. Clock and randomness are always the same.
#pragma once
#include "api/metrics.hpp"
#include "api/pipeline.hpp"
#include "fuzz/portal/answers.hpp"
#include "fuzz/portal/wire.hpp"
#include "http/runtime.hpp"
#include "http/session.hpp"
#include "service/log/feed_waiters.hpp"
#include "service/portal.hpp"
#include "verify/verify.hpp"
#include <atomic>
#include <filesystem>
#include <map>
#include <memory>
#include <random>

namespace cbmx::fuzz {

// How a client connects.
struct Client {
    char caller = 0;              // whom ~@ stands for; 0: nobody
    std::size_t piece_bytes = 0;  // of what it sends; 0: as it comes
    bool by_certificate = false;
    bool leaves = false;  // rather than wait for events
};

struct Connected {
    std::vector<Asked> asked;
    std::vector<Answered> answers;
    std::string sent;
    std::string fault;  // the first rule that was broken
};

class FuzzPortal {
public:
    FuzzPortal();
    ~FuzzPortal();

    Connected run(std::string_view input, const Client& client);
    bool is_changed();                // by the last connection
    std::string fault_of_database();  // as `cbmx verify` sees it; "" when it is clean
    void forget_changes();

    const std::vector<Marker>& markers() const { return markers_; }
    const std::set<std::string>& secrets() const { return secrets_; }
    const std::string& symbol(char letter) const { return symbols_.at(letter); }
    Watch watch() const { return {markers_, secrets_, symbols_.at(certified), symbols_.at(new_token)}; }
    std::string log_text() const;
    const std::filesystem::path& database_file() const { return file_; }

    static std::string_view callers();      // letters of accounts
    static constexpr char certified = 'Q';  // the account with a certificate
    static constexpr char new_token = '4';  // a token that nobody has yet; '9' is its SHA-256

private:
    struct Parts;  // what is made again with the database
    void open();
    void fill();  // records.cpp
    void serve(const std::weak_ptr<http::Session>& session, Wire& wire, const Client& client);
    std::optional<std::string> value_of(char symbol, const Client& client) const;
    http::Admission admit(http::Head head);
    http::Response refuse(http::Refusal refusal, const http::Head* head, const http::Peer& peer, std::string_view reason);
    const service::Portal& portal() const;
    nlohmann::json operate(const nlohmann::json& command);
    // As the account of that letter; throws unless it was done.
    nlohmann::json ask(char caller, const std::string& method, const std::string& path, const nlohmann::json& body = nullptr,
                       const std::string& if_match = "*");
    std::string created(char caller, const std::string& path, const nlohmann::json& body);
    std::string published(char drafter, char approver, const nlohmann::json& report);
    void add_accounts();
    void add_reports();
    void add_directory();
    void add_rights();
    void add_markers();

    std::filesystem::path directory_, file_, template_;
    std::shared_ptr<std::atomic<std::int64_t>> milliseconds_;
    std::shared_ptr<std::mt19937_64> engine_;  // the writer draws while the connection waits for it
    domain::Clock clock_;
    base::RandomSource random_;
    ledger::KeyRing keys_;
    std::map<char, std::string> symbols_, accounts_;
    std::vector<std::string> unproven_;  // tokens whose first request changes that they are proven
    std::vector<Marker> markers_;
    std::set<std::string> secrets_;
    base::Hash certificate_{};
    api::Metrics metrics_;
    std::unique_ptr<store::Operational> operational_;
    std::shared_ptr<http::Runtime> runtime_;
    std::unique_ptr<Parts> parts_;
    Wire* wire_ = nullptr;
    std::vector<Asked> asked_;
    std::size_t written_at_admission_ = 0;
    bool admitted_ = false;  // the last of asked_ is not answered yet
    bool busy_ = false;
    std::int64_t first_moment_ = 0;
};

}  // namespace cbmx::fuzz
