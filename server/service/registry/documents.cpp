// See documents.hpp. The columns beside the record are part of what verify compares.
#include "service/registry/documents.hpp"
#include "json/parse.hpp"
#include "service/guard.hpp"
#include "service/rights.hpp"
#include <algorithm>
#include <stdexcept>

namespace cbmx::service {
namespace {

using domain::Home;
using domain::Permission;
using store::DocumentRow;
using Value = nlohmann::json;

Representation document_representation(const Principal& principal, i18n::Language language, const DocumentRow& document)
{
    auto record = Value::parse(document.row.record);
    const bool verified = record.at("verified_with_state").get<bool>();
    auto representation = representation_of(principal, document.row, {std::move(record)});
    representation.body["meta"]["notice"] = verified ? Value() : Value(i18n::text(language, "meta.compiled_notice"));
    return representation;
}

std::vector<Violation> check_document(Connection& connection, const Value& record)
{
    std::vector<Violation> violations;
    if (!store::row_exists(connection, store::RegistryTable::state, record.at("state").get<std::string>()))
        violations.push_back({"/state", Rule::unknown_state});
    return violations;
}

DocumentRow row_of(const Value& record, std::int64_t version, Seq seq)
{
    DocumentRow document;
    document.row = {
        .key = record.at("id").get<std::string>(), .record = json::canonical(record), .version = version, .seq = seq, .salt = {}};
    document.state = domain::StateCode(record.at("state").get<std::string>());
    document.year = record.at("year").get<std::int64_t>();
    document.language = record.at("language").get<std::string>();
    document.kind = record.at("kind").get<std::string>();
    return document;
}

Outcome outcome_of(const std::string& id, int status) { return {.status = status, .subject = domain::Subject::document, .id = id}; }

Outcome append(Transaction& transaction, const Principal& principal, const DocumentRow& document, int status)
{
    auto outcome = outcome_of(document.row.key, status);
    outcome.seq = transaction.append(principal, {.kind = domain::EventKind::document_changed,
                                                 .subject = document.row.key,
                                                 .home = Home::of_state(document.state),
                                                 .acting_role = principal.acting_role(Permission::registry_write),
                                                 .version = document.row.version,
                                                 .content = document.row.record});
    return outcome;
}

}  // namespace

Result<Representation> get_document(Connection& connection, const Principal& principal, i18n::Language language,
                                    const domain::DocumentId& id)
{
    const auto document = store::find_document(connection, id);
    if (!document)
        return domain::not_found();
    return document_representation(principal, language, *document);
}

Result<Page> list_documents(Connection& connection, const Principal& principal, i18n::Language language, const DocumentFilter& filter,
                            std::int64_t limit, const std::string& after)
{
    auto asked = filter;
    // Without this, asking again and again with a growing number would tell an anonymous caller how long the log is.
    if (asked.changed_since)
        asked.changed_before = principal.visibility.visible_before;
    auto rows = store::documents_after(connection, asked, after, limit + 1);
    Page page;
    if (rows.size() > static_cast<std::size_t>(limit)) {
        rows.resize(static_cast<std::size_t>(limit));
        page.next = rows.back().row.key;
    }
    for (const auto& row : rows)
        page.items.push_back(document_representation(principal, language, row).body);
    return page;
}

Result<Outcome> create_document(Transaction& transaction, const Principal& principal, const Value& body)
{
    auto record = body;
    const auto home = Home::of_state(domain::StateCode(record.at("state").get<std::string>()));
    if (const auto allowed = require(principal, Permission::registry_write, home); !allowed)
        return allowed.error();
    if (!record.contains("verified_with_state"))
        record["verified_with_state"] = false;
    if (auto violations = check_document(transaction.db(), record); !violations.empty())
        return Error{ErrorCode::validation_failed, std::move(violations)};
    record["id"] = transaction.new_uuid();
    const auto document = row_of(record, 1, transaction.next_seq());
    store::insert_document(transaction.db(), document);
    return append(transaction, principal, document, 201);
}

Result<Outcome> change_document(Transaction& transaction, const Principal& principal, const domain::DocumentId& id,
                                const ExpectedVersion& expected, const Value& patch)
{
    const auto stored = actable(
        store::find_document(transaction.db(), id),
        [&principal](const store::DocumentRow& document) {
            return reaches(principal, Permission::registry_write, Home::of_state(document.state));
        },
        always, expected, [](const store::DocumentRow& document) { return record_tag(document.row.version, document.row.record); });
    if (!stored)
        return stored.error();
    const auto record = json::merge_patch(Value::parse(stored->row.record), patch);
    if (auto violations = check_document(transaction.db(), record); !violations.empty())
        return Error{ErrorCode::validation_failed, std::move(violations)};
    const auto document = row_of(record, stored->row.version + 1, transaction.next_seq());
    if (document.row.record == stored->row.record)
        return outcome_of(id.value, 200);
    if (!store::update_document(transaction.db(), document))
        return Error{ErrorCode::precondition_failed};
    return append(transaction, principal, document, 200);
}

std::string document_record(Connection& connection, const domain::DocumentId& id)
{
    const auto document = store::find_document(connection, id);
    if (!document)
        throw std::logic_error("no such row in document");
    auto record = Value::parse(document->row.record);
    record["id"] = document->row.key;
    record["state"] = document->state.value;
    record["year"] = document->year;
    record["language"] = document->language;
    record["kind"] = document->kind;
    return json::canonical(record);
}

}  // namespace cbmx::service
