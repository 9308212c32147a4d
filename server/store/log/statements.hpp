// The State's own signature below a word that its account makes (rules.md 27c): what comes with a request, and what append() makes of it
// (store/log/transaction.hpp), whatever the word is. What is signed: ledger/statement.hpp.
#pragma once
#include "domain/clock.hpp"
#include "domain/error.hpp"
#include "domain/event.hpp"
#include "domain/principal.hpp"
#include "ledger/entry.hpp"
#include "ledger/statement.hpp"
#include "store/connection.hpp"
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace cbmx::store {

inline constexpr std::chrono::days oldest_statement{7};  // from its time to its acceptance

// As a request has it: signed, or in a dry run only what the State's client chooses, so that the answer says what is to be signed.
struct BroughtStatement {
    ledger::Statement said;     // of one that is to be signed: key and time alone
    std::string signature;      // empty: it is to be signed
    base::Hash content_salt{};  // the entry's own salts, made by the State's client
    std::optional<base::Hash> recipients_salt;
    std::string proven_key;  // PEM: by it the signature was found to be right, outside the writer; empty: by none yet

    bool is_signed() const { return !signature.empty(); }
};

// What the State is to sign: the answer to a dry run.
struct ToSign {
    std::string text;                       // the exact bytes
    std::string content;                    // canonical JSON: what `content` is the hash of
    std::optional<std::string> recipients;  // likewise
};

// Of one request: what came with it, and what became of that. One word of a request is signed, the first; what follows from it in the same
// request carries no statement and needs none.
struct Speech {
    std::optional<BroughtStatement> brought = {};
    bool has_spoken = false;
    std::optional<ToSign> to_sign = {};
    std::optional<domain::Error> refusal = {};  // why the request must not be kept
};

// Whether an account of a State says this in its State's name; and whether the State wants that signed.
bool is_word(domain::EventKind kind, const domain::Principal& actor, const domain::Home& home);
bool is_signature_due(Connection& connection, const ledger::Entry& entry, domain::EventKind kind);

// What else append() knows of the word's entry, which has all but its statement.
struct WordParts {
    const std::string& content;
    const std::optional<std::string>& recipients;
    base::Hash content_salt{}, recipients_salt{};
};
// Judges what was brought for this word, into the speech; gives what the entry commits to, nullopt where nothing was signed.
std::optional<std::string> signed_word(Connection& connection, Speech& speech, const ledger::Entry& entry, domain::EventKind kind,
                                       const WordParts& parts, domain::Instant now);

// The key of the State that signs statements now: the PEM; nullopt: none of this fingerprint. before: registered below this number.
std::optional<std::string> statement_key(Connection& connection, const domain::StateCode& state, const base::Hash& fingerprint,
                                         domain::Seq before);

// The key for statements that stood in the log as the State's when the entry of this number was made: PEM. What else its row says is not
// read, so that verify can go on where somebody has changed it.
std::optional<std::string> key_that_could_sign(Connection& connection, const domain::StateCode& state, const base::Hash& fingerprint,
                                               domain::Seq seq);

// What verify reads: the entries that carry a statement, in order.
struct SpokenRow {
    domain::Seq seq = 0;
    std::string entry;                                                                         // canonical
    std::optional<std::string> content, content_salt, recipients, recipients_salt, statement;  // nullopt once erased
};
void scan_statements(Connection& connection, const std::function<void(const SpokenRow&)>& each);
// The words of a State between two numbers, both left out, canonical; and the changes of all States' settings, by number.
std::vector<std::string> words_between(Connection& connection, const domain::Home& home, domain::Seq after, domain::Seq before);
struct SettingsChange {
    domain::Seq seq = 0;
    std::string state;
    std::optional<std::string> content;
};
std::vector<SettingsChange> settings_changes(Connection& connection);

}  // namespace cbmx::store
