// See views.hpp. Triggers of the writer's own connection (TEMP: no part of the schema) collect the words.
#include "store/visibility/views.hpp"

namespace cbmx::store {
namespace {

// Who reads the draft in that row, as draft_visible and record_visible say: the State's drafters and approvers, but what is TLP:RED,
// or the draft of a record that is, by those of them who are named.
template <std::size_t N>
consteval auto readers_of_draft(const char (&name)[N])
{
    const SqlText<N> row(name);
    return "INSERT INTO changed_view SELECT 'drafts:state:' || r.state FROM report r WHERE r.id = " + row + ".report AND " + row +
           ".label <> 'TLP:RED' AND (r.record_state = 'none' OR r.label <> 'TLP:RED');"
           "INSERT INTO changed_view SELECT 'drafts:' || n.value FROM json_each(" +
           row + ".recipients) n WHERE " + row +
           ".label = 'TLP:RED';"
           "INSERT INTO changed_view SELECT 'drafts:' || p.recipient FROM report r JOIN report_recipient p ON p.report = r.id"
           " WHERE r.id = " +
           row + ".report AND " + row + ".label <> 'TLP:RED' AND r.record_state <> 'none' AND r.label = 'TLP:RED';";
}

// Each word also as a State that does not participate has it for its own reports (recipient_of_word in reports.hpp).
template <std::size_t N>
consteval auto words_of_recipient(const char (&name)[N])
{
    const SqlText<N> row(name);
    return "INSERT INTO changed_view VALUES (" + row + ".recipient); INSERT INTO changed_view SELECT r.state || '/' || " + row +
           ".recipient FROM report r WHERE r.id = " + row + ".report;";
}

// Who reads a proposal about a report's audience: those who decide and see the report; the rescue of one that nobody sees all of them.
constexpr SqlText readers_of_proposal =
    "INSERT INTO changed_view SELECT 'proposals:state:' || r.state FROM report r WHERE r.id = NEW.subject"
    " AND (r.label <> 'TLP:RED' OR json_extract(NEW.body, '$.rescue') IS 1);"
    "INSERT INTO changed_view SELECT 'proposals:' || p.recipient FROM report r JOIN report_recipient p ON p.report = r.id"
    " WHERE r.id = NEW.subject AND r.label = 'TLP:RED';";

constexpr auto notes =
    "CREATE TEMP TABLE changed_view (word TEXT NOT NULL) STRICT;"
    "CREATE TEMP TRIGGER view_recipient_added AFTER INSERT ON report_recipient BEGIN " +
    words_of_recipient("NEW") +
    " END; CREATE TEMP TRIGGER view_recipient_changed AFTER UPDATE OF recipient, from_revision ON report_recipient BEGIN " +
    words_of_recipient("OLD") + words_of_recipient("NEW") +
    " END; CREATE TEMP TRIGGER view_recipient_removed AFTER DELETE ON report_recipient BEGIN " + words_of_recipient("OLD") +
    " END;"
    "CREATE TEMP TRIGGER view_record_changed AFTER UPDATE OF record_state, erased, label, version, revision, changed_seq ON report"
    " WHEN NEW.record_state <> 'none' BEGIN"
    " INSERT INTO changed_view SELECT recipient FROM report_recipient WHERE report = NEW.id;"
    " INSERT INTO changed_view SELECT NEW.state || '/' || recipient FROM report_recipient WHERE report = NEW.id; END;"
    "CREATE TEMP TRIGGER view_draft_made AFTER INSERT ON report_draft BEGIN " +
    readers_of_draft("NEW") + " END; CREATE TEMP TRIGGER view_draft_changed AFTER UPDATE ON report_draft BEGIN " + readers_of_draft("OLD") +
    readers_of_draft("NEW") + " END; CREATE TEMP TRIGGER view_draft_gone BEFORE DELETE ON report_draft BEGIN " + readers_of_draft("OLD") +
    " END;"
    "CREATE TEMP TRIGGER view_proposal_made AFTER INSERT ON proposal WHEN NEW.kind = 'report_audience' BEGIN " +
    readers_of_proposal +
    " END; CREATE TEMP TRIGGER view_proposal_changed AFTER UPDATE ON proposal WHEN NEW.kind = 'report_audience' BEGIN " +
    readers_of_proposal +
    " END; CREATE TEMP TRIGGER view_cosigned AFTER INSERT ON cosignature BEGIN INSERT INTO changed_view VALUES ('cosignatures'); END;";

}  // namespace

std::vector<std::string> view_words(const domain::Visibility& visibility)
{
    auto words = domain::recipients_from_json(visibility.tokens);
    if (!visibility.draft_state.empty()) {
        words.push_back("drafts:state:" + visibility.draft_state);
        words.push_back("drafts:" + visibility.account);
    }
    return words;
}

std::vector<std::string> view_words_beside_the_log(const domain::Visibility& visibility, bool decides)
{
    auto words = view_words(visibility);
    words.emplace_back("cosignatures");
    if (decides)
        for (const auto* who : {&visibility.home, &visibility.account})
            words.push_back(std::string("proposals:").append(*who));
    return words;
}

void watch_views(Connection& connection) { connection.run_script(notes.text); }

std::vector<std::string> take_changed_views(Connection& connection)
{
    std::vector<std::string> words;
    {
        auto rows = connection.query("SELECT DISTINCT word FROM changed_view");
        while (rows.next())
            words.push_back(rows.text(0));
    }
    if (!words.empty())
        connection.run("DELETE FROM changed_view");
    return words;
}

std::uint64_t Views::stamp(const std::vector<std::string>& words) const
{
    std::uint64_t sum = 0;  // no count goes back: an equal sum is equal counts
    const std::lock_guard guard(mutex_);
    for (const auto& word : words)
        if (const auto found = commits_.find(word); found != commits_.end())
            sum += found->second;
    return sum;
}

void Views::change(const std::vector<std::string>& words)
{
    const std::lock_guard guard(mutex_);
    for (const auto& word : words)
        ++commits_[word];
}

}  // namespace cbmx::store
