// Looks up a sentence in the four embedded files, which are parsed once. Choosing a language: language.cpp.
#include "i18n/texts.hpp"
#include "base/embedded.hpp"
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace cbmx::i18n {
namespace {

using Table = std::map<std::string, std::string, std::less<>>;
using Tables = std::array<Table, all_languages.size()>;

std::string_view bytes_of(const std::string& name)
{
    for (const auto& file : base::embedded::texts())
        if (file.name == name)
            return file.bytes;
    throw std::runtime_error("texts: no file " + name);
}

Table parse_table(const std::string& name)
{
    try {
        return nlohmann::json::parse(bytes_of(name)).get<Table>();
    } catch (const nlohmann::json::exception& exception) {
        throw std::runtime_error("texts: " + name + ": " + exception.what());
    }
}

const Tables& tables()
{
    static const Tables all = [] {
        Tables parsed;
        for (const auto language : all_languages)
            parsed[static_cast<std::size_t>(language)] = parse_table(std::string(code_of(language)) + ".json");
        return parsed;
    }();
    return all;
}

}  // namespace

std::string text(Language language, std::string_view key, const domain::Arguments& arguments)
{
    const auto& table = tables()[static_cast<std::size_t>(language)];
    const auto found = table.find(key);
    if (found == table.end())
        throw std::logic_error("texts: no key " + std::string(key));
    return fill(found->second, arguments);
}

bool has(std::string_view key)
{
    for (const auto& table : tables())
        if (!table.contains(key))
            return false;
    return true;
}

std::vector<std::string> keys()
{
    std::vector<std::string> all;
    for (const auto& [key, sentence] : tables()[static_cast<std::size_t>(default_language)])
        all.push_back(key);
    return all;
}

}  // namespace cbmx::i18n
