// From what a handler gave to the response: status, fields and body. The body of a write's answer: represent.hpp; of an error:
// problem.hpp. Pure but for the snapshot in which a write is shown.
#pragma once
#include "api/exchange.hpp"

namespace cbmx::api {

// tag: the ETag of the answer. 304 when the caller has that representation already.
http::Response render_answer(const Exchange& exchange, Answer answer, const std::string& tag);
http::Response render_outcome(const Exchange& exchange, const service::Outcome& outcome);
http::Response render_problem(const Exchange& exchange, const Error& error);
void add_common_fields(const Exchange& exchange, http::Response& response);  // the request's id, and what is left of the rate

}  // namespace cbmx::api
