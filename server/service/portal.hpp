// What every service may use, and what it gives back. A service is one plain function per thing a person can do:
// reads take a Connection (a snapshot), writes a Transaction; both take the Principal. Nothing here knows HTTP.
#pragma once
#include "domain/certificate_fault.hpp"
#include "domain/error.hpp"
#include "domain/event.hpp"
#include "domain/principal.hpp"
#include "i18n/texts.hpp"
#include "service/expected_version.hpp"
#include "service/published.hpp"
#include "service/room.hpp"
#include "store/database.hpp"
#include "store/operational.hpp"
#include "store/rows/report_lists.hpp"
#include <chrono>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace cbmx::service {

class FeedWaiters;

using domain::Error;
using domain::ErrorCode;
using domain::Principal;
using domain::Result;
using domain::Rule;
using domain::Seq;
using domain::Violation;
using store::Connection;
using store::Transaction;

struct Portal {
    store::Database& database;
    domain::Clock clock;
    base::RandomSource random;
    std::string origin;            // of the log: the name of its key
    std::string run = {};          // drawn at each start: what is counted since then is not taken for what was counted before
    std::string public_url;        // "https://cbm.example": links and problem types are relative to it
    std::string security_contact;  // URI for security.txt (RFC 9116); empty: none is served
    bool demo = false;
    std::chrono::seconds account_log_interval{300};  // how often the size of the log that accounts see moves
    std::chrono::seconds public_log_interval{3600};
    std::int64_t list_steps = store::list_steps;                // how many reports a page of a list looks at
    std::chrono::seconds erasure_delay = std::chrono::days(7);  // between a decision to erase and the erasure
    std::string spool_directory = "/tmp";                       // for answers that are too large for memory (base/disk/spool.hpp)
    ledger::KeyRing keys;                                       // of the log: exports are signed with those that sign it
    std::string log_key_file;                                   // where a new one is read from (operation/key_file.hpp)
    store::Operational* operational = nullptr;                  // last uses and refusals; without a server there is none
    const Room* room = nullptr;                                 // of the disk; without a server nobody looks
    FeedWaiters* feed_waiters = nullptr;                        // readers of the feed; nullptr: nobody waits
    std::shared_ptr<PublishedSizes> published = std::make_shared<PublishedSizes>();
    // Why a client certificate would be refused at the handshake; nullopt: it would not. Any thread.
    std::function<std::optional<domain::CertificateFault>(const std::string& pem)> judge_certificate;
};

// What a write did. The answer is made from it after COMMIT by reading the subject again; a replay of the same
// Idempotency-Key is answered from the stored copy of it, the same way.
struct Outcome {
    int status = 200;
    domain::Subject subject = domain::Subject::portal;
    std::string id;
    bool draft = false;      // a report's working copy rather than its record
    std::optional<Seq> seq;  // the ledger entry; nullopt for workspace changes
    // Of a caller who came in by this write: the answer is the one that this account reads.
    std::optional<Principal> shown_to;
    // What was written stands, and the caller is refused: of five wrong codes all are counted.
    std::optional<Error> refused;
    bool is_counted = false;  // also in a dry run, or a code could be guessed there
    // More of it is left, and what was done stands: the handler is called again, in a job of the writer of its own.
    bool is_unfinished = false;
    // Of a dry run: what the State is to sign (service/statements.hpp).
    std::optional<nlohmann::json> to_sign = {};
};

// What a reader gets of one record: its JSON ("id", "content", "salt", "meta", ...).
struct Representation {
    nlohmann::json body;
    std::optional<std::string> tag;  // record_tag, set for those who may change the row: what If-Match compares
};

// The same as the JSON text that is served: what is stored as canonical JSON goes into it without being parsed.
struct RenderedRecord {
    std::string text;
    std::optional<std::string> tag;
};

// nlohmann's JSON converts to everything, so that a Result<json> cannot be made from it without saying so.
inline Result<nlohmann::json> json_result(nlohmann::json value) { return {boost::system::in_place_value, std::move(value)}; }

// One page of a list in key order.
struct Page {
    nlohmann::json items = nlohmann::json::array();
    std::optional<std::string> next;  // opaque cursor
};
struct RenderedPage {
    std::string items = "[]";  // JSON text of an array
    std::optional<std::string> next;
};

}  // namespace cbmx::service
