// SQL of reference documents. A filter that is not set is NULL and lets every row through.
#include "store/rows/documents.hpp"

namespace cbmx::store {
namespace {

DocumentRow document_from(const Rows& rows)
{
    DocumentRow document;
    document.row = {
        .key = rows.text(0), .record = rows.text(1), .version = rows.integer(2), .seq = rows.integer(3), .salt = rows.optional_text(4)};
    document.state = rows.id<domain::StateCode>(5);
    document.year = rows.integer(6);
    document.language = rows.text(7);
    document.kind = rows.text(8);
    return document;
}

}  // namespace

std::optional<DocumentRow> find_document(Connection& connection, const domain::DocumentId& id)
{
    auto rows = connection.query("SELECT d.id, d.record, d.version, d.seq, o.salt, d.state, d.year, d.language, d.kind FROM document d"
                                 " LEFT JOIN ledger_opening o ON o.seq = d.seq WHERE d.id = ?1",
                                 id);
    return rows.next() ? std::optional(document_from(rows)) : std::nullopt;
}

std::vector<DocumentRow> documents_after(Connection& connection, const DocumentFilter& filter, const std::string& after, std::int64_t limit)
{
    auto rows = connection.query("SELECT d.id, d.record, d.version, d.seq, o.salt, d.state, d.year, d.language, d.kind FROM document d"
                                 " LEFT JOIN ledger_opening o ON o.seq = d.seq"
                                 " WHERE d.id > ?1 AND (?2 IS NULL OR d.state = ?2) AND (?3 IS NULL OR d.year = ?3)"
                                 " AND (?4 IS NULL OR lower(d.language) = lower(?4)) AND (?5 IS NULL OR d.kind = ?5)"
                                 " AND (?6 IS NULL OR d.seq > ?6) AND (?7 IS NULL OR d.seq < ?7) ORDER BY d.id LIMIT ?8",
                                 after, filter.state, filter.year, filter.language, filter.kind, filter.changed_since,
                                 filter.changed_before, limit);
    std::vector<DocumentRow> found;
    while (rows.next())
        found.push_back(document_from(rows));
    return found;
}

void insert_document(Connection& connection, const DocumentRow& document)
{
    connection.run("INSERT INTO document (id, record, version, seq, state, year, language, kind) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                   document.row.key, document.row.record, document.row.version, document.row.seq, document.state, document.year,
                   document.language, document.kind);
}

bool update_document(Connection& connection, const DocumentRow& document)
{
    return connection.run("UPDATE document SET record = ?2, version = ?3, seq = ?4, state = ?5, year = ?6, language = ?7, kind = ?8"
                          " WHERE id = ?1 AND version = ?3 - 1",
                          document.row.key, document.row.record, document.row.version, document.row.seq, document.state, document.year,
                          document.language, document.kind) == 1;
}

}  // namespace cbmx::store
