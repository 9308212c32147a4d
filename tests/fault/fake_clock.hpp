// A machine whose clock the test sets while the portal runs: libfaketime reads the shift from a file.
#pragma once
#include "fault/machine.hpp"
#include <fstream>

namespace cbmx::test {

class FakeClock : public Machine {
protected:
    void SetUp() override { ASSERT_FALSE(library().empty()) << "this test needs the Debian package libfaketime"; }
    void set_clock(const std::string& shift) const { std::ofstream(directory / "clock") << shift << "\n"; }
    std::map<std::string, std::string> fake() const
    {
        return {{"LD_PRELOAD", library()},
                {"FAKETIME_TIMESTAMP_FILE", directory / "clock"},
                {"FAKETIME_NO_CACHE", "1"},
                {"FAKETIME_DONT_FAKE_MONOTONIC", "1"}};
    }

private:
    // Below /usr/lib in a directory named after the machine's architecture.
    static std::string library()
    {
        for (const auto& entry : std::filesystem::directory_iterator("/usr/lib"))
            if (const auto file = entry.path() / "faketime" / "libfaketime.so.1"; std::filesystem::exists(file))
                return file;
        return {};
    }
};

}  // namespace cbmx::test
