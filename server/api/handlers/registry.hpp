// Handlers of States, measures, periods and terms of office. Rules: service/registry/registry.hpp.
#pragma once
#include "api/route.hpp"
#include <array>

namespace cbmx::api::registry {

Result<Answer> list_states(const Call& call, store::Connection& connection);
Result<Answer> get_state(const Call& call, store::Connection& connection);
Result<service::Outcome> change_state(const Call& call, store::Transaction& transaction);
Result<Answer> list_measures(const Call& call, store::Connection& connection);
Result<Answer> get_measure(const Call& call, store::Connection& connection);
Result<service::Outcome> create_measure(const Call& call, store::Transaction& transaction);
Result<service::Outcome> change_measure(const Call& call, store::Transaction& transaction);
Result<Answer> list_periods(const Call& call, store::Connection& connection);
Result<Answer> get_period(const Call& call, store::Connection& connection);
Result<service::Outcome> create_period(const Call& call, store::Transaction& transaction);
Result<service::Outcome> change_period(const Call& call, store::Transaction& transaction);
Result<Answer> decision(const Call& call, store::Connection& connection);
inline constexpr std::array<std::string_view, 2> decision_formats{"image/png", "image/jpeg"};
Result<Answer> list_office_terms(const Call& call, store::Connection& connection);
Result<Answer> get_office_term(const Call& call, store::Connection& connection);
Result<service::Outcome> create_office_term(const Call& call, store::Transaction& transaction);
Result<service::Outcome> change_office_term(const Call& call, store::Transaction& transaction);

}  // namespace cbmx::api::registry
