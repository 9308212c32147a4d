// What shows that a key for statements is its State's is judged again (rules.md 27f): the signature of the key before it, that two
// nominators were two people, the note verbale that gives its fingerprint. How one is registered: service/accounts/signing_keys.hpp.
#include "base/possession.hpp"
#include "ledger/entry.hpp"
#include "service/accounts/credentials.hpp"
#include "store/log/scan.hpp"
#include "store/rows/proposals.hpp"
#include "store/rows/signing_keys.hpp"
#include "store/subjects.hpp"
#include "verify/parts.hpp"
#include <algorithm>
#include <nlohmann/json.hpp>

namespace cbmx::service {
namespace {

using domain::KeyShownBy;
using Json = nlohmann::json;

class KeyCheck {
public:
    KeyCheck(store::Connection& db, store::SigningKeyRow row, Findings& findings) : db_(db), row_(std::move(row)), findings_(findings) {}

    void run()
    {
        if (base::public_key_fingerprint(row_.public_key) != row_.fingerprint)
            fault("its fingerprint is not that of its key");
        if (row_.is_witness())
            return;
        const auto entries = store::entries_about(db_, domain::Subject::signing_key, row_.id.value);
        const auto entry = entries.empty() ? std::nullopt : ledger::parse_entry(entries.front().body);
        if (!entry)
            return;  // named with the rows
        opening_ = entries.front().opening;
        at_ = entry->at;
        is_carried_over_ = entry->actor_role == domain::ActingRole::of_operator().name();  // into a new epoch
        if (!is_carried_over_ && entry->actor_role != domain::name_of(domain::Role::nominator))
            fault("nobody registered it as a nominator");
        if (!row_.shown_by)
            return fault("nothing shows that it is its State's");
        switch (*row_.shown_by) {
        case KeyShownBy::previous_key: return judge_previous_key(Json::parse(row_.shown.value()));
        case KeyShownBy::two_nominators: return judge_two_nominators();
        case KeyShownBy::note_verbale: return judge_note(Json::parse(row_.shown.value()));
        }
    }

private:
    domain::Home home() const { return domain::Home::of_state(row_.state); }
    void fault(const std::string& what) { findings_.fault(row_.registered_seq, "the signing_key " + row_.id.value + ": " + what); }

    void judge_previous_key(const Json& shown)
    {
        const auto named = base::to_hash(base::from_hex(shown.at("key").get<std::string>()).value_or(""));
        const auto before = named ? store::find_signing_key(db_, row_.state, *named) : std::nullopt;
        if (!before || before->is_witness())
            return fault("the key that is said to have signed it is no key of its State");
        if (!is_carried_over_ && !was_active(*before))
            fault("the key that signed it was not active then");
        const auto origin = shown.at("origin").get<std::string>();
        if (!is_carried_over_ && !is_this_log(origin))
            fault("the key before it signed it for another log");
        const auto signature = base::from_base64(shown.at("signature").get<std::string>()).value_or("");
        if (!base::verify_detached(before->public_key, base::signing_key_text(origin, home().text(), row_.fingerprint), signature))
            fault("the key before it did not sign it");
    }

    // A key that is revoked has that entry as its last.
    bool was_active(const store::SigningKeyRow& before) const
    {
        return before.registered_seq < row_.registered_seq &&
               (before.status == domain::SigningKeyStatus::active || before.seq > row_.registered_seq);
    }

    bool is_this_log(const std::string& origin)
    {
        const auto keys = store::log_keys(db_);
        return std::any_of(keys.begin(), keys.end(), [&origin](const ledger::VerifierKey& key) { return key.name == origin; });
    }

    void judge_two_nominators()
    {
        const auto proposal = store::registration_of(db_, row_.id);
        if (!proposal || proposal->home != home() || !proposal->proposed_by || !proposal->decided_by ||
            Json::parse(proposal->body).at("fingerprint") != base::hex(row_.fingerprint))
            return fault("no confirmed proposal of its State's registered it");
        if (proposal->proposed_by == proposal->decided_by)
            return fault("one account alone registered and confirmed it");
        if (is_carried_over_)
            return;
        if (!opening_.actor || !opening_.credential)
            return findings_.remark(row_.registered_seq,
                                    "the signing_key " + row_.id.value + ": whether two people registered it is no longer recomputable");
        if (*opening_.actor != proposal->decided_by->value)
            fault("it was confirmed by another than its entry names");
        const Actor proposer{*proposal->proposed_by, proposal->credential.value_or(domain::CredentialId()), proposal->created_at};
        const Actor confirmer{domain::AccountId(*opening_.actor), domain::CredentialId(*opening_.credential), at_};
        if (is_same_actor(db_, confirmer, proposer, domain::from_rfc3339(at_).value_or(domain::Instant()),
                          domain::from_rfc3339(proposal->created_at)))
            fault("it was confirmed by somebody in whose hands its registration was");
    }

    void judge_note(const Json& shown)
    {
        const auto notes = store::confirmed_key_notes(db_, home());
        const auto cites = [&](const store::ProposalRow& note) {
            const auto body = Json::parse(note.body);
            const auto& decision = body.at("decision");
            return body.at("fingerprint") == base::hex(row_.fingerprint) && decision.at("number") == shown.at("number") &&
                   decision.at("date") == shown.at("date") && !note.decided_by && (is_carried_over_ || note.seq < row_.registered_seq);
        };
        if (std::none_of(notes.begin(), notes.end(), cites))
            fault("no note verbale that the operator confirmed before gives its fingerprint");
    }

    store::Connection& db_;
    store::SigningKeyRow row_;
    Findings& findings_;
    store::OpeningRow opening_;
    std::string at_;
    bool is_carried_over_ = false;
};

}  // namespace

void check_state_keys(store::Connection& db, Findings& findings)
{
    for (const auto& numbered : store::numbered_rows(db, domain::Subject::signing_key))
        try {
            if (auto row = store::find_signing_key(db, domain::SigningKeyId(numbered.id)))
                KeyCheck(db, std::move(*row), findings).run();
        } catch (const std::exception& malformed) {  // hides no other
            findings.fault(numbered.seq, "the signing_key " + numbered.id + " holds what no portal writes: " + malformed.what());
        }
}

}  // namespace cbmx::service
