// The rows of nominations and contacts follow from their entries: the last that commits to content, and the change record.
#include "domain/directory.hpp"
#include "ledger/entry.hpp"
#include "ledger/statement.hpp"
#include "service/directory/contacts.hpp"
#include "service/directory/nominations.hpp"
#include "store/subjects.hpp"
#include "verify/parts.hpp"
#include <nlohmann/json.hpp>

namespace cbmx::service {
namespace {

using domain::EventKind;
using domain::Subject;

// What the entries say in the end.
struct Expected {
    std::string state;
    std::string made_at;  // empty: carried over from an earlier epoch, or entered by the operator
    std::int64_t seq = 0, version = 0;
    std::optional<std::int64_t> content_seq;
    nlohmann::json content;                                    // null once erased
    std::optional<std::string> record;                         // nullopt once erased
    std::optional<std::string> recipients, recipients_before;  // JSON arrays
    bool erased = false, listed = false;
};

// Those of a committed audience who see the reduced scope by the State's choice.
std::vector<std::string> reductions_in(const std::string& recipients)
{
    std::vector<std::string> words;
    for (const auto& word : nlohmann::json::parse(recipients)) {
        const auto text = word.get<std::string>();
        const auto mark = text.find("@minimal");
        if (mark != std::string::npos && !text.starts_with("office:"))
            words.push_back(text.substr(0, mark));
    }
    return words;
}

class DirectoryCheck {
public:
    DirectoryCheck(store::Connection& db, Subject subject, const std::string& id, Findings& findings)
        : db_(db), subject_(subject), id_(id), findings_(findings)
    {
    }

    void run()
    {
        for (const auto& entry : store::entries_about(db_, subject_, id_))
            if (const auto parsed = ledger::parse_entry(entry.body))
                follow(*parsed, entry.opening);
        if (subject_ == Subject::nomination)
            compare_nomination();
        else
            compare_contact();
    }

private:
    void wrong(const std::string& what)
    {
        findings_.fault(expected_.seq, "the " + std::string(domain::name_of(subject_)) + " " + id_ + ": " + what);
    }

    // What a State signed has the time of the statement; empty once that is erased.
    static std::string said_at(const ledger::Entry& entry, const store::OpeningRow& opening)
    {
        if (!entry.statement)
            return entry.at;
        const auto signed_word = opening.statement ? ledger::parse_signed_statement(*opening.statement) : std::nullopt;
        const auto time = signed_word ? domain::from_rfc3339(signed_word->statement.time) : std::nullopt;
        return time ? domain::to_rfc3339(*time) : std::string();
    }

    void follow(const ledger::Entry& entry, const store::OpeningRow& opening)
    {
        const auto kind = domain::event_kind_from(entry.kind);
        if (!kind)
            return;
        if (!expected_.state.empty() && expected_.state != entry.state)
            findings_.fault(entry.seq, "the " + std::string(domain::name_of(subject_)) + " " + id_ +
                                           " belongs to another State than its entry before");
        if (expected_.version == 0 && entry.actor_role != domain::ActingRole::of_operator().name())
            expected_.made_at = said_at(entry, opening);
        expected_.state = entry.state.value_or("");
        expected_.seq = entry.seq;
        expected_.version = entry.version;
        expected_.erased = expected_.erased || domain::is_erasure(*kind);
        expected_.recipients_before = std::move(expected_.recipients);
        expected_.recipients = opening.recipients;
        expected_.record = opening.content;
        if (domain::is_content_kind(*kind))
            follow_content(entry.seq, opening);
        follow_loss(entry.seq, *kind);
    }

    void follow_loss(std::int64_t seq, EventKind kind)
    {
        if (!expected_.record)
            return;  // erased: nobody can tell any more
        const bool is_listed =
            nlohmann::json::parse(*expected_.record, nullptr, false).value("status", "") == name_of(domain::ContactStatus::listed);
        auto lost = expected_.listed && !is_listed ? directory_readers() : std::vector<std::string>();
        if (kind == EventKind::contact_reduced && expected_.listed && expected_.recipients && expected_.recipients_before)
            lost = differing(reductions_in(*expected_.recipients_before), reductions_in(*expected_.recipients));
        if (store::lost_at(db_, seq) != lost)
            findings_.fault(seq, "those who are said to have lost sight of the contact are not those who did");
        expected_.listed = is_listed;
    }

    void follow_content(std::int64_t seq, const store::OpeningRow& opening)
    {
        expected_.content_seq = seq;
        expected_.content = opening.content ? nlohmann::json::parse(*opening.content, nullptr, false) : nlohmann::json();
        expected_.record.reset();
        if (expected_.content.is_object())
            expected_.record =
                subject_ == Subject::nomination ? nomination_record_after(expected_.content) : contact_record_after(expected_.content);
    }

    // What both kinds of rows have.
    void compare(const std::string& state, std::int64_t version, std::int64_t seq, std::int64_t content_seq, bool erased,
                 const std::string& record)
    {
        if (state != expected_.state)
            wrong("its row says State " + state + ", its entries " + expected_.state);
        if (version != expected_.version)
            wrong("its row has version " + std::to_string(version) + ", its last entry says " + std::to_string(expected_.version));
        if (seq != expected_.seq)
            wrong("its row names another entry as its last: " + std::to_string(seq));
        // A new epoch that begins with the erasure has no entry with content.
        if (content_seq != expected_.content_seq.value_or(seq))
            wrong("its row names another entry as the one with its content: " + std::to_string(content_seq));
        if (erased != expected_.erased)
            wrong("its row and its entries differ on whether it was erased");
        if (expected_.record && record != *expected_.record)
            wrong("its row is not what its last entry commits to");
    }

    void compare_nomination()
    {
        const auto row = store::find_nomination(db_, id_);
        if (!row)
            return wrong("it has no row");
        if (expected_.state.empty())
            return findings_.fault(row->seq, "the nomination " + id_ + " has no entry");
        compare(row->state, row->version, row->seq, row->content_seq, row->erased, nomination_record(db_, id_));
        const auto file = store::note_file(db_, id_);
        if (row->erased && file)
            wrong("it was erased and its note is still there");
        if (!expected_.made_at.empty() && row->created_at != expected_.made_at)
            wrong("its row says that it came at another time");
        if (row->erased || !expected_.content.is_object())
            return;
        if (expected_.made_at.empty() && row->created_at != expected_.content.value("created_at", ""))
            wrong("its row says that it came at another time");
        const auto& note = expected_.content.at("note");
        const auto hash = note.contains("file") ? note.at("file").at("sha256").get<std::string>() : std::string();
        const auto type = hash.empty() ? std::string() : note.at("file").at("media_type").get<std::string>();
        if ((file ? base::hex(base::sha256(file->bytes)) : std::string()) != hash || (file ? file->media_type : std::string()) != type)
            wrong("the file of its note is not the one that was committed to");
    }

    void compare_contact()
    {
        const auto row = store::find_contact(db_, id_);
        if (!row)
            return wrong("it has no row");
        if (expected_.state.empty())
            return findings_.fault(row->seq, "the contact " + id_ + " has no entry");
        compare(row->state, row->version, row->seq, row->content_seq, row->erased, contact_record(db_, id_));
        const auto audience = contact_audience(*row, store::reductions_of(db_, id_));
        if (expected_.recipients && nlohmann::json::parse(*expected_.recipients, nullptr, false) != nlohmann::json(audience.recipients))
            wrong("who reads it is not what its last entry commits to");
        if (row->erased)
            compare_blank(*row);
        else if (expected_.content.is_object()) {
            compare_columns(*row);
            compare_nomination_of(*row);
        }
    }

    // Nothing personal is left in the columns of what was erased.
    void compare_blank(const store::ContactRow& row)
    {
        const auto stored = store::columns_of_contact(db_, id_);
        const bool is_blank = !stored.account && stored.time_zone.empty() && !stored.valid_from && !stored.valid_until &&
                              !stored.key_expires_at && stored.minimal_text.empty() && stored.full_text.empty() &&
                              stored.languages.empty() && stored.hours.empty();
        if (!is_blank || row.sort_key != row.state + "/" + stored.category + "/" + row.id)
            wrong("it was erased and something of it is still there");
    }

    // What stands in the directory is what a State asked for: by a nomination of its own about this contact that was accepted.
    void compare_nomination_of(const store::ContactRow& row)
    {
        const auto nomination = store::find_nomination(db_, expected_.content.at("nomination").get<std::string>());
        if (!nomination || nomination->state != row.state || nomination->contact != row.id ||
            nomination->status != domain::NominationStatus::accepted)
            return wrong("it rests on no accepted nomination");
        const auto asked = nomination->content ? nlohmann::json::parse(*nomination->content, nullptr, false) : nlohmann::json();
        if (!asked.is_object())
            return;
        if (asked.value("entered_by", "") != expected_.content.at("entered_by"))
            wrong("who entered it is not who made its nomination");
        if (nomination->kind == "nomination" && asked.at("fields") != described_fields(expected_.content))
            wrong("what it says is not what its nomination says");
    }

    // The columns by which lists filter repeat what the content says.
    void compare_columns(const store::ContactRow& row)
    {
        const auto told = columns_of_content(expected_.content), stored = store::columns_of_contact(db_, id_);
        const auto as_text = [](const store::ContactColumns& columns) {
            nlohmann::json text{columns.category,
                                columns.account.value_or(""),
                                columns.time_zone,
                                columns.valid_from.value_or(""),
                                columns.valid_until.value_or(""),
                                columns.key_expires_at.value_or(""),
                                columns.minimal_text,
                                columns.full_text,
                                columns.languages};
            for (const auto& interval : columns.hours)
                text.push_back({interval.from, interval.until});
            return text;
        };
        if (as_text(told) != as_text(stored))
            wrong("the columns by which it is found do not repeat what its content says");
        if (row.sort_key != row.state + "/" + told.category + "/" + row.id)
            wrong("the key by which it is sorted does not repeat what its content says");
    }

    store::Connection& db_;
    Subject subject_;
    const std::string& id_;
    Findings& findings_;
    Expected expected_;
};

}  // namespace

void check_directory(store::Connection& db, Findings& findings)
{
    for (const auto subject : {Subject::nomination, Subject::contact})
        for (const auto& id : store::known_ids(db, subject))
            try {
                DirectoryCheck(db, subject, id, findings).run();
            } catch (const std::exception& malformed) {  // hides no other
                findings.fault(std::nullopt, "the " + std::string(domain::name_of(subject)) + " " + id +
                                                 " holds what no portal writes: " + malformed.what());
            }
}

}  // namespace cbmx::service
