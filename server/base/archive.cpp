// See archive.hpp. libzip asks for bytes and gives them through callbacks in C: what is thrown there is kept and thrown again
// once it has returned.
#include "base/archive.hpp"
#include "base/ending.hpp"
#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>
#include <utility>
#include <zip.h>

namespace cbmx::base {
namespace {

constexpr std::size_t piece_bytes = 64 * 1024;
constexpr int compression_level = 6;  // zlib's own default; libzip's is 9

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

std::string message_of(zip_error_t& error)
{
    const std::string message = zip_error_strerror(&error);
    zip_error_fini(&error);
    return message;
}

std::string message_of(int code)
{
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    return message_of(error);
}

// Bytes in a spool as libzip reads them, and, for the archive itself, writes them.
struct Source {
    Spool& spool;
    std::uint64_t offset = 0, size = 0;
    bool is_target = false;
    std::uint64_t read_at = 0, write_at = 0;
    zip_error_t error{};
    std::exception_ptr& thrown;

    zip_int64_t read(void* data, zip_uint64_t length)
    {
        const auto left = (is_target ? spool.size() : size) - read_at;
        const auto bytes = spool.read(offset + read_at, static_cast<std::size_t>(std::min<std::uint64_t>(length, left)));
        std::copy(bytes.begin(), bytes.end(), static_cast<char*>(data));
        read_at += bytes.size();
        return static_cast<zip_int64_t>(bytes.size());
    }
    zip_int64_t write(const void* data, zip_uint64_t length)
    {
        spool.write(write_at, {static_cast<const char*>(data), static_cast<std::size_t>(length)});
        write_at += length;
        return static_cast<zip_int64_t>(length);
    }
    zip_int64_t stat(void* data)
    {
        auto* facts = static_cast<zip_stat_t*>(data);
        zip_stat_init(facts);
        facts->size = is_target ? spool.size() : size;
        facts->valid = ZIP_STAT_SIZE;
        return 0;
    }
    zip_int64_t seek(void* data, zip_uint64_t length, std::uint64_t& position)
    {
        const auto to = zip_source_seek_compute_offset(position, is_target ? spool.size() : size, data, length, &error);
        if (to < 0)
            return -1;
        position = static_cast<std::uint64_t>(to);
        return 0;
    }
};

constexpr zip_int64_t commands_of_target = ZIP_SOURCE_SUPPORTS_WRITABLE;

zip_int64_t answer(Source& source, void* data, zip_uint64_t length, zip_source_cmd_t command)
{
    switch (command) {
    case ZIP_SOURCE_OPEN: source.read_at = 0; return 0;
    case ZIP_SOURCE_READ: return source.read(data, length);
    case ZIP_SOURCE_STAT: return source.stat(data);
    case ZIP_SOURCE_ERROR: return zip_error_to_data(&source.error, data, length);
    case ZIP_SOURCE_SEEK: return source.seek(data, length, source.read_at);
    case ZIP_SOURCE_TELL: return static_cast<zip_int64_t>(source.read_at);
    case ZIP_SOURCE_BEGIN_WRITE: source.write_at = 0; return 0;
    case ZIP_SOURCE_WRITE: return source.write(data, length);
    case ZIP_SOURCE_SEEK_WRITE: return source.seek(data, length, source.write_at);
    case ZIP_SOURCE_TELL_WRITE: return static_cast<zip_int64_t>(source.write_at);
    case ZIP_SOURCE_SUPPORTS: return source.is_target ? commands_of_target : ZIP_SOURCE_SUPPORTS_SEEKABLE;
    case ZIP_SOURCE_CLOSE:
    case ZIP_SOURCE_FREE:
    case ZIP_SOURCE_COMMIT_WRITE:
    case ZIP_SOURCE_ROLLBACK_WRITE:
    case ZIP_SOURCE_REMOVE: return 0;
    case ZIP_SOURCE_RESERVED_1:
    case ZIP_SOURCE_BEGIN_WRITE_CLONING:
    case ZIP_SOURCE_ACCEPT_EMPTY:
    case ZIP_SOURCE_GET_FILE_ATTRIBUTES: break;
    }
    zip_error_set(&source.error, ZIP_ER_OPNOTSUPP, 0);
    return -1;
}

zip_int64_t called(void* state, void* data, zip_uint64_t length, zip_source_cmd_t command)
{
    auto& source = *static_cast<Source*>(state);
    try {
        if (command == ZIP_SOURCE_READ)
            check_ending();
        return answer(source, data, length, command);
    } catch (...) {
        source.thrown = std::current_exception();
        zip_error_set(&source.error, ZIP_ER_WRITE, EIO);
        return -1;
    }
}

// One packing: the archive being made, and the sources that libzip reads until it is closed.
class Packing {
public:
    Packing(Spool& contents, Spool& target) : contents_(contents), target_{.spool = target, .is_target = true, .thrown = thrown_}
    {
        zip_error_t error;
        zip_error_init(&error);
        auto* source = zip_source_function_create(&called, &target_, &error);
        archive_ = source == nullptr ? nullptr : zip_open_from_source(source, ZIP_CREATE | ZIP_TRUNCATE, &error);
        if (archive_ == nullptr) {
            zip_source_free(source);
            throw std::runtime_error("cannot begin an archive: " + message_of(error));
        }
        zip_error_fini(&error);
    }
    Packing(const Packing&) = delete;
    Packing& operator=(const Packing&) = delete;
    ~Packing()
    {
        if (archive_ != nullptr)
            zip_discard(archive_);
    }

    void add(const ArchivedFile& file, std::time_t time)
    {
        auto& state = sources_.emplace_back(Source{.spool = contents_, .offset = file.offset, .size = file.size, .thrown = thrown_});
        auto* source = zip_source_function(archive_, &called, &state);
        const auto index = source == nullptr ? -1 : zip_file_add(archive_, file.path.c_str(), source, ZIP_FL_ENC_UTF_8);
        if (index < 0) {
            zip_source_free(source);
            fail();
        }
        const auto place = static_cast<zip_uint64_t>(index);
        const auto method = file.compressed ? ZIP_CM_DEFLATE : ZIP_CM_STORE;
        if (zip_set_file_compression(archive_, place, method, compression_level) != 0 || zip_file_set_mtime(archive_, place, time, 0) != 0)
            fail();
    }

    void close()
    {
        if (zip_close(archive_) != 0)
            fail();
        archive_ = nullptr;
    }

private:
    [[noreturn]] void fail()
    {
        if (thrown_)
            std::rethrow_exception(thrown_);
        throw std::runtime_error("cannot pack an archive: " + std::string(zip_strerror(archive_)));
    }

    Spool& contents_;
    std::exception_ptr thrown_;
    Source target_;
    std::deque<Source> sources_;  // a deque, so that their addresses stay
    zip_t* archive_ = nullptr;
};

}  // namespace

bool is_archive_path(std::string_view path)
{
    bool begins = true;  // of a name
    for (const char c : path) {
        const bool fits = is_letter_or_digit(c) || (!begins && (c == '.' || c == '_' || c == '-' || c == '/'));
        if (!fits)
            return false;
        begins = c == '/';
    }
    return !begins;
}

ArchiveWriter::ArchiveWriter(const std::string& directory) : directory_(directory), contents_(directory) {}

void ArchiveWriter::begin(const std::string& path, bool compressed)
{
    end();
    if (!is_archive_path(path) || !paths_.insert(path).second)
        throw std::logic_error("no file of an archive can be named so, or one is already: " + path);
    files_.push_back({.path = path, .offset = contents_.size(), .compressed = compressed});
    is_open_ = true;
}

void ArchiveWriter::append(std::string_view bytes)
{
    if (!is_open_)
        throw std::logic_error("no file of the archive has been begun");
    contents_.append(bytes);
    digest_.add(bytes);
}

void ArchiveWriter::add(const std::string& path, std::string_view bytes, bool compressed)
{
    begin(path, compressed);
    append(bytes);
    end();
}

void ArchiveWriter::end()
{
    if (!std::exchange(is_open_, false))
        return;
    files_.back().size = contents_.size() - files_.back().offset;
    files_.back().sha256 = digest_.end();
}

const std::vector<ArchivedFile>& ArchiveWriter::files()
{
    end();
    return files_;
}

std::unique_ptr<Spool> ArchiveWriter::pack(std::time_t time)
{
    auto archive = std::make_unique<Spool>(directory_);
    Packing packing(contents_, *archive);
    for (const auto& file : files())
        packing.add(file, time);
    packing.close();
    return archive;
}

void ArchiveReader::Close::operator()(zip* archive) const { zip_discard(archive); }

// First without the strict comparison, so that what is twice in it can be named.
ArchiveReader::ArchiveReader(const std::string& file, ArchiveLimits limits)
{
    open(file, ZIP_RDONLY);
    look_through(limits);
    open(file, ZIP_RDONLY | ZIP_CHECKCONS);
    look_through(limits);
}

void ArchiveReader::open(const std::string& file, int flags)
{
    int code = 0;
    archive_.reset(zip_open(file.c_str(), flags, &code));
    if (!archive_)
        throw ArchiveError("it cannot be read as a ZIP archive: " + message_of(code));
}

void ArchiveReader::look_through(const ArchiveLimits& limits)
{
    paths_.clear(), places_.clear();
    const auto count = zip_get_num_entries(archive_.get(), 0);
    if (static_cast<std::uint64_t>(count) > limits.files)
        throw ArchiveError("it holds more than " + std::to_string(limits.files) + " files");
    std::uint64_t total = 0;
    for (zip_int64_t i = 0; i < count; ++i) {
        zip_stat_t facts;
        const auto index = static_cast<zip_uint64_t>(i);
        constexpr zip_uint64_t needed = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
        if (zip_stat_index(archive_.get(), index, ZIP_FL_ENC_RAW, &facts) != 0 || (facts.valid & needed) != needed)
            throw ArchiveError("what it says of its file " + std::to_string(i + 1) + " cannot be read");
        std::string path = facts.name;
        if (facts.size == 0 && path.ends_with('/')) {  // a folder, of somebody who unpacked it and packed it again
            path.pop_back();
            if (path.size() <= limits.path_bytes && is_archive_path(path))
                continue;
        }
        if (path.size() > limits.path_bytes || !is_archive_path(path))
            throw ArchiveError("a file in it has a name that no export gives: its file " + std::to_string(i + 1));
        if ((facts.comp_method != ZIP_CM_STORE && facts.comp_method != ZIP_CM_DEFLATE) || facts.encryption_method != ZIP_EM_NONE)
            throw ArchiveError(path + " is packed in a way that no export uses");
        if (facts.size > limits.file_bytes || (total += facts.size) > limits.total_bytes)
            throw ArchiveError(path + " is too large, or all files together are");
        if (!places_.emplace(path, Place{index, facts.size}).second)
            throw ArchiveError(path + " is in it twice");
        paths_.push_back(path);
    }
    std::sort(paths_.begin(), paths_.end());
}

std::uint64_t ArchiveReader::size(std::string_view path) const
{
    const auto place = places_.find(path);
    if (place == places_.end())
        throw ArchiveError("it is missing");
    return place->second.size;
}

void ArchiveReader::read(std::string_view path, const std::function<void(std::string_view piece)>& take) const
{
    auto left = size(path);
    const std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> file(zip_fopen_index(archive_.get(), places_.find(path)->second.index, 0),
                                                                 &zip_fclose);
    if (!file)
        throw ArchiveError("it cannot be unpacked: " + std::string(zip_strerror(archive_.get())));
    std::array<char, piece_bytes> buffer;
    for (;;) {
        const auto got = zip_fread(file.get(), buffer.data(), buffer.size());
        if (got < 0)
            throw ArchiveError("it cannot be unpacked: " + std::string(zip_file_strerror(file.get())));
        if (static_cast<std::uint64_t>(got) > left || (got == 0 && left > 0))
            throw ArchiveError("it has not the size that the archive says");
        if (got == 0)
            return;
        left -= static_cast<std::uint64_t>(got);
        take({buffer.data(), static_cast<std::size_t>(got)});
    }
}

std::string ArchiveReader::text(std::string_view path, std::uint64_t at_most) const
{
    if (size(path) > at_most)
        throw ArchiveError("it is larger than " + std::to_string(at_most) + " bytes");
    std::string text;
    read(path, [&text](std::string_view piece) { text += piece; });
    return text;
}

void ArchiveReader::lines(std::string_view path, std::size_t at_most, const std::function<void(std::string_view line)>& take) const
{
    std::string begun;
    read(path, [&](std::string_view piece) {
        for (std::size_t end; (end = piece.find('\n')) != std::string_view::npos; piece.remove_prefix(end + 1)) {
            begun += piece.substr(0, end);
            if (begun.size() > at_most)
                break;
            take(begun);
            begun.clear();
        }
        begun += piece;
        if (begun.size() > at_most)
            throw ArchiveError("a line of it is longer than " + std::to_string(at_most) + " bytes");
    });
    if (!begun.empty())
        throw ArchiveError("its last line does not end");
}

}  // namespace cbmx::base
