// See nominations.hpp.
#include "store/rows/nominations.hpp"
#include "store/visibility/hidden.hpp"

namespace cbmx::store {
namespace {

// ?1 the caller's own State, ?2 whether the caller is the secretariat.
constexpr SqlText nomination_visible = "(n.state = ?1 OR ?2)";
constexpr SqlText nomination_key = "n.id, n.state, n.kind, n.contact, n.status, ";
constexpr SqlText nomination_rest = ", n.created_at, n.decided_at, n.version, n.content_seq, "
                                    "n.seq, o.content, o.salt";
constexpr auto nomination_columns = nomination_key + "n.erased, n.position, n.reason" + nomination_rest;
// For a caller: what is going to be erased looks as if it were.
constexpr auto shown_columns = nomination_key + "(n.erased OR " + nomination_hidden + "), n.position, CASE WHEN " + nomination_hidden +
                               " THEN NULL ELSE n.reason END" + nomination_rest;
constexpr SqlText nominations_with_content = " FROM nomination n LEFT JOIN ledger_opening o ON o.seq = n.content_seq";

NominationRow row_from(const Rows& rows)
{
    NominationRow row{.id = rows.text(0),
                      .state = rows.text(1),
                      .kind = rows.text(2),
                      .contact = rows.text(3),
                      .status = rows.named<domain::NominationStatus>(4),
                      .erased = rows.integer(5) != 0,
                      .position = rows.is_null(6) ? std::nullopt : std::optional(rows.named<domain::Position>(6)),
                      .reason = rows.optional_text(7),
                      .created_at = rows.text(8),
                      .decided_at = rows.optional_text(9),
                      .version = rows.integer(10),
                      .content_seq = rows.integer(11),
                      .seq = rows.integer(12),
                      .content = rows.optional_text(13)};
    if (!rows.is_null(14))
        row.salt = rows.hash(14);
    if (row.erased)  // a new epoch has the erasure's own record there
        row.content.reset(), row.salt.reset();
    return row;
}

std::optional<NominationRow> one(Rows rows) { return rows.next() ? std::optional(row_from(rows)) : std::nullopt; }

std::vector<NominationRow> all(Rows rows)
{
    std::vector<NominationRow> list;
    while (rows.next())
        list.push_back(row_from(rows));
    return list;
}

}  // namespace

std::optional<NominationRow> visible_nomination(Connection& db, const domain::Visibility& v, const std::string& id)
{
    static constexpr auto statement = "SELECT " + shown_columns + nominations_with_content + " WHERE n.id = ?3 AND " + nomination_visible;
    return one(db.query(statement, v.own_state, v.secretariat, id));
}

std::vector<NominationRow> visible_nominations(Connection& db, const domain::Visibility& v, const NominationFilter& filter,
                                               const std::string& after, std::int64_t limit)
{
    static constexpr SqlText matching = " AND n.id > ?3 AND (?4 IS NULL OR n.state = ?4) AND (?5 IS NULL OR n.kind = ?5)"
                                        " AND (?6 IS NULL OR n.status = ?6) AND (?7 IS NULL OR n.position = ?7)"
                                        " AND (?8 IS NULL OR n.contact = ?8) ORDER BY n.id LIMIT ?9";
    static constexpr auto of_state = "SELECT " + shown_columns + nominations_with_content + " WHERE n.state = ?1" + matching;
    static constexpr auto of_all = "SELECT " + shown_columns + nominations_with_content + " WHERE " + nomination_visible + matching;
    return all(db.query(v.secretariat ? Sql(of_all) : Sql(of_state), v.own_state, v.secretariat, after, filter.state, filter.kind,
                        filter.status, filter.position, filter.contact, limit));
}

std::optional<NominationRow> find_nomination(Connection& db, const std::string& id)
{
    static constexpr auto statement = "SELECT " + nomination_columns + nominations_with_content + " WHERE n.id = ?1";
    return one(db.query(statement, id));
}

std::vector<NominationRow> nominations_of_contact(Connection& db, const std::string& contact)
{
    static constexpr auto statement =
        "SELECT " + nomination_columns + nominations_with_content + " WHERE n.contact = ?1 ORDER BY n.content_seq";
    return all(db.query(statement, contact));
}

void insert_nomination(Connection& db, const NominationRow& row)
{
    db.run("INSERT INTO nomination (id, state, kind, contact, status, erased, position, reason, created_at, decided_at, version, "
           "content_seq, seq)"
           " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
           row.id, row.state, row.kind, row.contact, row.status, row.erased, row.position, row.reason, row.created_at, row.decided_at,
           row.version, row.content_seq, row.seq);
}

bool update_nomination(Connection& db, const NominationRow& row)
{
    return db.run("UPDATE nomination SET status = ?2, erased = ?3, position = ?4, reason = ?5, decided_at = ?6, version = ?7, seq = ?8 "
                  "WHERE id = ?1 AND version = ?7 - 1",
                  row.id, row.status, row.erased, row.position, row.reason, row.decided_at, row.version, row.seq) == 1;
}

void insert_note_file(Connection& db, const std::string& nomination, const NoteFile& file)
{
    db.run("INSERT INTO nomination_file (nomination, media_type, bytes) VALUES (?1, ?2, ?3)", nomination, file.media_type,
           Blob{file.bytes});
}

std::optional<NoteFile> note_file(Connection& db, const std::string& nomination)
{
    auto rows = db.query("SELECT media_type, bytes FROM nomination_file WHERE nomination = ?1", nomination);
    if (!rows.next())
        return std::nullopt;
    return NoteFile{rows.text(0), rows.text(1)};
}

void erase_traces_of_nomination(Connection& db, const std::string& id)
{
    db.run("DELETE FROM nomination_file WHERE nomination = ?1", id);
    db.run("DELETE FROM idempotency WHERE subject_kind = 'nomination' AND subject = ?1", id);
    db.run("UPDATE client_reference SET fingerprint = zeroblob(32) WHERE subject = ?1", id);  // the reference stays taken
}

}  // namespace cbmx::store
