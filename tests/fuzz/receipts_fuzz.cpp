// What a verifier of receipts calls genuine is what the log gave, however it is wrapped: every receipt in it, and every content that is
// shown beside one. See server/verify/receipt_file.hpp.
#include "fuzz/small_log.hpp"
#include "fuzz/target.hpp"
#include "verify/receipt_file.hpp"
#include <filesystem>
#include <fstream>

using cbmx::fuzz::must;
using nlohmann::json;

namespace {

const cbmx::fuzz::SmallLog& small_log()
{
    static const cbmx::fuzz::SmallLog log;
    return log;
}

json answer(std::size_t index)
{
    const auto& log = small_log();
    const auto opening = log.opening(index);
    return {{"id", log.receipts[index].at("entry").at("subject").at("id")},
            {"receipt", log.receipts[index]},
            {"opening", opening},
            {"content", opening.at("content")},
            {"salt", opening.at("salt")},
            {"meta", {{"version", 1}, {"revision", 1}, {"seq", index}, {"label", "TLP:CLEAR"}, {"workflow_state", "published"}}}};
}

// A receipt and what is shown with it, wherever in the file. A content beside another's receipt is named and not believed: here are
// none but entries that commit to content.
void check_all(const json& value, std::string_view text)
{
    const auto& log = small_log();
    if (value.is_object() && value.contains("receipt") && value.at("receipt").is_object()) {
        const auto& receipt = value.at("receipt");
        const auto index = receipt.at("index").get<std::size_t>();
        must(receipt.at("entry") == log.receipts.at(index).at("entry"), "an entry that is genuine is one of the log's", text);
        if (value.contains("opening") && value.at("opening").is_object())
            must(value.at("opening").at("content") == log.contents.at(index), "an opening that is genuine is what was said", text);
        const bool is_about_it = value.contains("id") && value.at("id") == receipt.at("entry").at("subject").at("id");
        if (is_about_it && value.contains("content") && value.at("content").is_object())
            must(value.at("content") == log.contents.at(index), "what stands beside it is what was said", text);
        return;
    }
    if (value.is_structured())
        for (const auto& each : value)
            check_all(each, text);
}

}  // namespace

// Seeds need the log's keys: they are written when one.sh names a folder for them.
extern "C" int LLVMFuzzerInitialize(int*, char***)
{
    const char* folder = std::getenv("CBMX_SEEDS");
    if (folder == nullptr)
        return 0;
    const auto& log = small_log();
    const auto write = [folder](const std::string& name, const json& value) {
        std::ofstream(std::filesystem::path(folder) / name, std::ios::binary) << value;
    };
    write("answer", answer(3));
    write("bare", log.receipts[0]);
    write("list", {{"items", json::array({answer(1), log.receipts[2]})}, {"complete_up_to", 2}, {"next", 2}});
    const json subject{{"kind", "report"}, {"id", answer(5).at("id")}};
    const json item{{"item", 1},
                    {"outcome", "accepted"},
                    {"subject", subject},
                    {"state", "published"},
                    {"errors", json::array()},
                    {"receipts", json::array({{{"receipt", log.receipts[5]}, {"opening", nullptr}}})}};
    write("batch", {{"id", "batch"},
                    {"content",
                     {{"goal", "publish"},
                      {"mode", "each"},
                      {"created_at", ""},
                      {"accepted", 1},
                      {"known", 0},
                      {"refused", 0},
                      {"waiting", 0},
                      {"items", json::array({item})}}}});
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    const auto verdict = cbmx::service::judge_receipts(text, small_log().keys);
    must(verdict.ok() == !verdict.lines.empty(), "a verdict says what is proven or what is wrong", text);
    if (verdict.ok())
        check_all(json::parse(text), text);
    return 0;
}
