// Query parameters of what is read by ledger number: changes, audit, log. The pipeline has checked that they are numbers.
#pragma once
#include "api/answer.hpp"
#include "base/text.hpp"
#include "service/log/changes.hpp"

namespace cbmx::api {

inline std::optional<domain::Seq> seq_parameter(const Call& call, std::string_view name)
{
    const auto text = call.parameter(name);
    if (!text)
        return std::nullopt;
    return base::whole_number<domain::Seq>(*text).value_or(0);
}

// 1 to service::max_changes.
inline std::int64_t feed_limit_of(const Call& call) { return seq_parameter(call, "limit").value_or(service::default_changes); }

}  // namespace cbmx::api
