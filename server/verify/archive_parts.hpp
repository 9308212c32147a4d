// The parts of verify_export.cpp: what is signed and the tree (there), the entries (verify_export_entries.cpp), the records
// (verify_export_records.cpp).
#pragma once
#include "base/archive/reader.hpp"
#include "ledger/merkle.hpp"
#include "ledger/receipt.hpp"
#include "verify/archive.hpp"
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

namespace cbmx::service {

// Of one entry in the archive: what records are compared with.
struct EntryFacts {
    std::string kind, subject_kind, subject;
    std::int64_t version = 0;
    std::optional<std::int64_t> revision;
    std::optional<std::string> label;
    base::Hash commitment{};
    std::optional<nlohmann::json> salt;  // of its opening
};

// The last entries about one record, as far as the archive has them.
struct SubjectFacts {
    std::optional<std::int64_t> last, content, submission, readers, opened;
};

struct ExportCheck {
    ExportCheck(const base::ArchiveReader& from, const StateKeys& of_states, ExportReport& into)
        : archive(from), state_keys(of_states), report(into)
    {
    }

    const base::ArchiveReader& archive;
    const StateKeys& state_keys;  // known
    ExportReport& report;
    std::vector<ledger::VerifierKey> keys;         // known: whose signatures count for the manifest
    std::vector<ledger::VerifierKey> all_keys;     // and for checkpoints
    std::vector<ledger::VerifierKey> listed_keys;  // in keys.json
    std::vector<ledger::VerifierKey> named_keys;   // by the entries (ledger/key_history.hpp)
    bool are_keys_named = true;                    // auditors are not shown what entries commit to
    bool are_keys_vouched_for = false;             // those in keys.json, by the manifest
    ledger::Frontier edge;                         // below report.after; empty: a whole one
    std::vector<base::Hash> leaves;                // from report.after on
    std::map<std::int64_t, EntryFacts> entries;
    std::map<std::pair<std::string, std::string>, SubjectFacts> subjects;

    void fault(std::string place, std::string what)
    {
        for (const auto& known : report.faults)
            if (known.place == place && known.what == what)
                return;
        if (report.faults.size() < ExportReport::max_faults)
            report.faults.push_back({std::move(place), std::move(what)});
        else
            ++report.further_faults;
    }
    // Runs a part of the checks: what cannot be read is a fault at that place.
    template <class Work>
    void at(const std::string& place, const Work& work)
    {
        try {
            work();
        } catch (const base::ArchiveError& error) {
            fault(place, error.what());
        } catch (const nlohmann::json::exception&) {
            fault(place, "it has not the form of one");
        }
    }
    // Else each entry has only itself to be compared with.
    bool has_leaves() const { return edge.size() == report.after && report.after + leaves.size() == report.size; }
    // nullptr: that of the position is not here.
    const base::Hash* leaf(std::int64_t seq) const
    {
        const auto position = static_cast<std::uint64_t>(seq);
        return has_leaves() && position >= report.after && position < report.size ? &leaves[position - report.after] : nullptr;
    }
    const EntryFacts* entry(std::int64_t seq) const
    {
        const auto found = entries.find(seq);
        return found == entries.end() ? nullptr : &found->second;
    }
};

inline constexpr std::size_t max_change_bytes = 16 * 1024 * 1024;  // a line of changes.ndjson

// JSON as the portal writes it: no member twice, whole numbers alone, texts in normal form. Throws nlohmann's type_error else.
nlohmann::json portal_json(std::string_view text);
nlohmann::json portal_line(std::string_view line);  // of NDJSON: an object and nothing around it, no carriage return either
std::optional<base::Hash> hash_from_base64(const nlohmann::json& text);  // nullopt: no string, or not 32 bytes
// What stands as that member of an entry of this kind and number; nullopt: the salt is none, or the value cannot have been committed to.
std::optional<base::Hash> commitment_of(ledger::Part part, std::string_view kind, std::int64_t seq, const nlohmann::json& salt,
                                        const nlohmann::json& value);

void check_entries(ExportCheck& check);
void check_records(ExportCheck& check);

}  // namespace cbmx::service
