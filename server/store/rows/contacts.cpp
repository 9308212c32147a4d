// See contacts.hpp. A filter that is not set is NULL and lets every row through.
#include "store/rows/contacts.hpp"
#include "store/visibility/contacts.hpp"
#include "store/visibility/hidden.hpp"
#include <algorithm>

namespace cbmx::store {
namespace {

constexpr SqlText contact_key = "c.id, c.state, c.status, ";
constexpr SqlText contact_rest = ", c.nomination, c.position, c.confirmed_at, c.reachable_at, c.version, c.content_version, "
                                 "c.content_seq, c.seq,"
                                 " c.account, c.valid_from, c.valid_until, c.key_expires_at, c.sort_key, o.content, o.salt";
constexpr auto contact_columns = contact_key + "c.erased" + contact_rest;
// For a caller: what is going to be erased looks as if it were.
constexpr auto shown_columns = contact_key + "(c.erased OR " + contact_hidden + ")" + contact_rest;
constexpr SqlText contacts_with_content = " FROM contact c LEFT JOIN ledger_opening o ON o.seq = c.content_seq";

// Languages by RFC 4647 basic filtering: es finds es-419.
constexpr SqlText contact_speaks =
    "EXISTS (SELECT 1 FROM contact_language l WHERE l.contact = c.id AND (l.language = lower(?7) OR l.language LIKE lower(?7) || '-%'))";
// ?8 is {zone: minute of the week there}, ?9 today's date.
constexpr SqlText contact_reachable =
    "EXISTS (SELECT 1 FROM contact_hours h, json_each(?8) z WHERE h.contact = c.id AND z.key = c.time_zone"
    " AND h.from_minute <= z.value AND h.until_minute > z.value)"
    " AND (c.valid_from IS NULL OR c.valid_from <= ?9) AND (c.valid_until IS NULL OR c.valid_until >= ?9)";
// The full text begins with the minimal one: who sees the whole is asked only about what occurs in the rest.
constexpr auto contact_found = "NOT EXISTS (SELECT 1 FROM json_each(?12) w WHERE instr(c.full_text, w.value) = 0"
                               " OR (instr(c.minimal_text, w.value) = 0 AND NOT " +
                               contact_full + "))";

ContactRow row_from(const Rows& rows)
{
    ContactRow row{.id = rows.text(0),
                   .state = rows.text(1),
                   .status = rows.named<domain::ContactStatus>(2),
                   .erased = rows.integer(3) != 0,
                   .nomination = rows.text(4),
                   .position = rows.is_null(5) ? std::nullopt : std::optional(rows.named<domain::Position>(5)),
                   .confirmed_at = rows.text(6),
                   .reachable_at = rows.optional_text(7),
                   .version = rows.integer(8),
                   .content_version = rows.integer(9),
                   .content_seq = rows.integer(10),
                   .seq = rows.integer(11),
                   .account = rows.optional_text(12),
                   .valid_from = rows.optional_text(13),
                   .valid_until = rows.optional_text(14),
                   .key_expires_at = rows.optional_text(15),
                   .sort_key = rows.text(16),
                   .content = rows.optional_text(17)};
    if (!rows.is_null(18))
        row.salt = rows.hash(18);
    if (row.erased)  // a new epoch has the erasure's own record there
        row.content.reset(), row.salt.reset();
    return row;
}

ContactRow seen_row_from(const Rows& rows)
{
    auto row = row_from(rows);
    row.full = rows.integer(19) != 0;
    row.own = rows.integer(20) != 0;
    if (row.erased)  // also one that is only hidden until then
        row.account.reset(), row.valid_from.reset(), row.valid_until.reset(), row.key_expires_at.reset();
    return row;
}

// JSON arrays and objects for json_each: the values are checked words, dates and folded text.
std::string quoted(const std::string& text)
{
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\')
            out += '\\';
        out += c;
    }
    return out + "\"";
}

std::string as_array(const std::vector<std::string>& words)
{
    std::string text = "[";
    for (const auto& word : words)
        text += (text.size() > 1 ? "," : "") + quoted(word);
    return text + "]";
}

std::string as_object(const std::map<std::string, std::int64_t>& minutes)
{
    std::string text = "{";
    for (const auto& [zone, minute] : minutes)
        text += (text.size() > 1 ? "," : "") + quoted(zone) + ":" + std::to_string(minute);
    return text + "}";
}

void insert_parts(Connection& db, const std::string& id, const ContactColumns& columns)
{
    for (const auto& language : columns.languages)
        db.run("INSERT INTO contact_language (contact, language) VALUES (?1, ?2)", id, language);
    for (const auto& interval : columns.hours)
        db.run("INSERT INTO contact_hours (contact, from_minute, until_minute) VALUES (?1, ?2, ?3)", id, interval.from, interval.until);
}

void delete_parts(Connection& db, const std::string& id)
{
    db.run("DELETE FROM contact_language WHERE contact = ?1", id);
    db.run("DELETE FROM contact_hours WHERE contact = ?1", id);
}

std::vector<std::string> texts(Rows rows)
{
    std::vector<std::string> list;
    while (rows.next())
        list.push_back(rows.text(0));
    return list;
}

}  // namespace

std::optional<ContactRow> visible_contact(Connection& db, const domain::Visibility& v, const std::string& id)
{
    static constexpr auto statement = "SELECT " + shown_columns + ", " + contact_full + ", " + contact_own + contacts_with_content +
                                      " WHERE c.id = ?4 AND " + contact_visible;
    auto rows = db.query(statement, v.tokens, v.own_state, v.secretariat, id);
    return rows.next() ? std::optional(seen_row_from(rows)) : std::nullopt;
}

std::map<std::string, ContactRow> visible_contacts(Connection& db, const domain::Visibility& v, const std::vector<std::string>& ids)
{
    static constexpr auto statement = "SELECT " + shown_columns + ", " + contact_full + ", " + contact_own + contacts_with_content +
                                      " WHERE c.id IN (SELECT value FROM json_each(?4)) AND " + contact_visible;
    std::map<std::string, ContactRow> found;
    if (ids.empty())
        return found;
    auto rows = db.query(statement, v.tokens, v.own_state, v.secretariat, as_array(ids));
    while (rows.next())
        found.emplace(rows.text(0), seen_row_from(rows));
    return found;
}

std::vector<ContactRow> visible_contacts(Connection& db, const domain::Visibility& v, const ContactFilter& filter, const std::string& after,
                                         std::int64_t limit)
{
    const auto reachable = filter.reachable ? std::optional(as_object(*filter.reachable)) : std::nullopt;
    // The sort key begins with the State: its contacts stand between "CL/" and "CL0". Of what is not listed others see nothing.
    const bool is_own = filter.status != domain::name_of(domain::ContactStatus::listed) && !v.secretariat;
    const auto& state = is_own ? std::optional(v.own_state) : filter.state;
    const auto from = state ? std::max(after, *state + "/") : after;
    const auto until = state ? *state + "0" : std::string("~");
    const auto words = filter.words.empty() ? std::nullopt : std::optional(as_array(filter.words));
    static constexpr auto statement = "SELECT " + shown_columns + ", " + contact_full + ", " + contact_own + contacts_with_content +
                                      " WHERE c.status = ?14 AND c.sort_key > ?4 AND c.sort_key < ?15 AND " + contact_visible +
                                      " AND (?5 IS NULL OR c.state = ?5) AND (?6 IS NULL OR c.category = ?6) AND (?7 IS NULL OR " +
                                      contact_speaks +
                                      ")"
                                      " AND (?8 IS NULL OR (" +
                                      contact_full + " AND c.status = 'listed' AND " + contact_reachable +
                                      "))"
                                      " AND (?10 IS NULL OR c.confirmed_at <= ?10) AND (?11 IS NULL OR (" +
                                      contact_full +
                                      " AND c.key_expires_at <= ?11))"
                                      " AND (?12 IS NULL OR " +
                                      contact_found + ") AND (NOT " + contact_hidden +
                                      " OR (?7 IS NULL AND ?8 IS NULL AND ?11 IS NULL AND ?12 IS NULL)) ORDER BY c.sort_key LIMIT ?13";
    auto rows = db.query(statement, v.tokens, v.own_state, v.secretariat, from, filter.state, filter.category, filter.language, reachable,
                         filter.today, filter.confirmed_before, filter.key_ends_before, words, limit, filter.status, until);
    std::vector<ContactRow> list;
    while (rows.next())
        list.push_back(seen_row_from(rows));
    return list;
}

std::vector<std::string> contact_zones(Connection& db)
{
    return texts(db.query("SELECT DISTINCT time_zone FROM contact WHERE time_zone <> ''"));
}

std::optional<ContactRow> find_contact(Connection& db, const std::string& id)
{
    static constexpr auto statement = "SELECT " + contact_columns + contacts_with_content + " WHERE c.id = ?1";
    auto rows = db.query(statement, id);
    return rows.next() ? std::optional(row_from(rows)) : std::nullopt;
}

void insert_contact(Connection& db, const ContactRow& row, const ContactColumns& columns)
{
    db.run("INSERT INTO contact (id, state, status, erased, nomination, position, confirmed_at, reachable_at, version, content_version, "
           "content_seq, seq, sort_key, category,"
           " account, time_zone, valid_from, valid_until, key_expires_at, minimal_text, full_text)"
           " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21)",
           row.id, row.state, row.status, row.erased, row.nomination, row.position, row.confirmed_at, row.reachable_at, row.version,
           row.content_version, row.content_seq, row.seq, row.state + "/" + columns.category + "/" + row.id, columns.category,
           columns.account, columns.time_zone, columns.valid_from, columns.valid_until, columns.key_expires_at, columns.minimal_text,
           columns.full_text);
    insert_parts(db, row.id, columns);
}

bool update_contact(Connection& db, const ContactRow& row)
{
    return db.run("UPDATE contact SET status = ?2, erased = ?3, nomination = ?4, position = ?5, confirmed_at = ?6, reachable_at = ?7, "
                  "version = ?8, content_version = ?9,"
                  " content_seq = ?10, seq = ?11 WHERE id = ?1 AND version = ?8 - 1",
                  row.id, row.status, row.erased, row.nomination, row.position, row.confirmed_at, row.reachable_at, row.version,
                  row.content_version, row.content_seq, row.seq) == 1;
}

void replace_columns(Connection& db, const std::string& id, const ContactColumns& columns)
{
    db.run("UPDATE contact SET sort_key = state || '/' || ?2 || '/' || id, category = ?2, account = ?3, time_zone = ?4, valid_from = ?5, "
           "valid_until = ?6, key_expires_at = ?7,"
           " minimal_text = ?8, full_text = ?9 WHERE id = ?1",
           id, columns.category, columns.account, columns.time_zone, columns.valid_from, columns.valid_until, columns.key_expires_at,
           columns.minimal_text, columns.full_text);
    delete_parts(db, id);
    insert_parts(db, id, columns);
}

ContactColumns columns_of_contact(Connection& db, const std::string& id)
{
    ContactColumns columns;
    auto rows = db.query(
        "SELECT category, account, time_zone, valid_from, valid_until, key_expires_at, minimal_text, full_text FROM contact WHERE id = ?1",
        id);
    if (rows.next())
        columns = {rows.text(0),
                   rows.optional_text(1),
                   rows.text(2),
                   rows.optional_text(3),
                   rows.optional_text(4),
                   rows.optional_text(5),
                   rows.text(6),
                   rows.text(7),
                   {},
                   {}};
    columns.languages = texts(db.query("SELECT language FROM contact_language WHERE contact = ?1 ORDER BY language", id));
    auto hours = db.query("SELECT from_minute, until_minute FROM contact_hours WHERE contact = ?1 ORDER BY from_minute", id);
    while (hours.next())
        columns.hours.push_back({hours.integer(0), hours.integer(1)});
    return columns;
}

std::vector<std::string> reductions_of(Connection& db, const std::string& id)
{
    return texts(db.query("SELECT recipient FROM contact_reduction WHERE contact = ?1 ORDER BY recipient", id));
}

std::map<std::string, std::vector<std::string>> reductions_of(Connection& db, const std::vector<std::string>& ids)
{
    std::map<std::string, std::vector<std::string>> lists;
    if (ids.empty())
        return lists;
    auto rows = db.query("SELECT contact, recipient FROM contact_reduction WHERE contact IN (SELECT value FROM json_each(?1))"
                         " ORDER BY contact, recipient",
                         as_array(ids));
    while (rows.next())
        lists[rows.text(0)].push_back(rows.text(1));
    return lists;
}

void replace_reductions(Connection& db, const std::string& id, const std::vector<std::string>& recipients)
{
    db.run("DELETE FROM contact_reduction WHERE contact = ?1", id);
    for (const auto& recipient : recipients)
        db.run("INSERT INTO contact_reduction (contact, recipient) VALUES (?1, ?2)", id, recipient);
}

bool is_contact_account(Connection& db, const std::string& state, const std::string& account)
{
    return db
        .query("SELECT 1 FROM account a WHERE a.id = ?1 AND a.home = 'state:' || ?2 AND a.status = 'active' AND EXISTS (SELECT 1 FROM "
               "json_each(a.roles) WHERE value = 'contact')",
               account, state)
        .next();
}

void erase_traces_of_contact(Connection& db, const std::string& id)
{
    db.run("UPDATE contact SET account = NULL, time_zone = '', valid_from = NULL, valid_until = NULL, key_expires_at = NULL, minimal_text "
           "= '', full_text = '' WHERE id = ?1",
           id);
    delete_parts(db, id);
    db.run("DELETE FROM idempotency WHERE subject_kind = 'contact' AND subject = ?1", id);
}

}  // namespace cbmx::store
