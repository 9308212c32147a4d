// A portal in which every table that is kept with the ledger has rows, made by the services alone: reports, directory,
// accounts and all that is decided about them in each of their states.
#pragma once
#include "base/possession.hpp"
#include "service/accounts/accounts.hpp"
#include "service/accounts/attestation.hpp"
#include "service/accounts/authenticate.hpp"
#include "service/accounts/credentials.hpp"
#include "service/accounts/delegations.hpp"
#include "service/accounts/signing_keys.hpp"
#include "service/accounts/state_settings.hpp"
#include "service/idempotency.hpp"
#include "service/intake/batches.hpp"
#include "service/log/cosignatures.hpp"
#include "service/log/log.hpp"
#include "service/proposals/proposals.hpp"
#include "service/quotas.hpp"
#include "service/registry/documents.hpp"
#include "service/registry/registry.hpp"
#include "service/reports/reports.hpp"
#include "support/certificates.hpp"
#include "support/decisions.hpp"
#include "support/enrolled.hpp"
#include "support/foundings.hpp"
#include "support/service_fixture.hpp"
#include "support/signed_word.hpp"
#include "support/witness.hpp"
#include "unit/service/directory/directory_fixture.hpp"

namespace cbmx::test {

class WholePortal : public DirectoryFixture {
protected:
    Principal drafter_ = someone("state:CL", {"drafter"}), approver_ = someone("state:CL", {"approver"}),
              second_ = someone("state:CL", {"approver"});
    Principal keeper_ = someone("office:secretariat", {"secretariat"}), gone_ = someone("state:CL", {"contact"}, "Juana");

    void populate_all()
    {
        set_on_commit([this] { advance(std::chrono::milliseconds(1)); });  // no two batches at one time
        populate_directory();
        change_registry();
        change_membership();
        give_rights();
        propose();
        write_reports();
        retry();
        cosign();
    }

    template <class Step>
    service::Outcome done(const Step& step)
    {
        auto outcome = write(step);
        EXPECT_TRUE(outcome.has_value()) << domain::row_of(outcome.error().code).slug
                                         << (outcome.error().violations.empty() ? "" : outcome.error().violations.front().pointer);
        return outcome.value();
    }

private:
    void change_registry()
    {
        done([&](Transaction& t) {
            return service::change_state(t, keeper_, "BR", std::nullopt, {{"calling_code", "+55"}, {"note", "Seen."}});
        });
        done([&](Transaction& t) {
            return service::change_measure(t, keeper_, "OAS-CBM-11", std::nullopt, {{"adopted", "2022, CICTE XXII."}});
        });
        done([&](Transaction& t) { return service::change_period(t, keeper_, "2025-2026", std::nullopt, {{"due", "2026-11-30"}}); });
        done([&](Transaction& t) {
            return service::create_document(t, keeper_,
                                            {{"state", "CL"},
                                             {"year", 2030},
                                             {"language", "es"},
                                             {"kind", "law"},
                                             {"title", "Ley Marco"},
                                             {"confidence", "high"},
                                             {"source", "public record"}});
        });
        const Json text{{"en", "New"}, {"es", "Nueva"}, {"fr", "Nouvelle"}, {"pt", "Nova"}};
        done([&](Transaction& t) {
            const Json official{{"language", "en"}, {"text", "Text."}, {"source", "unconfirmed"}, {"official", false}};
            return service::create_measure(t, keeper_,
                                           {{"code", "OAS-CBM-12"},
                                            {"adopted", "2027, CICTE XXVII"},
                                            {"adopted_year", 2027},
                                            {"labels", text},
                                            {"texts", Json::array({official})}});
        });
        done([&](Transaction& t) {
            return service::create_period(t, keeper_,
                                          {{"code", "2027-A"}, {"label", text}, {"from", "2027-01-01"}, {"until", "2027-06-30"}});
        });
        const Json decision{{"number", "Test/1/26"}, {"date", "2026-01-10"}, {"document", {{"title", "A test's decision"}}}};
        done([&](Transaction& t) {
            return service::create_office_term(
                t, keeper_, {{"code", "chair-2026"}, {"office", "chair"}, {"state", "CR"}, {"from", "2026-01-01"}, {"decision", decision}});
        });
        done([&](Transaction& t) {
            return service::change_office_term(t, keeper_, "chair-2026", std::nullopt, {{"until", "2027-01-01"}});
        });
        someone("office:chair/chair-2026", {"chair"});
        without_four_eyes("PE");
        const auto settings = done([&](Transaction& t) {
            return service::change_state_settings(t, nominator, "CL", std::nullopt, {{"four_eyes", false}});
        });
        EXPECT_EQ(settings.status, 202);  // waits for a second person
        done([&](Transaction& t) {
            return service::change_state_quotas(t, keeper_, "PE", std::nullopt, {{"drafts", 6'000}, {"accounts", 300}});
        });
    }

    std::string certificate() { return new_certificate("x", clock()() + std::chrono::days(300)); }

    void change_membership()
    {
        const auto other = someone("office:secretariat", {"secretariat"}, "Other");
        const auto entered = [&](const char* state, const Json& facts, const std::string& number) {
            Json body{{"kind", "membership_change"}, {"state", state}, {"decision", a_decision(number)}};
            body.update(facts);
            const auto decision = service::read_decision(body.at("decision"), "/decision", now()).value();
            return done([&](Transaction& t) { return service::make_proposal(t, keeper_, body, decision); }).id;
        };
        const Json leaves{{"participation", {{"participates", false}, {"from", "2031-01-01"}}}};
        const auto confirmed = entered("PE", leaves, "NV 7");
        done([&](Transaction& t) {
            return service::confirm_proposal(t, other, domain::ProposalId(confirmed), std::nullopt, std::chrono::seconds(0),
                                             hash_of(a_decision("NV 7")));
        });
        entered("BR", {{"membership", {{"status", "withdrawn"}, {"from", "2026-01-01"}}}}, "NV 8");
    }

    void give_rights()
    {
        enrol();
        const auto until = domain::to_rfc3339(clock()() + std::chrono::days(10));
        const auto lent = done([&](Transaction& t) { return service::give_delegation(t, drafter_, {gone_.account, {"drafter"}, until}); });
        done([&](Transaction& t) { return service::end_delegation(t, drafter_, domain::DelegationId(lent.id)); });
        const auto other = someone("state:CL", {"contact"}).account;
        done([&](Transaction& t) { return service::give_delegation(t, drafter_, {other, {"drafter"}, until}); });
        const auto proposed = [&] {
            return done([&](Transaction& t) {
                       return service::make_proposal(t, keeper_,
                                                     {{"kind", "account_change"}, {"account", gone_.account.value}, {"name", "Other"}});
                   })
                .id;
        };
        const domain::ProposalId declined(proposed());
        done([&](Transaction& t) { return service::decline_proposal(t, nominator, declined, std::nullopt); });
        proposed();  // ends with the account
        done([&](Transaction& t) {
            return service::change_account(t, nominator, gone_.account, std::nullopt,
                                           {.name = "Ana", .roles = {}, .status = domain::AccountStatus::disabled});
        });
        done([&](Transaction& t) { return service::erase_account(t, nominator, gone_.account, std::nullopt); });
        register_keys();
    }

    // By each way in which one can be shown to be its State's; one is revoked, one is only proposed, and one only noted.
    void register_keys()
    {
        const auto second = someone("state:CL", {"nominator"}), of_peru = someone("state:PE", {"nominator"});
        const auto registered = [&](const Principal& by, const service::BroughtKey& key) {
            return done([&](Transaction& t) { return service::register_signing_key(portal(), t, by, key); }).id;
        };
        const auto noted = [&](const service::BroughtKey& key, const std::string& number) {
            const auto note = a_key_note("PE", key, number);
            const domain::ProposalId proposal(done([&](Transaction& t) { return propose_founding(t, keeper_, note); }).id);
            done([&](Transaction& t) {
                return service::confirm_key_note(t, domain::machine_operator(), proposal, hash_of(note.at("decision")),
                                                 base::public_key_fingerprint(key.public_key).value());
            });
        };
        write([&](Transaction& t) {
            return domain::Result<std::string>(confirmed_key(t, portal(), nominator, second, brought(state_key_)));
        }).value();
        auto old = following(brought(base::Ed25519Key::generate(random())), state_key_);
        old.label = "Old";
        const domain::SigningKeyId revoked(registered(nominator, old));
        done([&](Transaction& t) { return service::revoke_signing_key(t, nominator, revoked); });
        registered(nominator, brought(base::Ed25519Key::generate(random())));
        const auto perus = brought(base::Ed25519Key::generate(random()), "state:PE");
        noted(perus, "NV 60/2026");
        registered(of_peru, perus);
        noted(brought(base::Ed25519Key::generate(random()), "state:PE"), "NV 61/2026");
    }

    HeldToken token_of_drafter(std::int64_t days)
    {
        return write([&](Transaction& t) {
                   return issue_token(portal(), t, nominator, drafter_.account,
                                      {.label = "script", .scopes = {"draft", "read"}, .expires_in_days = days});
               })
            .value();
    }
    std::string open_enrolment(const char* kind)
    {
        Json body{{"kind", kind}, {"code_sha256", base::hex(base::sha256(code_))}, {"label", "Desk"}};
        if (body["kind"] == "token")
            body["scopes"] = {"read"};
        return done([&](Transaction& t) { return service::make_enrolment(portal(), t, nominator, drafter_.account, body); }).id;
    }
    service::Outcome bring(const std::string& enrolment, const HeldCertificate& certificate)
    {
        const auto text = base::enrolment_text(portal().origin, drafter_.account.value, fingerprint_of(certificate.pem), enrolment);
        const Json body{{"code", code_}, {"certificate", certificate.pem}, {"signature", base::base64(certificate.key.sign(text))}};
        return done([&](Transaction& t) { return service::use_enrolment(portal(), t, domain::EnrolmentId(enrolment), body); });
    }

    domain::CredentialId came_in_again(const Principal& who)
    {
        const auto token =
            write([&](Transaction& t) {
                return issue_token(portal(), t, nominator, who.account, {.label = "Desk", .scopes = {"read"}, .expires_in_days = 3});
            }).value();
        return write([&](Transaction& t) { return proven(t, token.secret); }).value().credential;
    }
    void attest(const domain::EnrolmentId& id, const Principal& by, Json body = Json::object(),
                const std::optional<service::CitedDecision>& note = {})
    {
        body["check_words"] = read([&](Connection& c) { return store::find_enrolment(c, id); }).value().check_words.value();
        done([&](Transaction& t) { return service::attest_enrolment(t, by, id, body, note); });
    }
    void attest_by_note(const domain::CredentialId& credential, const std::string& number)
    {
        auto cited = a_decision(number);
        const auto note = service::read_decision(cited, "/note", now()).value();
        cited.update({{"name", "Ana Soto"}, {"function", "Director"}});
        attest(read([&](Connection& c) { return store::enrolment_of(c, credential); }).value(), keeper_, {{"note", cited}}, note);
    }

    // Enrolments and credentials in each of their states, attested and not; of tokens: replaced, offered, revoked.
    void enrol()
    {
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now().time_since_epoch()).count();
        const auto held = self_signed({.from = seconds - 86'400, .until = seconds + 300 * 86'400});
        const auto by_certificate = open_enrolment("certificate");
        bring(by_certificate, held);
        attest(domain::EnrolmentId(by_certificate), approver_);
        bring(open_enrolment("certificate"), held);  // a second claim
        open_enrolment("token");
        const auto taken_back = open_enrolment("token");
        done([&](Transaction& t) { return service::end_enrolment(t, nominator, domain::EnrolmentId(taken_back)); });
        token_of_drafter(9);  // never used
        const auto token = token_of_drafter(3), revoked = token_of_drafter(3);
        const auto holder = write([&](Transaction& t) { return proven(t, token.secret); }).value();
        attest_by_note(holder.credential, "NV 9");
        attest_by_note(came_in_again(gone_), "NV 10");
        advance(std::chrono::hours(60));
        const auto second = write([&](Transaction& t) { return renew_token(t, holder); }).value();
        write([&](Transaction& t) { return proven(t, second.secret); }).value();
        done([&](Transaction& t) { return service::revoke_credential(t, nominator, domain::CredentialId(revoked.id)); });
    }

    void propose()
    {
        const auto made = [this](const Json& body) {
            return done([&](Transaction& t) { return service::make_proposal(t, keeper_, body); }).id;
        };
        const auto account = made({{"kind", "account_create"}, {"home", "state:CL"}, {"name", "Desk"}, {"roles", {"drafter"}}});
        done([&](Transaction& t) { return service::confirm_proposal(t, nominator, domain::ProposalId(account), std::nullopt); });
        const auto change = made({{"kind", "account_change"}, {"account", drafter_.account.value}, {"name", "Other"}});
        done([&](Transaction& t) { return service::decline_proposal(t, nominator, domain::ProposalId(change), std::nullopt); });
        made({{"kind", "enrolment"}, {"account", drafter_.account.value}, {"credential_kind", "certificate"}});
        made({{"kind", "credential_revoke"}, {"credential", second_.credential.value}});
        const auto pem = certificate();
        const auto founding = a_founding("BR", {an_official({{"certificate", pem}}), an_official({{"roles", {"approver"}}})});
        const auto founded = done([&](Transaction& t) { return propose_founding(t, keeper_, founding); }).id;
        done([&](Transaction& t) {
            return service::confirm_founding(t, domain::machine_operator(), domain::ProposalId(founded),
                                             {.note = hash_of(founding.at("decision")),
                                              .second_codes = {std::nullopt, base::sha256(second_half)},
                                              .fingerprints = {fingerprint_of(pem)}});
        });
        made({{"kind", "account_create"}, {"home", "state:CL"}, {"name", "Second desk"}, {"roles", {"drafter"}}});
        done([&](Transaction& t) {
            return service::schedule_contact_erasure(t, nominator, removed_, std::nullopt, std::chrono::days(7));  // hidden
        });
    }

    std::string revised(const std::string& report, const Json& patch)
    {
        done([&](Transaction& t) { return service::start_revision(t, drafter_, report, std::nullopt); });
        done([&](Transaction& t) { return service::edit_draft(t, drafter_, report, patch, std::nullopt); });
        return report;
    }
    std::string named(const Principal& principal) const { return "account:" + principal.account.value; }
    void withdraw(const std::string& report)
    {
        done([&](Transaction& t) { return service::withdraw_report(t, approver_, report, std::nullopt); });
    }
    std::string with_draft(Json changes)
    {
        auto body = a_report();
        body.update(changes);
        return drafted(drafter_, body);
    }

    std::string signed_report()
    {
        const auto id = with_draft({{"measure", "OAS-CBM-2"}, {"narrative", "Signed."}});
        submitted(drafter_, id);
        done([&](Transaction& t) {
            return say_signed(t, state_key_, [&](Transaction& part) { return service::publish_report(part, approver_, id, std::nullopt); });
        });
        return id;
    }

    void withdraw_and_restore_many()
    {
        constexpr int more_than_go_untold = 6;
        const auto in_a_hurry = someone("state:CL", {"approver"});
        for (int i = 0; i < more_than_go_untold; ++i) {
            const auto id = new_report(drafter_, approver_);
            done([&](Transaction& t) { return service::withdraw_report(t, in_a_hurry, id, std::nullopt); });
        }
        const auto offer = read([](Connection& db) {
            auto rows = db.query("SELECT id FROM proposal WHERE kind = 'report_restoring'");
            EXPECT_TRUE(rows.next());
            return rows.text(0);
        });
        done([&](Transaction& t) { return service::confirm_proposal(t, second_, domain::ProposalId(offer), std::nullopt); });
    }

    void write_reports()
    {
        const auto twice = new_report(drafter_, approver_, {{"tags", {"strategy", "law"}}, {"client_ref", "r-1"}});
        submitted(drafter_, revised(twice, {{"narrative", "A second strategy."}}));
        published(approver_, twice);
        signed_report();
        const auto signed_once = signed_report();
        withdraw(signed_once);
        erase(approver_, signed_once);
        const auto closed = new_report(drafter_, approver_, {{"label", "TLP:AMBER"}, {"recipients", {"office:chair"}}});
        submitted(drafter_, revised(closed, {{"label", "TLP:GREEN"}}));
        published(approver_, closed);
        const auto narrowed = new_report(drafter_, approver_, {{"recipients", {"state:PE"}}});
        done([&](Transaction& t) {
            return service::change_audience(t, approver_, narrowed, {{"recipients", {"state:CL"}}}, domain::Transition::recipients,
                                            std::nullopt);
        });
        const auto widened = new_report(drafter_, approver_, {{"label", "TLP:GREEN"}});
        const auto wish = done([&](Transaction& t) {
            return service::change_audience(t, approver_, widened, {{"label", "TLP:CLEAR"}}, domain::Transition::label, std::nullopt);
        });
        done([&](Transaction& t) { return service::confirm_proposal(t, second_, domain::ProposalId(wish.id), std::nullopt); });
        done([&](Transaction& t) {
            return service::change_audience(t, approver_, narrowed, {{"label", "TLP:GREEN"}}, domain::Transition::label, std::nullopt);
        });
        const auto withdrawn = new_report(drafter_, approver_, {{"period", "2026-2027"}});
        withdraw(withdrawn);
        done([&](Transaction& t) { return service::propose_erasure(t, approver_, withdrawn, std::nullopt); });  // waits
        const auto scheduled = new_report(drafter_, approver_);
        withdraw(scheduled);
        const auto doomed = done([&](Transaction& t) { return service::propose_erasure(t, approver_, scheduled, std::nullopt); });
        done([&](Transaction& t) { return service::confirm_proposal(t, second_, domain::ProposalId(doomed.id), std::nullopt); });
        withdraw_and_restore_many();
        const auto erased = new_report(drafter_, approver_);
        withdraw(erased);
        erase(approver_, erased);
        new_report(drafter_, approver_, {{"label", "TLP:RED"}, {"recipients", {named(drafter_), named(approver_)}}});
        // Working copies: begun, submitted, returned, and of a report that is published.
        with_draft({{"tags", {"draft"}}});
        with_draft({{"label", "TLP:RED"}, {"recipients", {named(drafter_), named(approver_)}}});
        submitted(drafter_, with_draft({{"narrative", "Submitted."}}));
        const auto returned = with_draft({{"narrative", "Returned."}});
        submitted(drafter_, returned);
        done([&](Transaction& t) { return service::return_report(t, approver_, returned, "Too short.", std::nullopt); });
        revised(new_report(drafter_, approver_), {{"status", "in_progress"}});
        submitted(drafter_, revised(new_report(drafter_, approver_), {{"status", "planned"}}));
    }

    void retry()
    {
        const auto body = Json::array({{{"report", a_report()}}}).dump();
        auto batch = service::read_batch(body, service::BatchForm::array, service::ItemKind::report, clock()()).value();
        ASSERT_TRUE(service::judge_batch(database().read().db(), drafter_, batch));
        done([&](Transaction& t) -> service::Result<service::Outcome> {
            auto outcome = service::carry_out_batch(t, drafter_, batch);
            if (outcome)
                service::remember_outcome(t, {drafter_.account.value, "key-1", base::sha256("request")}, *outcome);
            return outcome;
        });
    }

    void cosign()
    {
        const Witness witness{random(), "witness.example/cl"}, other{random(), "witness.example/cl-2"};
        done([&](Transaction& t) {
            return service::register_witness(portal(), t, nominator, brought(witness.key()), witness.verifier().name);
        });
        const auto id = done([&](Transaction& t) {
                            return service::register_witness(portal(), t, nominator, brought(other.key()), other.verifier().name);
                        }).id;
        for (int i = 0; i < 2; ++i) {
            advance(std::chrono::hours(1));  // so that everything has been published
            const auto note = read([&](Connection& db) { return service::published_checkpoint(portal(), db, nominator); }).value();
            const auto seconds = static_cast<std::uint64_t>(std::chrono::floor<std::chrono::seconds>(clock()()).time_since_epoch().count());
            done([&](Transaction& t) {
                return service::add_cosignatures(portal(), t, nominator, other.cosigned(witness.cosigned(note, seconds), seconds));
            });
            new_report(drafter_, approver_);
        }
        done([&](Transaction& t) { return service::revoke_signing_key(t, nominator, domain::SigningKeyId(id)); });
    }

    const std::string code_ = "q1w2e3r4t5y6u7i8o9p0a1s2d3";
    base::Ed25519Key state_key_ = base::Ed25519Key::generate(random());
};

}  // namespace cbmx::test
