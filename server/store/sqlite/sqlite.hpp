// SQLite behind a few small types. Statements are prepared once per connection, with numbered parameters ?1 ?2 ... bound in
// order. A Connection belongs to one thread at a time. Other folders include store/connection.hpp.
#pragma once
#include "base/bytes.hpp"
#include "domain/ids.hpp"
#include "domain/names.hpp"
#include "store/error.hpp"
#include "store/sql.hpp"
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace cbmx::store {

// From SQLite's extended result code.
StoreError sqlite_error(int code, const std::string& what);

struct Blob {
    std::string_view bytes;
};

// One execution of a statement; resets it when it goes. Columns are valid until next() or destruction.
class Rows {
public:
    Rows(Rows&& other) noexcept;
    Rows(const Rows&) = delete;
    Rows& operator=(const Rows&) = delete;
    ~Rows();
    bool next();  // throws StoreError
    bool is_null(int column) const;
    std::int64_t integer(int column) const;
    std::string text(int column) const;
    std::string_view view(int column) const;  // text or blob, no copy
    std::optional<std::string> optional_text(int column) const;
    std::optional<std::int64_t> optional_integer(int column) const;
    base::Hash hash(int column) const;  // throws unless 32 bytes
    template <class Id>
    Id id(int column) const
    {
        return Id(text(column));
    }
    template <class Id>
    std::optional<Id> optional_id(int column) const
    {
        return is_null(column) ? std::nullopt : std::optional(Id(text(column)));
    }
    template <domain::Named Enum>
    Enum named(int column) const  // throws std::runtime_error unless it is a name of the enumeration
    {
        const auto value = domain::value_named<Enum>(view(column));
        if (!value)
            throw std::runtime_error("a row holds \"" + text(column) + "\", which no portal writes there");
        return *value;
    }

private:
    friend class Connection;
    Rows(sqlite3_stmt* statement, bool owned) : statement_(statement), owned_(owned) {}
    void bind(int index, std::int64_t value);
    void bind(int index, int value) { bind(index, static_cast<std::int64_t>(value)); }
    void bind(int index, bool value) { bind(index, static_cast<std::int64_t>(value)); }
    void bind(int index, std::string_view value);
    void bind(int index, const std::string& value) { bind(index, std::string_view(value)); }
    void bind(int index, const char* value) { bind(index, std::string_view(value)); }
    void bind(int index, Blob value);
    void bind(int index, const base::Hash& value) { bind(index, Blob{base::as_chars(value)}); }
    template <class Tag>
    void bind(int index, const domain::Id<Tag>& value)
    {
        bind(index, value.value);
    }
    void bind(int index, const domain::Home& value) { bind(index, value.text()); }
    template <domain::Named Enum>
    void bind(int index, Enum value)
    {
        bind(index, domain::name_of(value));
    }
    void bind(int index, std::nullptr_t);
    template <class T>
    void bind(int index, const std::optional<T>& value)
    {
        if (value)
            bind(index, *value);
        else
            bind(index, nullptr);
    }
    sqlite3_stmt* statement_;
    bool owned_;
};

enum class OpenMode { read_write, read_only };

class Connection {
public:
    Connection(const std::string& path, OpenMode mode);  // sets every pragma of rules.md 46
    Connection(const std::string& path,
               const class TrialFiles& files);  // what it writes stays in its memory (trial.hpp); ends as what only reads
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    template <class... Arguments>
    Rows query(Sql sql, const Arguments&... arguments)
    {
        Rows rows = prepare(sql);
        int index = 0;
        (rows.bind(++index, arguments), ...);
        return rows;
    }
    // Executes to the end; gives the number of rows changed.
    template <class... Arguments>
    std::int64_t run(Sql sql, const Arguments&... arguments)
    {
        Rows rows = query(sql, arguments...);
        while (rows.next()) {
        }
        return changes();
    }
    void run_script(const std::string& script);  // migrations only: text from the binary, never from input
    bool in_transaction() const;
    bool has_met_damage() const;  // its last call came upon a damaged page
    void defer_references();      // references between rows are checked at the commit of this transaction
    bool truncate_wal();          // copies the WAL into the database and empties it; false: a reader holds it, at once
    void checkpoint_by_hand();    // from now on none runs inside COMMIT, where SQLite has it
    void copy_wal();              // copies what no reader holds up, beside the writer, and syncs it; throws on a failed sync
    // From now on closing leaves what the file itself lacks where it is (the WAL): the next opening recovers from it, and copies
    // all of it again.
    void keep_pending_pages_at_close();
    bool restart_wal();  // copies all of it, so that the next commit restarts it; false: a reader holds it, at once
    int wal_pages() const { return wal_pages_; }  // in the WAL after this connection's last commit
    sqlite3* handle() { return handle_; }

private:
    void open(const std::string& path, int flags, const char* files, const std::string& first, std::uint32_t cache);
    void end_with_thread();
    Rows prepare(Sql sql);
    std::int64_t changes() const;
    bool checkpoint_whole(int mode);
    sqlite3* handle_ = nullptr;
    bool ends_with_thread_ = false;
    int wal_pages_ = 0;
    std::unordered_map<const char*, sqlite3_stmt*> statements_;
};

}  // namespace cbmx::store
