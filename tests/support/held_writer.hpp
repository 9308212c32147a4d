// The writer in the middle of a job that does not end as long as this lives: whatever needs the writer waits.
#pragma once
#include "store/writer.hpp"
#include <future>

namespace cbmx::test {

class HeldWriter {
public:
    explicit HeldWriter(store::Writer& writer)
    {
        writer.submit({.home = {},
                       .work =
                           [this](store::Transaction&) {
                               begun_.set_value();
                               gate_.get_future().wait();
                               return false;
                           },
                       .done = [this](store::WriteEnd) { ended_.set_value(); }});
        begun_.get_future().wait();
    }
    ~HeldWriter()
    {
        gate_.set_value();
        ended_.get_future().wait();
    }
    HeldWriter(const HeldWriter&) = delete;
    HeldWriter& operator=(const HeldWriter&) = delete;

private:
    std::promise<void> begun_, gate_, ended_;
};

}  // namespace cbmx::test
