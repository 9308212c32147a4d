// See log.hpp. Every size that is published was signed: it is the end of a batch.
#include "service/log/log.hpp"
#include "service/log/cosignatures.hpp"
#include "store/log/entries.hpp"
#include <algorithm>
#include <array>

namespace cbmx::service {
namespace {

Seq published(const Portal& portal, Connection& db, const Principal& principal)
{
    return static_cast<Seq>(published_size(portal, db, principal));
}

Error bad(const char* parameter, Rule rule, domain::Arguments arguments = {})
{
    return Error{ErrorCode::invalid_parameter, {{std::string("query:") + parameter, rule, std::move(arguments)}}};
}

nlohmann::json texts_of(const std::vector<base::Hash>& hashes)
{
    auto texts = nlohmann::json::array();
    for (const auto& hash : hashes)
        texts.push_back(base::base64(hash));
    return texts;
}

nlohmann::json key_json(const ledger::VerifierKey& key)
{
    const auto id = ledger::key_id(key.name, key.public_key);
    const std::array<std::uint8_t, 4> bytes{static_cast<std::uint8_t>(id >> 24), static_cast<std::uint8_t>(id >> 16),
                                            static_cast<std::uint8_t>(id >> 8), static_cast<std::uint8_t>(id)};
    return {{"text", ledger::verifier_key_text(key)},
            {"name", key.name},
            {"id", base::hex(base::as_chars(bytes))},
            {"public_key", base::base64(base::as_chars(key.public_key))}};
}

}  // namespace

Result<nlohmann::json> leaf_range(const Portal& portal, Connection& db, const Principal& principal, Seq from, std::optional<Seq> to)
{
    const Seq size = published(portal, db, principal);
    if (from >= size || (to && *to >= size))
        return Error{ErrorCode::beyond_published_size};
    const Seq last = to.value_or(std::min(size - 1, from + max_leaves - 1));
    if (last < from)
        return bad("to", Rule::below_minimum, {{"limit", std::to_string(from)}});
    if (last - from >= max_leaves)
        return bad("to", Rule::above_maximum, {{"limit", std::to_string(from + max_leaves - 1)}});
    auto items = nlohmann::json::array();
    for (const auto& leaf : store::leaves(db, from, last))
        items.push_back({{"seq", leaf.seq}, {"leaf_hash", base::base64(leaf.hash)}});
    return json_result({{"items", std::move(items)}});
}

Result<std::string> published_checkpoint(const Portal& portal, Connection& db, const Principal& principal)
{
    const auto checkpoint = store::checkpoint_of_size(db, published_size(portal, db, principal));
    if (!checkpoint)
        return domain::not_found();
    return cosigned(db, *checkpoint);
}

nlohmann::json log_key(const Portal& portal, Connection& db, const Principal& principal)
{
    return keys_of_log(db, portal.origin, published_size(portal, db, principal));
}

nlohmann::json keys_of_log(Connection& db, const std::string& origin, std::uint64_t size)
{
    // The entry at which a key begins, or the one after its last, shows only with the log itself.
    const auto within = [size](Seq entry, Seq number) {
        return entry < static_cast<Seq>(size) ? nlohmann::json(number) : nlohmann::json();
    };
    auto keys = nlohmann::json::array();
    for (const auto& key : store::log_keys(db)) {
        auto item = key_json(key);
        item["from_seq"] = within(key.from_seq, key.from_seq);
        item["until_seq"] = key.until_seq ? within(*key.until_seq + 1, *key.until_seq) : nlohmann::json();
        keys.push_back(std::move(item));
    }
    return {{"origin", origin}, {"keys", std::move(keys)}};
}

Result<nlohmann::json> inclusion(const Portal& portal, Connection& db, const Principal& principal, Seq index, Seq size)
{
    if (size > published(portal, db, principal))
        return Error{ErrorCode::beyond_published_size};
    if (size < 1)
        return bad("size", Rule::below_minimum, {{"limit", "1"}});
    if (index < 0 || index >= size)
        return bad("index", Rule::above_maximum, {{"limit", std::to_string(size - 1)}});
    const auto nodes = store::path_reader(db);
    const auto leaf = nodes(0, static_cast<std::uint64_t>(index));
    const auto proof = ledger::inclusion_proof(static_cast<std::uint64_t>(index), static_cast<std::uint64_t>(size), nodes);
    return json_result({{"index", index}, {"size", size}, {"leaf_hash", base::base64(leaf)}, {"proof", texts_of(proof)}});
}

Result<nlohmann::json> consistency(const Portal& portal, Connection& db, const Principal& principal, Seq first, Seq second)
{
    if (second > published(portal, db, principal))
        return Error{ErrorCode::beyond_published_size};
    if (first < 1)
        return bad("first", Rule::below_minimum, {{"limit", "1"}});
    if (first > second)
        return bad("first", Rule::above_maximum, {{"limit", std::to_string(second)}});
    const auto proof =
        ledger::consistency_proof(static_cast<std::uint64_t>(first), static_cast<std::uint64_t>(second), store::path_reader(db));
    return json_result({{"first", first}, {"second", second}, {"proof", texts_of(proof)}});
}

Result<std::string> tile(const Portal& portal, Connection& db, const Principal& principal, const ledger::Tile& which)
{
    if (!ledger::has_tile(published_size(portal, db, principal), which))
        return domain::not_found();
    return ledger::tile_bytes(which, store::node_reader(db));
}

}  // namespace cbmx::service
