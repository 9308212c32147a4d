// See cosignatures.hpp. What is accepted is checked in the order: is it our checkpoint, who speaks, when.
#include "service/log/cosignatures.hpp"
#include "base/public_key.hpp"
#include "base/text.hpp"
#include "ledger/cosignature.hpp"
#include "service/accounts/signing_keys.hpp"
#include "service/rights.hpp"
#include "store/rows/cosignatures.hpp"

namespace cbmx::service {
namespace {

using domain::Permission;

constexpr const char* place = "/checkpoint";

std::string time_text(std::uint64_t seconds) { return domain::to_rfc3339(domain::Instant(std::chrono::seconds(seconds))); }

// The stored checkpoint whose body the note has, when the caller has been shown that size and the log's own line is right.
std::optional<store::CheckpointRow> our_checkpoint(const Portal& portal, Connection& db, const Principal& principal,
                                                   const std::string& note)
{
    const auto opened = ledger::open_checkpoint(note, store::log_keys(db));
    if (!opened || opened->size > published_size(portal, db, principal))
        return std::nullopt;
    auto row = store::checkpoint_of_size(db, opened->size);
    const auto same_body = [&note](const std::string& ours) { return note.starts_with(ours.substr(0, ours.rfind("\n\n") + 2)); };
    return row && same_body(row->note) ? std::move(row) : std::nullopt;
}

// The rule that the time breaks.
std::optional<Violation> time_fault(std::uint64_t time, const store::CheckpointRow& checkpoint, domain::Instant now)
{
    const auto seconds = [](domain::Instant instant) {
        return static_cast<std::uint64_t>(std::chrono::floor<std::chrono::seconds>(instant).time_since_epoch().count());
    };
    const auto tolerance = static_cast<std::uint64_t>(witness_clock_tolerance.count());
    const auto earliest = seconds(domain::from_rfc3339(checkpoint.at).value()) - tolerance, latest = seconds(now) + tolerance;
    if (time > latest)
        return Violation{place, Rule::above_maximum, {{"limit", time_text(latest)}}};
    if (time < earliest)
        return Violation{place, Rule::below_minimum, {{"limit", time_text(earliest)}}};
    return std::nullopt;
}

// One request's reading of the lines, for one State.
class Reading {
public:
    Reading(Transaction& transaction, const store::CheckpointRow& checkpoint, std::string note)
        : transaction_(transaction), checkpoint_(checkpoint), note_(std::move(note))
    {
        for (const auto& row : store::cosignatures_of(transaction_.db(), checkpoint_.size))
            known_.push_back(row);
    }

    void read(const store::SigningKeyRow& key)
    {
        const ledger::VerifierKey witness{key.name.value(), base::ed25519_public_key(key.public_key).value()};
        const auto said = ledger::witnessed_by(note_, witness);
        if (key.status != domain::SigningKeyStatus::active) {
            has_revoked_ = has_revoked_ || said.by;
            return;
        }
        has_own_ = has_own_ || said.is_wrong || said.by;
        if (said.is_wrong) {
            code_ = ErrorCode::signature_invalid;
            violations_.push_back({place, Rule::invalid_value});
        } else if (said.by) {
            keep(key, *said.by);
        }
    }

    Result<Outcome> outcome() const
    {
        if (!violations_.empty())
            return Error{code_, violations_};
        if (!has_own_)
            return domain::invalid(place, has_revoked_ ? Rule::not_active : Rule::unknown_reference);
        return Outcome{.status = has_new_ ? 201 : 200, .subject = domain::Subject::cosignature, .id = std::to_string(checkpoint_.size)};
    }

private:
    void keep(const store::SigningKeyRow& key, const ledger::Cosignature& cosignature)
    {
        if (std::any_of(known_.begin(), known_.end(), [&key](const store::CosignatureRow& row) { return row.signing_key == key.id; }))
            return;
        if (auto fault = time_fault(cosignature.time, checkpoint_, transaction_.now()))
            return violations_.push_back(std::move(*fault));
        const auto own =
            std::count_if(known_.begin(), known_.end(), [&key](const store::CosignatureRow& row) { return row.state == key.state; });
        if (own >= static_cast<std::ptrdiff_t>(max_cosignatures_of_state))
            return violations_.push_back({place, Rule::too_many_items, {{"limit", std::to_string(max_cosignatures_of_state)}}});
        const auto bytes = ledger::bytes_of(cosignature);
        store::insert_cosignature(transaction_.db(), checkpoint_.size, key.id, bytes);
        known_.push_back({.size = checkpoint_.size, .signing_key = key.id, .bytes = bytes, .name = *key.name, .state = key.state});
        has_new_ = true;
    }

    Transaction& transaction_;
    const store::CheckpointRow& checkpoint_;
    std::string note_;
    std::vector<store::CosignatureRow> known_;
    std::vector<Violation> violations_;
    ErrorCode code_ = ErrorCode::validation_failed;
    bool has_own_ = false, has_revoked_ = false, has_new_ = false;
};

}  // namespace

Result<Outcome> add_cosignatures(const Portal& portal, Transaction& transaction, const Principal& principal, const std::string& note)
{
    if (!principal.home.is_state())
        return Error{ErrorCode::forbidden};
    if (auto allowed = require(principal, Permission::log_cosign, principal.home); !allowed)
        return allowed.error();
    const auto checkpoint = our_checkpoint(portal, transaction.db(), principal, note);
    if (!checkpoint)
        return domain::invalid(place, Rule::not_this_log);
    Reading reading(transaction, *checkpoint, note);
    for (const auto& key : store::witnesses_of(transaction.db(), principal.home.state()))
        reading.read(key);
    return reading.outcome();
}

Result<Representation> get_cosignatures(Connection& db, const std::string& size)
{
    const auto number = base::whole_number<std::uint64_t>(size).value_or(0);
    const auto checkpoint = store::checkpoint_of_size(db, number);
    if (!checkpoint)
        return domain::not_found();
    auto witnesses = nlohmann::json::array();
    for (const auto& row : store::cosignatures_of(db, number))
        witnesses.push_back(
            {{"witness", row.name}, {"state", row.state.value}, {"time", time_text(ledger::parse_cosignature(row.bytes).value().time)}});
    return Representation{
        {{"id", size}, {"content", {{"size", number}, {"checkpoint", cosigned(db, *checkpoint)}, {"cosignatures", std::move(witnesses)}}}},
        std::nullopt};
}

std::string cosigned(Connection& db, const store::CheckpointRow& checkpoint)
{
    std::string note = checkpoint.note;
    for (const auto& row : store::cosignatures_of(db, checkpoint.size))
        note += ledger::cosignature_line(row.name, row.bytes);
    return note;
}

Page list_witnesses(Connection& db, std::int64_t limit, const std::string& after)
{
    Page page;
    const auto rows = store::witnesses_after(db, after, limit + 1);
    const auto count = std::min(rows.size(), static_cast<std::size_t>(limit));
    for (std::size_t i = 0; i < count; ++i)
        page.items.push_back({{"name", rows[i].name.value()},
                              {"state", rows[i].state.value},
                              {"verifier_key", verifier_text(rows[i])},
                              {"status", domain::name_of(rows[i].status)},
                              {"registered_at", rows[i].created_at},
                              {"revoked_at", or_null(rows[i].revoked_at)}});
    if (rows.size() > count)
        page.next = store::witness_key(rows[count - 1]);
    return page;
}

}  // namespace cbmx::service
