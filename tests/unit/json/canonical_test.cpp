// The canonical form against RFC 8785 and against Node's JSON.stringify, which RFC 8785 takes for its string rules.
#include "json/parse.hpp"
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <memory>
#include <random>
#include <unistd.h>

namespace {

using namespace cbmx;
using nlohmann::json;

TEST(Canonical, MembersAreSortedByCodeUnit)
{
    const auto value = json::parse(R"({"b":1,"a":2,"B":3,"aa":4,"10":5,"9":6,"":7,"a/b":8,"_":9})");
    EXPECT_EQ(cbmx::json::canonical(value), R"({"":7,"10":5,"9":6,"B":3,"_":9,"a":2,"a/b":8,"aa":4,"b":1})");
}

TEST(Canonical, EscapesAsEcmaScriptDoes)
{
    const std::string text = "\b\f\n\r\t\x01\x0B\x1F\"\\/\x7F\xE2\x80\xA8\xC3\xA9\xF0\x9F\x98\x80";
    EXPECT_EQ(cbmx::json::canonical(json(text)),
              "\"\\b\\f\\n\\r\\t\\u0001\\u000b\\u001f\\\"\\\\/\x7F\xE2\x80\xA8\xC3\xA9\xF0\x9F\x98\x80\"");
    EXPECT_EQ(cbmx::json::canonical(json(std::string(1, '\0'))), "\"\\u0000\"");
}

TEST(Canonical, RefusesWhatIsOutsideTheProfile)
{
    const std::vector<json> outside{json(1.5),
                                    json(1.0),
                                    json(std::uint64_t{9'007'199'254'740'992}),
                                    json(std::int64_t{-9'007'199'254'740'992}),
                                    json::array({json::object({{"x", 0.5}})}),
                                    json::object({{"\xC3\xA9", 1}}),
                                    json("\xFF"),
                                    json("\xED\xA0\x80"),
                                    json::binary({1, 2}),
                                    json(json::value_t::discarded)};
    for (const auto& value : outside)
        EXPECT_THROW(cbmx::json::canonical(value), std::logic_error);
    EXPECT_EQ(cbmx::json::canonical(json(cbmx::json::max_integer)), "9007199254740991");
    EXPECT_EQ(cbmx::json::canonical(json(-cbmx::json::max_integer)), "-9007199254740991");
}

class Generator {
public:
    json value(int depth)
    {
        switch (up_to(depth > 0 ? 7 : 5)) {
        case 0: return nullptr;
        case 1: return up_to(1) == 1;
        case 2: return static_cast<std::int64_t>(random_() % 18'014'398'509'481'983) - cbmx::json::max_integer;
        case 3: return static_cast<std::int64_t>(up_to(200)) - 100;
        case 4:
        case 5: return string();
        case 6: return array(depth);
        default: return object(depth);
        }
    }
    json object(int depth)
    {
        auto out = json::object();
        for (auto count = up_to(6); count > 0; --count)
            out[name()] = value(depth - 1);
        return out;
    }

private:
    std::size_t up_to(std::size_t most) { return random_() % (most + 1); }
    json array(int depth)
    {
        auto out = json::array();
        for (auto count = up_to(5); count > 0; --count)
            out.push_back(value(depth - 1));
        return out;
    }
    std::string name()
    {
        std::string out;
        for (auto count = up_to(4); count > 0; --count)
            out += static_cast<char>(up_to(1) == 0 ? '0' + up_to(9) : up_to(0x7E) + 1);
        return out;
    }
    std::string string()
    {
        static constexpr const char* pieces[] = {"\xC3\xA9",
                                                 "\xE2\x80\xA8",
                                                 "\xE2\x80\xA9",
                                                 "\xF0\x9F\x98\x80",
                                                 "\x7F",
                                                 "\xEF\xBF\xBD",
                                                 "\xEF\xBF\xBF",
                                                 "\xEE\x80\x80",
                                                 "\"",
                                                 "\\",
                                                 "/",
                                                 "</script>"};
        std::string out;
        for (auto count = up_to(8); count > 0; --count) {
            if (up_to(1) == 0)
                out += pieces[up_to(std::size(pieces) - 1)];
            else
                out += static_cast<char>(up_to(0x7F));
        }
        return out;
    }

    std::mt19937_64 random_{20'240'731};
};

constexpr const char* script = R"(
const sorted = v => Array.isArray(v) ? '[' + v.map(sorted).join(',') + ']'
  : v && typeof v === 'object' ? '{' + Object.keys(v).sort().map(k => JSON.stringify(k) + ':' + sorted(v[k])).join(',') + '}'
  : JSON.stringify(v);
const lines = require('fs').readFileSync(process.argv[1], 'utf8').split('\n').filter(l => l);
process.stdout.write(lines.map(l => sorted(JSON.parse(l)) + '\n').join(''));
)";

std::vector<std::string> canonical_by_node(const std::filesystem::path& documents)
{
    const auto command = "node -e \"" + std::string(script) + "\" '" + documents.string() + "'";
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
    std::string output;
    char buffer[65'536];
    while (const auto size = std::fread(buffer, 1, sizeof buffer, pipe.get()))
        output.append(buffer, size);
    std::vector<std::string> lines;
    for (std::size_t from = 0; from < output.size();) {
        const auto to = output.find('\n', from);
        lines.push_back(output.substr(from, to - from));
        from = to + 1;
    }
    return lines;
}

TEST(Canonical, IsWhatNodeWritesForSortedNames)
{
    constexpr std::size_t documents = 500;
    Generator generator;
    std::vector<json> values;
    for (std::size_t i = 0; i < documents; ++i)
        values.push_back(generator.object(4));

    const auto file = std::filesystem::temp_directory_path() / ("cbmx-canonical-" + std::to_string(getpid()) + ".jsonl");
    {
        std::ofstream out(file);
        for (const auto& value : values)
            out << value.dump(-1, ' ', true) << '\n';
    }
    const auto lines = canonical_by_node(file);
    std::filesystem::remove(file);

    ASSERT_EQ(lines.size(), documents) << "is node installed?";
    for (std::size_t i = 0; i < documents; ++i)
        ASSERT_EQ(cbmx::json::canonical(values[i]), lines[i]);
}

TEST(Canonical, ParsingItAgainGivesTheSameText)
{
    Generator generator;
    int parsed = 0;
    for (int i = 0; i < 300; ++i) {
        const auto text = cbmx::json::canonical(generator.object(3));
        const auto value = cbmx::json::parse(text);
        if (!value.has_value()) {
            EXPECT_EQ(value.error().violations.front().rule, domain::Rule::nul_character);
            continue;
        }
        ++parsed;
        EXPECT_EQ(cbmx::json::canonical(*value), text);
    }
    EXPECT_GT(parsed, 200);
}

}  // namespace
