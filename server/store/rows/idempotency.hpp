// Safe retries: what an Idempotency-Key did, written in the transaction of its effect (IETF Idempotency-Key draft).
#pragma once
#include "store/sqlite/sqlite.hpp"
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

}  // namespace cbmx::store
