// See statements.hpp.
#include "store/log/statements.hpp"
#include "base/ed25519.hpp"
#include "ledger/receipt.hpp"
#include "store/log/hands.hpp"
#include "store/rows/signing_keys.hpp"
#include <algorithm>
#include <nlohmann/json.hpp>

namespace cbmx::store {
namespace {

using domain::Error;
using domain::ErrorCode;
using domain::EventKind;
using domain::Rule;
using domain::Signing;
using domain::Violation;

// "'report_published', ...": the kinds of entries that are words of a State, as a list for IN.
constexpr SqlText word_kinds = domain::joined<[](auto take) {
    std::string_view before = "'";
    for (const auto& row : domain::event_table)
        if (row.signing != Signing::none) {
            take(before), take(row.name), take("'");
            before = ", '";
        }
}>();

// What a State's own key would sign of this entry, by the key and at the time that its client says.
ledger::Statement expected_of(const ledger::Entry& entry, const ledger::Statement& said, const std::string& origin, const WordParts& parts)
{
    ledger::Statement expected{.content = ledger::salted(parts.content_salt, parts.content),
                               .key = said.key,
                               .kind = entry.kind,
                               .label = entry.label,
                               .origin = origin,
                               .recipients = {},
                               .subject = entry.subject,
                               .subject_kind = entry.subject_kind,
                               .time = said.time,
                               .version = entry.version};
    if (parts.recipients)
        expected.recipients = ledger::salted(parts.recipients_salt, *parts.recipients);
    return expected;
}

bool is_in_time(const std::string& text, domain::Instant now)
{
    const auto said = domain::from_rfc3339(text);
    return said && *said <= now && now - *said <= oldest_statement;
}

// Salts: one for each hash that the entry has, and not the same, or whoever opens the content could try out lists of recipients.
std::vector<Violation> wrong_salts(const BroughtStatement& brought, bool has_recipients)
{
    if (brought.recipients_salt.has_value() != has_recipients)
        return {{"/statement/recipients_salt", has_recipients ? Rule::required : Rule::unknown_member}};
    if (brought.recipients_salt == brought.content_salt)
        return {{"/statement/recipients_salt", Rule::statement_salt}};
    return {};
}

// Each member that says something else than what is being made.
std::vector<Violation> differences(const ledger::Statement& said, const ledger::Statement& expected)
{
    std::vector<Violation> found;
    const auto compare = [&found](bool is_same, Rule rule, domain::Arguments arguments = {}) {
        if (!is_same)
            found.push_back({"/statement/text", rule, std::move(arguments)});
    };
    compare(said.origin == expected.origin, Rule::statement_origin, {{"origin", expected.origin}});
    compare(said.kind == expected.kind, Rule::statement_kind, {{"kind", expected.kind}});
    compare(said.subject == expected.subject && said.subject_kind == expected.subject_kind, Rule::statement_subject,
            {{"subject", expected.subject_kind + " " + expected.subject}});
    compare(said.version == expected.version, Rule::statement_version,
            {{"said", std::to_string(said.version)}, {"version", std::to_string(expected.version)}});
    compare(said.label == expected.label, Rule::statement_label, {{"label", expected.label.value_or("-")}});
    compare(said.recipients == expected.recipients, Rule::statement_recipients);
    compare(said.content == expected.content, Rule::statement_content);
    return found;
}

Error refused(std::vector<Violation> violations) { return Error{ErrorCode::validation_failed, std::move(violations)}; }

std::string origin_of(Connection& connection)
{
    auto rows = connection.query("SELECT name FROM log_key ORDER BY from_seq DESC LIMIT 1");
    return rows.next() ? rows.text(0) : std::string();
}

}  // namespace

bool is_word(EventKind kind, const domain::Principal& actor, const domain::Home& home)
{
    return domain::row_of(kind).signing != Signing::none && !actor.account.empty() && home.is_state() && actor.home == home;
}

bool is_signature_due(Connection& connection, const ledger::Entry& entry, EventKind kind)
{
    if (domain::row_of(kind).signing != Signing::due || !entry.state)
        return false;
    const auto settings = settings_before(connection, *entry.state, entry.seq);
    return settings && nlohmann::json::parse(*settings).value("require_signature", false);
}

std::optional<std::string> signed_word(Connection& connection, Speech& speech, const ledger::Entry& entry, EventKind kind,
                                       const WordParts& parts, domain::Instant now)
{
    if (!speech.brought) {
        if (is_signature_due(connection, entry, kind))
            speech.refusal = Error{ErrorCode::signature_required, {{"/statement", Rule::required}}};
        return std::nullopt;
    }
    if (speech.refusal)  // before the word was made
        return std::nullopt;
    const auto& brought = *speech.brought;
    const auto& said = brought.said;
    if (auto wrong = wrong_salts(brought, parts.recipients.has_value()); !wrong.empty()) {
        speech.refusal = refused(std::move(wrong));
        return std::nullopt;
    }
    const auto expected = expected_of(entry, said, origin_of(connection), parts);
    auto wrong = brought.is_signed() ? differences(said, expected) : std::vector<Violation>();
    const auto place = [&brought](const char* member) {
        return brought.is_signed() ? std::string("/statement/text") : std::string(member);
    };
    if (!is_in_time(said.time, now))
        wrong.push_back({place("/statement/time"), Rule::statement_time, {{"days", std::to_string(oldest_statement.count())}}});
    const auto key = statement_key(connection, domain::StateCode(entry.state.value_or("")), said.key, entry.seq);
    if (!key)
        wrong.push_back({place("/statement/key"), Rule::statement_key});
    if (!wrong.empty()) {
        speech.refusal = refused(std::move(wrong));
        return std::nullopt;
    }
    if (!brought.is_signed()) {
        speech.to_sign = ToSign{ledger::statement_text(expected), parts.content, parts.recipients};
        return std::nullopt;
    }
    if (*key != brought.proven_key && !base::verify_detached(*key, ledger::statement_text(expected), brought.signature)) {
        speech.refusal = Error{ErrorCode::signature_invalid, {{"/statement/signature", Rule::invalid_value}}};
        return std::nullopt;
    }
    return ledger::signed_statement(ledger::statement_object(expected), brought.signature);
}

std::optional<std::string> statement_key(Connection& connection, const domain::StateCode& state, const base::Hash& fingerprint,
                                         domain::Seq before)
{
    auto key = find_signing_key(connection, state, fingerprint);
    const bool signs = key && !key->is_witness() && key->status == domain::SigningKeyStatus::active && key->seq < before;
    return signs ? std::optional(std::move(key->public_key)) : std::nullopt;
}

std::optional<std::string> key_that_could_sign(Connection& connection, const domain::StateCode& state, const base::Hash& fingerprint,
                                               domain::Seq seq)
{
    auto rows = connection.query("SELECT s.public_key FROM signing_key s WHERE s.state = ?1 AND s.fingerprint = ?2 AND s.use = 'statements'"
                                 " AND EXISTS (SELECT 1 FROM ledger_entry e WHERE e.subject_kind = 'signing_key' AND e.subject = s.id"
                                 " AND e.kind = 'signing_key_registered' AND e.seq < ?3)"
                                 " AND NOT EXISTS (SELECT 1 FROM ledger_entry e WHERE e.subject_kind = 'signing_key' AND e.subject = s.id"
                                 " AND e.kind = 'signing_key_revoked' AND e.seq < ?3)",
                                 state, fingerprint, seq);
    return rows.next() ? std::optional(rows.text(0)) : std::nullopt;
}

void scan_statements(Connection& connection, const std::function<void(const SpokenRow&)>& each)
{
    auto rows =
        connection.query("SELECT e.seq, e.body, o.content, o.salt, o.recipients, o.recipients_salt, o.statement FROM ledger_opening o"
                         " JOIN ledger_entry e ON e.seq = o.seq WHERE o.statement IS NOT NULL ORDER BY o.seq");
    while (rows.next())
        each({rows.integer(0), rows.text(1), rows.optional_text(2), rows.optional_text(3), rows.optional_text(4), rows.optional_text(5),
              rows.optional_text(6)});
}

std::vector<std::string> words_between(Connection& connection, const domain::Home& home, domain::Seq after, domain::Seq before)
{
    static constexpr auto statement =
        "SELECT body FROM ledger_entry WHERE home = ?1 AND seq > ?2 AND seq < ?3 AND kind IN (" + word_kinds + ") ORDER BY seq";
    std::vector<std::string> list;
    auto rows = connection.query(statement, home.text(), after, before);
    while (rows.next())
        list.push_back(rows.text(0));
    return list;
}

std::vector<SettingsChange> settings_changes(Connection& connection)
{
    std::vector<SettingsChange> list;
    auto rows = connection.query("SELECT e.seq, e.subject, o.content FROM ledger_entry e JOIN ledger_opening o ON o.seq = e.seq"
                                 " WHERE e.kind = 'state_settings_changed' ORDER BY e.seq");
    while (rows.next())
        list.push_back({rows.integer(0), rows.text(1), rows.optional_text(2)});
    return list;
}

}  // namespace cbmx::store
