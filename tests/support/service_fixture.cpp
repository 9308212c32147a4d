// See service_fixture.hpp.
#include "support/service_fixture.hpp"
#include "json/parse.hpp"
#include "service/proposals/proposals.hpp"
#include "service/registry/membership.hpp"
#include "service/registry/seed.hpp"
#include "service/subjects.hpp"
#include "store/rows/portal.hpp"
#include "store/rows/registry.hpp"
#include "support/foundings.hpp"
#include <algorithm>

namespace cbmx::test {

bool Refusal::names(std::string_view pointer, domain::Rule rule) const
{
    return std::any_of(violations.begin(), violations.end(),
                       [&](const domain::Violation& violation) { return violation.pointer == pointer && violation.rule == rule; });
}

ServiceFixture::ServiceFixture()
{
    mark_as_demonstration(true);
    write([](Transaction& transaction) {
        store::refresh_event_kinds(transaction.db());
        return domain::Result<bool>(true);
    }).value();
    add_state("CL");
    add_state("PE");
}

void ServiceFixture::add_state(const std::string& code, const nlohmann::json& participation)
{
    const auto end = database().writer().run([&](Transaction& transaction) {
        const nlohmann::json content{{"code", code},
                                     {"membership", {{{"status", "active"}, {"from", nullptr}, {"until", nullptr}}}},
                                     {"time_zone", "America/Santiago"},
                                     {"participation", participation}};
        const auto record = json::canonical(service::with_first_access(transaction, content));
        const auto known = store::find_row(transaction.db(), store::RegistryTable::state, code);
        const store::RegistryRow row{code, record, known ? known->version + 1 : 1, transaction.next_seq(), {}};
        if (known)
            store::update_row(transaction.db(), store::RegistryTable::state, row);
        else
            store::insert_row(transaction.db(), store::RegistryTable::state, row);
        transaction.append(domain::machine_operator(), {.kind = domain::EventKind::state_changed,
                                                        .subject = code,
                                                        .home = {},
                                                        .acting_role = domain::ActingRole::of_operator(),
                                                        .version = row.version,
                                                        .content = record});
        transaction.principals_changed(domain::Home::of_state(domain::StateCode(code)));
        return true;
    });
    EXPECT_EQ(end, store::WriteEnd::decided);
}

void ServiceFixture::mark_as_demonstration(bool demo)
{
    write([&](Transaction& transaction) {
        store::put_portal_row(transaction.db(), {json::canonical({{"demo", demo}}), 1});
        return domain::Result<bool>(true);
    }).value();
}

void ServiceFixture::hold_offices()
{
    const bool held = read([](Connection& db) { return store::row_exists(db, store::RegistryTable::office_term, "demonstration-chair"); });
    if (held)
        return;
    for (const char* holder : {"CR", "JM", "UY"})
        add_state(holder);
    write([&](Transaction& transaction) {
        service::seed_demonstration_terms(transaction, domain::machine_operator());
        return domain::Result<bool>(true);
    }).value();
}

std::string ServiceFixture::account_of(const std::string& home, const std::vector<std::string>& roles, const std::string& name)
{
    if (domain::is_whoever_holds(home))
        hold_offices();
    return write([&](Transaction& transaction) {
               return service::create_account(transaction, domain::machine_operator(), {domain::Home::from(home), name, roles});
           })
        .value()
        .id;
}

std::string ServiceFixture::certificate_for(const std::string& account)
{
    const auto pem = new_certificate("test", now() + std::chrono::days(700));
    const auto outcome = write([&](Transaction& transaction) {
        return service::register_certificate(transaction, domain::machine_operator(), domain::AccountId(account), pem, "");
    });
    EXPECT_TRUE(outcome.has_value());
    return pem;
}

std::string ServiceFixture::token_for(const std::string& account, const std::vector<std::string>& scopes)
{
    return write([&](Transaction& transaction) {
               return issue_token(portal(), transaction, domain::machine_operator(), domain::AccountId(account),
                                  {.label = "script", .scopes = scopes});
           })
        .value()
        .secret;
}

domain::Principal ServiceFixture::someone(const std::string& home, const std::vector<std::string>& roles, const std::string& name)
{
    return signed_in(std::nullopt, certificate_for(account_of(home, roles, name)));
}

domain::Principal ServiceFixture::first_nominator(const std::string& state)
{
    const auto pem = new_certificate("first", now() + std::chrono::days(700));
    const auto body = a_founding(state, {an_official({{"certificate", pem}})});
    const auto secretariat = someone("office:secretariat", {"secretariat"});
    const auto proposal = write([&](Transaction& transaction) { return propose_founding(transaction, secretariat, body); }).value().id;
    write([&](Transaction& transaction) {
        return service::confirm_founding(transaction, domain::machine_operator(), domain::ProposalId(proposal),
                                         {.note = hash_of(body.at("decision")), .second_codes = {}, .fingerprints = {fingerprint_of(pem)}});
    }).value();
    return signed_in(std::nullopt, pem);
}

std::string ServiceFixture::state_key(const domain::Principal& by, const service::BroughtKey& key)
{
    const auto second = someone(by.home.text(), {"nominator"}, "Second nominator");
    return write(
               [&](Transaction& transaction) { return domain::Result<std::string>(confirmed_key(transaction, portal(), by, second, key)); })
        .value();
}

domain::Result<domain::Principal> ServiceFixture::sign_in(const std::optional<std::string>& token,
                                                          const std::optional<std::string>& certificate)
{
    const auto fingerprint = certificate ? std::optional(fingerprint_of(*certificate)) : std::nullopt;
    return read([&](Connection& connection) { return service::authenticate(connection, now(), token, fingerprint); });
}

domain::Principal ServiceFixture::signed_in(const std::optional<std::string>& token, const std::optional<std::string>& certificate)
{
    if (token && !certificate)
        return write([&](Transaction& transaction) { return proven(transaction, *token); }).value();
    return sign_in(token, certificate).value();
}

domain::Principal ServiceFixture::again(const Principal& principal)
{
    return read([&](Connection& connection) { return service::reload(connection, now(), principal); }).value();
}

nlohmann::json ServiceFixture::account(const Principal& principal, const std::string& id)
{
    return read([&](Connection& connection) { return service::get_account(connection, principal, language, domain::AccountId(id)); })
        .value()
        .body;
}

std::vector<std::string> ServiceFixture::kinds_since(std::uint64_t size)
{
    return read([&](Connection& connection) {
        auto rows = connection.query("SELECT kind FROM ledger_entry WHERE seq >= ?1 ORDER BY seq", static_cast<std::int64_t>(size));
        std::vector<std::string> kinds;
        while (rows.next())
            kinds.push_back(rows.text(0));
        return kinds;
    });
}

void ServiceFixture::every_row_is_what_its_last_entry_says()
{
    read([](Connection& connection) {
        auto rows = connection.query(
            "SELECT e.kind, e.subject, e.version, o.content FROM ledger_entry e JOIN ledger_opening o ON o.seq = e.seq"
            " WHERE e.subject_kind NOT IN ('portal', 'report') AND o.content IS NOT NULL"
            " AND e.seq = (SELECT MAX(l.seq) FROM ledger_entry l WHERE l.subject_kind = e.subject_kind AND l.subject = e.subject)");
        while (rows.next()) {
            const auto kind = domain::event_kind_from(rows.view(0)).value();
            const auto subject = rows.text(1);
            EXPECT_EQ(rows.text(3), service::current_record(connection, domain::row_of(kind).subject, subject)) << rows.text(0);
        }
        return true;
    });
}

}  // namespace cbmx::test
