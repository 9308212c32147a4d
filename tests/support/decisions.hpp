// A decision that a change of the registry cites, as it is sent: schema common, decision_input.
#pragma once
#include "base/bytes.hpp"
#include <nlohmann/json.hpp>
#include <string>

namespace cbmx::test {

// Each number has a document of its own.
inline nlohmann::json a_decision(const std::string& number = "NV 41/2026", const std::string& kind = "note_verbale",
                                 const std::string& date = "2026-01-02")
{
    std::string bytes = "%PDF-1.7\n";
    bytes.append(number);
    return {{"kind", kind},
            {"number", number},
            {"date", date},
            {"file", {{"name", "decision.pdf"}, {"content", base::base64(bytes)}, {"sha256", base::hex(base::sha256(bytes))}}}};
}

inline std::string hash_of(const nlohmann::json& decision) { return decision.at("file").at("sha256").get<std::string>(); }

}  // namespace cbmx::test
