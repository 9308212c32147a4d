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
    const auto goal = call.parameter("goal").value_or("draft");
    return goal == "publish" ? service::BatchGoal::publish : goal == "submit" ? service::BatchGoal::submit : service::BatchGoal::draft;
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
    const auto& body = call.prepared_as<RawBody>();
    if (!off_thread && service::takes_long_to_read(body.text))
        return false;
    const auto items = call.parameter("items") == "nominations" ? service::ItemKind::nomination : service::ItemKind::report;
    auto reading = std::make_shared<Reading>();
    reading->batch = service::read_batch(body.text, form_of(body), items, call.now);
    if (reading->batch) {
        reading->batch->goal = goal_of(call);
        reading->batch->atomic = call.parameter("mode").value_or("atomic") == "atomic";
    }
    call.prepared = std::move(reading);  // and the bytes are freed
    return true;
}

Result<service::Outcome> create(const Call& call, store::Transaction& transaction)
{
    auto& batch = call.prepared_as<Reading>().batch;
    if (!batch)
        return batch.error();
    return service::carry_out_batch(transaction, call.principal, *batch);
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
