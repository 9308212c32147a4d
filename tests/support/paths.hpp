// Where this checkout and its program lie. One file alone gets them from the build, so that all others compile the same anywhere.
#pragma once
#include <string>

namespace cbmx::test {

const std::string& source_directory();
const std::string& program();  // server/main.cpp, built

}  // namespace cbmx::test
