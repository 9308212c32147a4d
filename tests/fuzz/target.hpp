// What every fuzz target shares: rules that must hold for any input whatsoever. A broken one ends the program as a crash
// does, so that libFuzzer keeps the input. See run.sh.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace cbmx::fuzz {

inline void must(bool holds, std::string_view rule, std::string_view shown = {})
{
    if (holds)
        return;
    std::fprintf(stderr, "BROKEN RULE: %.*s\n%.*s\n", static_cast<int>(rule.size()), rule.data(), static_cast<int>(shown.size()),
                 shown.data());
    std::abort();
}

// The input in two: its first byte, which chooses among kinds of input, and the rest. 0 for an empty one.
struct Chosen {
    std::uint8_t choice = 0;
    std::string_view text;
};

inline Chosen chosen(const std::uint8_t* bytes, std::size_t size)
{
    if (size == 0)
        return {};
    return {bytes[0], {reinterpret_cast<const char*>(bytes) + 1, size - 1}};
}

}  // namespace cbmx::fuzz
