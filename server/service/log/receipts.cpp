// See receipts.hpp. A receipt's proof always leads to the checkpoint of the entry's own batch, so that it never changes.
#include "service/log/receipts.hpp"
#include "ledger/receipt.hpp"
#include "store/log/pages.hpp"

namespace cbmx::service {
namespace {

struct Proven {
    std::uint64_t index;
    std::vector<base::Hash> proof;
    std::string checkpoint;
};

// In the order of the entries; nullopt: not sealed yet. The proofs of a page share most of their nodes, which are read at once.
std::vector<std::optional<Proven>> prove(Connection& db, const std::vector<Seq>& entries)
{
    const auto checkpoints = store::checkpoints_over(db, entries);
    std::vector<store::ProofOf> wanted;
    wanted.reserve(checkpoints.size());
    for (const auto& [seq, checkpoint] : checkpoints)
        wanted.push_back({static_cast<std::uint64_t>(seq), checkpoint.size});
    const auto nodes = store::nodes_of(db, wanted);
    std::vector<std::optional<Proven>> proven;
    proven.reserve(entries.size());
    for (const auto seq : entries) {
        const auto checkpoint = checkpoints.find(seq);
        const auto index = static_cast<std::uint64_t>(seq);
        proven.push_back(checkpoint == checkpoints.end()
                             ? std::nullopt
                             : std::optional(Proven{.index = index,
                                                    .proof = ledger::inclusion_proof(index, checkpoint->second.size, nodes),
                                                    .checkpoint = checkpoint->second.note}));
    }
    return proven;
}

std::string text_of(const Proven& proven, const std::string& entry)
{
    return ledger::receipt(entry, proven.index, proven.proof, proven.checkpoint);
}

bool is_within_reach(const Portal& portal, Connection& db, const Principal& principal, Seq seq)
{
    return seq >= 0 && (!principal.is_anonymous() || static_cast<std::uint64_t>(seq) < published_size(portal, db, principal));
}

std::optional<store::EntryRow> reachable_entry(const Portal& portal, Connection& db, const Principal& principal, Seq seq)
{
    return is_within_reach(portal, db, principal, seq) ? store::visible_entry(db, principal.visibility, seq) : std::nullopt;
}

struct Receipted {
    store::EntryRow entry;
    std::string opening, receipt;
};

std::optional<Receipted> receipted(const Portal& portal, Connection& db, const Principal& principal, Seq seq)
{
    auto entry = reachable_entry(portal, db, principal, seq);
    const auto proven = entry ? prove(db, {seq}).front() : std::nullopt;
    if (!proven)
        return std::nullopt;
    auto opening = opening_texts(db, principal, {*entry}).front();
    auto receipt = text_of(*proven, entry->body);
    return Receipted{std::move(*entry), std::move(opening), std::move(receipt)};
}

// A reader who gains access by a change of audience also gets the receipt of the publication that can now be read. Of one that came
// later its own entry tells.
std::optional<Receipted> publication_with(const Portal& portal, Connection& db, const Principal& principal, const store::EntryRow& change)
{
    const auto kind = domain::event_kind_from(change.kind);
    if (kind != domain::EventKind::report_label_changed && kind != domain::EventKind::report_recipients_changed)
        return std::nullopt;
    const auto seq = store::publication_of(db, change.subject);
    auto publication = seq ? receipted(portal, db, principal, *seq) : std::nullopt;
    return publication && publication->entry.revision == change.revision ? publication : std::nullopt;
}

}  // namespace

std::vector<std::string> receipt_texts(Connection& db, const Entries& entries)
{
    const auto proven = prove(db, store::numbers_of(entries));
    std::vector<std::string> texts;
    texts.reserve(entries.size());
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (!proven[i])
            throw std::logic_error("an entry that was committed is under no checkpoint");
        texts.push_back(text_of(*proven[i], entries[i].body));
    }
    return texts;
}

Result<std::string> receipt_text(Connection& db, Seq seq)
{
    const auto body = store::entry_body(db, seq);
    const auto proven = body ? prove(db, {seq}).front() : std::nullopt;
    if (!proven)
        return domain::not_found();
    return text_of(*proven, *body);
}

Result<nlohmann::json> receipt_json(Connection& db, Seq seq)
{
    const auto text = receipt_text(db, seq);
    return text ? json_result(nlohmann::json::parse(*text)) : text.error();
}

Result<std::string> render_receipt(const Portal& portal, Connection& db, const Principal& principal, Seq seq)
{
    const auto found = receipted(portal, db, principal, seq);
    if (!found)
        return domain::not_found();
    std::string text = "{\"opening\":";
    text.append(found->opening);
    if (const auto publication = publication_with(portal, db, principal, found->entry))
        text.append(",\"publication\":{\"opening\":")
            .append(publication->opening)
            .append(",\"receipt\":")
            .append(publication->receipt)
            .append("}");
    return text.append(",\"receipt\":").append(found->receipt).append("}");
}

Result<nlohmann::json> get_receipt(const Portal& portal, Connection& db, const Principal& principal, Seq seq)
{
    const auto text = render_receipt(portal, db, principal, seq);
    return text ? json_result(nlohmann::json::parse(*text)) : text.error();
}

std::string openings_about(Connection& db, const Principal& principal, const std::string& subject)
{
    constexpr std::int64_t entries_at_once = 100;
    std::string text = "[";
    store::AuditFilter filter{.subject = subject, .kind = {}, .after = -1, .limit = entries_at_once};
    for (auto entries = store::audit(db, principal.visibility, filter); !entries.empty();
         entries = store::audit(db, principal.visibility, filter)) {
        const auto openings = opening_texts(db, principal, entries);
        const auto receipts = receipt_texts(db, entries);
        for (std::size_t i = 0; i < entries.size(); ++i)
            if (openings[i] != "null")
                text.append(text.size() > 1 ? "," : "")
                    .append("{\"opening\":")
                    .append(openings[i])
                    .append(",\"receipt\":")
                    .append(receipts[i])
                    .append("}");
        filter.after = entries.back().seq;
    }
    return text.append("]");
}

Result<std::string> get_tlog_proof(const Portal& portal, Connection& db, const Principal& principal, Seq seq)
{
    const auto entry = reachable_entry(portal, db, principal, seq);
    const auto proven = entry ? prove(db, {seq}).front() : std::nullopt;
    if (!proven)
        return domain::not_found();
    return ledger::tlog_proof(proven->index, proven->proof, proven->checkpoint);
}

}  // namespace cbmx::service
