// `cbmx verify FILE` of an export (export.hpp), without the portal and without a database: nothing in the archive is believed
// because it stands there. Signatures, tree, entries, openings and records are recomputed, and what is changed, dropped,
// swapped, forged or added is named by file, record and position. client-examples/verify_export.py gives the same judgement
// in the same words without this code; the file may come from anybody. One that goes on from an earlier export is judged alone, and says
// from which size and root it goes on; beside the earlier one both are compared.
#pragma once
#include "base/bytes.hpp"
#include "ledger/note.hpp"
#include "verify/word.hpp"
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace cbmx::service {

struct ExportFault {
    std::string place;  // "manifest"; "changes.ndjson, entry 17 (report 7d6f...)"; "records/states.json, CL"
    std::string what;   // English
};

struct ExportReport {
    static constexpr std::size_t max_faults = 100;
    std::vector<ExportFault> faults;   // as found; bounded
    std::uint64_t further_faults = 0;  // beyond the bound
    std::string origin, reader, made_at;
    std::string key;                                      // that signed the manifest, as text
    bool keys_are_its_own = false;                        // none was given: the archive only agrees with itself
    std::uint64_t size = 0, entries = 0, tombstones = 0;  // entries, tombstones: from after on
    std::uint64_t after = 0;                              // of the earlier export that it goes on from; 0: a whole one
    std::optional<base::Hash> root, earlier_root;         // of size; of after
    bool is_compared = false;                             // with that one
    std::uint64_t records = 0, proven = 0;                // proven: what they say is what an entry commits to
    std::uint64_t later = 0;
    std::map<std::string, std::uint64_t> words;  // how many entries are a State's word, by what is to be said of it (word.hpp)

    void compare_with(const ExportReport& earlier);  // adds what does not fit as faults, also when this one does not go on
    bool ok() const { return faults.empty(); }
    std::string summary() const;  // several lines
};

// keys: of the log, known from elsewhere; empty: those in the archive are believed. Earlier keys that the manifest vouches for
// count as well. state_keys: of States, known from elsewhere.
ExportReport verify_export(const std::string& file, const std::vector<ledger::VerifierKey>& keys, const StateKeys& state_keys = {});

}  // namespace cbmx::service
