// How an answer finds its way back from any thread to the session that waits for it.
#pragma once
#include "http/session.hpp"
#include <atomic>

namespace cbmx::http {

// Lives in the std::function that the application holds; hands over a Response or a Piece or, when lost, says so.
template <class Value>
class Ticket {
public:
    Ticket(std::weak_ptr<Session> session, std::uint64_t request) : session_(std::move(session)), request_(request) {}
    Ticket(const Ticket&) = delete;
    Ticket& operator=(const Ticket&) = delete;
    ~Ticket() { use(std::nullopt); }

    void use(std::optional<Value> value)
    {
        if (used_.exchange(true))
            return;
        if (const auto session = session_.lock())
            session->deliver(request_, std::move(value));
    }

private:
    std::weak_ptr<Session> session_;
    std::uint64_t request_;
    std::atomic<bool> used_{false};
};

}  // namespace cbmx::http
