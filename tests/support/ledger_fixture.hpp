// A created portal without a server: genesis, the registry's seed, accounts of some States and offices, reports.
// Services are called as the pipeline calls them; the clock stands until it is moved.
#pragma once
#include "service/portal.hpp"
#include "support/database_fixture.hpp"

namespace cbmx::test {

class LedgerFixture : public DatabaseFixture {
protected:
    using Seq = domain::Seq;
    using Json = nlohmann::json;

    explicit LedgerFixture(bool is_demo = true);  // so that the operator makes accounts of States

    const service::Portal& portal() const { return *portal_; }
    service::Portal& portal() { return *portal_; }
    std::vector<ledger::VerifierKey> keys() const { return {{signer().name, signer().public_key}}; }
    void stop() { portal_.reset(), close_database(); }

    Principal someone(const std::string& home, const std::vector<std::string>& roles, const std::string& name = "Someone");
    void hold_offices();  // terms of chair, vice-chair and reviewers, once; asked for by accounts of theirs
    Principal nobody() const { return domain::anonymous(); }
    Json a_report() const;
    std::string drafted(const Principal& drafter, const Json& body);
    Seq submitted(const Principal& drafter, const std::string& report);
    Seq published(const Principal& approver, const std::string& report);
    std::string new_report(const Principal& drafter, const Principal& approver, const Json& changes = Json::object());  // published
    void erase(const Principal& approver, const std::string& report);  // a withdrawn one: another approver confirms, without delay
    void without_four_eyes(const std::string& state);                  // one approver may widen an audience
    Seq size() { return static_cast<Seq>(database().writer().size()); }
    Seq last() { return size() - 1; }

private:
    std::unique_ptr<service::Portal> portal_;
};

}  // namespace cbmx::test
