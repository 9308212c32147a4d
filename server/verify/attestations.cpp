// Each attestation is judged again (rules.md 18): that its entry says when and by whom, and that nobody attested in whose hands the
// credential was. Whose those are: service/accounts/attestation.hpp.
#include "ledger/entry.hpp"
#include "service/accounts/attestation.hpp"
#include "store/log/scan.hpp"
#include "verify/parts.hpp"

namespace cbmx::service {
namespace {

using domain::EventKind;
using domain::Subject;

struct Said {
    ledger::Entry entry;
    store::OpeningRow opening;
};

std::optional<Said> attestation_said(store::Connection& db, const domain::EnrolmentId& id)
{
    for (auto& stored : store::entries_about(db, Subject::enrolment, id.value)) {
        auto entry = ledger::parse_entry(stored.body);
        if (entry && entry->kind == domain::row_of(EventKind::enrolment_attested).name)
            return Said{std::move(*entry), std::move(stored.opening)};
    }
    return std::nullopt;
}

template <class Id>
std::optional<std::string> text_of(const std::optional<Id>& id)
{
    return id ? std::optional(id->value) : std::nullopt;
}

// With the account of whoever attested, his name is taken out of the entry.
bool is_by_another(const store::EnrolmentRow& row, const Said& said)
{
    const bool is_erased = said.entry.actor_handle && !said.opening.actor;
    return !is_erased && (said.opening.actor != text_of(row.attested_by) || said.opening.credential != text_of(row.attested_with));
}

void check_attestation(store::Connection& db, const domain::EnrolmentId& id, Findings& findings)
{
    const auto row = store::find_enrolment(db, id);
    const auto said = attestation_said(db, id);
    if (!row)
        return;  // named with the rows
    const auto seq = said ? std::optional(said->entry.seq) : std::nullopt;
    const auto fault = [&](const std::string& what) { findings.fault(seq, "the enrolment " + id.value + ": " + what); };
    if (!said)
        return fault("it counts as attested, and no entry says so");
    if (!row->attested_at)
        return fault("its entry says that it was attested, its row does not");
    const bool is_carried_over = said->entry.actor_role == domain::ActingRole::of_operator().name();  // into a new epoch
    if (!is_carried_over && *row->attested_at != said->entry.at)
        fault("it was attested at another time than its entry says");
    if (!is_carried_over && is_by_another(*row, *said))
        fault("it was attested by another than its entry names");
    if (!row->attested_by)
        return fault("nobody attested it");
    const Actor by{*row->attested_by, row->attested_with.value_or(domain::CredentialId()), row->attested_at};
    if (!are_apart(hands_of(db, by, {}), hands_of_enrolment(db, *row)))
        fault("it was attested by somebody in whose hands it was");
}

}  // namespace

void check_attestations(store::Connection& db, Findings& findings)
{
    for (const auto& id : store::attested_enrolments(db))
        try {
            check_attestation(db, id, findings);
        } catch (const std::exception& malformed) {  // hides no other
            findings.fault(std::nullopt, "the enrolment " + id.value + " holds what no portal writes: " + malformed.what());
        }
}

}  // namespace cbmx::service
