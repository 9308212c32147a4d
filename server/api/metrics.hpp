// What an operator watches: counts and durations by operation, kept by prometheus-cpp, served on the metrics listener.
#pragma once
#include "http/message.hpp"
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace cbmx::api {

class Metrics {
public:
    Metrics();
    ~Metrics();
    // operation: a text that lives as long as the program, as those of the route table do.
    void count_request(std::string_view operation, int status, std::chrono::microseconds took);
    void count_security_event(std::string_view kind);
    void set(std::string_view gauge, double value);  // a gauge by its full name, e.g. "cbmx_ledger_size"
    std::string text() const;                        // Prometheus text format

private:
    struct Families;
    struct Series;
    std::unique_ptr<Families> families_;
    std::unique_ptr<Series> series_;
};

}  // namespace cbmx::api
