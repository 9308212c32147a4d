// See touches.hpp.
#include "store/rows/touches.hpp"
#include "ledger/receipt.hpp"
#include <limits>
#include <nlohmann/json.hpp>

namespace cbmx::store {
namespace {

struct Last {
    std::int64_t number = 0;
    base::Hash hash{};
};

Last last_touch(Connection& db, const std::string& report)
{
    auto rows = db.query("SELECT number, hash FROM report_touch WHERE report = ?1 ORDER BY number DESC LIMIT 1", report);
    return rows.next() ? Last{rows.integer(0), rows.hash(1)} : Last{};
}

bool has_touched(Connection& db, const std::string& report, const Hand& hand)
{
    return db
        .query("SELECT 1 FROM report_touch t JOIN report r ON r.id = t.report WHERE t.report = ?1 AND t.number > r.touches_published"
               " AND t.account = ?2 AND t.credential = ?3",
               report, hand.account, hand.credential)
        .next();
}

}  // namespace

// Ids, numbers, times and base64 alone: what the library writes, members in order, is their canonical form.
std::string text_of(const Hand& hand)
{
    return nlohmann::json{{"account", hand.account.value}, {"credential", hand.credential.value}}.dump();
}

base::Hash hash_of_touch(const std::string& report, const TouchRow& touch, const base::Hash& before)
{
    const nlohmann::json text{{"at", touch.at},
                              {"hand", base::base64(touch.hand)},
                              {"number", touch.number},
                              {"previous", base::base64(before)},
                              {"report", report}};
    return base::sha256(text.dump());
}

// What is no hash is read as one that fits nothing, so that verify names this touch and goes on.
TouchRow touch_from(const Rows& rows, int first)
{
    const auto hash_at = [&rows](int column) { return base::to_hash(rows.view(column)).value_or(base::Hash{}); };
    TouchRow touch{.number = rows.integer(first), .hand = hash_at(first + 4), .at = rows.text(first + 5), .hash = hash_at(first + 6)};
    if (!rows.is_null(first + 1) && !rows.is_null(first + 2))
        touch.by = Hand{rows.id<domain::AccountId>(first + 1), rows.id<domain::CredentialId>(first + 2)};
    if (!rows.is_null(first + 3))
        touch.salt = hash_at(first + 3);
    return touch;
}

void record_touch(Transaction& transaction, const std::string& report, const Hand& hand)
{
    auto& db = transaction.db();
    if (has_touched(db, report, hand))
        return;
    const auto last = last_touch(db, report);
    const auto salt = base::random_salt(transaction.random());
    TouchRow touch{
        .number = last.number + 1, .by = hand, .salt = salt, .hand = ledger::salted(salt, text_of(hand)), .at = transaction.now_text()};
    touch.hash = hash_of_touch(report, touch, last.hash);
    db.run("INSERT INTO report_touch (report, number, account, credential, salt, hand, at, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
           report, touch.number, hand.account, hand.credential, salt, touch.hand, touch.at, touch.hash);
}

std::vector<TouchRow> touches_since_publication(Connection& db, const std::string& report)
{
    auto rows = db.query("SELECT touches_published FROM report WHERE id = ?1", report);
    const auto published = rows.next() ? rows.integer(0) : 0;
    return touches_numbered(db, report, published + 1, std::numeric_limits<std::int64_t>::max());
}

std::vector<TouchRow> touches_numbered(Connection& db, const std::string& report, std::int64_t first, std::int64_t last)
{
    std::vector<TouchRow> list;
    auto rows = db.query("SELECT number, account, credential, salt, hand, at, hash FROM report_touch WHERE report = ?1"
                         " AND number BETWEEN ?2 AND ?3 ORDER BY number",
                         report, first, last);
    while (rows.next())
        list.push_back(touch_from(rows, 0));
    return list;
}

void keep_touches(Connection& db, const std::string& report)
{
    db.run("UPDATE report SET touches_published = (SELECT COALESCE(MAX(number), 0) FROM report_touch WHERE report = ?1) WHERE id = ?1",
           report);
    // While the text waited, four eyes had to know whose it was.
    db.run("UPDATE report_touch SET account = NULL, credential = NULL, salt = NULL WHERE report = ?1"
           " AND account IN (SELECT id FROM account WHERE status = 'erased')",
           report);
}

void drop_touches(Connection& db, const std::string& report)
{
    db.run("DELETE FROM report_touch WHERE report = ?1 AND number > (SELECT touches_published FROM report WHERE id = ?1)", report);
}

}  // namespace cbmx::store
