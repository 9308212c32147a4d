// What is kept of a batch, and how it is shown again. See batches.hpp.
#include "service/intake/batch_parts.hpp"
#include "service/log/receipts.hpp"
#include "service/rights.hpp"
#include "store/rows/batches.hpp"

namespace cbmx::service {
namespace {

using Json = nlohmann::json;

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

}  // namespace

Json kept(const BatchItem& item, const std::optional<Done>& done, const std::vector<Violation>& faults)
{
    Json json{{"item", item.number}, {"outcome", done ? (done->known ? "known" : "accepted") : "refused"}};
    if (item.line != 0)
        json["line"] = item.line;
    if (done) {
        json["subject"] = {{"kind", domain::name_of(done->subject)}, {"id", done->id}};
        json["state"] = or_null(done->state);
        json["seqs"] = done->seqs;
        if (done->to_sign)
            json["statement"] = *done->to_sign;
    } else {
        auto errors = Json::array();
        for (const auto& fault : faults)
            errors.push_back(as_json(fault));
        json["errors"] = std::move(errors);
    }
    return json;
}

Json result_of(BatchGoal goal, bool is_atomic, const std::string& created_at, Json items, std::size_t waiting)
{
    std::map<std::string, std::size_t> counts{{"accepted", 0}, {"known", 0}, {"refused", 0}};
    for (const auto& item : items)
        ++counts[item.at("outcome").get<std::string>()];
    Json result{{"goal", domain::name_of(goal)}, {"mode", mode_name(is_atomic)}, {"created_at", created_at}, {"waiting", waiting}};
    for (const auto& [outcome, count] : counts)
        result[outcome] = count;
    result["items"] = std::move(items);
    return result;
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
    auto items = Json::array();
    for (const auto& part : store::results_of(db, id))
        for (auto& item : Json::parse(part))
            items.push_back(std::move(item));
    const auto waiting = static_cast<std::size_t>(row->items) - items.size();
    const auto goal = domain::value_named<BatchGoal>(row->goal).value();
    return batch_result(portal, db, principal, result_of(goal, row->mode == mode_name(true), row->at, std::move(items), waiting));
}

bool is_batch_unfinished(Connection& db, const Principal& principal, const std::string& id)
{
    const auto row = store::batch_of(db, principal.account.value, id);
    return row && store::items_done(db, id) < row->items;
}

}  // namespace cbmx::service
