// See authority.hpp.
#include "store/log/authority.hpp"
#include <exception>
#include <nlohmann/json.hpp>

namespace cbmx::store {
namespace {

// Of an account's record (service/accounts/accounts.cpp). nullopt: not one that a portal writes.
std::optional<AuthorityAt> authority_in(domain::Seq seq, const std::string& content)
{
    const auto record = nlohmann::json::parse(content, nullptr, false);
    if (!record.is_object() || !record.contains("authority") || !record.at("authority").is_string())
        return std::nullopt;
    const auto authority = domain::value_named<domain::Authority>(record.at("authority").get<std::string>());
    const auto note = record.value("authority_note", nlohmann::json());
    if (!authority || note.is_object() != (authority == domain::Authority::note))
        return std::nullopt;
    return AuthorityAt{seq, authority_text(*authority, note.is_object() ? std::optional(note.dump()) : std::nullopt)};
}

}  // namespace

std::optional<std::string> authority_text(domain::Authority authority, const std::optional<std::string>& note)
{
    using domain::Authority;
    switch (authority) {
    case Authority::note: {
        auto text = nlohmann::json::parse(note.value());  // canonical, and stays so: the members are sorted by name
        text["by"] = "note_verbale";
        return text.dump();
    }
    case Authority::nominator: return R"({"by":"nominating_authority"})";
    case Authority::none: return R"({"by":"operator"})";
    case Authority::demonstration: return R"({"by":"demonstration"})";
    case Authority::office: return std::nullopt;
    }
    std::terminate();
}

std::optional<std::string> authority_of(Connection& connection, const domain::AccountId& account)
{
    if (account.empty())
        return std::nullopt;
    auto rows = connection.query("SELECT authority, authority_note FROM account WHERE id = ?1", account);
    return rows.next() ? authority_text(rows.named<domain::Authority>(0), rows.optional_text(1)) : std::nullopt;
}

AuthorityHistory authority_history(Connection& connection)
{
    AuthorityHistory history;
    auto rows = connection.query("SELECT e.subject, e.seq, o.content FROM ledger_entry e JOIN ledger_opening o ON o.seq = e.seq"
                                 " WHERE e.subject_kind = ?1 AND o.content IS NOT NULL ORDER BY e.subject, e.seq",
                                 domain::name_of(domain::Subject::account));
    while (rows.next())
        if (auto authority = authority_in(rows.integer(1), rows.text(2)))
            history[rows.text(0)].push_back(std::move(*authority));
    return history;
}

}  // namespace cbmx::store
