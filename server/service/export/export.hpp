// An export: all that one reader may see of the portal at one moment, with what proves it, in one archive (ZIP) that needs no
// portal to be checked (verify/archive.hpp; client-examples/verify_export.py) nor to be read (index.html). The archive has one
// form, byte for byte (base/archive/form.hpp; rules.md 42c). Its files:
//
//   checkpoint            the signed note of the size, with the lines of its witnesses: everything in the archive lies below it
//   keys.json             the log's keys, old and new, as GET /v1/log/key
//   witnesses.json        the keys of those witnesses
//   leaves                the leaf hash of every position from 0 on, base64, one a line: nobody can leave a position out
//   edge                  of one that goes on from an earlier export: see below
//   changes.ndjson        the entries that the reader sees, in order, as the feed has them, with "receipt" instead of "record"
//   records/reports/ID.json, drafts/, revisions/, contacts/, nominations/       one record each, as the API gives it
//   records/states.json, measures, periods, documents, accounts, ...            {"items": [...]}, as the lists of the API
//   files/SHA256.pdf      what notes verbales came with
//   later.json            {"items": [{"kind", "id"}]}: records that changed at or beyond the size, and are not in the archive
//                         for that: ask again later. What they said before is in changes.ndjson.
//   index.html            for a person, in the caller's language, without script and without network
//   SHA256SUMS            of every other file but the manifest, in the order of their paths, as sha256sum -c reads it
//   manifest              a note signed by the keys that sign the log: "cbmx-export/v1", origin, size, root, made_at, reader, and the
//                         SHA-256 of SHA256SUMS. It says: this is all that this reader could see.
//
// One that goes on from an earlier export of the same reader (ExportRequest::after, the size of that one) has the leaves from there on,
// and instead of the earlier ones "edge": the roots of the complete subtrees below that size (ledger::Frontier), from which both
// follow, the earlier root and, with the leaves, the present one. It has the entries from there on, the records that these are about,
// whatever has no number (drafts), and of all these records the earlier entries too, so that it is judged alone. Its manifest
// names "after" before the hash. What a reader sees because his rights have grown is new in no entry: then a whole one is needed.
#pragma once
#include "base/archive/writer.hpp"
#include "service/portal.hpp"
#include <memory>

namespace cbmx::service {

inline constexpr std::string_view export_mark = "cbmx-export/v1";  // no log can have this name: no checkpoint is taken for a manifest

struct ExportRequest {
    Principal reader;
    i18n::Language language = i18n::Language::en;
    domain::Instant now;
    std::uint64_t size = 0;   // a signed size of the log
    std::uint64_t after = 0;  // of the earlier export that this one goes on from; at most size; 0: a whole one
    std::string origin;
    ledger::KeyRing keys;  // of the log
    bool demo = false;
    std::string spool_directory;
};

// "state:CL approver drafter": home and roles, since two accounts of a State may see different things; "operator".
std::string reader_name(const Principal& reader);

// Collected from one snapshot; packing needs the database no more, so that no snapshot is held for it.
struct CollectedExport {
    std::unique_ptr<base::ArchiveWriter> contents;
    Principal reader;
    std::uint64_t size = 0;
    std::unique_ptr<base::Spool> pack() const { return contents->pack(); }
};

// The size that the log had at the last full interval, at least that of its first checkpoint; an interval of 0: now.
std::uint64_t size_shown(Connection& db, domain::Instant now, std::chrono::seconds interval);

// What an export for the caller consists of besides the size of the log and who reads: another number after each commit that changed
// drafts, proposals or cosignatures which this caller sees, none of which has an entry. Read before the database is.
std::uint64_t export_stamp(const Portal& portal, const Principal& principal);
// The same text as long as an export of that size, made for that reader, would say the same (rules.md 42a): beside the stamp, the run
// of the portal in which it was counted, and the date, on which it depends how fresh contacts are. Without its making.
std::string export_state(const Portal& portal, std::uint64_t size, std::uint64_t stamp);

// Both take seconds and belong on no I/O thread. Throws std::system_error when the disk fails.
CollectedExport collect_export(Connection& db, const ExportRequest& request);
// For a caller of the API, up to the published size; the caller as its rows stand now. Errors: invalid_credential; beyond_published_size:
// after is.
Result<CollectedExport> collect_export_for(const Portal& portal, Connection& db, const Principal& principal, i18n::Language language,
                                           std::uint64_t after = 0);

}  // namespace cbmx::service
