// One JSON object per line on standard error. spdlog writes; nlohmann renders, so that whatever is in
// a field stays inside one line. No secret is ever passed here: see tests/integration/log_test.cpp.
#pragma once
#include <nlohmann/json.hpp>
#include <string_view>

namespace cbmx::base {

enum class Severity { debug, info, warning, error };

void start_log(Severity least, std::string_view file = {});  // empty: standard error
void log(Severity severity, std::string_view event, const nlohmann::json& fields = nlohmann::json::object());

}  // namespace cbmx::base
