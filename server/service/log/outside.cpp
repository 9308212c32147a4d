// See outside.hpp. What is kept there is believed only as far as a signature reaches; when in doubt the portal starts
// read-only.
#include "service/log/outside.hpp"
#include "ledger/merkle.hpp"
#include <cerrno>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace cbmx::service {
namespace {

[[noreturn]] void fail(const std::filesystem::path& file) { throw std::system_error(errno, std::generic_category(), file.string()); }

// Closes what it opened, whatever happens.
class Descriptor {
public:
    Descriptor(const std::filesystem::path& file, int flags, unsigned mode = 0)
        : descriptor_(::open(file.c_str(), flags | O_CLOEXEC, mode)), file_(file)
    {
        if (descriptor_ < 0)
            fail(file_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() { ::close(descriptor_); }
    void write(std::string_view bytes) const
    {
        while (!bytes.empty()) {
            const auto written = ::write(descriptor_, bytes.data(), bytes.size());
            if (written < 0 && errno != EINTR)
                fail(file_);
            bytes.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
        }
    }
    void belong_as(const std::filesystem::path& other) const
    {
        struct stat its {};
        if (::stat(other.c_str(), &its) == 0 && its.st_uid != ::geteuid() && ::fchown(descriptor_, its.st_uid, its.st_gid) != 0)
            fail(file_);
    }
    void sync() const
    {
        if (::fsync(descriptor_) != 0)
            fail(file_);
    }

private:
    int descriptor_;
    std::filesystem::path file_;
};

}  // namespace

void write_durably(const std::filesystem::path& file, std::string_view bytes, unsigned mode)
{
    auto beside = file;
    beside += ".new";
    std::filesystem::remove(beside);  // what a write that was killed left, or somebody put there to be followed
    {
        const Descriptor descriptor(beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
        descriptor.belong_as(file);
        descriptor.write(bytes);
        descriptor.sync();
    }
    std::filesystem::rename(beside, file);
    sync_directory(file.parent_path());
}

void sync_directory(const std::filesystem::path& directory)
{
    const Descriptor descriptor(directory.empty() ? std::filesystem::path(".") : directory, O_RDONLY | O_DIRECTORY);
    descriptor.sync();
}

std::optional<std::string> read_whole(const std::filesystem::path& file)
{
    std::ifstream stream(file, std::ios::binary);
    if (!stream)
        return std::nullopt;
    std::ostringstream bytes;
    bytes << stream.rdbuf();
    return bytes.str();
}

std::string behind_checkpoint(Connection& db, const std::string& note, const std::vector<ledger::VerifierKey>& keys)
{
    const auto kept = ledger::open_checkpoint(note, keys);
    if (!kept)
        return "the checkpoint kept outside is not signed by a known key of this log";
    const auto size = store::ledger_size(db);
    if (kept->size > size)
        return "the database is behind: it holds " + std::to_string(size) + " entries, the checkpoint kept outside signs " +
               std::to_string(kept->size);
    if (ledger::root_of(kept->size, store::node_reader(db)) != kept->root)
        return "the database and the checkpoint kept outside, of size " + std::to_string(kept->size) + ", are of different histories";
    return {};
}

OutsideComparison compare_with_outside(Connection& db, const std::filesystem::path& directory, const std::vector<ledger::VerifierKey>& keys)
{
    const auto note = read_whole(directory / outside_checkpoint_file);
    if (!note)
        return {};
    auto reason = behind_checkpoint(db, *note, keys);
    return {reason.empty() ? OutsideState::ok : OutsideState::behind, std::move(reason)};
}

std::string erasures_text(const std::vector<store::ErasureRow>& erasures)
{
    std::string text;
    for (const auto& erasure : erasures)
        text += nlohmann::json{{"seq", erasure.seq},
                               {"kind", erasure.kind},
                               {"subject", {{"kind", erasure.subject_kind}, {"id", erasure.subject}}}}
                    .dump() +
                "\n";
    return text;
}

std::vector<store::ErasureRow> parse_erasures(std::string_view text)
{
    std::vector<store::ErasureRow> list;
    std::istringstream lines{std::string(text)};
    for (std::string line; std::getline(lines, line);) {
        try {
            const auto value = nlohmann::json::parse(line);
            const auto& subject = value.at("subject");
            list.push_back({value.at("seq").get<Seq>(), value.at("kind").get<std::string>(), subject.at("kind").get<std::string>(),
                            subject.at("id").get<std::string>()});
        } catch (const nlohmann::json::exception&) {
            throw std::runtime_error("the list of erasures kept outside has a line that is none: " + line);
        }
    }
    return list;
}

}  // namespace cbmx::service
