// See verify_command.hpp. What is checked: verify/.
#include "operation/verify_command.hpp"
#include "ledger/key_history.hpp"
#include "operation/data_directory.hpp"
#include "operation/key_file.hpp"
#include "service/log/outside.hpp"
#include "store/engine.hpp"
#include "store/log/entries.hpp"
#include "verify/archive.hpp"
#include "verify/reading.hpp"
#include "verify/receipt_file.hpp"
#include "verify/verify.hpp"
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>

namespace cbmx {
namespace {

using Keys = std::vector<ledger::VerifierKey>;

// Those given one by one, and those of a file that /v1/log/key gave, each with the numbers for which it signs.
Keys keys_from(const std::vector<std::string>& texts, const std::string& file)
{
    Keys keys;
    if (!file.empty()) {
        const auto list = service::strict_json(service::read_bounded(file, service::max_key_file_bytes));
        keys = (list ? ledger::parse_keys(*list) : std::nullopt).value_or(Keys());
        if (keys.empty())
            throw std::runtime_error(file + " does not hold keys as /v1/log/key gives them");
    }
    for (const auto& text : texts) {
        const auto key = ledger::parse_verifier_key(text);
        if (!key)
            throw std::runtime_error("\"" + text + "\" is not a verifier key (name+id+key, as /v1/log/key gives it)");
        keys.push_back(*key);
    }
    return keys;
}

service::StateKeys state_keys_from(const std::vector<std::string>& texts)
{
    service::StateKeys keys;
    for (const auto& text : texts)
        keys.push_back(service::read_state_key(text));
    return keys;
}

// A database that knows none of the keys in the file that may sign.
bool is_from_before_own_keys(const Config& config, const std::string& database)
{
    if (!std::filesystem::exists(config.log_key))
        return false;
    const auto file = service::read_key_file(config.log_key);
    store::Connection connection(database, store::OpenMode::read_only);
    const auto of_log = store::log_keys(connection);
    return std::none_of(of_log.begin(), of_log.end(), [&file](const ledger::VerifierKey& known) {
        return std::any_of(file.keys.begin(), file.keys.end(),
                           [&known](const base::Ed25519Key& key) { return key.public_key() == known.public_key; });
    });
}

bool begins_with(const std::string& file, std::string_view mark)
{
    std::ifstream in(file, std::ios::binary);
    std::string bytes(mark.size(), '\0');
    in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return in && bytes == mark;
}

// The place outside is a directory in which nothing may be kept yet, or a checkpoint that somebody has kept.
std::optional<std::string> outside_checkpoint(const Config& config, bool is_named)
{
    if (config.outside.empty())
        return std::nullopt;
    const auto inside = config.outside + "/" + service::outside_checkpoint_file;
    for (const auto& file : {config.outside, inside})
        if (std::filesystem::is_regular_file(file))
            return file;
    if (is_named)
        throw std::runtime_error("no checkpoint is kept in " + config.outside);
    return std::nullopt;
}

int verify_export(const VerifyCommand& command, const Keys& keys, const service::StateKeys& state_keys)
{
    auto report = service::verify_export(command.file, keys, state_keys);
    if (!command.earlier.empty())
        report.compare_with(service::verify_export(command.earlier, keys, state_keys));
    std::cout << report.summary();
    return report.ok() ? done_status : refused_status;
}

int verify_receipts(const std::string& file, const Keys& keys, const service::StateKeys& state_keys)
{
    if (keys.empty())
        throw std::runtime_error("a receipt is checked against a key that you know: give it with --key");
    const auto verdict = service::verify_receipt_file(file, keys, state_keys);
    std::cout << verdict.summary();
    return verdict.ok() ? done_status : refused_status;
}

int verify_database(const Config& config, const VerifyCommand& command, const std::string& path, const Keys& keys)
{
    service::VerifyOptions options{keys.empty() ? own_keys(config, path) : keys, outside_checkpoint(config, command.is_outside_named),
                                   command.log_only};
    auto report = service::verify(path, options);
    if (keys.empty() && is_from_before_own_keys(config, path))
        report.remarks.push_back({std::nullopt, "no key that signs now is named here: this is from before the log's key was changed, or "
                                                "made by somebody who has the old one"});
    std::cout << report.summary();
    if (!report.ok())
        return refused_status;
    return report.older ? older_status : done_status;
}

}  // namespace

int carry_out(const Config& config, const VerifyCommand& command)
{
    const auto keys = keys_from(command.keys, command.key_list);
    const auto state_keys = state_keys_from(command.state_keys);
    auto database = command.database, receipt = command.receipt;
    if (!command.file.empty()) {
        if (!std::filesystem::exists(command.file))
            throw std::runtime_error("cannot read " + command.file);
        if (begins_with(command.file, "PK\x03\x04"))
            return verify_export(command, keys, state_keys);
        (store::is_database_file(command.file) ? database : receipt) = command.file;
    }
    if (!receipt.empty())
        return verify_receipts(receipt, keys, state_keys);
    return verify_database(config, command, database.empty() ? database_path(config) : database, keys);
}

std::vector<ledger::VerifierKey> own_keys(const Config& config, const std::string& database)
{
    if (!std::filesystem::exists(config.log_key))
        return {};
    const auto file = service::read_key_file(config.log_key);
    store::Connection connection(database, store::OpenMode::read_only);
    const auto of_log = store::log_keys(connection);
    return file.verifiers(of_log.empty() ? config.origin : of_log.front().name);
}

}  // namespace cbmx
