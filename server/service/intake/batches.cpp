// The second step of a batch: what each item does, in a savepoint of its own, and its result. See batches.hpp.
#include "service/intake/batches.hpp"
#include "json/parse.hpp"
#include "service/directory/nominations.hpp"
#include "service/intake/import.hpp"
#include "service/log/receipts.hpp"
#include "service/reports/content.hpp"
#include "service/reports/reports.hpp"
#include "service/rights.hpp"
#include "store/rows/batches.hpp"
#include "tables/reports.hpp"
#include <algorithm>

namespace cbmx::service {
namespace {

using Json = nlohmann::json;
using domain::DraftState;
using domain::Permission;

constexpr std::int64_t untouched_draft = 1, untouched_submission = 2;  // versions of a working copy that no hand has changed since

// Rules that compare members: judged only where the schema found nothing to say.
constexpr std::array comparing{Rule::needs_person_or_office, Rule::needs_a_way_to_reach, Rule::csirt_only_technical, Rule::order_of_dates};

std::string_view name_of(BatchGoal goal)
{
    switch (goal) {
    case BatchGoal::draft: return "draft";
    case BatchGoal::submit: return "submit";
    case BatchGoal::publish: return "publish";
    }
    return "";
}

// The result of one item.
struct Done {
    bool known = false;  // an earlier request had brought it
    domain::Subject subject = domain::Subject::report;
    std::string id;
    std::optional<std::string> state;  // workflow state of a report, status of a nomination
    std::vector<Seq> seqs;
};

// WHAT AN ITEM DOES ----------------------------------------------------------------------------------------------------

// The report as the own State has it; its entries so far.
Done report_as_it_is(Connection& db, const Principal& principal, const std::string& id, bool known)
{
    Done done{.known = known, .id = id};
    const auto row = store::visible_report(db, principal.visibility, id);
    if (!row)
        return done;
    done.state = std::string(domain::workflow_state(row->record_state, row->draft_state()));
    if (const auto submission = store::last_submission(db, id))
        done.seqs.push_back(submission->seq);
    if (row->published_seq)
        done.seqs.push_back(*row->published_seq);
    return done;
}

// Only a record that nobody has changed since it was made is taken further: any other is not what the item says.
Result<void> bring_to_goal(Transaction& transaction, const Principal& principal, const std::string& id, BatchGoal goal)
{
    auto& db = transaction.db();
    const auto step = [&](DraftState from, std::int64_t version) {
        const auto row = store::visible_report(db, principal.visibility, id);
        return row && row->record_state == domain::RecordState::none && row->draft && row->draft->state == from &&
               row->draft->version == version;
    };
    if (goal != BatchGoal::draft && step(DraftState::draft, untouched_draft)) {
        const auto submitted = submit_report(transaction, principal, id, draft_version(untouched_draft));
        if (!submitted)
            return submitted.error();
    }
    if (goal == BatchGoal::publish && step(DraftState::submitted, untouched_submission)) {
        const auto published = publish_report(transaction, principal, id, std::nullopt, draft_version(untouched_submission));
        if (!published)
            return published.error();
    }
    return {};
}

Result<Done> do_report(Transaction& transaction, const Principal& principal, const Json& body, BatchGoal goal)
{
    constexpr int created = 201;
    if (const auto allowed = require(principal, Permission::report_draft, principal.home); !allowed)
        return allowed.error();
    if (goal == BatchGoal::publish)
        if (const auto allowed = require(principal, Permission::report_publish, principal.home); !allowed)
            return allowed.error();
    const auto made = create_report(transaction, principal, body);
    if (!made)
        return made.error();
    if (const auto brought = bring_to_goal(transaction, principal, made->id, goal); !brought)
        return brought.error();
    return report_as_it_is(transaction.db(), principal, made->id, made->status != created);
}

Result<Done> do_nomination(Transaction& transaction, const Principal& principal, const BatchItem& item, const Json& body)
{
    constexpr int created = 201;
    if (const auto allowed = require(principal, domain::permission_to_ask(body.at("kind").get<std::string>()), principal.home); !allowed)
        return allowed.error();
    const auto made = make_nomination(transaction, principal, body, item.inspection);
    if (!made)
        return made.error();
    Done done{.known = made->status != created, .subject = domain::Subject::nomination, .id = made->id};
    if (const auto row = store::find_nomination(transaction.db(), made->id)) {
        done.state = std::string(domain::name_of(row->status));
        done.seqs.push_back(row->content_seq);
    }
    return done;
}

// One strong tag, in its quotes: the schema says so.
ExpectedVersion seen_in(const Json& decision)
{
    const auto tag = decision.at("if_match").get<std::string>();
    return ExpectedVersion({{tag.substr(1, tag.size() - 2)}});
}

Result<Outcome> decide(Transaction& transaction, const Principal& principal, const Json& decision)
{
    const auto id = decision.at("report").get<std::string>();
    const auto step = domain::value_named<Decision>(decision.at("step").get<std::string>()).value();
    const auto reason = optional_member(decision, "reason");
    if (reason.has_value() != (step == Decision::send_back))
        return domain::invalid("/reason", reason ? Rule::unknown_member : Rule::required);
    switch (step) {
    case Decision::publish: return publish_report(transaction, principal, id, signature_in(decision), seen_in(decision));
    case Decision::send_back: return return_report(transaction, principal, id, *reason, seen_in(decision));
    case Decision::withdraw: return withdraw_report(transaction, principal, id, seen_in(decision));
    }
    throw std::logic_error("unknown decision");
}

Permission permission_of(Decision decision)
{
    switch (decision) {
    case Decision::publish: return Permission::report_publish;
    case Decision::send_back: return Permission::report_return;
    case Decision::withdraw: return Permission::report_withdraw;
    }
    throw std::logic_error("unknown decision");
}

Result<Done> do_decision(Transaction& transaction, const Principal& principal, const Json& body)
{
    const auto step = domain::value_named<Decision>(body.at("step").get<std::string>()).value();
    if (const auto allowed = require(principal, permission_of(step), principal.home); !allowed)
        return allowed.error();
    auto decided = decide(transaction, principal, body);
    if (!decided) {
        auto error = decided.error();
        for (auto& violation : error.violations)
            if (violation.pointer == "header:If-Match")
                violation.pointer = "/if_match";
        return error;
    }
    Done done{.id = decided->id};
    if (const auto row = store::visible_report(transaction.db(), principal.visibility, decided->id))
        done.state = std::string(domain::workflow_state(row->record_state, row->draft_state()));
    if (decided->seq)
        done.seqs.push_back(*decided->seq);
    return done;
}

// WHAT IS WRONG WITH AN ITEM -------------------------------------------------------------------------------------------

Violation placed(const BatchItem& item, const Json& body, Violation violation)
{
    if (item.line != 0) {
        const auto column = item.kind == ItemKind::report ? report_column_at(violation.pointer) : column_of_nomination(body, violation);
        violation.pointer = place_in_table(item.line, column);
    } else {
        violation.pointer.insert(0, "item:" + std::to_string(item.number) + "/" + std::string(domain::name_of(item.kind)));
    }
    return violation;
}

// An error of one item as violations: its own where each names a rule and a place, else the problem as a whole.
std::vector<Violation> violations_of(const Error& error)
{
    constexpr std::array telling{ErrorCode::validation_failed, ErrorCode::audience_contradiction, ErrorCode::precondition_failed};
    if (!error.violations.empty() && std::find(telling.begin(), telling.end(), error.code) != telling.end())
        return error.violations;
    Violation whole{error.violations.empty() ? "" : error.violations.front().pointer,
                    Rule::refused,
                    {{"problem", std::string(domain::row_of(error.code).slug)}}};
    for (const auto* arguments : {&error.arguments, error.violations.empty() ? nullptr : &error.violations.front().arguments})
        if (arguments != nullptr)
            whole.arguments.insert(whole.arguments.end(), arguments->begin(), arguments->end());
    return {std::move(whole)};
}

// The body without what its schema refuses: what is left has the right types.
Json without(Json body, const std::vector<Violation>& refused)
{
    for (const auto& violation : refused) {
        Json* parent = &body;
        std::string_view rest = violation.pointer;
        while (parent != nullptr && parent->is_object() && !rest.empty()) {
            const auto next = rest.find('/', 1);
            const std::string name(rest.substr(1, next == std::string_view::npos ? next : next - 1));
            rest = next == std::string_view::npos ? std::string_view() : rest.substr(next);
            const auto member = parent->find(name);
            if (member == parent->end())
                break;
            if (rest.empty() || !member->is_object()) {
                parent->erase(member);
                break;
            }
            parent = &*member;
        }
    }
    return body;
}

// What the database can tell of an item that its schema already refuses, so that its sender learns it all at once.
std::vector<Violation> further_faults(Connection& db, const Principal& principal, const BatchItem& item, const Json& body)
{
    if (!body.is_object() || item.kind == ItemKind::decision)
        return {};
    auto sound = without(body, item.violations);
    std::vector<Violation> faults;
    if (item.kind == ItemKind::report) {
        if (body.contains("label") && !sound.contains("label")) {  // without a label recipients cannot be judged by it
            const auto known = check_named_recipients(db, principal.home, sound.value("recipients", std::vector<domain::Recipient>()));
            faults = known ? std::vector<Violation>() : known.error().violations;
            sound.erase("recipients");
        }
        for (auto& fault : faults_of_report(db, principal, sound))
            faults.push_back(std::move(fault));
    } else {
        for (auto& fault : other_faults_of_nomination(db, principal.home.state().value, sound))
            if (std::find(comparing.begin(), comparing.end(), fault.rule) == comparing.end())
                faults.push_back(std::move(fault));
    }
    return faults;
}

bool is_at(const std::vector<Violation>& found, const Violation& violation)
{
    return std::any_of(found.begin(), found.end(), [&](const Violation& other) { return other.pointer == violation.pointer; });
}

// Everything that is wrong with the item before it is carried out.
std::vector<Violation> faults_of(Connection& db, const Principal& principal, const BatchItem& item, const Json& body)
{
    auto found = item.placed;
    for (const auto& violation : item.violations)
        // A cell that could not be read is not also missing.
        if (auto at = placed(item, body, violation); violation.rule != Rule::required || !is_at(found, at))
            found.push_back(std::move(at));
    if (!found.empty() && !item.text.empty())
        for (const auto& violation : further_faults(db, principal, item, body))
            if (auto at = placed(item, body, violation); !is_at(found, at))
                found.push_back(std::move(at));
    return found;
}

// A table of nominations has a column for the State, which an import needs: a State may name itself there.
void drop_own_state(const Principal& principal, const BatchItem& item, Json& body)
{
    if (item.line != 0 && item.kind == ItemKind::nomination && body.value("state", "") == principal.home.state().value)
        body.erase("state");
}

Result<Done> do_item(Transaction& transaction, const Principal& principal, const BatchItem& item, const Json& body, BatchGoal goal)
{
    Result<Done> done = Error{ErrorCode::internal};
    transaction.attempt([&](Transaction& part) {
        switch (item.kind) {
        case ItemKind::report: done = do_report(part, principal, body, goal); break;
        case ItemKind::nomination: done = do_nomination(part, principal, item, body); break;
        case ItemKind::decision: done = do_decision(part, principal, body); break;
        }
        return done.has_value();
    });
    return done;
}

// WHAT IS KEPT ---------------------------------------------------------------------------------------------------------

Json as_json(const Violation& violation)
{
    auto arguments = Json::array();
    for (const auto& [name, value] : violation.arguments)
        arguments.push_back({name, value});
    return {{"place", violation.pointer}, {"rule", domain::name_of(violation.rule)}, {"arguments", std::move(arguments)}};
}

Rule rule_from(const std::string& name)
{
    for (int i = 0; i <= static_cast<int>(domain::last_rule); ++i)
        if (domain::name_of(static_cast<Rule>(i)) == name)
            return static_cast<Rule>(i);
    throw std::logic_error("a kept batch names the rule " + name);
}

Violation violation_from(const Json& json)
{
    Violation violation{json.at("place").get<std::string>(), rule_from(json.at("rule").get<std::string>()), {}};
    for (const auto& argument : json.at("arguments"))
        violation.arguments.emplace_back(argument.at(0).get<std::string>(), argument.at(1).get<std::string>());
    return violation;
}

Json kept(const BatchItem& item, const std::optional<Done>& done, const std::vector<Violation>& faults)
{
    Json json{{"item", item.number}, {"outcome", done ? (done->known ? "known" : "accepted") : "refused"}};
    if (item.line != 0)
        json["line"] = item.line;
    if (done) {
        json["subject"] = {{"kind", domain::name_of(done->subject)}, {"id", done->id}};
        json["state"] = or_null(done->state);
        json["seqs"] = done->seqs;
    } else {
        auto errors = Json::array();
        for (const auto& fault : faults)
            errors.push_back(as_json(fault));
        json["errors"] = std::move(errors);
    }
    return json;
}

}  // namespace

Result<Outcome> carry_out_batch(Transaction& transaction, const Principal& principal, Batch& batch)
{
    constexpr int created = 201;
    auto items = Json::array();
    std::vector<Violation> all;
    std::map<std::string, std::size_t> counts{{"accepted", 0}, {"known", 0}, {"refused", 0}};
    for (const auto& item : batch.items) {
        auto body = item.text.empty() ? Json() : Json::parse(item.text);
        drop_own_state(principal, item, body);
        auto faults = faults_of(transaction.db(), principal, item, body);
        std::optional<Done> done;
        if (faults.empty()) {
            auto tried = do_item(transaction, principal, item, body, batch.goal);
            if (tried)
                done = std::move(*tried);
            else
                for (auto& violation : violations_of(tried.error()))
                    faults.push_back(placed(item, body, std::move(violation)));
        }
        ++counts[done ? (done->known ? "known" : "accepted") : "refused"];
        items.push_back(kept(item, done, faults));
        all.insert(all.end(), std::make_move_iterator(faults.begin()), std::make_move_iterator(faults.end()));
    }
    if (batch.atomic && !all.empty())
        return Error{ErrorCode::validation_failed, std::move(all)};
    batch.result = {{"goal", name_of(batch.goal)},
                    {"mode", batch.atomic ? "atomic" : "each"},
                    {"created_at", transaction.now_text()},
                    {"accepted", counts["accepted"]},
                    {"known", counts["known"]},
                    {"refused", counts["refused"]},
                    {"items", std::move(items)}};
    Outcome outcome{.status = created, .subject = domain::Subject::batch, .id = transaction.new_uuid()};
    store::insert_batch(
        transaction.db(),
        {.id = outcome.id, .account = principal.account.value, .at = transaction.now_text(), .result = batch.result.dump()});
    return outcome;
}

void forget_what_was_rolled_back(Batch& batch)
{
    for (auto& item : batch.result.at("items")) {
        item.erase("seqs");  // they may have become another's since
        if (item.at("outcome") == "accepted")
            item["subject"] = nullptr;
    }
}

BatchResult batch_result(const Portal& portal, Connection& db, const Principal& principal, Json result)
{
    BatchResult shown{.content = std::move(result)};
    for (auto& item : shown.content.at("items")) {
        auto receipts = Json::array();
        const auto seqs = item.value("seqs", std::vector<Seq>());
        for (const auto seq : seqs)
            if (auto receipt = get_receipt(portal, db, principal, seq))
                receipts.push_back({{"receipt", receipt->at("receipt")}, {"opening", receipt->at("opening")}});
        auto& violations = shown.violations.emplace_back();
        for (const auto& error : item.value("errors", Json::array()))
            violations.push_back(violation_from(error));
        item.erase("seqs");
        item.erase("errors");
        item["receipts"] = std::move(receipts);
        item.emplace("subject", nullptr);
        item.emplace("state", nullptr);
    }
    return shown;
}

Result<BatchResult> get_batch(const Portal& portal, Connection& db, const Principal& principal, const std::string& id)
{
    const auto row = store::batch_of(db, principal.account.value, id);
    if (!row)
        return domain::not_found();
    return batch_result(portal, db, principal, Json::parse(row->result));
}

}  // namespace cbmx::service
