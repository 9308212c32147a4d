// CMakeLists.txt's layer() and rooms() lines are the architecture: what a folder includes is what it may include; SQL, SQLite and
// Beast stay where they belong; no file outgrows a reader; no sentence is asked for that does not exist.
#include "contract/golden.hpp"
#include "i18n/texts.hpp"
#include <array>
#include <map>
#include <regex>
#include <set>
#include <vector>

namespace cbmx::test {
namespace {

constexpr std::size_t max_lines_of_a_file = 450;
constexpr std::size_t max_rooms_of_a_folder = 25;

struct File {
    std::string layer;  // "api"; empty for server/*.cpp
    std::string name;   // "api/routes/reports.cpp"
    std::string text;
    std::vector<std::string> lines;
};

const std::vector<File>& server_files()
{
    static const auto files = [] {
        std::vector<File> list;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(source("server"))) {
            const auto extension = entry.path().extension();
            if (extension != ".cpp" && extension != ".hpp")
                continue;
            File file{{}, std::filesystem::relative(entry.path(), source("server")).string(), text_of(entry.path()), {}};
            const auto slash = file.name.find('/');
            file.layer = slash == std::string::npos ? "" : file.name.substr(0, slash);
            std::istringstream text(file.text);
            for (std::string line; std::getline(text, line);)
                file.lines.push_back(line);
            list.push_back(std::move(file));
        }
        return list;
    }();
    return files;
}

// The lines "name(first others...)" of CMakeLists.txt, by their first word.
std::map<std::string, std::set<std::string>> lines_of_cmake(const std::string& name)
{
    std::map<std::string, std::set<std::string>> allowed;
    std::istringstream text(text_of(source("CMakeLists.txt")));
    const std::regex row("^" + name + R"(\((\w+)\s*([\w\s]*)\))");
    for (std::string line; std::getline(text, line);) {
        std::smatch match;
        if (!std::regex_search(line, match, row))
            continue;
        std::istringstream names(match[2].str());
        auto& first = allowed[match[1].str()];
        for (std::string other; names >> other;)
            first.insert(other);
    }
    return allowed;
}

// "service/log" of "service/log/receipts.hpp"; "" of "app.hpp".
std::string folder_of(const std::string& file)
{
    const auto slash = file.rfind('/');
    return slash == std::string::npos ? std::string() : file.substr(0, slash);
}

// A source and its header are one room: "service/log/receipts".
std::string room_of(const std::string& file) { return file.substr(0, file.rfind('.')); }

// The file that a line includes, e.g. "api/route.hpp"; "" for any other line.
std::string included(const std::string& line)
{
    if (!line.starts_with("#include"))
        return {};
    const auto open = line.find_first_of("\"<"), close = line.find_first_of("\">", open + 1);
    return close == std::string::npos ? std::string() : line.substr(open + 1, close - open - 1);
}

TEST(Layering, EveryFolderIncludesWhatItsLayerLineSaysAndNothingElse)
{
    const auto allowed = lines_of_cmake("layer");
    ASSERT_EQ(allowed.size(), 13U);
    EXPECT_TRUE(allowed.at("base").empty());
    EXPECT_TRUE(allowed.at("domain").empty());
    for (const auto& file : server_files()) {
        if (file.layer.empty())
            continue;  // the composition root may include everything
        ASSERT_TRUE(allowed.contains(file.layer)) << file.name << " is in a folder without a layer() line";
        for (const auto& line : file.lines) {
            const auto target = included(line);
            const auto slash = target.find('/');
            if (line.find('"') == std::string::npos || slash == std::string::npos)
                continue;
            const auto layer = target.substr(0, slash);
            const bool fits =
                layer == file.layer || allowed.at(file.layer).contains(layer) || (file.layer == "api" && target == "http/message.hpp");
            EXPECT_TRUE(fits) << file.name << ": " << line;
        }
    }
}

TEST(Layering, WithinTheServerEveryIncludeNamesItsFolder)
{
    for (const auto& file : server_files())
        for (const auto& line : file.lines)
            if (line.starts_with("#include \"") && !file.layer.empty() && !(file.layer == "operation" && included(line) == "config.hpp")) {
                EXPECT_NE(included(line).find('/'), std::string::npos) << file.name << ": " << line;
            }
}

TEST(Layering, EveryFolderOfServiceIncludesWhatItsRoomsLineSaysAndNothingElse)
{
    const auto allowed = lines_of_cmake("rooms");
    ASSERT_EQ(allowed.size(), 10U);
    for (const auto& file : server_files()) {
        if (file.layer != "service" || room_of(file.name) == "service/subjects")
            continue;
        const auto folder = folder_of(file.name);
        const auto room = folder == "service" ? std::string() : folder.substr(folder.find('/') + 1);
        ASSERT_TRUE(room.empty() || allowed.contains(room)) << file.name << " is in a folder without a rooms() line";
        for (const auto& line : file.lines) {
            const auto target = folder_of(included(line));
            if (!target.starts_with("service/"))
                continue;
            const auto other = target.substr(target.find('/') + 1);
            EXPECT_TRUE(!room.empty() && (other == room || allowed.at(room).contains(other))) << file.name << ": " << line;
        }
    }
}

TEST(Layering, TheTableOfSubjectsIsUsedByThoseWhoDealWithAllOfThem)
{
    for (const auto& file : server_files())
        for (const auto& line : file.lines)
            if (included(line) == "service/subjects.hpp") {
                EXPECT_TRUE(file.layer == "verify" || file.layer == "operation" || folder_of(file.name) == "service/export" ||
                            file.name == "api/represent.cpp" || file.name == "service/subjects.cpp")
                    << file.name;
            }
}

TEST(Layering, NoCircleOfIncludesGoesThroughTwoFolders)
{
    std::map<std::string, std::set<std::string>> includes;
    for (const auto& file : server_files())
        for (const auto& line : file.lines)
            if (line.starts_with("#include \""))
                includes[room_of(file.name)].insert(room_of(included(line)));
    // Every room that one can come to from here.
    const auto reached_from = [&includes](const std::string& room) {
        std::set<std::string> reached;
        std::vector<std::string> next{room};
        while (!next.empty()) {
            const auto at = next.back();
            next.pop_back();
            for (const auto& target : includes[at])
                if (reached.insert(target).second)
                    next.push_back(target);
        }
        return reached;
    };
    std::map<std::string, std::set<std::string>> reached;
    for (const auto& file : server_files())
        if (!reached.contains(room_of(file.name)))
            reached.emplace(room_of(file.name), reached_from(room_of(file.name)));
    for (const auto& [room, targets] : reached)
        for (const auto& target : targets)
            EXPECT_FALSE(folder_of(room) != folder_of(target) && reached[target].contains(room)) << room << " and " << target;
}

TEST(Layering, NoFolderHasMoreRoomsThanAReaderTakesInAtOnce)
{
    std::map<std::string, std::set<std::string>> rooms;
    for (const auto& file : server_files())
        rooms[folder_of(file.name)].insert(room_of(file.name));
    for (const auto& [folder, names] : rooms)
        EXPECT_LE(names.size(), max_rooms_of_a_folder) << "server/" << folder;
}

TEST(Layering, SqliteIsSeenByTheStoreAloneAndBeastByHttpAlone)
{
    for (const auto& file : server_files())
        for (const auto& line : file.lines) {
            const auto target = included(line);
            EXPECT_TRUE(file.layer == "store" || target.find("sqlite3") == std::string::npos) << file.name << ": " << line;
            EXPECT_TRUE(file.layer == "http" ||
                        (target.find("boost/beast") == std::string::npos && target.find("boost/asio") == std::string::npos))
                << file.name << ": " << line;
            EXPECT_TRUE(file.layer == "http" || target.find("openssl/ssl") == std::string::npos) << file.name << ": " << line;
            EXPECT_TRUE(file.layer != "domain" || target.find("boost/") == std::string::npos || target == "boost/system/result.hpp")
                << file.name << ": " << line;
        }
}

// Code without its comments; texts in quotes stay.
std::string without_comments(const std::string& code)
{
    static const std::regex comment_or_text(R"re("(?:[^"\\\n]|\\.)*"|//[^\n]*)re");
    std::string out;
    std::size_t end = 0;
    for (std::sregex_iterator match(code.begin(), code.end(), comment_or_text), last; match != last; ++match) {
        out += code.substr(end, static_cast<std::size_t>(match->position()) - end);
        if (match->str().starts_with('"'))
            out += match->str();
        end = static_cast<std::size_t>(match->position() + match->length());
    }
    return out + code.substr(end);
}

// What names the storage engine, or begins and ends a transaction without its scope.
std::vector<std::string> words_of_the_engine(const std::string& code)
{
    static const std::regex words(R"re(sqlite|rowid|\bpragma\s+(?!once))re", std::regex::icase);
    static const std::regex wal(R"re((^|[^A-Za-z])(wal|Wal|WAL)(?![a-z]))re");
    static const std::regex bare(R"re((run|run_script|query)\(\s*"\s*(BEGIN|COMMIT|END|ROLLBACK|SAVEPOINT|RELEASE)\b)re");
    std::vector<std::string> found;
    std::istringstream text(without_comments(code));
    for (std::string line; std::getline(text, line);)
        if (std::regex_search(line, words) || std::regex_search(line, wal) || std::regex_search(line, bare))
            found.push_back(line);
    return found;
}

// Names of files, and a sentence to the operator.
constexpr std::array operator_texts{"/cbmx.sqlite", "/operational.sqlite", "new-epoch.sqlite", R"(epoch + ".sqlite")",
                                    "cbmx backup, sqlite3 and the like"};

TEST(Layering, NothingOutsideItsFolderNamesTheStorageEngine)
{
    std::set<std::string> used;
    const auto is_for_the_operator = [&used](const std::string& line) {
        return std::any_of(operator_texts.begin(), operator_texts.end(),
                           [&](const char* text) { return line.find(text) != std::string::npos && (used.insert(text), true); });
    };
    for (const auto& file : server_files()) {
        if (file.name.starts_with("store/sqlite/") || file.name == "store/connection.hpp" || file.name == "store/engine.hpp")
            continue;  // the two headers are where the engine is chosen
        for (const auto& line : words_of_the_engine(file.text))
            EXPECT_TRUE(is_for_the_operator(line)) << file.name << ": " << line;
    }
    EXPECT_EQ(used.size(), operator_texts.size()) << "a text that is no longer there";
}

TEST(Layering, TheWordsOfTheStorageEngineAreFound)
{
    for (const auto* code : {"#include \"store/sqlite/sqlite.hpp\"", "throw SqliteError(code);", "if (code == SQLITE_BUSY)",
                             "db.run(\"PRAGMA data_version\");", "\"SELECT r.rowid FROM report r\"", "STRICT, WITHOUT ROWID",
                             "int wal_pages() const;", "keep_wal_at_close();", "WalCopier copier_;", "file + \"-wal\"",
                             "db.run(\"BEGIN\");", "db.run_script(\"BEGIN IMMEDIATE\");", "connection_.run(\"ROLLBACK TO item\");"})
        EXPECT_EQ(words_of_the_engine(code).size(), 1U) << code;
    for (const auto* code : {"#pragma once", "// SQLite syncs the WAL", "int x;  // rowid", "renewal_overlap", "Withdrawal", "Row(id)",
                             "a wall", "append_line(text, \"BEGIN\", \"VEVENT\");", "scope.commit();  // run(\"COMMIT\")"})
        EXPECT_TRUE(words_of_the_engine(code).empty()) << code;
}

TEST(Layering, SqlStandsInTheStoreAlone)
{
    static const std::regex sql(R"re("\s*(SELECT\s|INSERT\s+(OR\s+\w+\s+)?INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|)re"
                                R"re(CREATE\s+(TABLE|INDEX|TRIGGER)\s|PRAGMA\s|WITH\s+RECURSIVE\s))re");
    std::size_t in_store = 0;
    for (const auto& file : server_files())
        for (const auto& line : file.lines) {
            const bool found = std::regex_search(line, sql);
            in_store += found && file.layer == "store";
            EXPECT_TRUE(!found || file.layer == "store") << file.name << ": " << line;
        }
    EXPECT_GT(in_store, 50U);
}

TEST(Layering, NoStatementPagesByOffset)
{
    for (const auto& file : server_files())
        if (file.layer == "store") {
            EXPECT_EQ(file.text.find(" OFFSET "), std::string::npos) << file.name;
        }
}

TEST(Layering, NoFileIsLongerThanAReaderTakesInAtOnce)
{
    for (const auto& file : server_files())
        EXPECT_LE(file.lines.size(), max_lines_of_a_file) << file.name;
}

TEST(Layering, EveryFileSaysWhatItIsFor)
{
    for (const auto& file : server_files())
        EXPECT_TRUE(!file.lines.empty() && file.lines.front().starts_with("// ")) << file.name;
}

TEST(Layering, EverySentenceThatCodeAsksForExistsInFourLanguages)
{
    static const std::regex whole(R"re(i18n::(?:text|has)\([^"()]*"([a-z][a-z0-9_.\-]*)"\s*[,)])re");
    static const std::regex begun(R"re(i18n::(?:text|has)\([^"()]*"([a-z][a-z0-9_.\-]*)\."\s*\+)re");
    const auto keys = i18n::keys();
    std::size_t found = 0;
    for (const auto& file : server_files()) {
        for (std::sregex_iterator match(file.text.begin(), file.text.end(), whole), end; match != end; ++match, ++found)
            EXPECT_TRUE(i18n::has((*match)[1].str())) << file.name << ": " << (*match)[1];
        for (std::sregex_iterator match(file.text.begin(), file.text.end(), begun), end; match != end; ++match, ++found) {
            const auto prefix = (*match)[1].str() + ".";
            EXPECT_TRUE(std::any_of(keys.begin(), keys.end(), [&prefix](const std::string& key) { return key.starts_with(prefix); }))
                << file.name << ": " << prefix;
        }
    }
    EXPECT_GE(found, 8U);
}

}  // namespace
}  // namespace cbmx::test
