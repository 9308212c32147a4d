#include "support/paths.hpp"

namespace cbmx::test {

const std::string& source_directory()
{
    static const std::string path = CBMX_SOURCE_DIR;
    return path;
}

const std::string& program()
{
    static const std::string path = CBMX_BINARY;
    return path;
}

}  // namespace cbmx::test
