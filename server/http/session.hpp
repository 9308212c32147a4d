// One connection's life: PROXY header, handshake, requests one after the other, the end (rules.md 1, 6-8, 25).
#pragma once
#include "http/connection.hpp"
#include "http/framing.hpp"
#include "http/runtime.hpp"

namespace cbmx::http {

struct Listening {  // which of the two listeners
    bool certificate = false;
    std::uint16_t port = 0;
};

class Session : public std::enable_shared_from_this<Session> {
public:
    Session(std::shared_ptr<Runtime> runtime, std::unique_ptr<Connections::Slot> slot, boost::asio::ip::tcp::socket socket,
            boost::asio::ip::address address, Listening listening);

    void start();  // the coroutine keeps the session alive
    // Any thread.
    void finish();                         // an idle connection ends now, a request in flight is answered with Connection: close
    void abort();                          // ends at once
    void judge_again();                    // ends at once unless a handshake would still accept the client certificate
    void make_room(Connections::End how);  // another connection takes its place
    // The answer to request number `request`; nullopt: the application lost its Reply. Others are dropped.
    void deliver(std::uint64_t request, std::optional<Response> response);
    // The same for a piece of a stream; nullopt: broken.
    void deliver(std::uint64_t request, std::optional<Piece> piece);

private:
    enum class Step { done, refused, ended };

    boost::asio::awaitable<void> run();
    boost::asio::awaitable<bool> open();
    boost::asio::awaitable<bool> read_proxy_header();
    boost::asio::awaitable<bool> exchange();  // one request; false: the connection is to be closed
    boost::asio::awaitable<Step> read_head(RequestReader& reader);
    boost::asio::awaitable<Step> read_body(RequestReader& reader);
    boost::asio::awaitable<bool> refuse(const RequestReader& reader);
    boost::asio::awaitable<bool> answer_unread(RequestReader& reader, Response response);
    boost::asio::awaitable<bool> serve(RequestReader& reader, Admitted admitted);
    boost::asio::awaitable<Response> wait_for_reply();
    void watch_peer();  // until connection_->stop_watching(): gives up once the peer has gone
    void give_up();     // ends at once: nobody is to be answered any more
    boost::asio::awaitable<bool> send(Response response, const RequestReader& reader, bool close);
    boost::asio::awaitable<bool> send_pieces(Stream stream, bool chunked);  // false: not to its end
    boost::asio::awaitable<bool> send_each(const Stream& stream, bool chunked);
    boost::asio::awaitable<Piece> wait_for_piece();

    Step blame(const RequestReader& reader);
    Admission admit(Head head);
    void begin(const Admitted& admitted, Body body);
    void ask(const Stream& stream);
    Response refusal_of(const RequestReader& reader);
    bool is_trusted_proxy() const;
    // session_trust.cpp: how long a client certificate is good for (rules.md 4a).
    void begin_trust();
    bool is_trusted();      // would a handshake still accept it?
    bool takes_requests();  // trusted, and its time is not over
    void end_untrusted();
    std::chrono::milliseconds time_left() const;  // of served_until; very long without one

    std::shared_ptr<Runtime> runtime_;
    std::unique_ptr<Connections::Slot> slot_;
    boost::asio::any_io_executor strand_;
    std::shared_ptr<Connection> connection_;
    boost::asio::steady_timer reply_timer_;  // never fires: cancelled when the reply, or a piece of it, is there
    boost::asio::ip::address address_;
    Listening listening_;
    std::shared_ptr<Presence> presence_ = std::make_shared<Presence>();
    Peer peer_;
    std::uint64_t judged_by_ = 0;    // TlsContexts::number
    std::time_t trusted_until_ = 0;  // by those
    std::string input_;
    Violation violation_;
    std::optional<Response> reply_;
    std::optional<Piece> piece_;
    std::uint64_t request_ = 0;  // counts what is waited for: replies and pieces
    bool idle_ = false;
    bool asked_ = false;  // something of a request has come
    bool finishing_ = false;
    bool aborted_ = false;
    bool has_lost_place_ = false;  // takes nothing more
    bool linger_ = false;
};

}  // namespace cbmx::http
