// Who reads which revision of a report, and THE ONE JUDGEMENT of "wider" (rules.md 18): of label, recipients, rescue,
// publication and text carried forward. Recipients are words and stay words: a State may join the members later.
// Every revision has a label of its own: the one that it was published with, or what later narrowed it. A label that the report
// takes holds for its present revision and narrows the earlier ones; it never widens them. What is to be told further of an
// earlier revision is said in a new one.
#pragma once
#include "domain/audience.hpp"
#include <map>

namespace cbmx::domain {

struct Readers {
    std::vector<Label> labels;               // of revision 1, 2, ...; the last is the report's
    std::map<Recipient, std::int64_t> from;  // the first revision that a recipient reads; all later ones too
    bool operator==(const Readers&) const = default;
};

Readers readers_of_one_revision(const Audience& audience);

// The present revision takes the label; earlier ones keep theirs unless this one is narrower.
void take_label(std::vector<Label>& labels, Label label);
// What words read that are included in one that reads: no recipients by themselves.
using Included = std::map<Recipient, std::int64_t>;
Readers with_included(Readers readers, const Included& included);
// After a change of label or recipients. Who is not named reads nothing more, who is named keeps what they read, by themselves or
// included; who is new reads from this revision on.
Readers with_audience(Readers readers, const Audience& audience, std::int64_t from_revision, const Included& included = {});
// After a publication with this audience: who is new reads from the new revision on.
Readers with_publication(Readers readers, const Audience& audience, const Included& included = {});

// The earliest revision that somebody reads after and not before. Only "public" includes everyone. A revision that is only published
// now has its second person, and is not asked about.
std::optional<std::int64_t> first_opened(const Readers& before, const Readers& after);
// Somebody is let in, or the label of a revision allows a use, that was not before.
bool is_wider(const Readers& before, const Readers& after);

// Recipients who would read a revision whose label does not allow it, each with the label of the earliest such revision.
std::vector<std::pair<Recipient, Label>> contradictions(const Readers& readers);

}  // namespace cbmx::domain
