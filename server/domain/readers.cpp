// See readers.hpp. Which label allows which recipient: the table in audience.cpp.
#include "domain/readers.hpp"
#include <algorithm>

namespace cbmx::domain {
namespace {

constexpr std::int64_t nothing = std::numeric_limits<std::int64_t>::max();

std::int64_t reads_from(const Readers& readers, const Recipient& recipient)
{
    const auto found = readers.from.find(recipient);
    return found == readers.from.end() ? nothing : found->second;
}

std::int64_t first_of(const Included& included, const Recipient& recipient)
{
    const auto found = included.find(recipient);
    return found == included.end() ? nothing : found->second;
}

void replace_recipients(Readers& readers, const std::vector<Recipient>& recipients, std::int64_t from_revision, const Included& included)
{
    std::map<Recipient, std::int64_t> from;
    for (const auto& recipient : recipients) {
        const auto present = reads_from(readers, recipient);
        from.emplace(recipient, present != nothing ? present : std::min(from_revision, first_of(included, recipient)));
    }
    readers.from = std::move(from);
}

}  // namespace

Readers readers_of_one_revision(const Audience& audience) { return with_publication({}, audience); }

void take_label(std::vector<Label>& labels, Label label)
{
    for (auto& earlier : labels)
        earlier = std::max(earlier, label);
    if (!labels.empty())
        labels.back() = label;
}

Readers with_included(Readers readers, const Included& included)
{
    readers.from.insert(included.begin(), included.end());
    return readers;
}

Readers with_audience(Readers readers, const Audience& audience, std::int64_t from_revision, const Included& included)
{
    take_label(readers.labels, audience.label);
    replace_recipients(readers, audience.recipients, from_revision, included);
    return readers;
}

Readers with_publication(Readers readers, const Audience& audience, const Included& included)
{
    readers.labels.push_back(audience.label);
    take_label(readers.labels, audience.label);
    replace_recipients(readers, audience.recipients, static_cast<std::int64_t>(readers.labels.size()), included);
    return readers;
}

std::optional<std::int64_t> first_opened(const Readers& before, const Readers& after)
{
    const auto revisions = static_cast<std::int64_t>(before.labels.size());
    const auto everyone = reads_from(before, "public");
    auto first = nothing;
    for (const auto& [recipient, from] : after.from)
        if (from <= revisions && from < std::min(everyone, reads_from(before, recipient)))
            first = std::min(first, from);
    return first == nothing ? std::nullopt : std::optional(first);
}

bool is_wider(const Readers& before, const Readers& after)
{
    for (std::size_t i = 0; i < std::min(before.labels.size(), after.labels.size()); ++i)
        if (after.labels[i] < before.labels[i])
            return true;
    return first_opened(before, after).has_value();
}

std::vector<std::pair<Recipient, Label>> contradictions(const Readers& readers)
{
    std::vector<std::pair<Recipient, Label>> found;
    for (const auto& [recipient, from] : readers.from)
        for (std::size_t i = static_cast<std::size_t>(from) - 1; i < readers.labels.size(); ++i)
            if (!allows(readers.labels[i], recipient)) {
                found.emplace_back(recipient, readers.labels[i]);
                break;
            }
    return found;
}

}  // namespace cbmx::domain
