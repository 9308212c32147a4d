// See key_commands.hpp.
#include "operation/key_commands.hpp"
#include "operation/data_directory.hpp"
#include "operation/key_file.hpp"
#include "operation/rotation.hpp"
#include "store/log/entries.hpp"
#include <algorithm>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <unistd.h>

namespace cbmx {
namespace {

std::vector<ledger::VerifierKey> keys_of_log(const Config& config)
{
    store::Connection db(database_path(config), store::OpenMode::read_only);
    auto keys = store::log_keys(db);
    if (keys.empty())
        throw std::runtime_error("there is no log in " + config.data + ": run cbmx init first");
    return keys;
}

// One command at a time: of two that write the file, one would lose the other's key.
class KeyFileLock {
public:
    explicit KeyFileLock(const std::string& key_file)
    {
        const auto directory = std::filesystem::weakly_canonical(std::filesystem::absolute(key_file)).parent_path();
        descriptor_ = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (descriptor_ < 0)
            throw std::runtime_error("cannot open " + directory.string());
        if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
            ::close(descriptor_);
            throw std::runtime_error("another command is about to change " + key_file);
        }
    }
    KeyFileLock(const KeyFileLock&) = delete;
    KeyFileLock& operator=(const KeyFileLock&) = delete;
    ~KeyFileLock() { ::close(descriptor_); }

private:
    int descriptor_ = -1;
};

// Keys that the log does not know, left by a command that was killed.
void take_out_unknown(service::KeyFile& file, const std::vector<ledger::VerifierKey>& of_log)
{
    std::erase_if(file.keys, [&of_log](const base::Ed25519Key& key) {
        return std::none_of(of_log.begin(), of_log.end(),
                            [&key](const ledger::VerifierKey& known) { return known.public_key == key.public_key(); });
    });
}

}  // namespace

nlohmann::json rotate_log_key(const Config& config, bool overlap, const ApplyCommand& apply_command)
{
    const KeyFileLock lock(config.log_key);
    const auto before = keys_of_log(config);
    if (overlap && service::is_log_key_overlap(before))
        throw std::runtime_error("an overlap is under way: end it first (cbmx log end-overlap)");
    auto file = service::read_key_file(config.log_key);
    auto made = base::Ed25519Key::generate(base::system_random());
    const ledger::VerifierKey fresh{before.front().name, made.public_key()};
    // A new epoch is signed by the first key of the file: never by one that was stolen, wherever this is killed.
    file.keys.insert(overlap ? file.keys.end() : file.keys.begin(), std::move(made));
    service::write_key_file(config.log_key, file);
    auto answer = apply_command({{"command", "log begin-key"}, {"key", ledger::verifier_key_text(fresh)}, {"overlap", overlap}});
    if (!answer.value("ok", false))
        return answer;
    const auto after = keys_of_log(config);
    file = service::in_order(file, after);
    take_out_unknown(file, after);
    service::write_key_file(config.log_key, file);
    answer["result"]["key"] = ledger::verifier_key_text(fresh);
    return answer;
}

nlohmann::json end_log_key_overlap(const Config& config, const ApplyCommand& apply_command)
{
    const KeyFileLock lock(config.log_key);
    const auto put_in_order = [&config] {
        const auto file = service::read_key_file(config.log_key);
        const auto ordered = service::in_order(file, keys_of_log(config));
        if (text_of(ordered) == text_of(file))
            return false;
        service::write_key_file(config.log_key, ordered);
        return true;
    };
    if (service::is_log_key_overlap(keys_of_log(config))) {
        auto answer = apply_command({{"command", "log end-overlap"}});
        if (answer.value("ok", false))
            put_in_order();
        return answer;
    }
    if (!put_in_order())
        throw std::runtime_error("no overlap is under way, and " + config.log_key + " holds no private key but the one that signs");
    return {{"ok", true}, {"result", {{"kind", "portal"}, {"id", "portal"}, {"key_file", "put in order: the overlap had ended before"}}}};
}

}  // namespace cbmx
