// One export on its way, and its parts: log and seal (export.cpp), records (export_records.cpp), the page for a person
// (export_page.cpp).
#pragma once
#include "service/export/export.hpp"
#include <map>
#include <set>

namespace cbmx::service {

struct Exporting {
    Exporting(Connection& connection, const ExportRequest& what)
        : db(connection), request(what), contents(std::make_unique<base::ArchiveWriter>(what.spool_directory)), archive(*contents)
    {
    }

    Connection& db;
    const ExportRequest& request;
    std::unique_ptr<base::ArchiveWriter> contents;
    base::ArchiveWriter& archive;
    std::string root;                                             // of the checkpoint
    std::set<std::pair<std::string, std::string>> changed_later;  // kind and id of what the reader has seen change at or beyond the size
    nlohmann::json later = nlohmann::json::array();
    // Of one that goes on, kind and id: what entries from there on are about, and what is in the archive.
    std::set<std::pair<std::string, std::string>> changed_since, shown;
    std::uint64_t entries = 0, tombstones = 0;
    std::map<std::string, std::uint64_t> counts;  // "reports": 9
    std::map<std::string, std::string> rows;      // of the page's tables: HTML
    std::set<std::string> files;                  // paths below files/

    // Whether the record is left for a later export; then it is noted.
    bool is_later(std::string_view kind, const nlohmann::json& record);
    // Whether the record is not in the earlier export as it is now; then it is noted as shown.
    bool is_new(std::string_view kind, const nlohmann::json& record);
    void add_json(const std::string& path, const nlohmann::json& value) { archive.add(path, value.dump(2) + "\n"); }
};

void write_records(Exporting& exporting);

// A row of the page's table: what it is about, and where it lies in the archive. All texts are escaped here.
void add_row(Exporting& exporting, const std::string& table, const std::vector<std::string>& cells, const std::string& path);
std::string index_page(const Exporting& exporting);

}  // namespace cbmx::service
