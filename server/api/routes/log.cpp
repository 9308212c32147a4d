// Routes of the ledger: what changed, what proves it, who did it.
#include "api/handlers/log.hpp"
#include "api/answer.hpp"
#include "api/handlers/audit.hpp"
#include "api/handlers/changes.hpp"
#include "api/handlers/exports.hpp"
#include "api/handlers/receipts.hpp"
#include "api/routes/shared.hpp"
#include "domain/event.hpp"
#include "service/log/changes.hpp"

namespace cbmx::api {
namespace {

constexpr std::array cosign_errors{ErrorCode::validation_failed, ErrorCode::signature_invalid};
constexpr std::array export_errors{ErrorCode::invalid_parameter, ErrorCode::beyond_published_size, ErrorCode::unavailable};
constexpr std::array export_query{
    Parameter{.name = "after",
              .kind = Kind::seq,
              .summary = "The size of an earlier export of yours, from its manifest: only what is new since, and what proves that the log "
                         "has only grown; without it everything"},
};
constexpr std::array changes_query{
    Parameter{.name = "after", .kind = Kind::seq, .summary = "The last number that was processed; without it the feed begins at entry 0"},
    Parameter{
        .name = "limit", .kind = Kind::integer, .summary = "Entries per answer, 1 to 1000 (default 100)", .maximum = service::max_changes},
    Parameter{.name = "wait",
              .kind = Kind::integer,
              .summary = "How many seconds to wait, 0 to 25, when there is nothing new yet (long polling)",
              .minimum = 0,
              .maximum = changes::longest_wait_seconds},
};
constexpr std::array<std::string_view, 1> events{changes::event_stream_type};
constexpr std::array leaves_query{
    Parameter{.name = "from", .kind = Kind::seq, .summary = "First position", .required = true},
    Parameter{.name = "to", .kind = Kind::seq, .summary = "Last position (inclusive); at most 1000 positions"},
};
constexpr std::array inclusion_query{
    Parameter{.name = "index", .kind = Kind::seq, .summary = "Position of the leaf", .required = true},
    Parameter{.name = "size", .kind = Kind::seq, .summary = "Size of the tree", .required = true},
};
constexpr std::array consistency_query{
    Parameter{.name = "first", .kind = Kind::seq, .summary = "Size of the earlier tree, at least 1", .required = true},
    Parameter{.name = "second", .kind = Kind::seq, .summary = "Size of the later tree", .required = true},
};
constexpr std::array audit_query{
    Parameter{.name = "subject", .kind = Kind::text, .summary = "Only entries about the record of this id or code"},
    Parameter{.name = "kind", .kind = Kind::choice, .summary = "Only entries of this kind", .choices = domain::event_kind_choices},
    Parameter{.name = "after", .kind = Kind::seq, .summary = "The last number of the previous page"},
    Parameter{
        .name = "limit", .kind = Kind::integer, .summary = "Entries per answer, 1 to 1000 (default 100)", .maximum = service::max_changes},
};
constexpr std::array beyond_errors{ErrorCode::beyond_published_size};
constexpr std::array<std::string_view, 1> plain_text{"text/plain"};

// clang-format off
const std::array table{
    Route{.method = Method::get, .path = "/v1/changes", .operation_id = "listChanges", .tag = "changes",
          .summary = "All changes that the caller may see, in order; also as server-sent events",
          .permission = Permission::changes_read, .response = "change-list", .query = changes_query, .fails_with = beyond_errors,
          .handler = &changes::list, .alternative_media_types = events},
    Route{.method = Method::get, .path = "/v1/receipts/{seq}", .operation_id = "getReceipt", .tag = "receipts",
          .summary = "The signed receipt of an accepted change, with the content that it commits to",
          .permission = Permission::changes_read, .response = "receipt", .fails_with = missing_errors, .handler = &receipts::get,
          .alternative_media_types = plain_text},
    Route{.method = Method::get, .path = "/v1/log/leaves", .operation_id = "listLeaves", .tag = "log",
          .summary = "Leaf hashes of a range of positions, including hidden ones",
          .permission = Permission::log_read, .response = "leaf-range", .query = leaves_query, .fails_with = beyond_errors,
          .handler = &log::leaves},
    Route{.method = Method::get, .path = "/v1/log/checkpoint", .operation_id = "getCheckpoint", .tag = "log",
          .summary = "The latest published checkpoint (C2SP tlog-checkpoint), with the signature of each witness that has signed it (C2SP "
                     "tlog-cosignature)",
          .permission = Permission::log_read, .response = "", .fails_with = missing_errors, .handler = &log::checkpoint,
          .media_type = "text/plain"},
    Route{.method = Method::get, .path = "/v1/log/key", .operation_id = "getLogKey", .tag = "log",
          .summary = "The log's current and earlier public keys",
          .permission = Permission::log_read, .response = "log-key", .handler = &log::key},
    Route{.method = Method::get, .path = "/v1/log/inclusion", .operation_id = "getInclusionProof", .tag = "log",
          .summary = "Proof that a leaf is in the tree of a size (RFC 6962)",
          .permission = Permission::log_read, .response = "inclusion", .query = inclusion_query, .fails_with = beyond_errors,
          .handler = &log::inclusion},
    Route{.method = Method::get, .path = "/v1/log/consistency", .operation_id = "getConsistencyProof", .tag = "log",
          .summary = "Proof that a later tree extends an earlier one (RFC 6962)",
          .permission = Permission::log_read, .response = "consistency", .query = consistency_query, .fails_with = beyond_errors,
          .handler = &log::consistency},
    Route{.method = Method::get, .path = "/v1/log/tile/{rest*}", .operation_id = "getTile", .tag = "log",
          .summary = "A tile of hashes (C2SP tlog-tiles)",
          .permission = Permission::log_read, .response = "", .fails_with = missing_errors, .handler = &log::tile,
          .media_type = "application/octet-stream"},
    Route{.method = Method::post, .path = "/v1/log/cosignatures", .operation_id = "addCosignatures", .tag = "log",
          .summary = "Submit a published checkpoint that a witness of one's own State has signed; the checkpoint of that size then "
                     "carries the signature for everyone (200: it already did)",
          .permission = Permission::log_cosign, .request = "cosignature-create", .response = "cosignature", .success = 201,
          .fails_with = cosign_errors, .handler = &log::cosign},
    Route{.method = Method::get, .path = "/v1/log/witnesses", .operation_id = "listWitnesses", .tag = "log",
          .summary = "The witnesses of all States and their verifier keys, including revoked ones, for checking the signatures below a "
                     "checkpoint",
          .permission = Permission::log_read, .response = "witness", .list = true, .query = page_parameters, .fails_with = page_errors,
          .handler = &log::witnesses},
    Route{.method = Method::get, .path = "/v1/export", .operation_id = "getExport", .tag = "export",
          .summary = "All records that the caller may see, with their proofs, in one archive that can be checked without the portal",
          .permission = Permission::export_read, .response = "", .query = export_query, .fails_with = export_errors,
          .handler = &exports::get,
          .media_type = exports::media_type, .preparation = &exports::prepare, .queue = WorkQueue::exports,
          .head = &exports::head},
    Route{.method = Method::get, .path = "/v1/audit", .operation_id = "listAudit", .tag = "audit",
          .summary = "Who did what in one's own State; for auditors in all States, without contents",
          .permission = Permission::audit_read, .response = "audit-list", .query = audit_query, .handler = &audit::list},
};
// clang-format on

}  // namespace

std::span<const Route> log_routes() { return table; }

}  // namespace cbmx::api
