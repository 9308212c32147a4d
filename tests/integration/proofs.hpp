// What a reader does with receipts: verify them with the log's own published key. And a caller known by a token alone.
#pragma once
#include "ledger/receipt.hpp"
#include "support/portal.hpp"
#include "support/waiting.hpp"
#include <fstream>
#include <sstream>

namespace cbmx::test {

inline std::vector<ledger::VerifierKey> log_keys(TestPortal& portal)
{
    std::vector<ledger::VerifierKey> keys;
    const auto answer = portal.as(anyone()).get("/v1/log/key").is(200).json();
    for (const auto& key : answer.at("keys"))
        keys.push_back(ledger::parse_verifier_key(key.at("text").get<std::string>()).value());
    return keys;
}

// Everything in the files below a directory.
inline std::string bytes_under(const std::filesystem::path& directory)
{
    std::ostringstream bytes;
    for (const auto& file : std::filesystem::recursive_directory_iterator(directory))
        if (file.is_regular_file())
            bytes << std::ifstream(file.path(), std::ios::binary).rdbuf();
    return bytes.str();
}

// The database, its write-ahead log and everything beside them: the writer empties the log some time after an erasure.
inline bool leaves_every_file_under(const std::filesystem::path& directory, const std::string& text)
{
    return comes_true([&] { return bytes_under(directory).find(text) == std::string::npos; });
}

// "none" when the receipt proves its entry, and the opening what the entry commits to.
inline std::string fault_of(TestPortal& portal, const nlohmann::json& receipt, const nlohmann::json& opening)
{
    return std::string(ledger::name_of(ledger::verify_receipt(receipt, opening, log_keys(portal))));
}

inline Fields bearing(const std::string& token, Fields fields = {})
{
    fields.emplace_back("Authorization", "Bearer " + token);
    return fields;
}

inline std::int64_t seq_of(const Reply& reply) { return reply.json().at("receipt").at("index").get<std::int64_t>(); }

// The items of /v1/changes about one subject, oldest first.
inline std::vector<nlohmann::json> changes_about(const As& caller, const std::string& subject)
{
    std::vector<nlohmann::json> found;
    const auto page = caller.get("/v1/changes?limit=1000").is(200).json();
    for (const auto& item : page.at("items"))
        if (item.contains("entry") ? item.at("entry").at("subject").at("id") == subject : item.at("subject").at("id") == subject)
            found.push_back(item);
    return found;
}

}  // namespace cbmx::test
