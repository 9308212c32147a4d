// For the programs that make the benchmarks' data: what a service must have accepted.
#pragma once
#include "domain/error.hpp"
#include <stdexcept>
#include <string>

namespace cbmx {

// The result's value. Throws std::runtime_error with the step and every violation when it was refused.
template <class T>
T taken(domain::Result<T> result, std::string_view step)
{
    if (result)
        return std::move(*result);
    std::string message = "refused: " + std::string(step);
    for (const auto& violation : result.error().violations)
        message += " " + violation.pointer + " " + std::string(domain::name_of(violation.rule));
    throw std::runtime_error(message);
}

}  // namespace cbmx
