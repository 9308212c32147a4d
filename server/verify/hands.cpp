// See hands.hpp. What cannot be seen here: a touch that was taken out, or added, before any submission (docs/operator.md).
#include "verify/hands.hpp"
#include "ledger/receipt.hpp"
#include "service/accounts/credentials.hpp"
#include <algorithm>

namespace cbmx::service {
namespace {

using domain::EventKind;
using Json = nlohmann::json;

bool is_carried_over(const ledger::Entry& entry) { return entry.actor_role == domain::ActingRole::of_operator().name(); }

std::optional<Actor> actor_of(const store::OpeningRow& opening)
{
    if (!opening.actor || !opening.credential)
        return std::nullopt;
    return Actor{domain::AccountId(*opening.actor), domain::CredentialId(*opening.credential)};
}

bool is_change_of_audience(EventKind kind)
{
    return kind == EventKind::report_label_changed || kind == EventKind::report_recipients_changed;
}

bool is_opened_by(const base::Hash& hand, const std::optional<base::Hash>& salt, const store::Hand& by)
{
    return salt && ledger::salted(*salt, store::text_of(by)) == hand;
}

}  // namespace

void HandsCheck::fault(std::optional<std::int64_t> seq, const std::string& what)
{
    findings_.fault(seq, "the report " + stored_.id + ": " + what);
}

void HandsCheck::follow(const ledger::Entry& entry, EventKind kind, const store::OpeningRow& opening)
{
    says_narrower_ = false;
    if (kind == EventKind::report_returned || kind == EventKind::report_erased)
        is_pending_ = false;
    const bool carried_over = is_carried_over(entry);
    if (kind == EventKind::report_published && carried_over)
        is_carried_over_ = true;
    std::optional<store::HandsRow> row;
    try {
        row = store::hands_at(db_, entry.seq);
    } catch (const std::exception& malformed) {  // hides nothing else of the report
        return fault(entry.seq, std::string("its row of ledger_hands holds what no portal writes: ").append(malformed.what()));
    }
    if (entry.hands.has_value() != (store::has_hands(kind) && !carried_over))
        return fault(entry.seq,
                     entry.hands ? "its entry of this kind has no hands, yet names some" : "its entry does not say whose hands were in it");
    if (row.has_value() != entry.hands.has_value())
        return fault(entry.seq, row ? "ledger_hands has a row for an entry without hands" : "its row of ledger_hands is missing");
    if (!row)
        return;
    if (!row->salt && !row->hands && is_erased()) {
        if (row->proposer || row->credential || row->proposer_salt)
            fault(entry.seq, "ledger_hands names a proposer of what was erased");
        return;
    }
    if (!row->salt || !row->hands ||
        ledger::commitment(ledger::Part::hands, entry.kind, entry.seq, *row->salt, *row->hands) != *entry.hands)
        return fault(entry.seq, "salt and text in ledger_hands do not give the hash of its hands");
    const auto hands = Json::parse(*row->hands);
    const auto& four_eyes = hands.at("four_eyes");
    says_narrower_ = is_change_of_audience(kind) && four_eyes.is_null();
    judge_proposer(entry, kind, opening, *row, hands);
    if (kind == EventKind::report_submitted || kind == EventKind::report_published)
        compare_touches(entry, hands);
    if (kind == EventKind::report_submitted)
        is_pending_ = true;
    if (kind != EventKind::report_published)
        return;
    judge_publication(entry, opening, four_eyes == true);
    is_pending_ = false;
    published_ = committed_;
    since_ = entry.at;
}

// Of the touches since the last publication all, and no other.
void HandsCheck::compare_touches(const ledger::Entry& entry, const Json& hands)
{
    const auto& touches = hands.at("touches");
    if (is_carried_over_ && !touches.empty())  // those before stand in the log of the epoch before
        published_ = touches.front().at("number").get<std::int64_t>() - 1;
    is_carried_over_ = is_carried_over_ && touches.empty();
    std::int64_t number = published_;
    const store::TouchRow* last = nullptr;
    for (const auto& named : touches) {
        ++number;
        if (named.at("number") != number)
            return fault(entry.seq, "the touches that its entry names do not follow those of the publication before");
        const auto stored = std::find_if(stored_.touches.begin(), stored_.touches.end(),
                                         [number](const store::TouchRow& touch) { return touch.number == number; });
        last = stored == stored_.touches.end() ? nullptr : &*stored;
        if (last == nullptr)
            fault(entry.seq, "the touch " + std::to_string(number) + " that its entry names is missing in report_touch");
        else if (named.at("hand") != base::base64(last->hand))
            fault(entry.seq, "the touch " + std::to_string(number) + " in report_touch is by another hand than its entry says");
    }
    committed_ = number;
    if (last != nullptr && hands.at("head") != base::base64(last->hash))
        fault(entry.seq, "the chain of touches before " + std::to_string(number) + " is not the one that its entry commits to");
}

void HandsCheck::judge_publication(const ledger::Entry& entry, const store::OpeningRow& opening, bool four_eyes)
{
    if (four_eyes != state_asks_for_four_eyes(entry))
        fault(entry.seq, "its entry and the State's settings differ on whether a second person was needed");
    const auto approver = actor_of(opening);
    if (four_eyes && !approver)
        findings_.remark(entry.seq, "the report " + stored_.id + ": whether another person published it is no longer recomputable");
    if (!four_eyes || !approver || !stored_.state)
        return;
    const auto now = domain::from_rfc3339(entry.at).value_or(domain::Instant());
    const auto since = domain::from_rfc3339(since_ ? *since_ : stored_.touches.empty() ? "" : stored_.touches.front().at);
    for (const auto& touch : stored_.touches)
        if (touch.number > published_ && touch.number <= committed_ && touch.by &&
            is_same_actor(db_, *approver, {touch.by->account, touch.by->credential, touch.at}, now, since))
            return fault(entry.seq, "it was published by somebody who had a hand in its text: touch " + std::to_string(touch.number));
}

void HandsCheck::judge_proposer(const ledger::Entry& entry, EventKind kind, const store::OpeningRow& opening, const store::HandsRow& row,
                                const Json& hands)
{
    const auto& proposed_by = hands.at("proposed_by");
    const bool is_widening = is_change_of_audience(kind);
    if (is_widening && hands.at("four_eyes") == false && state_asks_for_four_eyes(entry))
        fault(entry.seq, "its entry and the State's settings differ on whether a second person was needed");
    if (proposed_by.is_null() != !(is_widening && hands.at("four_eyes") == true))
        return fault(entry.seq, "its entry needs a second person and names no proposer, or the reverse");
    if (row.proposer.has_value() != row.credential.has_value() || row.proposer.has_value() != row.proposer_salt.has_value())
        return fault(entry.seq, "ledger_hands names its proposer in part");
    if (proposed_by.is_null()) {
        if (row.proposer)
            fault(entry.seq, "ledger_hands names a proposer, its entry none");
        return;
    }
    if (!row.proposer) {
        if (!store::has_erased_account(db_, entry.state.value_or("")))
            return fault(entry.seq, "its proposer is gone, and no account of the State was erased");
        return findings_.remark(entry.seq,
                                "the report " + stored_.id + ": whether its proposer was another person is no longer recomputable");
    }
    const store::Hand by{domain::AccountId(*row.proposer), domain::CredentialId(*row.credential)};
    if (!is_opened_by(base::to_hash(base::from_base64(proposed_by.get<std::string>()).value_or("")).value_or(base::Hash{}),
                      row.proposer_salt, by))
        return fault(entry.seq, "salt and account in ledger_hands do not give the handle of its proposer");
    const auto now = domain::from_rfc3339(entry.at).value_or(domain::Instant());
    if (const auto approver = actor_of(opening); approver && is_same_actor(db_, *approver, {by.account, by.credential}, now, now))
        fault(entry.seq, "its audience was widened by one person, who proposed it and confirmed it");
}

// As the last change of the settings before the entry says.
bool HandsCheck::state_asks_for_four_eyes(const ledger::Entry& entry) const
{
    const auto settings = Json::parse(store::settings_before(db_, entry.state.value_or(""), entry.seq).value_or("{}"), nullptr, false);
    return !settings.is_object() || (settings.value("four_eyes", true) && settings.value("acts_alone", Json()).is_null());
}

void HandsCheck::finish()
{
    if (!stored_.state)
        return;
    if (is_erased()) {
        if (!stored_.touches.empty() || stored_.state->touches_published != 0)
            fault(std::nullopt, "report_touch still says who touched what was erased");
        return;
    }
    check_chain();
    const auto last = stored_.touches.empty() ? 0 : stored_.touches.back().number;
    if (!is_carried_over_ && stored_.state->touches_published != published_)
        fault(stored_.state->changed_seq, "its row names another touch as the last that was published");
    if (is_pending_ && last != committed_)
        fault(std::nullopt, "report_touch has touches after its submission");
    if (!stored_.draft && last != stored_.state->touches_published)
        fault(std::nullopt, "it has no working copy, and its last touch in report_touch is not the last that was published");
}

void HandsCheck::check_chain()
{
    base::Hash before{};
    std::int64_t number = 0;
    bool has_remark = false;
    for (const auto& touch : stored_.touches) {
        const auto name = "touch " + std::to_string(touch.number) + " in report_touch ";
        if (touch.number != ++number)
            return fault(std::nullopt, "the " + name + "does not follow touch " + std::to_string(number - 1));
        if (store::hash_of_touch(stored_.id, touch, before) != touch.hash)
            fault(std::nullopt, "the " + name + "does not give its hash");
        before = touch.hash;
        if (touch.by ? !is_opened_by(touch.hand, touch.salt, *touch.by) : touch.salt.has_value())
            fault(std::nullopt, "salt, account and credential of the " + name + "do not give its hand");
        else if (!touch.by && !store::has_erased_account(db_, stored_.state->state))
            fault(std::nullopt, "the " + name + "has no account, and none of the State was erased");
        else if (!touch.by && !has_remark)
            findings_.remark(std::nullopt, "the report " + stored_.id + ": whose hands touched it is no longer recomputable");
        has_remark = has_remark || !touch.by;
    }
}

}  // namespace cbmx::service
