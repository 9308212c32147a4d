// Closed forms: an object with exactly known members (rules.md 10, and what a verifier reads). Pure, any thread.
#pragma once
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string_view>

namespace cbmx::json {

// Whether it is an object that has each of the first, perhaps some of the second, and nothing else.
bool is_closed(const nlohmann::json& value, std::initializer_list<std::string_view> required,
               std::initializer_list<std::string_view> optional = {});

}  // namespace cbmx::json
