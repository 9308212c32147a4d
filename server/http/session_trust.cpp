// How long a client certificate is good for on an open connection: as long as a handshake would accept it, and at most
// Deadlines::certificate_connection (rules.md 4a). See session.hpp; revocation.hpp judges.
#include "base/log.hpp"
#include "http/session.hpp"
#include <algorithm>
#include <boost/asio/dispatch.hpp>

namespace cbmx::http {

namespace asio = boost::asio;

void Session::begin_trust()
{
    peer_.served_until = std::chrono::steady_clock::now() + runtime_->options.deadlines.certificate_connection;
    judged_by_ = connection_->contexts().number;
    trusted_until_ = connection_->certificate_stands_until();
}

// Two comparisons, unless the lists have been read again or one of them has ended.
bool Session::is_trusted()
{
    if (!peer_.certificate)
        return true;
    if (judged_by_ == runtime_->tls_number && runtime_->options.clock() < trusted_until_)
        return true;
    const auto contexts = runtime_->tls();
    const auto until = connection_->judge_certificate(*contexts->trust);
    judged_by_ = contexts->number;
    trusted_until_ = until.value_or(0);
    return until.has_value();
}

bool Session::takes_requests() { return is_trusted() && time_left().count() > 0; }

std::chrono::milliseconds Session::time_left() const
{
    if (!peer_.served_until)
        return std::chrono::hours(24);
    const auto left = *peer_.served_until - std::chrono::steady_clock::now();
    return std::max(std::chrono::ceil<std::chrono::milliseconds>(left), std::chrono::milliseconds(0));
}

void Session::judge_again()
{
    asio::dispatch(strand_, [weak = weak_from_this()] {
        const auto self = weak.lock();
        if (self && !self->aborted_ && !self->is_trusted())
            self->end_untrusted();
    });
}

// An idle one in good order. What is being asked, answered or streamed breaks off: nothing more goes to that certificate.
void Session::end_untrusted()
{
    base::log(base::Severity::warning, "certificate_no_longer_accepted", {{"peer", peer_.address}});
    if (idle_) {
        connection_->set_deadline(std::chrono::milliseconds(0));
        return;
    }
    give_up();
}

}  // namespace cbmx::http
