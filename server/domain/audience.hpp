// Who receives a record (recipients) and what they may do with it (the TLP 2.0 label): two things, one table of
// contradictions (audience.cpp). Visibility is what every query of a record takes: nobody reads without one.
#pragma once
#include "domain/error.hpp"
#include "domain/ids.hpp"
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cbmx::domain {

enum class Label { clear, green, amber, amber_strict, red };  // FIRST TLP 2.0, widest first
std::string_view name_of(Label label);                        // "TLP:AMBER+STRICT", never translated
std::optional<Label> label_from(std::string_view text);       // accepts TLP:WHITE (TLP 1.0) for CLEAR

// A recipient is a word: "public", "members" (accounts of participating States), "state:CL", "account:<uuid>",
// "office:secretariat" | "office:chair" | "office:vice_chair" | "office:reviewers": whoever holds the office; and
// "office:chair/<term>": who holds or held it in that term (rules.md 37).
using Recipient = std::string;
bool is_recipient(std::string_view text);
// An office that is held for terms, without its term: read by whoever holds it at the time.
bool is_whoever_holds(std::string_view recipient);
// A list of recipients as canonical JSON, ["members","state:CL"], and back: one text in rows, entries and drafts.
std::string recipients_as_json(const std::vector<Recipient>& recipients);
std::vector<Recipient> recipients_from_json(std::string_view text);  // of a text made by the function above

struct Audience {
    Label label = Label::amber;
    std::vector<Recipient> recipients;  // sorted, unique
    bool operator==(const Audience&) const = default;
};

// Sorted, unique, with the own State added (for RED: the author's account instead, unless empty); when the client named
// nobody, the label's defaults (CLEAR: public; GREEN: members and offices; AMBER: own State and secretariat;
// AMBER+STRICT: own State; RED: author).
// Error audience_contradiction: label_recipients at the recipient that the label does not allow.
Result<Audience> make_audience(Label label, std::vector<Recipient> named, const StateCode& own, const AccountId& author);

// Whether the label may be given to this recipient, as it is addressed. What is a wider audience: readers.hpp.
bool allows(Label label, std::string_view recipient);

// What a caller may see, as the SQL of every read takes it. Computed once when the caller is authenticated.
struct Visibility {
    std::string tokens;        // JSON array of the recipient words that the caller answers to; at least ["public"]
    std::string draft_state;   // State whose drafts the caller may read; empty: none
    std::string account;       // "account:<uuid>"; empty for anonymous
    std::string own_state;     // the caller's State; empty: none
    std::string home;          // Principal::home as text, "state:CL" or "office:chair/<term>"; empty: none
    bool secretariat = false;  // sees entries in which the secretariat acted
    bool auditor = false;      // sees every entry and no content
    Seq visible_before = std::numeric_limits<Seq>::max();  // ledger numbers from here on are not shown (anonymous callers)
};

}  // namespace cbmx::domain
