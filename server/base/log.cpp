// The log: nlohmann renders an entry as ASCII JSON, spdlog writes it as it is. The contract is base/log.hpp.
#include "base/log.hpp"
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <exception>
#include <fmt/chrono.h>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <string>
#include <unistd.h>

namespace cbmx::base {
namespace {

using Logger = std::shared_ptr<spdlog::logger>;

spdlog::level::level_enum spdlog_level(Severity severity)
{
    switch (severity) {
    case Severity::debug: return spdlog::level::debug;
    case Severity::info: return spdlog::level::info;
    case Severity::warning: return spdlog::level::warn;
    case Severity::error: return spdlog::level::err;
    }
    std::terminate();
}

std::string_view name_of(Severity severity)
{
    switch (severity) {
    case Severity::debug: return "debug";
    case Severity::info: return "info";
    case Severity::warning: return "warning";
    case Severity::error: return "error";
    }
    std::terminate();
}

// Standard error in large writes; spdlog's own sink writes every line by itself, as the C library does not buffer it.
class StandardError : public spdlog::sinks::base_sink<std::mutex> {
public:
    StandardError() { pending_.reserve(flush_bytes); }

private:
    static constexpr std::size_t flush_bytes = 64 * 1024;
    void sink_it_(const spdlog::details::log_msg& message) override
    {
        pending_.append(message.payload.data(), message.payload.size()).push_back('\n');
        if (pending_.size() >= flush_bytes)
            flush_();
    }
    void flush_() override
    {
        for (std::string_view rest = pending_; !rest.empty();) {
            const auto written = ::write(STDERR_FILENO, rest.data(), rest.size());
            if (written < 0 && errno != EINTR)
                break;  // nobody is left to tell
            rest.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(written, 0)));
        }
        pending_.clear();
    }
    std::string pending_;
};

Logger make_logger(Severity least, std::string_view file)
{
    spdlog::sink_ptr sink;
    if (file.empty())
        sink = std::make_shared<StandardError>();
    else
        sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(std::string(file));
    auto logger = std::make_shared<spdlog::logger>("cbmx", std::move(sink));
    logger->set_level(spdlog_level(least));
    logger->set_pattern("%v");
    logger->flush_on(spdlog::level::off);  // log() and flush_log() do
    return logger;
}

// A mutex and not std::atomic<std::shared_ptr>: its load() in libstdc++ 12 unlocks with memory_order_relaxed, which is a
// data race with a store() that follows.
class CurrentLogger {
public:
    Logger get()
    {
        const std::lock_guard lock(mutex_);
        return logger_;
    }

    void set(Logger logger)
    {
        const std::lock_guard lock(mutex_);
        logger_.swap(logger);
    }

private:
    std::mutex mutex_;
    Logger logger_ = make_logger(Severity::info, {});
};

CurrentLogger& current_logger()
{
    static CurrentLogger logger;
    return logger;
}

std::string now_in_utc()
{
    const auto now = std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
    const auto milliseconds = now.time_since_epoch().count() % 1000;
    const auto seconds = std::chrono::system_clock::to_time_t(now);
    thread_local std::time_t known_second = -1;
    thread_local std::string known;
    if (seconds != known_second)
        known = fmt::format("{:%Y-%m-%dT%H:%M:%S}", fmt::gmtime(seconds)), known_second = seconds;
    return fmt::format("{}.{:03}Z", known, milliseconds);
}

}  // namespace

void start_log(Severity least, std::string_view file) { current_logger().set(make_logger(least, file)); }

namespace {

// ASCII only, and bad UTF-8 replaced: no line separator or control character of any kind reaches the log.
void append_text(std::string& line, std::string_view text)
{
    const auto is_plain = [](unsigned char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; };
    if (std::all_of(text.begin(), text.end(), is_plain))
        line.append("\"").append(text).append("\"");
    else
        line += nlohmann::json(text).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

void append_value(std::string& line, const LogField& field)
{
    if (const auto* text = std::get_if<std::string_view>(&field.value))
        append_text(line, *text);
    else if (const auto* number = std::get_if<std::int64_t>(&field.value))
        line += std::to_string(*number);
    else
        line += std::get<bool>(field.value) ? "true" : "false";
}

Logger write(Severity severity, std::string_view event, std::initializer_list<LogField> fields)
{
    Logger logger = current_logger().get();
    const auto level = spdlog_level(severity);
    if (!logger->should_log(level))
        return logger;
    thread_local std::string line;
    line.assign("{\"at\":\"").append(now_in_utc()).append("\",\"level\":\"").append(name_of(severity)).append("\",\"event\":");
    append_text(line, event);
    for (const auto& field : fields) {
        const auto* text = std::get_if<std::string_view>(&field.value);
        const bool is_ours = field.name == "at" || field.name == "level" || field.name == "event";
        if (is_ours || (text != nullptr && text->empty()))
            continue;
        line += ',';
        append_text(line, field.name);
        line += ':';
        append_value(line, field);
    }
    line += '}';
    logger->log(level, spdlog::string_view_t(line));
    return logger;
}

}  // namespace

void log(Severity severity, std::string_view event, std::initializer_list<LogField> fields) { write(severity, event, fields)->flush(); }

void log_soon(Severity severity, std::string_view event, std::initializer_list<LogField> fields) { write(severity, event, fields); }

void flush_log() { current_logger().get()->flush(); }

}  // namespace cbmx::base
