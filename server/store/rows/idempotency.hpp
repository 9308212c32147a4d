// Safe retries: what an Idempotency-Key did, written in the transaction of its effect (IETF Idempotency-Key draft), and the
// references that clients give their own submissions.
#pragma once
#include "store/connection.hpp"
#include <optional>
#include <string>

namespace cbmx::store {

struct IdempotencyRow {
    std::string account, key;
    base::Hash fingerprint{};  // of method, path, If-Match and body
    std::string at;
    int status = 0;
    std::optional<std::int64_t> seq;
    std::string subject_kind;  // domain::name_of(Subject), or "report_draft"
    std::string subject;
};

std::optional<IdempotencyRow> idempotency(Connection& db, const std::string& account, const std::string& key);
void insert_idempotency(Connection& db, const IdempotencyRow& row);
// Removes records older than the given time; at most a bounded number at once.
std::int64_t forget_idempotency(Connection& db, const std::string& before);

// What a client's own name for a report or nomination, unique per account, was first used for.
struct ClientReference {
    base::Hash fingerprint{};
    std::string subject;
};
std::optional<ClientReference> client_reference(Connection& db, const std::string& account, const std::string& reference);
void insert_client_reference(Connection& db, const std::string& account, const std::string& reference, const ClientReference& value);

}  // namespace cbmx::store
