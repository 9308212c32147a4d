// The tables of routes, subject by subject, and the lists that rows of several of them name. How to read a row: api/route.hpp.
#pragma once
#include "api/answer.hpp"
#include "api/route.hpp"
#include <array>

namespace cbmx::api {

std::span<const Route> report_routes();
std::span<const Route> log_routes();
std::span<const Route> registry_routes();
std::span<const Route> directory_routes();
std::span<const Route> account_routes();
std::span<const Route> portal_routes();

inline constexpr std::array page_parameters{limit_parameter, cursor_parameter};
inline constexpr std::array page_errors{ErrorCode::invalid_parameter};
inline constexpr std::array conflict_errors{ErrorCode::conflict};
inline constexpr std::array missing_errors{ErrorCode::not_found};
inline constexpr std::array person_errors{ErrorCode::conflict, ErrorCode::not_eligible, ErrorCode::validation_failed};

}  // namespace cbmx::api
