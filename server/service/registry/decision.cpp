// See decision.hpp.
#include "service/registry/decision.hpp"
#include "base/bytes.hpp"
#include "store/rows/decisions.hpp"

namespace cbmx::service {

Result<CitedDecision> read_decision(const nlohmann::json& given, const std::string& pointer, domain::Instant now)
{
    const auto& file = given.at("file");
    std::vector<Violation> violations;
    if (is_dated_later(given.at("date").get<std::string>(), now))
        violations.push_back({pointer + "/date", Rule::note_in_future});
    auto facts = inspect_file(file.at("content").get<std::string>(), pointer + "/file/content");
    if (!facts) {
        for (const auto error = facts.error(); const auto& violation : error.violations)
            violations.push_back(violation);
        return Error{ErrorCode::validation_failed, std::move(violations)};
    }
    const auto sha256 = base::hex(base::sha256(facts->bytes));
    if (file.at("sha256") != sha256)
        violations.push_back({pointer + "/file/sha256", Rule::invalid_value, {{"allowed", sha256}}});
    if (!violations.empty())
        return Error{ErrorCode::validation_failed, std::move(violations)};
    nlohmann::json cited{{"kind", given.at("kind")}, {"number", given.at("number")}, {"date", given.at("date")}};
    cited["file"] = {{"name", file_name(file.at("name").get<std::string>())},
                     {"media_type", facts->media_type},
                     {"bytes", facts->bytes.size()},
                     {"sha256", sha256}};
    return CitedDecision{std::move(cited), std::move(*facts)};
}

void keep_decision_file(Transaction& transaction, const CitedDecision& decision)
{
    const auto sha256 = decision.cited.at("file").at("sha256").get<std::string>();
    store::keep_decision_file(transaction.db(), sha256, {decision.file.media_type, decision.file.bytes});
}

Result<FileFacts> get_decision_file(Connection& connection, const std::string& sha256)
{
    auto file = store::find_visible_decision_file(connection, sha256);
    if (!file)
        return domain::not_found();
    return FileFacts{std::move(file->media_type), std::move(file->bytes)};
}

}  // namespace cbmx::service
