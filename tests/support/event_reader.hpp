// A reader of server-sent events over a connection of its own, as strict as RawClient.
#pragma once
#include "support/portal.hpp"

namespace cbmx::test {

struct Event {
    std::string name, id;  // id: empty when the event carries none
    nlohmann::json data;
};

class EventReader {
public:
    // fields: e.g. {"Last-Event-ID", "7"}.
    EventReader(TestPortal& portal, const Who& who, const std::string& path, const Fields& fields = {});
    EventReader(const RawOptions& connection, const std::string& path, const Fields& fields = {});
    int status() const { return head_ ? head_->status : 0; }
    const std::optional<RawResponse>& head() const { return head_; }
    // nullopt: the stream has ended, in good order when ended() says so.
    std::optional<Event> next();
    std::optional<Event> next(const std::string& name);  // passes over events of other names
    bool ended() const { return ended_; }
    int comments() const { return comments_; }
    const std::string& retry() const { return retry_; }  // milliseconds, as last told
    void cut_off() { client_.close(); }

private:
    RawClient client_;
    std::optional<RawResponse> head_;
    std::string text_, retry_;
    bool ended_ = false;
    int comments_ = 0;
};

}  // namespace cbmx::test
