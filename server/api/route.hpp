// READ THIS FIRST. A route says all about one thing that can be asked: who may (permission), what it raw_body_types (request
// schema, query parameters), what it gives, how it fails, and which plain function does it. routes.cpp is THE ROUTE
// TABLE; pipeline.cpp walks every request through the same steps; openapi.cpp describes the same table.
#pragma once
#include "domain/policy.hpp"
#include "http/message.hpp"
#include "service/portal.hpp"
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace cbmx::base {
class Spool;
}
namespace cbmx::service {
struct Inspection;
struct Batch;
}  // namespace cbmx::service

namespace cbmx::api {

using domain::Error;
using domain::ErrorCode;
using domain::Permission;
using domain::Result;
using domain::Rule;

enum class Method { get, post, patch, remove };  // HEAD is answered wherever GET is
std::string_view name_of(Method method);         // "GET", "POST", "PATCH", "DELETE"

struct Route;

// One request after admission: everything a handler may look at.
struct Call {
    const service::Portal& portal;
    const Route& route;
    domain::Principal principal;
    i18n::Language language = i18n::Language::en;
    std::string request_id;
    std::string peer;  // address
    std::map<std::string, std::string, std::less<>>
        path;  // decoded path parameters: {"id", "..."}; "{rest*}" raw_body_types several, '/'-joined
    std::map<std::string, std::string, std::less<>> query;  // only declared parameters, each once
    nlohmann::json body;                                    // schema-valid; null without a body
    std::string text;                                  // the body as it came, of a route that "raw_body_types" other media types than JSON
    std::string text_type;                             // which one of them
    std::optional<service::ExpectedVersion> if_match;  // set when the route asks for it
    std::string media_type;                            // chosen by Accept: the route's own, or one of its "alternative_media_types"
    std::shared_ptr<const service::Inspection> inspection;  // of a nomination's keys and file, made by the preparation
    std::shared_ptr<Result<service::Batch>> batch;          // read by the preparation, carried out by the handler
    std::shared_ptr<const base::Spool> spool;               // a file to be sent, written by the preparation
    std::optional<domain::Seq> resume_after;                // Last-Event-ID of a reader of events
    domain::Instant now;

    const std::string& at(std::string_view name) const { return path.find(name)->second; }
    std::optional<std::string> parameter(std::string_view name) const;
};

// A finished answer of a read.
struct Answer {
    int status = 200;
    std::string body;
    std::string content_type = "application/json";
    std::optional<std::int64_t> version;   // ETag "<version>-<view>" for those who may change the row; else a hash of the bytes
    std::vector<http::Field> fields = {};  // Link, Vary additions ...
    bool cacheable = true;                 // anonymous answers get "public, max-age=60"
    http::Stream stream = nullptr;         // set: in pieces instead of body, and without an ETag
    bool wait = false;                     // nothing to tell yet: ask again after a commit, until Call's "wait" is over
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
    std::int64_t maximum = 9'007'199'254'740'991;
};

// Where a preparation runs when it raw_body_types long: nobody's export waits for a key, and no key for an export.
enum class WorkQueue { keys, bulk };

enum class Condition { none, if_match };  // if_match: 428 without If-Match, 412 when stale

// A Permission without a default: a route that forgets it does not compile (an enum would silently mean the first).
struct Needs {
    Permission permission;
    constexpr Needs(Permission value) : permission(value) {}
};

struct Route {
    Method method;
    std::string_view path;  // "/v1/reports/{id}/publish"
    std::string_view operation_id;
    std::string_view tag;
    std::string_view summary;  // English, one line
    Needs permission;
    std::string_view request = {};  // schema name in schema/json; empty: no body
    std::span<const std::string_view> raw_body_types =
        {};                     // media types of a body that the route reads itself (Call::text); empty: JSON by schema
    std::string_view response;  // schema name in schema/json; "" for non-JSON
    bool list = false;          // answers {"items": [response...], "next": cursor or null}
    int success = 200;
    Condition condition = Condition::none;
    std::span<const Parameter> query = {};
    std::span<const ErrorCode> fails_with = {};  // beyond those that every route of its kind can give
    Handler handler;
    std::uint64_t body_limit = http::default_body_limit_bytes;
    std::string_view media_type = "application/json";  // of the answer
    std::span<const std::string_view> alternative_media_types =
        {};  // further media types that the handler can give (Call::media_type says which)
    bool (*preparation)(Call&, bool off_thread) =
        nullptr;  // before the handler, outside its transaction; false: raw_body_types long, ask again on a thread of its own (aside)
    WorkQueue queue = WorkQueue::keys;
    bool cacheable_until_commit =
        false;  // a read whose answer depends on the database, the caller and the target alone, not on the time: kept_answers.hpp
};

std::span<const Route> routes();  // routes.cpp

}  // namespace cbmx::api
