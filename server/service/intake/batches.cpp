// The last step of a batch: what each item does, in a savepoint of its own, and its result. See batches.hpp.
#include "store/rows/batches.hpp"
#include "service/directory/nominations.hpp"
#include "service/intake/batch_parts.hpp"
#include "service/reports/reports.hpp"
#include "service/rights.hpp"
#include "service/statements.hpp"
#include <algorithm>

namespace cbmx::service {
namespace {

using Json = nlohmann::json;
using domain::DraftState;
using domain::Permission;

constexpr std::int64_t untouched_draft = 1, untouched_submission = 2;  // versions of a working copy that no hand has changed since

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
        const auto published = publish_report(transaction, principal, id, draft_version(untouched_submission));
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
    case Decision::publish: return publish_report(transaction, principal, id, seen_in(decision));
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

// An error of one item as violations: its own where each names a rule and a place, else the problem as a whole.
std::vector<Violation> violations_of(const Error& error)
{
    constexpr std::array telling{ErrorCode::validation_failed, ErrorCode::audience_contradiction, ErrorCode::precondition_failed,
                                 ErrorCode::quota_exceeded};
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

Result<Done> do_item(Transaction& transaction, const Principal& principal, const BatchItem& item, const Json& body,
                     const std::optional<store::BroughtStatement>& statement, const Batch& batch)
{
    const auto goal = batch.goal;
    Result<Done> done = Error{ErrorCode::internal};
    transaction.attempt([&](Transaction& part) {
        part.bring(statement);
        switch (item.kind) {
        case ItemKind::report: done = do_report(part, principal, body, goal); break;
        case ItemKind::nomination: done = do_nomination(part, principal, item, body); break;
        case ItemKind::decision: done = do_decision(part, principal, body); break;
        }
        if (done)
            if (const auto fits = check_statement(part, done->known); !fits)
                done = fits.error();
        if (done && batch.is_rehearsal)
            done->to_sign = statement_to_sign(part);
        return done.has_value();
    });
    transaction.bring(std::nullopt);  // the item's was used by it, or it is refused
    return done;
}

// One item's result, as it is kept; its faults, as they are told.
struct ItemEnd {
    Json result;
    std::vector<Violation> faults;
};

ItemEnd carry_out_item(Transaction& transaction, const Principal& principal, const BatchItem& item, const Batch& batch, std::size_t& told)
{
    if (!item.faults.empty())
        return {kept(item, std::nullopt, item.faults), item.faults};
    auto parsed = item.body.is_null() ? body_of(principal, item) : Json();
    using Brought = std::optional<store::BroughtStatement>;
    const auto statement =
        item.body.is_null() ? take_statement(parsed, batch.is_rehearsal) : Result<Brought>(boost::system::in_place_value, item.statement);
    const auto& body = item.body.is_null() ? parsed : item.body;
    auto tried = statement ? do_item(transaction, principal, item, body, *statement, batch) : Result<Done>(statement.error());
    if (tried)
        return {kept(item, *tried, {}), {}};
    std::vector<Violation> faults;
    for (auto& violation : violations_of(tried.error()))
        faults.push_back(placed(item, body, std::move(violation)));
    faults = as_told(item, std::move(faults), told);
    auto result = kept(item, std::nullopt, faults);
    return {std::move(result), std::move(faults)};
}

// The row of the batch, with the first part of its results.
std::string begin_batch(Transaction& transaction, const Principal& principal, const Batch& batch)
{
    const store::BatchRow row{.id = transaction.new_uuid(),
                              .account = principal.account.value,
                              .at = transaction.now_text(),
                              .goal = std::string(domain::name_of(batch.goal)),
                              .mode = std::string(mode_name(batch.atomic)),
                              .items = static_cast<std::int64_t>(batch.items.size())};
    store::insert_batch(transaction.db(), row);
    return row.id;
}

}  // namespace

Result<Outcome> carry_out_batch(Transaction& transaction, const Principal& principal, Batch& batch,
                                std::optional<std::chrono::steady_clock::duration> longest)
{
    constexpr int created = 201;
    if (!batch.is_judged)
        throw std::logic_error("a batch is carried out that nobody has judged");
    const auto begun = std::chrono::steady_clock::now();
    const bool in_parts = longest && !batch.atomic;
    auto items = Json::array();
    std::vector<Violation> all;
    auto next = batch.next, told = batch.told;
    while (next < batch.items.size()) {
        auto end = carry_out_item(transaction, principal, batch.items[next++], batch, told);
        items.push_back(std::move(end.result));
        all.insert(all.end(), std::make_move_iterator(end.faults.begin()), std::make_move_iterator(end.faults.end()));
        if (in_parts && std::chrono::steady_clock::now() - begun >= *longest)
            break;
    }
    if (batch.atomic && !all.empty())
        return Error{ErrorCode::validation_failed, std::move(all)};
    Outcome outcome{.status = created, .subject = domain::Subject::batch, .id = batch.id};
    if (outcome.id.empty())
        outcome.id = begin_batch(transaction, principal, batch);
    outcome.is_unfinished = next < batch.items.size();
    store::insert_batch_part(transaction.db(), {.batch = outcome.id,
                                                .first = static_cast<std::int64_t>(batch.next) + 1,
                                                .items = static_cast<std::int64_t>(items.size()),
                                                .result = items.dump()});
    if (in_parts) {
        batch.id = outcome.id;
        batch.next = next;
        batch.told = told;
    } else {
        batch.result = result_of(batch.goal, batch.atomic, transaction.now_text(), std::move(items), batch.items.size() - next);
    }
    return outcome;
}

void go_on_with_batch(Connection& db, const std::string& id, Batch& batch)
{
    if (!batch.id.empty())
        return;
    batch.id = id;
    batch.next = static_cast<std::size_t>(store::items_done(db, id));
}

}  // namespace cbmx::service
