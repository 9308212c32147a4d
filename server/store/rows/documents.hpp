// Reference documents: what someone compiled from the public record, never a State's report.
// The columns beside the record repeat what it says, so that lists filter in the SQL.
#pragma once
#include "store/rows/registry.hpp"

namespace cbmx::store {

struct DocumentRow {
    RegistryRow row;
    domain::StateCode state;
    std::int64_t year = 0;
    std::string language;
    std::string kind;
};

struct DocumentFilter {
    std::optional<std::string> state;
    std::optional<std::int64_t> year;
    std::optional<std::string> language;
    std::optional<std::string> kind;
    std::optional<domain::Seq> changed_since;   // seq > this
    std::optional<domain::Seq> changed_before;  // seq < this: the size of the log that the caller sees
};

std::optional<DocumentRow> find_document(Connection& connection, const domain::DocumentId& id);
std::vector<DocumentRow> documents_after(Connection& connection, const DocumentFilter& filter, const std::string& after,
                                         std::int64_t limit);  // in id order
void insert_document(Connection& connection, const DocumentRow& document);
// As update_row().
bool update_document(Connection& connection, const DocumentRow& document);

}  // namespace cbmx::store
