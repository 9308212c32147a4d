// See batches.hpp: decode the call, ask the service, put broken rules into the caller's words.
#include "api/handlers/batches.hpp"
#include "api/answer.hpp"
#include "api/problem.hpp"
#include "service/intake/batches.hpp"

namespace cbmx::api::batches {
namespace {

// The batch, or why its body cannot be read.
struct Reading : Prepared {
    Result<service::Batch> batch = Error{ErrorCode::internal};
};

service::BatchForm form_of(const RawBody& body)
{
    if (body.media_type == "application/x-ndjson")
        return service::BatchForm::lines;
    return body.media_type == "text/csv" ? service::BatchForm::table : service::BatchForm::array;
}

service::BatchGoal goal_of(const Call& call)
{
    return domain::value_named<service::BatchGoal>(call.parameter("goal").value_or("draft")).value_or(service::BatchGoal::draft);
}

bool is_rehearsal(const Call& call) { return call.parameter("dry_run") == "true"; }

// The items, judged as far as anybody can outside the writer.
Result<service::Batch> judged(const Call& call, RawBody& body)
{
    const auto text = body.body.take();
    const auto items = call.parameter("items") == "nominations" ? service::ItemKind::nomination : service::ItemKind::report;
    auto batch = service::read_batch(text, form_of(body), items, call.now);
    if (!batch)
        return batch;
    batch->goal = goal_of(call);
    batch->is_rehearsal = is_rehearsal(call);
    batch->atomic = call.parameter("mode").value_or("atomic") == "atomic";
    auto snapshot = call.portal.database.read();
    if (const auto within = service::judge_batch(snapshot.db(), call.principal, *batch); !within)
        return within.error();
    return batch;
}

// The content with the sentences for the broken rules of each item.
nlohmann::json content_of(const Call& call, service::BatchResult result)
{
    auto& items = result.content.at("items");
    for (std::size_t i = 0; i < items.size(); ++i) {
        auto errors = nlohmann::json::array();
        for (const auto& violation : result.violations[i])
            errors.push_back(violation_json(violation, call.language));
        items[i]["errors"] = std::move(errors);
    }
    return std::move(result.content);
}

}  // namespace

bool read(Call& call, bool off_thread)
{
    auto& raw = call.prepared_as<RawBody>();
    const auto* in_memory = raw.body.in_memory();
    if (!off_thread && (in_memory == nullptr || service::takes_long_to_read(*in_memory)))
        return false;
    auto reading = std::make_shared<Reading>();
    reading->batch = judged(call, raw);
    call.prepared = std::move(reading);  // and the bytes are freed
    return true;
}

Result<service::Outcome> create(const Call& call, store::Transaction& transaction)
{
    auto& batch = call.prepared_as<Reading>().batch;
    if (!batch)
        return batch.error();
    if (call.goes_on_with)
        service::go_on_with_batch(transaction.db(), *call.goes_on_with, *batch);
    return is_rehearsal(call) ? service::carry_out_batch(transaction, call.principal, *batch)
                              : service::carry_out_batch(transaction, call.principal, *batch, service::longest_part);
}

// One that is refused already needs no copy of the database.
bool is_tried_first(const Call& call)
{
    const auto& batch = call.prepared_as<Reading>().batch;
    return batch && (batch->atomic || is_rehearsal(call));
}

bool is_unfinished(const Call& call, store::Connection& db, const std::string& id)
{
    return service::is_batch_unfinished(db, call.principal, id);
}

Result<Answer> get(const Call& call, store::Connection& db)
{
    const auto batch = represent(call, db, call.at("id"));
    return batch ? Result<Answer>(representation_answer(*batch)) : batch.error();
}

Result<service::Representation> represent(const Call& call, store::Connection& db, const std::string& id)
{
    auto result = service::get_batch(call.portal, db, call.principal, id);
    if (!result)
        return result.error();
    return service::Representation{{{"id", id}, {"content", content_of(call, std::move(*result))}}, std::nullopt};
}

nlohmann::json dry_content(const Call& call, store::Connection& db)
{
    auto& batch = *call.prepared_as<Reading>().batch;
    service::forget_what_was_rolled_back(batch);
    return content_of(call, service::batch_result(call.portal, db, call.principal, std::move(batch.result)));
}

}  // namespace cbmx::api::batches
