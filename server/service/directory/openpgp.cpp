// gpgme in an event loop of our own: its own loops wait without end for a gpg that says nothing. The contract is openpgp.hpp.
#include "service/directory/openpgp.hpp"
#include "base/ending.hpp"
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gpgme.h>
#include <iterator>
#include <list>
#include <memory>
#include <mutex>
#include <poll.h>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace cbmx::service {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds look_at_ending{100};  // between two looks whether the portal ends

void check(gpgme_error_t error, const char* step)
{
    if (error != 0)
        throw std::runtime_error(std::string("gpg: ") + step + ": " + gpgme_strerror(error));
}

void start_library()
{
    static std::once_flag once;
    std::call_once(once, [] {
        if (gpgme_check_version(GPGME_VERSION) == nullptr)
            throw std::runtime_error("gpg: the library gpgme is older than " GPGME_VERSION);
    });
}

// A directory for one gpg, gone with this object.
class PrivateHome {
public:
    PrivateHome()
    {
        auto pattern = (std::filesystem::temp_directory_path() / "cbmx-gpg-XXXXXX").string();
        if (mkdtemp(pattern.data()) == nullptr)  // mode 0700
            throw std::system_error(errno, std::generic_category(), pattern);
        path_ = pattern;
        std::ofstream options(path_ / "gpg.conf");
        options << "no-autostart\ndisable-dirmngr\nno-auto-key-locate\nno-auto-key-retrieve\nno-auto-check-trustdb\nlock-never\n";
        if (!options.flush()) {
            remove();
            throw std::runtime_error("gpg: cannot write " + path_.string());
        }
    }
    PrivateHome(const PrivateHome&) = delete;
    PrivateHome& operator=(const PrivateHome&) = delete;
    ~PrivateHome() { remove(); }
    const std::filesystem::path& path() const { return path_; }

    // Ends what runs with this home: its name is on the command line, and nobody else's. gpgme gives no process ids.
    void kill_processes_in_home() const
    {
        std::error_code gone;
        for (const auto& entry : std::filesystem::directory_iterator("/proc", gone)) {
            const auto name = entry.path().filename().string();
            if (!std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; }))
                continue;
            std::ifstream file(entry.path() / "cmdline");
            const std::string command{std::istreambuf_iterator<char>(file), {}};
            const auto id = static_cast<pid_t>(std::strtol(name.c_str(), nullptr, 10));
            if (id != getpid() && command.find(path_.string()) != std::string::npos)
                kill(id, SIGKILL);
        }
    }

private:
    void remove() const
    {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    std::filesystem::path path_;
};

// One listing under way: what gpgme is asked for, and what it has reported.
class Listing {
public:
    explicit Listing(const PrivateHome& home) : home_(home)
    {
        gpgme_ctx_t context = nullptr;
        check(gpgme_new(&context), "context");
        context_.reset(context);
        const auto* engine = gpgme_ctx_get_engine_info(context);  // OpenPGP is the first of the list and the one in use
        if (engine == nullptr || engine->file_name == nullptr)
            throw std::runtime_error("gpg: not installed");
        const std::string program = engine->file_name;  // a copy: setting replaces the original
        check(gpgme_ctx_set_engine_info(context, GPGME_PROTOCOL_OpenPGP, program.c_str(), home.path().c_str()), "program");
        gpgme_set_offline(context, 1);
        gpgme_io_cbs callbacks{&Listing::watch, this, &Listing::unwatch, &Listing::note, this};
        gpgme_set_io_cbs(context, &callbacks);
        check(gpgme_set_ctx_flag(context, "full-status", "1"), "status lines");
        gpgme_set_status_cb(context, &Listing::hear, this);
    }
    Listing(const Listing&) = delete;
    Listing& operator=(const Listing&) = delete;

    OpenPgpListing run(const std::string& armored, steady_clock::time_point deadline)
    {
        gpgme_data_t raw = nullptr;
        check(gpgme_data_new_from_mem(&raw, armored.data(), armored.size(), 0), "data");
        const std::unique_ptr<gpgme_data, decltype(&gpgme_data_release)> data(raw, gpgme_data_release);
        check(gpgme_op_keylist_from_data_start(context_.get(), data.get(), 0), "start");
        while (!done_)
            if (!step(deadline)) {
                gpgme_cancel(context_.get());
                home_.kill_processes_in_home();
                base::check_ending();
                throw std::runtime_error("gpg: no answer in time");
            }
        if (!finished_)
            throw std::runtime_error("gpg: ended before it had read the key");
        return listing_;
    }

private:
    struct Watch {
        int descriptor;  // -1: no longer wanted, which poll() skips
        short events;
        gpgme_io_cb_t react;
        void* argument;
    };

    static gpgme_error_t watch(void* self, int descriptor, int reading, gpgme_io_cb_t react, void* argument, void** tag)
    {
        auto& watches = static_cast<Listing*>(self)->watches_;
        *tag = &watches.emplace_back(Watch{descriptor, static_cast<short>(reading ? POLLIN : POLLOUT), react, argument});
        return 0;
    }

    static void unwatch(void* tag) { static_cast<Watch*>(tag)->descriptor = -1; }

    // gpg's summary, the last that it says, also of what is no key; without it gpg has failed, not the key.
    static gpgme_error_t hear(void* self, const char* keyword, const char*)
    {
        if (std::string_view(keyword) == "IMPORT_RES")
            static_cast<Listing*>(self)->finished_ = true;
        return 0;
    }

    static void note(void* self, gpgme_event_io_t event, void* argument)
    {
        auto& listing = *static_cast<Listing*>(self);
        if (event == GPGME_EVENT_DONE)
            listing.done_ = true;
        if (event != GPGME_EVENT_NEXT_KEY)
            return;
        const std::unique_ptr<_gpgme_key, decltype(&gpgme_key_unref)> key(static_cast<gpgme_key_t>(argument), gpgme_key_unref);
        listing.take(*key);
    }

    void take(const _gpgme_key& key)
    {
        const auto* primary = key.subkeys;
        if (primary == nullptr || primary->fpr == nullptr)
            return;
        listing_.secret = listing_.secret || key.secret;
        for (const auto* part = primary; part != nullptr; part = part->next)
            listing_.secret = listing_.secret || part->secret;
        if (++listing_.primary_keys > 1)
            return;
        auto& first = listing_.first;
        first.fingerprint = primary->fpr;
        if (primary->expires > 0)
            first.expires = std::chrono::sys_seconds{std::chrono::seconds{primary->expires}};
        first.ended = key.revoked || key.disabled;
        first.invalid = key.invalid && !first.ended;
    }

    // False when the deadline passed, or the thread is to end. A reaction may add watches, so only those that were polled are looked at.
    bool step(steady_clock::time_point deadline)
    {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_clock::now());
        if (left.count() <= 0 || base::is_ending())
            return false;
        std::vector<pollfd> polled;
        std::vector<Watch*> watches;
        for (auto& one : watches_) {
            polled.push_back({one.descriptor, one.events, 0});
            watches.push_back(&one);
        }
        const int ready = poll(polled.data(), polled.size(), static_cast<int>(std::min(left, look_at_ending).count()));
        if (ready < 0 && errno != EINTR)
            throw std::system_error(errno, std::generic_category(), "gpg: poll");
        for (std::size_t i = 0; ready > 0 && i < polled.size(); ++i)
            if (polled[i].revents != 0 && watches[i]->descriptor == polled[i].fd)
                watches[i]->react(watches[i]->argument, polled[i].fd);
        return true;
    }

    const PrivateHome& home_;
    std::list<Watch> watches_;  // a list: tags point into it
    OpenPgpListing listing_;
    bool done_ = false;
    bool finished_ = false;
    std::unique_ptr<gpgme_context, decltype(&gpgme_release)> context_{nullptr, gpgme_release};  // last: released first
};

}  // namespace

OpenPgpListing list_openpgp(const std::string& armored, steady_clock::time_point deadline)
{
    start_library();
    const PrivateHome home;
    Listing listing(home);
    return listing.run(armored, deadline);
}

}  // namespace cbmx::service
