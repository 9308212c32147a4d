// A whole portal over real TLS for one test: as(drafter_of("CL")).post("/v1/reports", a_report()).is(201).
// Every JSON answer is checked against the schema that its route names. Clock and randomness are the test's own.
#pragma once
#include "app.hpp"
#include "service/accounts/authenticate.hpp"
#include "support/decisions.hpp"
#include "support/enrolled.hpp"
#include "support/raw_client.hpp"
#include <atomic>
#include <filesystem>
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace cbmx::test {

// Server certificate, CA and CRL, made once per test program.
const std::filesystem::path& development_certificates();

// Who asks. Accounts are made by the operator the first time that a test names them.
struct Who {
    std::string home;  // "" for no one
    std::vector<std::string> roles;
    std::string name;                // distinguishes two of the same roles
    bool without_authority = false;  // of a State, whose word does not stand behind it (domain::Authority::none)
    bool suspended = false;          // by a note verbale of its State
    std::string key() const;
};
Who anyone();
Who drafter_of(const std::string& state, const std::string& name = "");
Who approver_of(const std::string& state, const std::string& name = "");
Who nominator_of(const std::string& state, const std::string& name = "");
Who contact_of(const std::string& state);
Who drafter_and_approver_of(const std::string& state, const std::string& name = "");
Who reviewer();
Who chair();
Who vice_chair();
Who secretariat(const std::string& name = "");
Who auditor();

nlohmann::json a_report(const nlohmann::json& changes = nlohmann::json::object());  // valid; TLP:CLEAR, OAS-CBM-1
std::string path_of(const std::string& report, const std::string& step = "");
nlohmann::json a_contact(const nlohmann::json& changes = nlohmann::json::object());  // fields of an office in CL; null takes a member out
nlohmann::json a_nomination(const nlohmann::json& fields = a_contact());             // with a note verbale

// For a token that may read, as its holder is invited to bring it; enrolment_code is its code.
extern const std::string enrolment_code;
nlohmann::json an_enrolment(const nlohmann::json& changes = nlohmann::json::object());

// facts: {"participation": {...}, "membership": {...}}, either or both.
nlohmann::json a_membership_change(const std::string& state, const nlohmann::json& facts, const nlohmann::json& decision = a_decision());

class Reply {
public:
    Reply(RawResponse response, std::string asked) : response_(std::move(response)), asked_(std::move(asked)) {}
    const Reply& is(int status) const;
    const Reply& is_problem(int status, const std::string& slug) const;
    const Reply& has_error(const std::string& pointer, const std::string& code) const;
    const Reply& has_receipt() const;
    std::string created_id() const;  // and expects 201
    nlohmann::json json() const;
    const std::string& body() const { return response_.body; }
    std::string field(std::string_view name) const { return response_.field(name); }
    int status() const { return response_.status; }
    const RawResponse& raw() const { return response_; }

private:
    RawResponse response_;
    std::string asked_;
};

using Fields = std::vector<std::pair<std::string, std::string>>;

class TestPortal;

// Remembers nothing but who it is. A POST, PATCH or DELETE on a record sends the If-Match of what a GET gives now,
// unless the fields name one ("If-Match": "" sends none).
class As {
public:
    As(TestPortal& portal, Who who) : portal_(portal), who_(std::move(who)) {}
    Reply get(const std::string& path, const Fields& fields = {}) const;
    Reply post(const std::string& path, const nlohmann::json& body = nullptr, const Fields& fields = {}) const;
    Reply patch(const std::string& path, const nlohmann::json& body, const Fields& fields = {}) const;
    Reply remove(const std::string& path, const Fields& fields = {}) const;
    Reply send(const std::string& method, const std::string& path, const std::string& body, const Fields& fields) const;  // as given
    std::string account() const;
    std::string token() const;

private:
    std::string etag_for(const std::string& path) const;
    TestPortal& portal_;
    Who who_;
};

struct PortalOptions {
    std::uint64_t seed = 1;                                                // of ids, salts and tokens
    bool log_at_once = true;                                               // published sizes move every second and the clock with them
    std::string directory;                                                 // empty: a temporary one, removed at the end
    std::map<std::string, std::string> settings;                           // without erasure_delay_days there is no delay
    std::optional<std::chrono::milliseconds> certificate_connection = {};  // as in Sources
    bool demo = true;                                                      // so that the operator makes accounts of States
};

class TestPortal {
public:
    static constexpr std::uint64_t disk_bytes = std::uint64_t{100} * 1024 * 1024 * 1024;
    explicit TestPortal(PortalOptions options = {});
    ~TestPortal();
    As as(const Who& who) { return As(*this, who); }

    std::string draft(const std::string& state, const nlohmann::json& report = a_report());
    std::string submitted(const std::string& state, const nlohmann::json& report = a_report());
    std::string published(const std::string& state, const nlohmann::json& report = a_report());  // by drafter_of and approver_of

    // Of a withdrawn report: approver_of proposes it, another confirms, and without a delay (see PortalOptions) it is done at once.
    Reply erased(const std::string& state, const std::string& report, const Who& other);

    std::string listed(const std::string& state,
                       const nlohmann::json& fields = a_contact());  // a contact, by nominator_of and the secretariat
    std::string recorded(const std::string& state,
                         const nlohmann::json& fields = a_contact());  // ... by the secretariat from a note on paper

    // A token of the account as its holder comes to have it: invited by `by`, and not used yet. changes: as for an_enrolment().
    HeldToken enrolled(const Who& by, const std::string& account, const nlohmann::json& changes = nlohmann::json::object());
    std::string new_token() { return service::new_token(sources_.random); }  // that nobody knows

    // A key for statements of the State, which its nominator registers and another confirms; its id. key: as POST /v1/signing-keys takes
    // it.
    std::string state_key(const std::string& state, const nlohmann::json& key);

    // A change of membership, by two people of the secretariat.
    void decided(const std::string& state, const nlohmann::json& facts, const nlohmann::json& decision = a_decision());
    void hold_offices();  // terms of chair, vice-chair and reviewers, once; asked for by accounts of theirs

    nlohmann::json operate(const nlohmann::json& command);  // an operator's command, through the socket
    void has_free_space(std::uint64_t bytes);               // of a disk of 100 GiB, from now on; returns when the portal has seen it
    void advance(std::chrono::milliseconds step) { *milliseconds_ += step.count(); }
    domain::Instant now() const { return domain::Instant(std::chrono::milliseconds(*milliseconds_)); }
    App& app() { return *app_; }
    std::uint64_t ledger_size() { return app_->portal().database.writer().size(); }
    const std::filesystem::path& directory() const { return directory_; }
    std::string log_text() const;
    const Config& config() const { return config_; }
    void restart();

    std::string token_of(const Who& who);
    std::string account_of(const Who& who);
    RawResponse exchange(const std::string& bytes, bool to_head);

private:
    struct Known {
        std::string account, token;
    };
    const Known& known(const Who& who);
    PortalOptions options_;
    std::filesystem::path directory_;
    Config config_;
    std::shared_ptr<std::atomic<std::int64_t>> milliseconds_;
    std::shared_ptr<std::atomic<std::uint64_t>> free_bytes_ = std::make_shared<std::atomic<std::uint64_t>>(disk_bytes);
    Sources sources_;
    CreatedPortal founded_;
    std::unique_ptr<App> app_;
    std::map<std::string, Known> known_;
    bool offices_are_held_ = false;
    std::unique_ptr<RawClient> connection_;
};

// The fixture that most tests use.
class Portal : public ::testing::Test {
protected:
    As as(const Who& who) { return portal().as(who); }
    TestPortal& portal()
    {
        if (portal_ == nullptr)
            portal_ = std::make_unique<TestPortal>(options);
        return *portal_;
    }
    PortalOptions options;

private:
    std::unique_ptr<TestPortal> portal_;
};

// Deterministic bytes from a seed; any thread.
base::RandomSource seeded_random(std::uint64_t seed);

}  // namespace cbmx::test
