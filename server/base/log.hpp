// One JSON object per line on standard error. Whatever is in a field stays inside one line. No secret is ever passed here: see
// tests/integration/log_test.cpp.
#pragma once
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

namespace cbmx::base {

enum class Severity { debug, info, warning, error };

// Named text, number or truth; the views live until log() returns.
struct LogField {
    LogField(std::string_view field, std::string_view text) : name(field), value(text) {}
    LogField(std::string_view field, const char* text) : name(field), value(std::string_view(text)) {}
    LogField(std::string_view field, const std::string& text) : name(field), value(std::string_view(text)) {}
    LogField(std::string_view field, bool truth) : name(field), value(truth) {}
    template <std::integral Number>
    LogField(std::string_view field, Number number) : name(field), value(static_cast<std::int64_t>(number))
    {
    }
    std::string_view name;
    std::variant<std::string_view, std::int64_t, bool> value;
};

void start_log(Severity least, std::string_view file = {});  // empty: standard error
// Any thread. Written at once. A field without text is left out.
void log(Severity severity, std::string_view event, std::initializer_list<LogField> fields = {});
// The same for what comes many times a second: at the latest when flush_log() is called, which serve does every second.
void log_soon(Severity severity, std::string_view event, std::initializer_list<LogField> fields);
void flush_log();

}  // namespace cbmx::base
