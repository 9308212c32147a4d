// What a State's membership, participation and access are follows from its entries: the lists change by a decision alone, which two
// people confirmed, and access as the portal sets it from them.
#include "service/registry/membership.hpp"
#include "domain/status.hpp"
#include "ledger/entry.hpp"
#include "service/registry/participation.hpp"
#include "store/log/entries.hpp"
#include "store/subjects.hpp"
#include "verify/parts.hpp"
#include <nlohmann/json.hpp>

namespace cbmx::service {
namespace {

using domain::EventKind;
using domain::Subject;
using Value = nlohmann::json;

constexpr std::array decided_lists{"membership", "participation"};

Value object_of(const std::optional<std::string>& content)
{
    auto value = Value::parse(content.value_or(""), nullptr, false);
    return value.is_object() ? std::move(value) : Value::object();
}

class MembershipCheck {
public:
    MembershipCheck(store::Connection& db, std::string state, Findings& findings) : db_(db), state_(std::move(state)), findings_(findings)
    {
    }

    void run()
    {
        for (const auto& stored : store::entries_about(db_, Subject::state, state_)) {
            const auto entry = ledger::parse_entry(stored.body);
            const auto kind = entry ? domain::event_kind_from(entry->kind) : std::nullopt;
            if (!kind)
                continue;
            auto record = object_of(stored.opening.content);
            if (!before_.empty() && !record.empty())
                judge(*entry, *kind, record);
            before_ = std::move(record);
        }
    }

private:
    void wrong(const ledger::Entry& entry, const std::string& what) { findings_.fault(entry.seq, "the state " + state_ + ": " + what); }

    // What no portal writes is named, and hides nothing of the other entries.
    void judge(const ledger::Entry& entry, EventKind kind, const Value& record)
    {
        try {
            follow(entry, kind, record);
        } catch (const Value::exception& malformed) {
            wrong(entry, std::string("it holds what no portal writes: ") + malformed.what());
        }
    }

    void follow(const ledger::Entry& entry, EventKind kind, const Value& record)
    {
        auto expected = before_;
        if (kind == EventKind::state_membership_changed)
            expected = after_decision(entry, record);
        if (kind == EventKind::state_access_changed)
            expected = after_change_of_access(entry);
        for (const auto* list : decided_lists)
            if (record.at(list) != expected.at(list))
                wrong(entry, std::string(list) + " is not what was decided");
        if (record.at("access") != expected.at("access"))
            wrong(entry, "its access does not follow from what was decided");
    }

    // The record that the decision made of the one before. It stands in the next entry, which confirms it.
    Value after_decision(const ledger::Entry& entry, const Value& record)
    {
        auto expected = before_;
        const auto next = store::entry_body(db_, entry.seq + 1);
        const auto confirmation = next ? ledger::parse_entry(*next) : std::nullopt;
        const auto opening = store::opening(db_, entry.seq + 1);
        const auto proposal = object_of(opening ? opening->content : std::nullopt);
        const auto body = proposal.value("body", Value::object());
        if (!confirmation || confirmation->kind != domain::row_of(EventKind::proposal_confirmed).name ||
            proposal.value("kind", "") != domain::name_of(domain::ProposalKind::membership_change) || body.value("state", "") != state_) {
            wrong(entry, "no confirmed proposal decided it");
            return expected;
        }
        if (proposal.at("decided_by") == proposal.at("proposed_by"))
            wrong(entry, "one account alone entered and confirmed it");
        for (const auto* list : decided_lists)
            if (body.contains(list))
                expected[list] = with_fact(before_.at(list), body.at(list), body.at("decision"));
        const auto at = domain::from_rfc3339(entry.at);
        if (at)
            expected["access"] = access_as_json(access_at(record, has_access(access_from(before_), *at), *at));
        return expected;
    }

    Value after_change_of_access(const ledger::Entry& entry)
    {
        auto expected = before_;
        const auto access = access_from(before_);
        const auto at = domain::from_rfc3339(entry.at);
        if (!access.changes_at || !at || *at < *access.changes_at)
            wrong(entry, "its access was not due to change");
        else
            expected["access"] = access_as_json(access_after_change(before_, access));
        return expected;
    }

    store::Connection& db_;
    std::string state_;
    Findings& findings_;
    Value before_ = Value::object();
};

}  // namespace

void check_membership(store::Connection& db, Findings& findings)
{
    for (const auto& row : store::numbered_rows(db, Subject::state))
        check_guarded(findings, "the membership of the state " + row.id, [&] { MembershipCheck(db, row.id, findings).run(); });
}

}  // namespace cbmx::service
