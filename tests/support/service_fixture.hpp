// The database of a portal without genesis and server, marked as a demonstration, in which two States take part.
// Services are called as the pipeline calls them. At the end of every test each row is compared with its last entry.
#pragma once
#include "service/accounts/accounts.hpp"
#include "service/accounts/authenticate.hpp"
#include "service/accounts/credentials.hpp"
#include "support/brought_key.hpp"
#include "support/certificates.hpp"
#include "support/database_fixture.hpp"
#include "support/enrolled.hpp"
#include <string>
#include <vector>

namespace cbmx::test {

inline constexpr auto language = i18n::Language::en;

// The outcome of a call: its error, or a failure of the test when it succeeded.
struct Refusal {
    domain::ErrorCode code = domain::ErrorCode::internal;
    std::vector<domain::Violation> violations = {};
    bool names(std::string_view pointer, domain::Rule rule) const;
};

template <class T>
Refusal refusal(const domain::Result<T>& result)
{
    if (result) {
        ADD_FAILURE() << "this was not refused";
        return {};
    }
    return {result.error().code, result.error().violations};
}

class ServiceFixture : public DatabaseFixture {
protected:
    ServiceFixture();
    void TearDown() override { every_row_is_what_its_last_entry_says(); }

    service::Portal portal()
    {
        return {.database = database(),
                .clock = clock(),
                .random = random(),
                .origin = log_origin,
                .public_url = "https://test.example",
                .judge_certificate = [](const std::string&) { return std::nullopt; }};
    }

    void add_state(const std::string& code, const nlohmann::json& participation =
                                                nlohmann::json::array({{{"participates", true}, {"from", nullptr}, {"until", nullptr}}}));

    void mark_as_demonstration(bool demo);  // so that the operator makes accounts of States, or makes none

    void hold_offices();  // terms of chair, vice-chair and reviewers, once; asked for by accounts of theirs
    // An account with one certificate, both made by the operator; signed in by it.
    Principal someone(const std::string& home, const std::vector<std::string>& roles, const std::string& name = "Someone");
    std::string account_of(const std::string& home, const std::vector<std::string>& roles,
                           const std::string& name = "Someone");  // without a credential
    // A nominator whom the State's note verbale names, with a certificate: by the secretariat's record and the operator's confirmation.
    // Only while the State has no nominator who could sign in.
    Principal first_nominator(const std::string& state);
    // A key for statements that `by` registers and another nominator of the State, made for it, confirms; its id.
    std::string state_key(const Principal& by, const service::BroughtKey& key);
    std::string certificate_for(const std::string& account);  // registers a new one; gives its PEM
    std::string token_for(const std::string& account,
                          const std::vector<std::string>& scopes = {"accounts", "draft", "publish", "read", "registry"});

    domain::Result<Principal> sign_in(const std::optional<std::string>& token, const std::optional<std::string>& certificate = {});
    Principal signed_in(const std::optional<std::string>& token, const std::optional<std::string>& certificate = {});
    Principal again(const Principal& principal);  // with its rights as they are now

    nlohmann::json account(const Principal& principal, const std::string& id);  // the representation; fails the test when hidden
    std::vector<std::string> kinds_since(std::uint64_t size);                   // of the entries appended since
    std::uint64_t ledger_size() { return database().writer().size(); }
    void every_row_is_what_its_last_entry_says();
};

}  // namespace cbmx::test
