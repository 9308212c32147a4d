// Reference documents (strategies, laws, policies), kept by the secretariat with their source. Never a State's report:
// what has not been checked with the State carries a notice that says so.
#pragma once
#include "service/registry/registry.hpp"
#include "store/rows/documents.hpp"

namespace cbmx::service {

using store::DocumentFilter;

Result<Representation> get_document(Connection& connection, const Principal& principal, i18n::Language language,
                                    const domain::DocumentId& id);
// In order of id. changed_since never reveals to an anonymous caller a number beyond the public log's size.
Result<Page> list_documents(Connection& connection, const Principal& principal, i18n::Language language, const DocumentFilter& filter,
                            std::int64_t limit, const std::string& after);

// As in service/registry/registry.hpp.
Result<Outcome> create_document(Transaction& transaction, const Principal& principal, const nlohmann::json& body);
Result<Outcome> change_document(Transaction& transaction, const Principal& principal, const domain::DocumentId& id,
                                const ExpectedVersion& expected, const nlohmann::json& patch);
std::string document_record(Connection& connection, const domain::DocumentId& id);

}  // namespace cbmx::service
