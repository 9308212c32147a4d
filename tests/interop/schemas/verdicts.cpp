// What the portal's own JSON Schema validator says, for the comparison with ajv (compare.mjs). A line "SCHEMA INSTANCE" in,
// a line out: "valid", "invalid POINTER RULE; ...", or "unread RULE" when the bounded parser refuses the text itself.
// usage: verdicts SCHEMA_FOLDER < lines
#include "json/parse.hpp"
#include "json/schema.hpp"
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

namespace {

using namespace cbmx;

constexpr std::string_view suffix = ".schema.json";

std::map<std::string, std::string> files_in(const std::filesystem::path& folder)
{
    std::map<std::string, std::string> files;
    for (const auto& file : std::filesystem::directory_iterator(folder)) {
        const auto name = file.path().filename().string();
        if (!name.ends_with(suffix))
            continue;
        std::ifstream stream(file.path());
        files[name.substr(0, name.size() - suffix.size())] = std::string(std::istreambuf_iterator<char>(stream), {});
    }
    return files;
}

std::string verdict(const json::SchemaSet& schemas, const std::string& line)
{
    const auto space = line.find(' ');
    if (space == std::string::npos)
        throw std::runtime_error("a line has the form SCHEMA INSTANCE, not " + line);
    const auto value = json::parse(std::string_view(line).substr(space + 1));
    if (!value)
        return "unread " + std::string(domain::name_of(value.error().violations.front().rule));
    std::string text;
    for (const auto& violation : schemas.validate(line.substr(0, space), *value))
        text += (text.empty() ? "invalid " : "; ") + violation.pointer + " " + std::string(domain::name_of(violation.rule));
    return text.empty() ? "valid" : text;
}

}  // namespace

int main(int count, char** arguments)
{
    if (count != 2) {
        std::cerr << "usage: verdicts SCHEMA_FOLDER < lines\n";
        return 2;
    }
    const auto files = files_in(arguments[1]);
    const json::SchemaSet schemas(std::map<std::string, std::string_view>(files.begin(), files.end()));
    std::string line;
    while (std::getline(std::cin, line))
        std::cout << verdict(schemas, line) << '\n';
}
