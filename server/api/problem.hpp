// Errors as RFC 9457 problem details, in the caller's language. The wall between internal errors and public answers.
#pragma once
#include "api/route.hpp"

namespace cbmx::api {

// instance is the request id. Never contains what the caller may not see: the error was made for this caller.
http::Response problem(const Error& error, i18n::Language language, std::string_view instance);
// One broken rule as the list "errors" of a problem has it: {"pointer", "code", "detail"}, with "item", or "line" and "column".
nlohmann::json violation_json(const domain::Violation& violation, i18n::Language language);
nlohmann::json problem_json(const Error& error, i18n::Language language, std::string_view instance);

}  // namespace cbmx::api
