// The log: nlohmann renders an entry as ASCII JSON, spdlog writes it as it is. The contract is base/log.hpp.
#include "base/log.hpp"
#include <fmt/chrono.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <atomic>
#include <chrono>
#include <exception>
#include <memory>
#include <string>

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

Logger make_logger(Severity least, std::string_view file)
{
    spdlog::sink_ptr sink;
    if (file.empty())
        sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    else
        sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(std::string(file));
    auto logger = std::make_shared<spdlog::logger>("cbmx", std::move(sink));
    logger->set_level(spdlog_level(least));
    logger->set_pattern("%v");
    logger->flush_on(spdlog::level::info);
    return logger;
}

std::atomic<Logger>& current_logger()
{
    static std::atomic<Logger> logger{make_logger(Severity::info, {})};
    return logger;
}

std::string now_in_utc()
{
    const auto now = std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
    const auto milliseconds = now.time_since_epoch().count() % 1000;
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(now)), milliseconds);
}

}  // namespace

void start_log(Severity least, std::string_view file)
{
    current_logger().store(make_logger(least, file));
}

void log(Severity severity, std::string_view event, const nlohmann::json& fields)
{
    const Logger logger = current_logger().load();
    const auto level = spdlog_level(severity);
    if (!logger->should_log(level))
        return;
    nlohmann::ordered_json line{{"at", now_in_utc()}, {"level", name_of(severity)}, {"event", event}};
    for (const auto& [name, value] : fields.items())
        line.emplace(name, value);  // does nothing for a name that stands already: at, level and event are ours
    // ASCII only, and bad UTF-8 replaced: no line separator or control character of any kind reaches the log.
    const std::string text = line.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
    logger->log(level, spdlog::string_view_t(text));
}

}  // namespace cbmx::base
