// A report's row, recipients, revisions and losses follow from its entries in order.
#include "store/rows/reports.hpp"
#include "base/text.hpp"
#include "json/items.hpp"
#include "json/parse.hpp"
#include "ledger/entry.hpp"
#include "service/registry/offices.hpp"
#include "service/reports/content.hpp"
#include "service/subjects.hpp"
#include "store/rows/registry.hpp"
#include "store/rows/report_ranges.hpp"
#include "verify/hands.hpp"
#include "verify/parts.hpp"
#include <algorithm>
#include <nlohmann/json.hpp>

namespace cbmx::service {
namespace {

using domain::EventKind;

struct Publication {
    std::int64_t seq = 0, revision = 0;
    std::optional<std::string> content;
};

struct Submission {
    std::int64_t seq = 0, version = 0;
    std::optional<std::string> label, content, recipients;
};

// What the entries say so far.
struct Expected {
    std::string record_state = "none";
    bool erased = false;
    std::optional<std::string> label;
    std::int64_t version = 0, revision = 0;
    std::optional<std::int64_t> changed_seq;
    std::optional<std::string> state;
    EventKind last_kind = EventKind::report_submitted;
    std::optional<std::string> last_record;
    std::optional<std::vector<std::string>> recipients;  // nullopt: never known, or erased
    std::vector<domain::Label> labels;                   // of each revision: its own
    std::vector<Publication> publications;
    std::optional<Submission> pending;  // neither returned nor published since
};

// "state:PE#2" is state:PE, reading from revision 2 on.
std::vector<std::string> without_scope(const std::vector<std::string>& readers)
{
    std::vector<std::string> words;
    words.reserve(readers.size());
    for (const auto& reader : readers)
        words.push_back(reader.substr(0, reader.find('#')));
    return words;
}

domain::Readers readers_from(const std::vector<domain::Label>& labels, const std::vector<std::string>& words)
{
    domain::Readers readers{.labels = labels, .from = {}};
    for (const auto& word : words) {
        const auto scope = word.find('#');
        const auto from = scope == std::string::npos ? 1 : base::whole_number<std::int64_t>(word.substr(scope + 1)).value_or(1);
        readers.from.emplace(word.substr(0, scope), from);
    }
    return readers;
}

// Of a report's content what its columns repeat, without reading its long texts. An object that is spelled otherwise is read whole.
nlohmann::json members_for_lists(std::string_view content)
{
    constexpr std::array names{"state", "measure", "period", "status", "language", "tags"};
    const auto members = json::object_members(content);
    auto picked = nlohmann::json::object();
    for (const auto& [name, text] : members.value_or(std::vector<json::Member>()))
        if (std::find(names.begin(), names.end(), name) != names.end())
            picked[std::string(name)] = nlohmann::json::parse(text, nullptr, false);
    const bool is_read =
        members && std::none_of(picked.begin(), picked.end(), [](const nlohmann::json& value) { return value.is_discarded(); });
    return is_read ? picked : nlohmann::json::parse(content, nullptr, false);
}

class ReportCheck {
public:
    ReportCheck(store::Connection& db, const store::StoredReport& stored, Findings& findings)
        : db_(db), stored_(stored), id_(stored.id), findings_(findings), hands_(db, stored, findings)
    {
    }

    void run()
    {
        for (const auto& entry : stored_.entries)
            if (const auto parsed = ledger::parse_entry(entry.body))
                follow(*parsed, entry.opening);
        if (stored_.state)
            compare(*stored_.state);
        else
            findings_.fault(first_seq_, name() + " that the entry is about has no row");
        hands_.finish();
    }

private:
    std::string name() const { return "the report " + id_; }
    void wrong(const std::string& what)
    {
        findings_.fault(expected_.changed_seq ? expected_.changed_seq : first_seq_, name() + ": " + what);
    }

    void follow(const ledger::Entry& entry, const store::OpeningRow& opening)
    {
        const auto kind = domain::event_kind_from(entry.kind);
        if (!first_seq_)
            first_seq_ = entry.seq;
        if (expected_.state && expected_.state != entry.state)
            findings_.fault(entry.seq, name() + " belongs to another State than its entry before");
        expected_.state = entry.state;
        if (kind)
            hands_.follow(entry, *kind, opening);
        if (kind == EventKind::report_submitted) {
            submitted_ = opening.content;
            expected_.pending = Submission{.seq = entry.seq,
                                           .version = entry.version,
                                           .label = entry.label,
                                           .content = opening.content,
                                           .recipients = opening.recipients};
        } else if (kind == EventKind::report_returned || kind == EventKind::report_published || kind == EventKind::report_erased) {
            expected_.pending.reset();
        }
        // A new epoch publishes again what stood before it, by the operator and without submissions.
        const bool carried_over = entry.actor_role == domain::ActingRole::of_operator().name();
        if (kind == EventKind::report_published && !carried_over && opening.content && submitted_ != opening.content)
            findings_.fault(entry.seq, name() + ": what was published is not what was submitted");
        if (!kind || domain::row_of(*kind).audience != domain::EntryAudience::readers)
            return;
        if (*kind == EventKind::report_published)
            expected_.publications.push_back({.seq = entry.seq, .revision = entry.revision.value_or(0), .content = opening.content});
        else if (!expected_.publications.empty() && entry.revision != expected_.revision)  // none of an erased one in a new epoch
            findings_.fault(entry.seq, name() + ": the entry is about another revision than the one that was published last");
        if (*kind == EventKind::report_published || *kind == EventKind::report_restored)
            expected_.record_state = "published";
        else if (*kind == EventKind::report_withdrawn || *kind == EventKind::report_erased)
            expected_.record_state = "withdrawn";
        expected_.erased = expected_.erased || *kind == EventKind::report_erased;
        expected_.label = entry.label ? entry.label : expected_.label;
        const auto labels = expected_.labels;
        follow_label(entry, *kind);
        expected_.version = entry.version;
        expected_.revision = entry.revision.value_or(expected_.revision);
        expected_.changed_seq = entry.seq;
        expected_.last_kind = *kind;
        expected_.last_record = opening.content;
        follow_recipients(entry, opening, labels);
    }

    void follow_label(const ledger::Entry& entry, EventKind kind)
    {
        const auto label = entry.label ? domain::label_from(*entry.label) : std::nullopt;
        if (!label)
            return;
        if (kind == EventKind::report_published)
            expected_.labels.push_back(*label);
        domain::take_label(expected_.labels, *label);
    }

    // labels: of each revision before the entry.
    void follow_recipients(const ledger::Entry& entry, const store::OpeningRow& opening, const std::vector<domain::Label>& labels)
    {
        if (!entry.recipients)
            return;
        std::optional<std::vector<std::string>> after;
        if (opening.recipients && opens(entry, ledger::Part::recipients, opening.recipients_salt, opening.recipients, *entry.recipients))
            after = nlohmann::json::parse(*opening.recipients).get<std::vector<std::string>>();
        if (after && expected_.recipients) {
            std::vector<std::string> lost;
            const auto before = without_scope(*expected_.recipients), now = without_scope(*after);
            std::set_difference(before.begin(), before.end(), now.begin(), now.end(), std::back_inserter(lost));
            if (store::lost_at(db_, entry.seq) != lost)
                findings_.fault(entry.seq, "those who are said to have lost sight of the report are not those who did");
            if (hands_.says_narrower())
                judge_narrowing(entry.seq, readers_from(labels, *expected_.recipients), readers_from(expected_.labels, *after), now);
        }
        expected_.recipients = std::move(after);
    }

    void judge_narrowing(std::int64_t seq, const domain::Readers& before, const domain::Readers& after,
                         const std::vector<domain::Recipient>& named)
    {
        if (domain::is_wider(domain::with_included(before, included_in(db_, before, named, std::nullopt)), after))
            findings_.fault(seq, name() + ": its audience became wider, and its entry says that this needed nobody else");
    }

    void compare(const store::ReportState& row)
    {
        if (expected_.state && row.state != *expected_.state)
            wrong("its row says State " + row.state + ", its entries " + *expected_.state);
        if (!first_seq_ && !stored_.draft)
            wrong("its row has neither a working copy nor an entry");
        if (row.record_state != expected_.record_state)
            wrong("its row says " + row.record_state + ", its entries " + expected_.record_state);
        if (row.erased != expected_.erased)
            wrong("its row and its entries differ on whether it was erased");
        if (row.erased && !(row.status.empty() && row.language.empty()))
            wrong("its row still says what was erased");
        if (row.changed_seq != expected_.changed_seq)
            wrong("its row names another entry as the last that its readers see");
        if (expected_.record_state != "none") {
            if (row.label != expected_.label.value_or(""))
                wrong("its row says " + row.label + ", its entries " + expected_.label.value_or("nothing"));
            if (expected_.last_kind != EventKind::report_published && expected_.last_record &&
                current_record(db_, domain::Subject::report, id_) != *expected_.last_record)
                wrong("its row is not what its last entry commits to");
        }
        if (row.version != expected_.version)
            wrong("its row has version " + std::to_string(row.version) + ", its entries say " + std::to_string(expected_.version));
        if (row.revision != expected_.revision)
            wrong("its row has revision " + std::to_string(row.revision) + ", its entries say " + std::to_string(expected_.revision));
        compare_recipients(row);
        compare_revisions();
        compare_draft(row);
        compare_places(row);
        if (!expected_.erased && !expected_.publications.empty())
            compare_content(row, expected_.publications.back().seq, expected_.publications.back().content);
        else if (expected_.pending && expected_.record_state == "none")
            compare_content(row, expected_.pending->seq, expected_.pending->content);
    }

    void compare_recipients(const store::ReportState& row)
    {
        if (expected_.record_state == "none" && !stored_.recipients.empty())
            wrong("it was never published and has readers");
        std::vector<std::string> readers;
        for (const auto& recipient : stored_.recipients) {
            if (recipient.from_revision < 1 || recipient.from_revision > row.revision)
                wrong(recipient.recipient + " reads from a revision that does not exist");
            readers.push_back(recipient.recipient +
                              (recipient.from_revision > 1 ? "#" + std::to_string(recipient.from_revision) : std::string()));
        }
        if (expected_.recipients && readers != *expected_.recipients)
            wrong("its recipients are not those of its last entry");
        judge_audience();
    }

    // No revision is read by those to whom its own label does not allow it.
    void judge_audience()
    {
        domain::Readers readers{.labels = expected_.labels, .from = {}};
        for (const auto& recipient : stored_.recipients)
            if (recipient.from_revision >= 1)
                readers.from.emplace(recipient.recipient, recipient.from_revision);
        for (const auto& [recipient, from] : readers.from)
            if (const auto term = domain::Home::from(recipient).term(); !term.empty() && !store::is_term_of(db_, term, recipient))
                wrong(recipient + " is no term of that office");
        for (const auto& [recipient, label] : domain::contradictions(readers))
            wrong(recipient + " reads a revision whose label is " + std::string(domain::name_of(label)));
    }

    // Lists find it where its row says, and its working copy for those who read that one.
    void compare_places(const store::ReportState& row)
    {
        const bool is_public = std::any_of(stored_.recipients.begin(), stored_.recipients.end(),
                                           [](const store::StoredRecipient& stored) { return stored.recipient == "public"; });
        for (const auto& [recipient, from, place] : stored_.recipients) {
            const bool stands_under_public_alone = is_public && recipient != "public";
            const bool is_in_order = stands_under_public_alone ? !place.changed_seq : place.changed_seq == row.changed_seq;
            if (place.state != row.state || !is_in_order || place.withdrawn != (row.record_state == "withdrawn"))
                wrong("lists of " + recipient + " show it elsewhere than its row says");
        }
        std::optional<std::string> reach;
        for (const auto& recipient : stored_.recipients)  // sorted: public is the last of the two
            if (row.record_state == "published" && (recipient.recipient == "members" || recipient.recipient == "public"))
                reach = recipient.recipient;
        for (const auto& tag : stored_.tags)
            if (tag.reach != reach || tag.changed_seq != row.changed_seq)
                wrong("lists by the tag " + tag.tag + " show it elsewhere than its row says");
        const auto red = domain::name_of(domain::Label::red);
        const bool is_red = stored_.draft && stored_.draft->label == red;
        const bool is_for_all = stored_.draft && !is_red && (row.record_state == "none" || row.label != red);
        std::vector<std::pair<std::string, std::string>> named;
        if (is_red)
            if (const auto words = nlohmann::json::parse(stored_.draft->recipients, nullptr, false); words.is_array())
                for (const auto& word : words)
                    named.emplace_back(word.is_string() ? word.get<std::string>() : std::string(), row.state);
        std::sort(named.begin(), named.end());
        if (stored_.is_drafted != is_for_all || stored_.named != named)
            wrong("lists show its working copy to others than those who read it");
    }

    // A submitted draft is exactly what its last entry says.
    void compare_draft(const store::ReportState& state)
    {
        const auto row = stored_.draft ? store::report_of_state(db_, state.state, id_) : std::nullopt;
        const bool is_submitted = row && row->draft_state() == domain::DraftState::submitted;
        if (is_submitted != expected_.pending.has_value())
            return wrong(is_submitted ? "its draft says that it was submitted, its entries do not"
                                      : "it was submitted, and its draft says otherwise");
        if (!is_submitted)
            return;
        const auto& draft = *row->draft;
        const auto& pending = *expected_.pending;
        const bool as_told = draft.submitted == pending.content && draft.recipients == pending.recipients && draft.label == pending.label &&
                             draft.version == pending.version;
        const auto fields = json::parse(draft.fields);
        const bool is_canonical = fields && json::canonical(*fields) == draft.fields;
        if (!as_told || !is_canonical || !draft.ever_submitted || draft.return_reason || content_of(*row, draft) != draft.submitted)
            wrong("its submitted draft is not what its last submission says");
        if (expected_.record_state == "none" && state.label != draft.label)
            wrong("its row says " + state.label + ", its submission " + draft.label);
    }

    void compare_revisions()
    {
        const auto& stored = stored_.revisions;
        const auto& told = expected_.publications;
        for (std::size_t i = 0; i < std::max(stored.size(), told.size()); ++i) {
            if (i >= stored.size()) {
                findings_.fault(told[i].seq, name() + ": the row of revision " + std::to_string(told[i].revision) + " is missing");
                continue;
            }
            if (i >= told.size()) {
                findings_.fault(stored[i].seq, name() + ": revision " + std::to_string(stored[i].revision) + " was never published");
                continue;
            }
            if (stored[i].revision != told[i].revision || stored[i].seq != told[i].seq)
                findings_.fault(told[i].seq,
                                name() + ": the row of revision " + std::to_string(stored[i].revision) + " does not belong to this entry");
            if (i < expected_.labels.size() && stored[i].label != domain::name_of(expected_.labels[i]))
                findings_.fault(told[i].seq, name() + ": revision " + std::to_string(stored[i].revision) + " has the label " +
                                                 stored[i].label + ", its entries say " +
                                                 std::string(domain::name_of(expected_.labels[i])));
        }
    }

    // The columns by which lists filter repeat what the present revision says, or what was submitted.
    void compare_content(const store::ReportState& row, std::int64_t seq, const std::optional<std::string>& text)
    {
        const auto content = text ? members_for_lists(*text) : nlohmann::json();
        if (!content.is_object())
            return;
        const auto differs = [&content](const char* member, const std::string& column) {
            return content.contains(member) && content.at(member) != column;
        };
        const std::pair<const char*, const std::string*> columns[]{{"state", &row.state},
                                                                   {"measure", &row.measure},
                                                                   {"period", &row.period},
                                                                   {"status", &row.status},
                                                                   {"language", &row.language}};
        for (const auto& [member, column] : columns)
            if (differs(member, *column))
                findings_.fault(seq, name() + ": column " + member + " does not repeat what its present revision says");
        auto tags = content.value("tags", std::vector<std::string>());
        std::sort(tags.begin(), tags.end());
        tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
        if (!std::equal(stored_.tags.begin(), stored_.tags.end(), tags.begin(), tags.end(),
                        [](const store::StoredTag& stored, const std::string& tag) { return stored.tag == tag; }))
            findings_.fault(seq, name() + ": its tags are not those of its present revision");
    }

    store::Connection& db_;
    const store::StoredReport& stored_;
    const std::string& id_;
    Findings& findings_;
    HandsCheck hands_;
    Expected expected_;
    std::optional<std::string> submitted_;  // by the last submission
    std::optional<std::int64_t> first_seq_;
};

}  // namespace

void check_reports(store::Connection& db, const std::string& first, const std::optional<std::string>& end, Findings& findings)
{
    store::scan_reports(db, first, end, [&](const store::StoredReport& stored) {
        try {
            ReportCheck(db, stored, findings).run();
        } catch (const std::exception& malformed) {  // hides no other
            findings.fault(std::nullopt, "the report " + stored.id + " holds what no portal writes: " + malformed.what());
        }
    });
}

}  // namespace cbmx::service
