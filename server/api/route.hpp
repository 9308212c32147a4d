// READ THIS FIRST. A route says all about one thing that can be asked: who may (permission), what it takes (request
// schema, query parameters), what it gives, how it fails, and which plain function does it. routes/ is THE ROUTE
// TABLE; pipeline.cpp walks every request through the same steps; openapi.cpp describes the same table.
#pragma once
#include "domain/policy.hpp"
#include "http/message.hpp"
#include "json/parse.hpp"
#include "service/log/feed_place.hpp"
#include "service/portal.hpp"
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace cbmx::api {

using domain::Error;
using domain::ErrorCode;
using domain::Permission;
using domain::Result;
using domain::Rule;

enum class Method { get, post, patch, remove };  // HEAD is answered wherever GET is
std::string_view name_of(Method method);         // "GET", "POST", "PATCH", "DELETE"

struct Route;

// What a route's preparation makes for its handler: a struct of that route's own, known to its handlers alone.
struct Prepared {
    virtual ~Prepared() = default;
};

// What the preparation of a route with raw_body_types begins with.
struct RawBody : Prepared {
    http::Body body;              // as it came
    std::string_view media_type;  // one of raw_body_types; empty: the request has no body
};

// One request after admission: everything a handler may look at.
struct Call {
    const service::Portal& portal;
    const Route& route;
    domain::Principal principal;
    i18n::Language language = i18n::Language::en;
    std::string request_id;
    std::string peer;                                                   // address
    std::optional<std::chrono::steady_clock::time_point> served_until;  // http::Peer
    // Decoded path parameters: {"id", "..."}; "{rest*}" takes several segments, joined by '/'.
    std::map<std::string, std::string, std::less<>> path;
    std::map<std::string, std::string, std::less<>> query;  // only declared parameters, each once
    nlohmann::json body;                                    // schema-valid; null without a body
    std::optional<service::ExpectedVersion> if_match;       // set when the route asks for it
    std::string media_type;                                 // chosen by Accept: the route's own, or one of its alternatives
    std::optional<domain::Seq> resume_after;                // Last-Event-ID of a reader of events
    std::shared_ptr<Prepared> prepared;                     // set by the preparation of a route that has one
    std::optional<std::string> goes_on_with;                // the unfinished subject of a write in parts (Route::is_unfinished)
    domain::Instant now;
    std::optional<service::FeedPlace> place = {};  // of a read that has waited: up to where it has seen all

    const std::string& at(std::string_view name) const { return path.find(name)->second; }
    std::optional<std::string> parameter(std::string_view name) const;

    // What the preparation made. Throws std::logic_error when it made nothing, or something else.
    template <class T>
    T& prepared_as() const
    {
        auto* const made = dynamic_cast<T*>(prepared.get());
        if (made == nullptr)
            throw std::logic_error("a handler asks for what its route's preparation did not make");
        return *made;
    }
};

// A finished answer of a read.
struct Answer {
    int status = 200;
    std::string body;
    std::string content_type = "application/json";
    std::optional<std::string> tag;          // record_tag, for those who may change the record: the first part of the ETag
    std::vector<http::Field> fields = {};    // Link, Vary additions ...
    bool cacheable = true;                   // anonymous answers get "public, max-age=60"
    http::Stream stream = nullptr;           // set: in pieces instead of body; its ETag is weak_tag alone
    std::string weak_tag = {};               // "\"...\"": known without the bytes; the same as long as they say the same
    std::string_view content_encoding = {};  // of body, when it is compressed: coded_answers.hpp
    // Nothing to tell yet: ask again when there is, until Call's "wait" is over.
    std::optional<service::FeedPlace> wait = {};
};

using ReadHandler = Result<Answer> (*)(const Call&, store::Connection&);
using WriteHandler = Result<service::Outcome> (*)(const Call&, store::Transaction&);
using FixedHandler = Result<Answer> (*)(const Call&);  // needs no database
using Handler = std::variant<ReadHandler, WriteHandler, FixedHandler>;

enum class Kind { text, integer, seq, boolean, choice };
struct Parameter {
    std::string_view name;
    Kind kind;
    std::string_view summary;       // English: for the description
    std::string_view choices = {};  // "a|b|c" for Kind::choice
    bool required = false;
    std::int64_t minimum = 1;  // Kind::integer
    std::int64_t maximum = json::max_integer;
};

// Where work runs that takes long: one thread each (app.cpp), so that nobody's export waits for a key, and no batch for an export. Each
// serves the homes in turn (base/side_thread.hpp).
enum class WorkQueue {
    keys,     // what gpg and certificates take
    bodies,   // large bodies are read and judged
    batches,  // those of many items
    exports,
    trials,  // dry runs
};

// 428 without If-Match, 412 when no tag in it is the record's present one. one_tag: a step that publishes, widens, withdraws or
// erases acts on what somebody has read, so it takes exactly one strong tag, and no "*" or list (400). rules.md 20.
enum class Condition { none, if_match, one_tag };

// A member that the request does not have, because another way leads there: the rule that says which.
struct Elsewhere {
    std::string_view member;
    Rule rule;
};

// Whether an operation adds what was not there before. New material waits while the disk is nearly full and counts against quotas;
// decisions on what is there are always taken (rules.md 27e).
enum class Growth { none, new_material };

// A Permission without a default: a route that forgets it does not compile (an enum would silently mean the first).
struct Needs {
    Permission permission;
    constexpr Needs(Permission value) : permission(value) {}
};

// What a request needs besides Route::permission, by what its head says: one permission of the first row that applies. Judged before
// a byte of the body is read, and again inside the transaction.
struct OneOf {
    std::string_view body_type = {};  // of the request; empty: any
    std::string_view parameter = {};  // of the query; empty: the row applies whatever the query says
    std::string_view value = {};      // that the parameter has; one that is not given has the first of its choices
    std::span<const Permission> permissions;
};

struct Route {
    Method method;
    std::string_view path;  // "/v1/reports/{id}/publish"
    std::string_view operation_id;
    std::string_view tag;
    std::string_view summary;  // English, one line
    Needs permission;
    std::span<const OneOf> one_of = {};                     // the last row applies to every request
    std::string_view request = {};                          // schema name in schema/json; empty: no body
    std::span<const std::string_view> raw_body_types = {};  // of a body that the preparation reads itself (RawBody); empty: JSON by schema
    std::span<const Elsewhere> elsewhere = {};              // of the body's members
    std::string_view response;                              // schema name in schema/json; "" for non-JSON
    bool list = false;                                      // answers {"items": [response...], "next": cursor or null}
    int success = 200;
    Condition condition = Condition::none;
    Growth growth = Growth::none;
    std::span<const Parameter> query = {};
    std::span<const ErrorCode> fails_with = {};  // beyond those that every route of its kind can give
    Handler handler;
    std::uint64_t body_limit = http::default_body_limit_bytes;
    std::string_view media_type = "application/json";                // of the answer
    std::span<const std::string_view> alternative_media_types = {};  // further ones that the handler can give (Call::media_type)
    // Before the handler, outside its transaction: sets Call::prepared. false: it takes long, call again on a thread of the queue.
    bool (*preparation)(Call&, bool off_thread) = nullptr;
    WorkQueue queue = WorkQueue::keys;
    // A write that is first carried out on a private copy of the database (store::Database::try_out), on the thread of the queue:
    // what is refused there never enters the writer. nullptr: none is.
    bool (*is_tried_first)(const Call&) = nullptr;
    // Of a write in parts (Outcome::is_unfinished), made under an Idempotency-Key: whether the subject lacks parts, because the portal
    // ended in between. The same request then goes on with it (Call::goes_on_with) instead of being answered as before.
    bool (*is_unfinished)(const Call&, store::Connection&, const std::string& subject) = nullptr;
    // Of a read with a preparation: its answer's fields and weak_tag, without what is prepared. HEAD, and a caller who holds that answer
    // (If-None-Match), cost no more.
    ReadHandler head = nullptr;
    // A read whose answer depends on the reports that the caller sees and on the target alone, not on the time: kept_answers.hpp.
    bool kept_until_reports_change = false;
    // A FixedHandler whose answers are texts of the program itself.
    bool embedded = false;
};

std::span<const Route> routes();  // routes/routes.cpp

// The permissions of which a request needs one besides Route::permission; empty: none. body_type: as in raw_body_types, empty without
// a body. query: of declared parameters.
std::span<const Permission> further_permissions(const Route& route, std::string_view body_type,
                                                const std::map<std::string, std::string, std::less<>>& query);

}  // namespace cbmx::api
