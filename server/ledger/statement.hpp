// What a State's key signs: one word of the State (rules.md 27c), bound to the log, the record and its version, the text, who reads it,
// the key and a time. An entry commits to it and its signature (Part::statement of receipt.hpp). Pure, any thread.
#pragma once
#include "base/bytes.hpp"
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cbmx::ledger {

struct Statement {
    base::Hash content{};  // salted() by the entry's salt of `commitment`: canonical content, or change record
    base::Hash key{};      // SHA-256 of the key's DER (SubjectPublicKeyInfo)
    std::string kind;      // as the entry, like subject, version and label
    std::optional<std::string> label;
    std::string origin;                    // of the log
    std::optional<base::Hash> recipients;  // with a label: salted() by the entry's salt of `recipients`: canonical list
    std::string subject, subject_kind;
    std::string time;  // RFC 3339 UTC, whole seconds
    std::int64_t version = 0;
};

inline constexpr std::size_t max_statement_bytes = 4096;

bool is_statement_time(std::string_view text);  // "2026-11-30T12:00:00Z"; whether there is such a day is for whoever compares it

std::string statement_object(const Statement& said);     // canonical JSON
std::string statement_text(const Statement& statement);  // the bytes that are signed: a line that says what it is, and the object
// nullopt unless the text is exactly one that statement_text() writes.
std::optional<Statement> parse_statement(std::string_view text);
// {"signature": base64, "statement": {...}}, canonical: what the entry commits to, and its opening shows. object: statement_object().
std::string signed_statement(std::string_view object, std::string_view signature);
// The same read again; nullopt unless it is exactly one.
struct SignedStatement {
    Statement statement;
    std::string text, signature;  // the bytes that were signed, and the signature's
};
std::optional<SignedStatement> parse_signed_statement(std::string_view text);

// The id of a record that comes into being with a word that is signed, so that its State can know it before: a UUID of version 4, of the
// first 16 bytes of SHA-256("cbmx/id/v1\n" HOME "\n" || content salt); of a second such record, of the other 16.
std::string record_id(std::string_view home, const base::Hash& content_salt, bool is_second = false);

}  // namespace cbmx::ledger
