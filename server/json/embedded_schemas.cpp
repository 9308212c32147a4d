// The schema files inside the binary (schema/json), compiled at the first call: main() makes it at start.
#include "base/embedded.hpp"
#include "json/schema.hpp"
#include <stdexcept>

namespace cbmx::json {

const SchemaSet& SchemaSet::embedded()
{
    static const SchemaSet set = [] {
        constexpr std::string_view suffix = ".schema.json";
        std::map<std::string, std::string_view> files;
        for (const auto& file : base::embedded::schemas()) {
            if (!file.name.ends_with(suffix))
                throw std::runtime_error("schema file without " + std::string(suffix) + ": " + std::string(file.name));
            files.emplace(file.name.substr(0, file.name.size() - suffix.size()), file.bytes);
        }
        return SchemaSet(files);
    }();
    return set;
}

}  // namespace cbmx::json
