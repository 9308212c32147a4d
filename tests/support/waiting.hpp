// Waiting for what another thread or process brings about, however slow the machine is.
#pragma once
#include <chrono>
#include <thread>

namespace cbmx::test {

inline constexpr std::chrono::seconds longest_wait{60};  // more than a machine under load needs: only what never comes true takes as long

// Asks a hundred times a second; false when check() has not held within `longest_wait`.
template <class Check>
bool comes_true(const Check& check)
{
    const auto until = std::chrono::steady_clock::now() + longest_wait;
    while (!check()) {
        if (std::chrono::steady_clock::now() > until)
            return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return true;
}

}  // namespace cbmx::test
