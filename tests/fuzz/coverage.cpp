// Coverage for libFuzzer from g++, which has no inline counters: -fsanitize-coverage=trace-pc calls this in every block of
// the server, and libFuzzer takes any array in the section __libfuzzer_extra_counters as counters of its own.
#include <cstddef>
#include <cstdint>

namespace {

constexpr unsigned counter_bits = 17;
constexpr std::uint64_t golden_ratio = 0x9E3779B97F4A7C15ULL;  // spreads neighbouring blocks over the counters

[[gnu::section("__libfuzzer_extra_counters")]] std::uint8_t counters[std::size_t{1} << counter_bits];

}  // namespace

extern "C" void __sanitizer_cov_trace_pc()
{
    const auto block = reinterpret_cast<std::uintptr_t>(__builtin_return_address(0));
    auto& counter = counters[(block * golden_ratio) >> (64 - counter_bits)];
    if (counter != UINT8_MAX)  // a loop of 256 rounds is not no loop
        ++counter;
}
