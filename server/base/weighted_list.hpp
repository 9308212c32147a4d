// Reads the lists whose elements carry weights (RFC 9110, 12.4.2), as Accept and Accept-Language have them. What an element
// means is the caller's affair: api/media_types.cpp, i18n/language.cpp. Pure, any thread.
#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

namespace cbmx::base {

inline constexpr int full_weight = 1000;  // weights are counted in thousandths

struct Weighted {
    std::string_view value;       // "text/html", "es-419", "*": a view of the list, letters as sent, perhaps empty
    int weight = full_weight;     // 0: not acceptable
    bool has_parameters = false;  // others than the weight
};

// In the order of the list. At most that many elements are looked at; one with a malformed weight is left out.
std::vector<Weighted> weighted_list(std::string_view list, std::size_t at_most);

}  // namespace cbmx::base
