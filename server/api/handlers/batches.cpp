// See batches.hpp: decode the call, ask the service, put broken rules into the caller's words.
#include "api/handlers/batches.hpp"
#include "api/answer.hpp"
#include "api/problem.hpp"
#include "service/intake/batches.hpp"

namespace cbmx::api::batches {
namespace {

service::BatchForm form_of(const Call& call)
{
    if (call.text_type == "application/x-ndjson")
        return service::BatchForm::lines;
    return call.text_type == "text/csv" ? service::BatchForm::table : service::BatchForm::array;
}

service::BatchGoal goal_of(const Call& call)
{
    const auto goal = call.parameter("goal").value_or("draft");
    return goal == "publish" ? service::BatchGoal::publish : goal == "submit" ? service::BatchGoal::submit : service::BatchGoal::draft;
}

service::ViolationSentences sentences_of(const Call& call)
{
    return [language = call.language](const domain::Violation& violation) { return violation_json(violation, language); };
}

}  // namespace

bool read(Call& call, bool off_thread)
{
    if (!off_thread && service::takes_long_to_read(call.text))
        return false;
    const auto items = call.parameter("items") == "nominations" ? service::ItemKind::nomination : service::ItemKind::report;
    auto batch = service::read_batch(call.text, form_of(call), items, call.now);
    if (batch) {
        batch->goal = goal_of(call);
        batch->atomic = call.parameter("mode").value_or("atomic") == "atomic";
    }
    call.batch = std::make_shared<Result<service::Batch>>(std::move(batch));
    call.text.clear();
    call.text.shrink_to_fit();
    return true;
}

Result<service::Outcome> create(const Call& call, store::Transaction& transaction)
{
    if (!call.batch->has_value())
        return call.batch->error();
    return service::carry_out_batch(transaction, call.principal, **call.batch);
}

Result<Answer> get(const Call& call, store::Connection& db)
{
    const auto batch = represent(call, db, call.at("id"));
    return batch ? Result<Answer>(representation_answer(*batch)) : batch.error();
}

Result<service::Representation> represent(const Call& call, store::Connection& db, const std::string& id)
{
    return service::get_batch(call.portal, db, call.principal, id, sentences_of(call));
}

nlohmann::json dry_content(const Call& call, store::Connection& db)
{
    service::forget_what_was_rolled_back(**call.batch);
    return service::batch_json(call.portal, db, call.principal, (*call.batch)->result, sentences_of(call));
}

}  // namespace cbmx::api::batches
