// See entries.hpp. Any thread: of the database it reads its range alone.
#include "verify/entries.hpp"
#include "ledger/entry.hpp"
#include "verify/parts.hpp"
#include <algorithm>
#include <iterator>

namespace cbmx::service {
namespace {

std::string home_of(const ledger::Entry& entry)
{
    if (entry.state)
        return "state:" + *entry.state;
    return entry.office ? "office:" + *entry.office : std::string();
}

// The first column that does not repeat what the body says; empty: all do.
std::string_view wrong_column(const store::EntryView& row, const ledger::Entry& entry)
{
    if (row.kind != entry.kind)
        return "kind";
    if (row.at != entry.at)
        return "at";
    if (row.actor_role != entry.actor_role)
        return "actor_role";
    if (row.home.value_or("") != home_of(entry))
        return "home";
    if (row.subject_kind != entry.subject_kind)
        return "subject_kind";
    if (row.subject != entry.subject)
        return "subject";
    if (row.version != entry.version)
        return "version";
    return row.revision != entry.revision ? "revision" : "";
}

class RangeCheck {
public:
    RangeCheck(const std::vector<ledger::VerifierKey>& keys, const KnownAccounts* accounts, CheckedRange& range)
        : keys_(keys), accounts_(accounts), range_(range)
    {
    }

    void look_at(const store::CheckpointRow& row)
    {
        const auto opened = ledger::open_checkpoint(row.note, keys_);
        range_.checkpoints.push_back({row, opened, opened ? silent_key(row) : std::nullopt});
    }

    void look_at(const store::EntryView& row, const std::optional<store::OpeningView>& opening, const std::optional<base::Hash>& leaf)
    {
        auto& checked = range_.entries.emplace_back();
        checked.seq = row.seq;
        const auto computed = ledger::leaf_hash(row.body);
        checked.leaf = leaf.value_or(computed);
        checked.leaf_state = !leaf ? LeafState::missing : *leaf == computed ? LeafState::right : LeafState::wrong;
        if (const auto entry = ledger::parse_entry(row.body))
            look_at_entry(row, *entry, opening, checked);
        else
            fault("its body is not a canonical entry");
        if (opening && accounts_ != nullptr) {
            look_at_credential(*opening);
            look_at_account(row.seq, *opening);
        }
    }

private:
    void fault(std::string what, bool of_opening = false)
    {
        range_.faults.push_back({range_.entries.size() - 1, of_opening, std::move(what)});
    }
    void fault_of_opening(std::string what) { fault(std::move(what), true); }

    void look_at_entry(const store::EntryView& row, const ledger::Entry& entry, const std::optional<store::OpeningView>& opening,
                       CheckedEntry& checked)
    {
        checked.is_canonical = true;
        checked.at = entry.at;
        checked.kind = domain::event_kind_from(entry.kind);
        look_at_body(row, entry, checked.kind);
        look_at_opening(entry, opening, checked);
        if (checked.lacks_content || checked.lacks_actor || checked.lacks_recipients ||
            (checked.kind && domain::is_erasure(*checked.kind))) {
            checked.subject_kind = entry.subject_kind;
            checked.subject = entry.subject;
        }
    }

    // In an overlap all keys sign: one that did not. (That one did has been looked at.)
    std::optional<ledger::VerifierKey> silent_key(const store::CheckpointRow& row) const
    {
        const auto is_due = [&row](const ledger::VerifierKey& key) { return key.signs(row.size); };
        if (std::count_if(keys_.begin(), keys_.end(), is_due) < 2)
            return std::nullopt;
        const auto silent = std::find_if(keys_.begin(), keys_.end(), [&](const ledger::VerifierKey& key) {
            return is_due(key) && !ledger::open_checkpoint(row.note, {key});
        });
        return silent == keys_.end() ? std::nullopt : std::optional(*silent);
    }

    void look_at_body(const store::EntryView& row, const ledger::Entry& entry, std::optional<domain::EventKind> kind)
    {
        if (entry.seq != row.seq)
            fault("its body carries the number " + std::to_string(entry.seq));
        if (const auto column = wrong_column(row, entry); !column.empty())
            fault("column " + std::string(column) + " does not repeat what the body says");
        if (!kind)
            fault("its kind is unknown: " + entry.kind);
        else if (domain::name_of(domain::row_of(*kind).subject) != entry.subject_kind)
            fault("an entry of kind " + entry.kind + " cannot be about a " + entry.subject_kind);
        if (const auto wrong = wrong_of_portal(entry.actor_role, kind, entry.actor_handle.has_value()); !wrong.empty())
            fault(std::string(wrong));
        if (const auto wrong = wrong_of_authority(entry.actor_role, entry.authority.has_value()); !wrong.empty())
            fault(std::string(wrong));
        if ((kind == domain::EventKind::genesis) != (row.seq == 0))
            fault(row.seq == 0 ? "entry 0 is not the genesis entry" : "a genesis entry that is not entry 0");
    }

    void look_at_opening(const ledger::Entry& entry, const std::optional<store::OpeningView>& opening, CheckedEntry& checked)
    {
        if (!opening)
            return fault_of_opening("its opening is missing");
        checked.lacks_content = !opening->salt && !opening->content;
        checked.lacks_actor = entry.actor_handle && !opening->actor && !opening->actor_salt;
        checked.lacks_recipients = entry.recipients && !opening->recipients && !opening->recipients_salt;
        if (!checked.lacks_content && !opens(entry, ledger::Part::commitment, opening->salt, opening->content, entry.commitment))
            fault_of_opening("salt and content do not give its commitment");
        if (entry.actor_handle && !checked.lacks_actor &&
            !opens(entry, ledger::Part::actor, opening->actor_salt, opening->actor, *entry.actor_handle))
            fault_of_opening("salt and account do not give the actor's handle");
        if (!entry.actor_handle && opening->actor)
            fault_of_opening("an account stands beside an entry without an actor's handle");
        if (entry.recipients && !checked.lacks_recipients &&
            !opens(entry, ledger::Part::recipients, opening->recipients_salt, opening->recipients, *entry.recipients))
            fault_of_opening("salt and list do not give the hash of the recipients");
        if (!entry.recipients && opening->recipients)
            fault_of_opening("recipients stand beside an entry without an audience");
        if (entry.authority && !opens(entry, ledger::Part::authority, opening->authority_salt, opening->authority, *entry.authority))
            fault_of_opening("salt and text do not give the hash of its authority");
        if (!entry.authority && (opening->authority || opening->authority_salt))
            fault_of_opening("an authority stands beside an entry that commits to none");
        look_at_statement(entry, *opening, checked.lacks_content);
    }

    // It is erased with the content.
    void look_at_statement(const ledger::Entry& entry, const store::OpeningView& opening, bool lacks_content)
    {
        if (!entry.statement && (opening.statement || opening.statement_salt))
            fault_of_opening("a statement stands beside an entry that commits to none");
        else if (entry.statement && lacks_content && (opening.statement || opening.statement_salt))
            fault_of_opening("its content is gone, and its statement is not");
        else if (entry.statement && !lacks_content &&
                 !opens(entry, ledger::Part::statement, opening.statement_salt, opening.statement, *entry.statement))
            fault_of_opening("salt and text do not give the hash of its statement");
    }

    // The credential beside an entry is committed to by nothing; but it must be one of its account's.
    void look_at_credential(const store::OpeningView& opening)
    {
        const auto& accounts = accounts_->of_credential;
        const auto found = opening.credential ? accounts.find(*opening.credential) : accounts.end();
        const bool is_its_own = opening.credential ? found != accounts.end() && found->second == opening.actor : !opening.actor;
        if (!is_its_own)
            fault_of_opening("the credential beside it is none of its account's");
    }

    // What stood behind the account is what its last own entry before this one says. Of an account that was erased since nothing is
    // left to compare with, nor its name beside the entry.
    void look_at_account(std::int64_t seq, const store::OpeningView& opening)
    {
        const auto history = opening.actor ? accounts_->authorities.find(*opening.actor) : accounts_->authorities.end();
        if (history == accounts_->authorities.end())
            return;
        const auto& own = history->second;
        const auto after =
            std::lower_bound(own.begin(), own.end(), seq, [](const store::AuthorityAt& each, std::int64_t at) { return each.seq < at; });
        if (after != own.begin() && std::prev(after)->text != opening.authority)
            fault_of_opening("what stood behind its account was something else than its authority says");
    }

    const std::vector<ledger::VerifierKey>& keys_;
    const KnownAccounts* accounts_;
    CheckedRange& range_;
};

}  // namespace

CheckedRange check_range(store::Connection& db, const LogRange& range, const std::vector<ledger::VerifierKey>& keys,
                         const KnownAccounts* accounts)
{
    CheckedRange checked;
    RangeCheck check(keys, accounts, checked);
    try {
        store::scan_checkpoints(db, range.first_checkpoint, range.last_checkpoint,
                                [&](const store::CheckpointRow& row) { check.look_at(row); });
        store::scan_entries(db, range.first, range.last,
                            [&](const auto& row, const auto& opening, const auto& leaf) { check.look_at(row, opening, leaf); });
    } catch (...) {
        checked.broken_off = std::current_exception();
    }
    return checked;
}

}  // namespace cbmx::service
