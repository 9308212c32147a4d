// SQL of cosignatures.
#include "store/rows/cosignatures.hpp"

namespace cbmx::store {
namespace {

CosignatureRow row_from(const Rows& rows)
{
    return {.size = static_cast<std::uint64_t>(rows.integer(0)),
            .signing_key = rows.id<domain::SigningKeyId>(1),
            .bytes = rows.text(2),
            .name = rows.text(3),
            .state = rows.id<domain::StateCode>(4)};
}

}  // namespace

std::vector<CosignatureRow> cosignatures_of(Connection& connection, std::uint64_t size)
{
    auto rows = connection.query(
        "SELECT c.size, c.signing_key, c.bytes, k.name, k.state FROM cosignature c JOIN signing_key k ON k.id = c.signing_key"
        " WHERE c.size = ?1 AND k.use = 'witness' ORDER BY k.name, k.id",
        static_cast<std::int64_t>(size));
    std::vector<CosignatureRow> found;
    while (rows.next())
        found.push_back(row_from(rows));
    return found;
}

bool insert_cosignature(Connection& connection, std::uint64_t size, const domain::SigningKeyId& signing_key, const std::string& bytes)
{
    return connection.run(
               "INSERT INTO cosignature (size, signing_key, bytes) VALUES (?1, ?2, ?3) ON CONFLICT (size, signing_key) DO NOTHING",
               static_cast<std::int64_t>(size), signing_key, Blob{bytes}) == 1;
}

void scan_cosignatures(Connection& connection, const std::function<void(const StoredCosignature&)>& each)
{
    auto rows = connection.query("SELECT c.size, c.signing_key, c.bytes, COALESCE(k.name, ''), COALESCE(k.state, ''), COALESCE(l.note, "
                                 "''), k.use, COALESCE(k.public_key, '')"
                                 " FROM cosignature c LEFT JOIN ledger_checkpoint l ON l.size = c.size LEFT JOIN signing_key k ON k.id = "
                                 "c.signing_key ORDER BY c.size, c.signing_key");
    while (rows.next())
        each({.row = row_from(rows),
              .note = rows.text(5),
              .use = domain::value_named<domain::SigningKeyUse>(rows.view(6)),
              .public_key = rows.text(7)});
}

}  // namespace cbmx::store
