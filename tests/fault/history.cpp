// See history.hpp. Reads the tables themselves, not through the services that wrote them.
#include "fault/history.hpp"
#include "service/log/receipts.hpp"
#include <map>
#include <set>

namespace cbmx::test {
namespace {

using Key = std::pair<std::string, std::string>;  // kind, subject

struct Kept {
    std::map<Key, std::vector<std::int64_t>> entries;
    std::map<std::string, std::set<std::string>> reports_by_mark;
    std::map<std::string, std::optional<std::int64_t>> reports;  // id -> its draft's version, while it has one
};

std::string mark_in(const std::string& content)
{
    const auto fields = nlohmann::json::parse(content, nullptr, false);
    if (!fields.is_object())
        return {};
    const auto& inner = fields.contains("fields") ? fields.at("fields") : fields;
    return inner.value("narrative", "");
}

Kept kept_in(store::Connection& db)
{
    Kept kept;
    auto entries = db.query("SELECT e.kind, e.subject, e.seq, o.content FROM ledger_entry e JOIN ledger_opening o ON o.seq = e.seq"
                            " WHERE e.actor_role <> 'portal' ORDER BY e.seq");  // what it does by itself, nobody asks for
    while (entries.next()) {
        kept.entries[{entries.text(0), entries.text(1)}].push_back(entries.integer(2));
        if (entries.text(0) == "report_submitted" && !entries.is_null(3))
            kept.reports_by_mark[mark_in(entries.text(3))].insert(entries.text(1));
    }
    auto reports = db.query("SELECT r.id, d.version, d.fields FROM report r LEFT JOIN report_draft d ON d.report = r.id");
    while (reports.next()) {
        kept.reports[reports.text(0)] = reports.optional_integer(1);
        if (!reports.is_null(2))
            kept.reports_by_mark[mark_in(reports.text(2))].insert(reports.text(0));
    }
    return kept;
}

// What was asked of one subject, by kind.
struct Asked {
    std::size_t acknowledged = 0, unknown = 0;
};

void judge_entry(const Operation& operation, const Kept& kept, store::Connection& db, Judgement& judgement)
{
    const auto found = kept.entries.find({operation.kind, operation.subject});
    if (found == kept.entries.end() || found->second.front() != operation.seq) {
        judgement.lost.push_back(operation.kind + " " + operation.subject + ": entry " + std::to_string(operation.seq) + " is gone");
        return;
    }
    const auto receipt = service::receipt_json(db, operation.seq);
    if (!receipt || *receipt != operation.receipt)
        judgement.lost.push_back(operation.kind + " " + operation.subject + ": its receipt is another one now");
}

void judge_draft(const Operation& operation, const Kept& kept, Judgement& judgement)
{
    const auto report = kept.reports.find(operation.kind == draft_kind ? operation.id : operation.subject);
    if (report == kept.reports.end())
        judgement.lost.push_back(operation.kind + " " + operation.subject + " is gone");
    else if (operation.kind == edit_kind && report->second && *report->second < operation.version)
        judgement.lost.push_back("edit of " + operation.subject + ": version " + std::to_string(operation.version) + " is gone");
}

void judge_acknowledged(const Operation& operation, const Kept& kept, store::Connection& db, Judgement& judgement)
{
    if (operation.kind == draft_kind || operation.kind == edit_kind)
        judge_draft(operation, kept, judgement);
    else
        judge_entry(operation, kept, db, judgement);
}

std::size_t times_there(const Key& key, const Kept& kept)
{
    if (key.first != draft_kind) {
        const auto found = kept.entries.find(key);
        return found == kept.entries.end() ? 0 : found->second.size();
    }
    const auto found = kept.reports_by_mark.find(key.second);
    return found == kept.reports_by_mark.end() ? 0 : found->second.size();
}

}  // namespace

Judgement judge(const History& history, store::Connection& db, std::int64_t begun_at)
{
    const auto kept = kept_in(db);
    Judgement judgement;
    std::map<Key, Asked> asked;
    for (const auto& operation : history) {
        auto& of_this = asked[{operation.kind, operation.subject}];
        switch (operation.answer) {
        case Answer::refused: ++judgement.refused; break;
        case Answer::unknown: ++judgement.unknown, ++of_this.unknown; break;
        case Answer::acknowledged: ++judgement.acknowledged, ++of_this.acknowledged; judge_acknowledged(operation, kept, db, judgement);
        }
    }
    for (const auto& [key, of_this] : asked) {
        if (key.first == edit_kind)
            continue;
        const auto there = times_there(key, kept);
        if (there > of_this.acknowledged + (of_this.unknown > 0 && of_this.acknowledged == 0 ? 1 : 0))
            judgement.wrong.push_back(key.first + " " + key.second + " is there " + std::to_string(there) + " times, acknowledged " +
                                      std::to_string(of_this.acknowledged));
        else if (of_this.acknowledged == 0)
            judgement.unknown_there += there;
    }
    for (const auto& [key, numbers] : kept.entries)
        if (numbers.back() >= begun_at && !asked.contains(key))
            judgement.wrong.push_back(key.first + " " + key.second + ": nobody asked for it");
    return judgement;
}

std::string Judgement::text() const
{
    constexpr std::size_t shown = 5;
    std::string text = std::to_string(lost.size()) + " lost, " + std::to_string(wrong.size()) + " wrong of " +
                       std::to_string(acknowledged) + " acknowledged";
    for (const auto* list : {&lost, &wrong})
        for (std::size_t i = 0; i < std::min(shown, list->size()); ++i)
            text += "\n  " + (*list)[i];
    return text;
}

}  // namespace cbmx::test
