// See enrolments.hpp.
#include "service/accounts/enrolments.hpp"
#include "base/check_words.hpp"
#include "base/possession.hpp"
#include "json/parse.hpp"
#include "service/accounts/attestation.hpp"
#include "service/accounts/authenticate.hpp"
#include "service/accounts/state_settings.hpp"
#include "service/guard.hpp"
#include "service/quotas.hpp"

namespace cbmx::service {
namespace {

using domain::CredentialKind;
using domain::EnrolmentStatus;
using domain::EventKind;
using domain::Permission;
using Json = nlohmann::json;

// now: of one that awaits attestation, also who could say so, and who could approve what its holder writes until then.
Json representation_of(Connection& connection, const store::EnrolmentRow& row, std::optional<domain::Instant> now)
{
    const auto account = store::find_account(connection, row.account);
    auto record = enrolment_record(connection, row.id);
    if (store::is_hidden(connection, row.account)) {  // with the account's name
        auto shown = Json::parse(record);
        shown["label"] = "";
        if (row.attested_note)
            shown["attested"]["note"] = nullptr;
        record = json::canonical(shown);
    }
    auto others = Json::object();
    if (now && row.status != EnrolmentStatus::ended && !row.attested_at)
        others = {{"approvers", accounts_apart_from(connection, row, *now, domain::Role::approver)},
                  {"attesters", accounts_apart_from(connection, row, *now)}};
    others["home"] = account->home.text();
    return represent(connection, row.id.value, record, row.version, row.seq, std::move(others));
}

CredentialKind kind_in(const Json& body) { return domain::value_named<CredentialKind>(body.at("kind").get<std::string>()).value(); }

base::Hash hash_in(const Json& body, const char* member)
{
    return base::to_hash(base::from_hex(body.at(member).get<std::string>()).value()).value();
}

TokenDraft token_draft_from(const Json& body)
{
    return {.label = body.at("label").get<std::string>(),
            .scopes = body.at("scopes").get<std::vector<std::string>>(),
            .expires_in_days = body.value("expires_in_days", default_token_days),
            .bound_to_certificate = optional_member(body, "bound_to_certificate")};
}

// The account for which the caller may make an enrolment: never its own.
Result<store::AccountRow> account_to_enrol(Transaction& transaction, const Principal& principal, const domain::AccountId& id)
{
    return actable(
        store::find_visible_account(transaction.db(), reach_of_reader(principal), id),
        [&principal](const store::AccountRow& account) {
            auto allowed = require(principal, Permission::account_write, account.home);
            return allowed && is_self(principal, account.id) ? Error{ErrorCode::not_eligible, {{"path:id", Rule::same_person}}} : allowed;
        },
        [](const store::AccountRow& account) {
            return account.status == domain::AccountStatus::active ? Result<void>()
                                                                   : Error{ErrorCode::conflict, {{"path:id", Rule::not_active}}};
        });
}

Rule rule_of(domain::CertificateFault fault)
{
    using enum domain::CertificateFault;
    switch (fault) {
    case unknown_authority: return Rule::certificate_authority;
    case wrong_purpose: return Rule::certificate_purpose;
    case expired: return Rule::certificate_expired;
    case not_yet_valid: return Rule::certificate_not_yet_valid;
    case revoked: return Rule::certificate_revoked;
    case no_current_list: return Rule::certificate_list_ended;
    case other: break;
    }
    return Rule::certificate_other;
}

// A certificate with which its holder could sign in now.
Result<base::CertificateFacts> usable_certificate(const Portal& portal, domain::Instant now, const std::string& pem)
{
    auto facts = check_certificate(now, pem);
    if (!facts)
        return facts;
    if (!portal.judge_certificate)  // no listener takes certificates
        return domain::invalid("/certificate", Rule::certificate_other);
    if (const auto fault = portal.judge_certificate(pem))
        return domain::invalid("/certificate", rule_of(*fault));
    return facts;
}

Outcome record_enrolment(Transaction& transaction, const Principal& principal, const store::EnrolmentRow& row, const domain::Home& home,
                         EventKind kind, domain::ActingRole role)
{
    const auto seq = transaction.append(principal, {.kind = kind,
                                                    .subject = row.id.value,
                                                    .home = home,
                                                    .acting_role = role,
                                                    .version = row.version,
                                                    .content = enrolment_record(transaction.db(), row.id)});
    return {.subject = domain::Subject::enrolment, .id = row.id.value, .seq = seq};
}

Outcome end_by_portal(Transaction& transaction, store::EnrolmentRow row, const domain::Home& home)
{
    row.status = EnrolmentStatus::ended;
    return settle(transaction, domain::the_portal(), std::move(row), home, EventKind::enrolment_ended, domain::ActingRole::of_portal());
}

// USE

// Counted also where the caller is refused, so that a code cannot be guessed.
Outcome count_wrong_code(Transaction& transaction, store::EnrolmentRow row, const domain::Home& home)
{
    Outcome outcome{.subject = domain::Subject::enrolment, .id = row.id.value};
    if (row.status == EnrolmentStatus::open) {
        --row.tries_left;
        store::set_tries_left(transaction.db(), row.id, row.tries_left);
        if (row.tries_left == 0)
            outcome = end_by_portal(transaction, row, home);
    }
    outcome.is_counted = true;
    outcome.refused = Error{ErrorCode::not_eligible, {{"/code", Rule::wrong_code, {{"left", std::to_string(row.tries_left)}}}}};
    return outcome;
}

bool shows_possession(const Portal& portal, const store::EnrolmentRow& row, const base::Hash& certificate, const Json& body)
{
    const auto pem = body.at("certificate").get<std::string>();
    const auto text = base::enrolment_text(portal.origin, row.account.value, certificate, row.id.value);
    if (const auto request = optional_member(body, "request"))
        return base::requested_by_certificate(pem, *request, base::challenge_for(text));
    const auto signature = base::from_base64(optional_member(body, "signature").value_or(""));
    return signature && base::signed_by_certificate(pem, text, *signature);
}

// What the holder brings, as the row of his credential.
Result<store::CredentialRow> certificate_brought(const Portal& portal, domain::Instant now, const store::EnrolmentRow& row,
                                                 const Json& body)
{
    if (!body.contains("certificate"))
        return domain::invalid("/certificate", Rule::required);
    const auto facts = usable_certificate(portal, now, body.at("certificate").get<std::string>());
    if (!facts)
        return facts.error();
    if (!shows_possession(portal, row, facts->fingerprint, body))
        return domain::invalid(body.contains("request") ? "/request" : "/signature", Rule::no_possession);
    return certificate_row(row.account, *facts, row.label);
}

Result<store::CredentialRow> token_brought(domain::Instant now, const store::EnrolmentRow& row, const Json& body)
{
    if (!body.contains("token_sha256"))
        return domain::invalid("/token_sha256", Rule::required);
    store::CredentialRow credential;
    credential.account = row.account;
    credential.kind = CredentialKind::token;
    credential.fingerprint = hash_in(body, "token_sha256");
    credential.label = row.label;
    credential.scopes = row.scopes;
    credential.bound_to = row.bound_to;
    credential.not_after = domain::to_rfc3339(now + std::chrono::days(row.days.value()));
    credential.proven = false;
    credential.prove_by = row.until_at;
    return credential;
}

// Both holders have shown the key: whoever was first keeps it, and both States see the other's claim in their feeds. Of a certificate
// that was revoked the first has nothing to fear.
Outcome note_claim(Transaction& transaction, store::CredentialRow taken, const store::EnrolmentRow& row, const domain::Home& home)
{
    if (taken.status == domain::CredentialStatus::active)
        note_second_claim(transaction, std::move(taken));
    auto outcome = end_by_portal(transaction, row, home);
    outcome.refused = Error{ErrorCode::conflict, {{"/certificate", Rule::already_exists}}};
    return outcome;
}

Outcome enter_holder(Transaction& transaction, store::CredentialRow credential, store::EnrolmentRow row, const domain::Home& home,
                     const std::string& code)
{
    credential.id = domain::CredentialId(transaction.new_uuid());
    credential.enrolment = row.id;
    credential.issued_by = row.made_by;
    credential.issued_with = row.made_with;
    const auto holder = holder_of(transaction.db(), transaction.now(), credential);
    const auto role = holder.acting_role(Permission::enrol);
    auto outcome = enter_credential(transaction, holder, credential, home, Permission::enrol);
    row.status = EnrolmentStatus::used;
    row.credential = credential.id;
    row.check_words = base::check_words(code, credential.fingerprint);
    settle(transaction, holder, std::move(row), home, EventKind::enrolment_used, role);
    outcome.shown_to = holder;
    return outcome;
}

// The answer to the first use was lost. nullopt: it is another use.
std::optional<Outcome> repeated_use(const Portal& portal, Transaction& transaction, const store::EnrolmentRow& row, const Json& body)
{
    auto& db = transaction.db();
    const auto credential = row.credential ? store::find_credential(db, *row.credential) : std::nullopt;
    if (!credential)
        return std::nullopt;
    const auto facts = body.contains("certificate") ? base::certificate_facts(body.at("certificate").get<std::string>()) : std::nullopt;
    const bool is_same = body.contains("token_sha256") ? credential->fingerprint == hash_in(body, "token_sha256")
                                                       : facts && facts->fingerprint == credential->fingerprint &&
                                                             shows_possession(portal, row, facts->fingerprint, body);
    if (!is_same)
        return std::nullopt;
    return Outcome{.status = 201,
                   .subject = domain::Subject::credential,
                   .id = credential->id.value,
                   .seq = credential->seq,
                   .shown_to = holder_of(db, transaction.now(), *credential)};
}

Json attestation_in(const store::EnrolmentRow& row)
{
    if (!row.attested_at)
        return nullptr;
    return {{"at", *row.attested_at},
            {"by", or_null(row.attested_by)},
            {"with", or_null(row.attested_with)},
            {"note", row.attested_note ? Json::parse(*row.attested_note) : Json()}};
}

std::vector<Violation> faults_of_enrolment(Connection& db, const domain::AccountId& account, const Json& body)
{
    auto violations = check_enrolment(db, account, body);
    if (!body.contains("code_sha256"))
        violations.push_back({"/code_sha256", Rule::required});
    return violations;
}

Error no_longer() { return Error{ErrorCode::conflict, {{"", Rule::enrolment_ended}}}; }

}  // namespace

Outcome settle(Transaction& transaction, const Principal& principal, store::EnrolmentRow row, const domain::Home& home, EventKind kind,
               domain::ActingRole role)
{
    ++row.version;
    row.seq = transaction.next_seq();
    if (!store::update_enrolment(transaction.db(), row))
        throw std::logic_error("an enrolment changed within a transaction");
    return record_enrolment(transaction, principal, row, home, kind, role);
}

std::string enrolment_record(Connection& connection, const domain::EnrolmentId& id)
{
    const auto row = store::find_enrolment(connection, id);
    if (!row)
        throw std::logic_error("no enrolment " + id.value);
    // One hash more, as for a token: a reader of the record learns nothing with which the enrolment could be looked up.
    return json::canonical({{"account", row->account.value},
                            {"kind", domain::name_of(row->kind)},
                            {"code", base::hex(base::sha256(base::as_chars(row->code)))},
                            {"second_code", row->second_code ? Json(base::hex(base::sha256(base::as_chars(*row->second_code)))) : Json()},
                            {"proposal", or_null(row->proposal)},
                            {"label", row->label},
                            {"scopes", domain::names_of(row->scopes)},
                            {"bound_to_certificate", row->bound_to ? Json(base::hex(*row->bound_to)) : Json()},
                            {"expires_in_days", row->days ? Json(*row->days) : Json()},
                            {"until", row->until_at},
                            {"status", domain::name_of(row->status)},
                            {"credential", or_null(row->credential)},
                            {"made_by", or_null(row->made_by)},
                            {"made_with", or_null(row->made_with)},
                            {"check_words", row->check_words ? Json(base::hex(base::sha256(*row->check_words))) : Json()},
                            {"attested", attestation_in(*row)},
                            {"created_at", row->created_at}});
}

Result<Representation> get_enrolment(Connection& connection, const Principal& principal, const domain::EnrolmentId& id, domain::Instant now)
{
    const auto row = store::find_visible_enrolment(connection, reach_of_reader(principal), id);
    if (!row)
        return domain::not_found();
    return Representation{representation_of(connection, *row, now), std::nullopt};
}

Result<Page> list_enrolments(Connection& connection, const Principal& principal, i18n::Language, std::int64_t limit,
                             const std::string& after)
{
    const auto rows = store::visible_enrolments_after(connection, reach_of_reader(principal), after, limit + 1);
    return page_of(rows, limit, [&](const store::EnrolmentRow& row) { return representation_of(connection, row, std::nullopt); });
}

Json enrolment_in(const Json& proposal)
{
    auto body = proposal;
    body["kind"] = proposal.at("credential_kind");
    return body;
}

std::vector<Violation> check_enrolment(Connection& connection, const domain::AccountId& account, const Json& body)
{
    std::vector<Violation> missing;
    const bool is_token = kind_in(body) == CredentialKind::token;
    for (const char* member : {"label", "scopes"})
        if (is_token && !body.contains(member))
            missing.push_back({std::string("/") + member, Rule::required});
    if (!missing.empty() || !is_token)
        return missing;
    return check_token(connection, account, token_draft_from(body), all_token_scopes());
}

Result<Outcome> make_enrolment(const Portal& portal, Transaction& transaction, const Principal& principal, const domain::AccountId& account,
                               const Json& body)
{
    const auto row = account_to_enrol(transaction, principal, account);
    if (!row)
        return row.error();
    if (const auto pem = optional_member(body, "certificate")) {
        const auto facts = usable_certificate(portal, transaction.now(), *pem);
        return facts ? Error{ErrorCode::conflict, {{"/certificate", Rule::holder_enrols}}} : facts.error();
    }
    if (auto violations = faults_of_enrolment(transaction.db(), account, body); !violations.empty())
        return Error{ErrorCode::validation_failed, std::move(violations)};
    if (auto room = check_quota_of(transaction.db(), *row, domain::Quota::credentials, 1); !room)
        return room.error();
    return carry_out_enrolment(transaction, principal, *row, body, Permission::account_write);
}

Outcome carry_out_enrolment(Transaction& transaction, const Principal& principal, const store::AccountRow& account, const Json& body,
                            Permission permission, const std::optional<SecondHalf>& second)
{
    store::EnrolmentRow row;
    row.id = domain::EnrolmentId(transaction.new_uuid());
    row.account = account.id;
    row.kind = kind_in(body);
    row.code = hash_in(body, "code_sha256");
    row.tries_left = enrolment_tries;
    row.label = optional_member(body, "label").value_or("");
    row.scopes.set();
    if (row.kind == CredentialKind::token) {
        const auto token = token_draft_from(body);
        row.scopes = domain::token_scopes_from(token.scopes);
        row.days = token.expires_in_days;
        if (token.bound_to_certificate)
            row.bound_to = base::to_hash(base::from_hex(*token.bound_to_certificate).value());
    }
    if (second) {
        row.second_code = second->code;
        row.proposal = second->founding;
    }
    row.until_at = domain::to_rfc3339(transaction.now() + (second ? founding_life : enrolment_life));
    row.made_by = unless_empty(principal.account);
    row.made_with = unless_empty(principal.credential);
    row.created_at = transaction.now_text();
    row.version = 1;
    row.seq = transaction.next_seq();
    store::insert_enrolment(transaction.db(), row);
    auto outcome =
        record_enrolment(transaction, principal, row, account.home, EventKind::enrolment_made, principal.acting_role(permission));
    outcome.status = 201;
    return outcome;
}

Result<Outcome> end_enrolment(Transaction& transaction, const Principal& principal, const domain::EnrolmentId& id)
{
    auto& db = transaction.db();
    auto row = actable(
        store::find_visible_enrolment(db, reach_of_reader(principal), id),
        [&](const store::EnrolmentRow& open) {
            return is_self(principal, open.account)
                       ? Result<void>()
                       : require(principal, Permission::account_write, store::find_account(db, open.account).value().home);
        },
        [](const store::EnrolmentRow& open) { return open.status == EnrolmentStatus::open ? Result<void>() : not_now(open.status); });
    if (!row)
        return row.error();
    const auto permission = is_self(principal, row->account) ? Permission::own_credential : Permission::account_write;
    row->status = EnrolmentStatus::ended;
    const auto home = store::find_account(db, row->account).value().home;
    return settle(transaction, principal, std::move(*row), home, EventKind::enrolment_ended, principal.acting_role(permission));
}

Result<Outcome> reset_account(Transaction& transaction, const Principal& principal, const domain::AccountId& account, const Json& body)
{
    auto& db = transaction.db();
    const auto row = account_to_enrol(transaction, principal, account);
    if (!row)
        return row.error();
    if (auto violations = faults_of_enrolment(db, account, body); !violations.empty())
        return Error{ErrorCode::validation_failed, std::move(violations)};
    for (auto& open : store::open_enrolments(db, account)) {
        open.status = EnrolmentStatus::ended;
        settle(transaction, principal, std::move(open), row->home, EventKind::enrolment_ended,
               principal.acting_role(Permission::account_write));
    }
    for (const auto& held : store::unrevoked_credentials(db, account)) {
        const auto now = store::find_credential(db, held);  // one before may have ended it too
        if (now->status != domain::CredentialStatus::revoked)
            if (const auto revoked = carry_out_revocation(transaction, principal, *now, Permission::account_write); !revoked)
                return revoked.error();
    }
    return carry_out_enrolment(transaction, principal, *row, body, Permission::account_write);
}

Result<Outcome> use_enrolment(const Portal& portal, Transaction& transaction, const domain::EnrolmentId& id, const Json& body)
{
    auto& db = transaction.db();
    const auto row = store::find_enrolment(db, id);
    if (!row)
        return domain::not_found();
    const auto account = store::find_account(db, row->account).value();
    if (!is_code_of(*row, body.at("code").get<std::string>()))
        return count_wrong_code(transaction, *row, account.home);
    if (auto repeated = repeated_use(portal, transaction, *row, body))
        return std::move(*repeated);
    if (row->status != EnrolmentStatus::open || row->until_at <= transaction.now_text())
        return no_longer();
    if (account.status != domain::AccountStatus::active)
        return Error{ErrorCode::conflict, {{"", Rule::not_active}}};
    const auto now = transaction.now();
    const auto brought =
        row->kind == CredentialKind::certificate ? certificate_brought(portal, now, *row, body) : token_brought(now, *row, body);
    if (!brought)
        return brought.error();
    if (row->kind == CredentialKind::certificate)
        if (auto taken = store::find_proven_credential(db, brought->fingerprint))
            return note_claim(transaction, std::move(*taken), *row, account.home);
    const auto code = body.at("code").get<std::string>();
    return enter_holder(transaction, *brought, *row, account.home, row->second_code ? folded_code(code) : code);
}

}  // namespace cbmx::service
