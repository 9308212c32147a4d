// What was asked and what was answered, and the model that judges a database by it: acknowledged is there once, refused
// is absent, of unknown outcome is there at most once, and nothing is there that nobody asked for.
#pragma once
#include "store/sqlite/sqlite.hpp"
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace cbmx::test {

enum class Answer { unknown, acknowledged, refused };

inline constexpr const char* draft_kind = "draft";  // making a draft, and
inline constexpr const char* edit_kind = "edit";    // changing one, are no entries of the ledger

// One write. Its maker gives it a subject that no other write of its kind has: the period's code, the report's
// id, for making a draft the mark that its narrative is; for an edit the report's id, many times.
struct Operation {
    std::string kind;  // of the entry that it makes, or one of the two above
    std::string subject;
    Answer answer = Answer::unknown;
    std::string id = {};               // draft: the report, once acknowledged
    std::int64_t version = 0;          // edit: the draft's, once acknowledged
    std::int64_t seq = -1;             // of the entry, once acknowledged
    nlohmann::json receipt = nullptr;  // as it was given
    nlohmann::json opening = nullptr;
};
using History = std::vector<Operation>;

struct Judgement {
    std::size_t acknowledged = 0, refused = 0, unknown = 0;
    std::size_t unknown_there = 0;   // of unknown outcome, and kept
    std::vector<std::string> lost;   // acknowledged, and gone or changed
    std::vector<std::string> wrong;  // refused and there, there twice, or asked for by nobody
    std::string text() const;        // the first few of both
};

// begun_at: entries before this number belong to the portal's portal.
Judgement judge(const History& history, store::Connection& db, std::int64_t begun_at);

}  // namespace cbmx::test
