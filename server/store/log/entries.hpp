// Reads of the ledger's tables, each under the caller's Visibility, and the one thing that may be removed from them
// again: what an erasure removes. Appending is store/log/transaction.hpp; what verify reads is store/log/scan.hpp.
#pragma once
#include "domain/audience.hpp"
#include "ledger/merkle.hpp"
#include "ledger/note.hpp"
#include "store/log/transaction.hpp"
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cbmx::store {

struct EntryRow {
    domain::Seq seq = 0;
    std::string kind;
    std::string at;
    std::string actor_role;
    std::optional<std::string> home;
    std::string subject_kind;
    std::string subject;
    std::int64_t version = 0;
    std::optional<std::int64_t> revision;
    std::string body;        // canonical JSON: the leaf
    bool tombstone = false;  // the caller lost sight of the record here: show number, subject and leaf hash, nothing else
};

struct OpeningRow {
    std::optional<std::string> salt;  // 32 bytes; no value once erased
    std::optional<std::string> content;
    std::optional<std::string> actor, credential, actor_salt;
    std::optional<std::string> recipients, recipients_salt;
    std::optional<std::string> authority, authority_salt;
    std::optional<std::string> statement, statement_salt;
    bool is_withdrawn = false;  // of a publication: its report is withdrawn now (pages.hpp alone says so)
};

struct CheckpointRow {
    std::uint64_t size = 0;
    std::string at;
    std::string note;
};

struct LeafRow {
    domain::Seq seq = 0;
    base::Hash hash{};
};

struct ErasureRow {
    domain::Seq seq = 0;
    std::string kind, subject_kind, subject;
};

std::uint64_t ledger_size(Connection& connection);
// Entries after < seq < before that the caller sees, or where it lost sight of a record (tombstone), in order.
std::vector<EntryRow> feed(Connection& connection, const domain::Visibility& visibility, domain::Seq after, domain::Seq before,
                           std::int64_t limit);
// The last number in [from, up_to] that feed() delivers to the caller.
std::optional<domain::Seq> last_fed(Connection& connection, const domain::Visibility& visibility, domain::Seq from, domain::Seq up_to);
// The first number behind after of an entry about whatever the entries that feed() delivers between seen and before are about.
std::optional<domain::Seq> first_concerned(Connection& connection, const domain::Visibility& visibility, domain::Seq after,
                                           domain::Seq seen, domain::Seq before);
std::optional<EntryRow> visible_entry(Connection& connection, const domain::Visibility& visibility, domain::Seq seq);

struct AuditFilter {
    std::string subject;  // id; empty: any
    std::string kind;     // empty: any
    domain::Seq after = -1;
    std::int64_t limit = 0;
};
// Auditors: every entry. Others: those of their own State or office that they see.
std::vector<EntryRow> audit(Connection& connection, const domain::Visibility& visibility, const AuditFilter& filter);
std::vector<Sql> audit_statements();  // but that of one subject: each along an index, as a test asks the database

bool has_entry_after(Connection& connection, const std::string& subject, domain::EventKind kind, domain::Seq seq);
// Not filtered: the caller has been shown the entry already, or has just written it.
std::optional<std::string> entry_body(Connection& connection, domain::Seq seq);
std::optional<OpeningRow> opening(Connection& connection, domain::Seq seq);  // nullopt also while its personal data is hidden
// The publication of the report's present revision.
std::optional<domain::Seq> publication_of(Connection& connection, const std::string& report);

std::optional<CheckpointRow> first_checkpoint(Connection& connection);
std::optional<CheckpointRow> last_checkpoint(Connection& connection);
std::optional<CheckpointRow> last_checkpoint_until(Connection& connection, const std::string& at);
std::optional<CheckpointRow> checkpoint_of_size(Connection& connection, std::uint64_t size);
std::optional<CheckpointRow> checkpoint_over(Connection& connection, domain::Seq seq);  // the smallest that covers it: its own batch's

ledger::NodeReader node_reader(Connection& connection);    // throws std::runtime_error on a missing node
ledger::Frontier stored_frontier(Connection& connection);  // of the whole tree
// The same as node_reader, quicker for paths through the tree: nodes that lie close to each other stand on one page, so that those of three
// levels are read at once and the upper ones computed.
ledger::NodeReader path_reader(Connection& connection);
std::vector<LeafRow> leaves(Connection& connection, domain::Seq from, domain::Seq to);  // both included
std::vector<ledger::VerifierKey> log_keys(Connection& connection);  // present first; until_seq: those that sign have none

// Every entry behind this number that says that something was erased, in order. Costs what lies behind it.
std::vector<ErasureRow> erasures(Connection& connection, domain::Seq after = -1);
// Takes salt, content and recipients out of every entry of the subject, except the entry that says so. The subject can be
// erased (domain::is_erasable). Marks the transaction, so that the writer sees to it after COMMIT that no old page keeps it.
void erase_openings(Transaction& transaction, domain::Subject subject, const std::string& id);
void erase_openings(Connection& connection, domain::Subject subject, const std::string& id);

}  // namespace cbmx::store
