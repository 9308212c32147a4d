// What verify reads of the log: by number, in ranges that several connections can read side by side. No text is copied: what is
// given is valid during the call.
#pragma once
#include "base/bytes.hpp"
#include "domain/event.hpp"
#include "store/log/entries.hpp"
#include <functional>
#include <map>
#include <optional>
#include <string_view>

namespace cbmx::store {

struct EntryView {
    domain::Seq seq = 0;
    std::string_view kind, at, actor_role;
    std::optional<std::string_view> home;
    std::string_view subject_kind, subject;
    std::int64_t version = 0;
    std::optional<std::int64_t> revision;
    std::string_view body;
};

struct OpeningView {
    std::optional<std::string_view> salt, content, actor, credential, actor_salt, recipients, recipients_salt, authority, authority_salt,
        statement, statement_salt;
};

std::optional<domain::Seq> first_entry_from(Connection& connection, domain::Seq seq);

// The entries from..to, both included, each with its opening and with the leaf of its number that stands in the tree.
using EachEntry = std::function<void(const EntryView&, const std::optional<OpeningView>&, const std::optional<base::Hash>& leaf)>;
void scan_entries(Connection& connection, domain::Seq from, domain::Seq to, const EachEntry& each);
// Those of a size from..to, both included, by size.
void scan_checkpoints(Connection& connection, std::int64_t from, std::int64_t to, const std::function<void(const CheckpointRow&)>& each);

// The tree's nodes, each level asked for in order of position.
class NodesInOrder {
public:
    explicit NodesInOrder(Connection& connection) : connection_(connection) {}
    std::optional<base::Hash> at(unsigned level, std::uint64_t position);  // nullopt: none

private:
    struct Level {
        Rows rows;
        bool has_row;
    };
    Connection& connection_;
    std::map<unsigned, Level> levels_;
};

}  // namespace cbmx::store
