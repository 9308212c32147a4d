// See metrics.hpp. Label values come from our own tables, never from input: the number of series is bounded.
#include "api/metrics.hpp"
#include <map>
#include <mutex>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace cbmx::api {
namespace {

const prometheus::Histogram::BucketBoundaries duration_bounds_seconds{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0};

}  // namespace

struct Metrics::Families {
    prometheus::Registry registry;
    prometheus::Family<prometheus::Counter>& requests =
        prometheus::BuildCounter().Name("cbmx_requests_total").Help("Requests answered").Register(registry);
    prometheus::Family<prometheus::Histogram>& durations =
        prometheus::BuildHistogram().Name("cbmx_request_seconds").Help("Time from header to answer").Register(registry);
    prometheus::Family<prometheus::Counter>& security =
        prometheus::BuildCounter().Name("cbmx_security_events_total").Help("Refused credentials and rights").Register(registry);
};

// Looking a series up by its labels costs more than counting.
struct Metrics::Series {
    std::mutex mutex;
    std::map<std::pair<std::string_view, int>, prometheus::Counter*> requests;
    std::map<std::string_view, prometheus::Histogram*> durations;
};

Metrics::Metrics() : families_(std::make_unique<Families>()), series_(std::make_unique<Series>()) {}
Metrics::~Metrics() = default;

void Metrics::count_request(std::string_view operation, int status, std::chrono::microseconds took)
{
    const std::lock_guard lock(series_->mutex);
    auto& requests = series_->requests[{operation, status}];
    if (requests == nullptr)
        requests = &families_->requests.Add({{"operation", std::string(operation)}, {"status", std::to_string(status)}});
    auto& durations = series_->durations[operation];
    if (durations == nullptr)
        durations = &families_->durations.Add({{"operation", std::string(operation)}}, duration_bounds_seconds);
    requests->Increment();
    durations->Observe(std::chrono::duration<double>(took).count());
}

void Metrics::count_security_event(std::string_view kind) { families_->security.Add({{"kind", std::string(kind)}}).Increment(); }

void Metrics::set(std::string_view gauge, double value)
{
    prometheus::BuildGauge().Name(std::string(gauge)).Help("").Register(families_->registry).Add({}).Set(value);
}

std::string Metrics::text() const { return prometheus::TextSerializer().Serialize(families_->registry.Collect()); }

}  // namespace cbmx::api
