// Watches the loaded revocation lists while the portal runs: says in the log that one will end, and ends the connections that
// only a list which has ended still allows (rules.md 4a, 5). Any thread.
#pragma once
#include "http/runtime.hpp"
#include <boost/asio/steady_timer.hpp>
#include <map>

namespace cbmx::http {

class ListWatch : public std::enable_shared_from_this<ListWatch> {
public:
    explicit ListWatch(std::shared_ptr<Runtime> runtime);
    void start();
    void stop();  // nothing of it waits afterwards

private:
    enum class Said { nothing, ends_within_a_week, ends_within_a_day, ended };

    void look();
    static Said due(std::time_t left);
    static void say(Said what, const RevocationList& list, std::time_t left);

    std::shared_ptr<Runtime> runtime_;
    boost::asio::steady_timer timer_;  // its executor is the strand
    bool stopped_ = false;
    std::uint64_t of_ = 0;              // TlsContexts::number that said_ is about
    std::map<std::string, Said> said_;  // by file
};

}  // namespace cbmx::http
