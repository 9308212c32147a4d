// A founding as the secretariat records it (schema proposal-create), and the two halves of its codes.
#pragma once
#include "service/proposals/proposals.hpp"
#include "support/decisions.hpp"

namespace cbmx::test {

inline const std::string first_half = "ABCDEFGH2345", second_half = "JKLMNPQR6789";  // of the code of the first official

// A nominator who is to come in with a token. With "certificate" among the changes: by that instead.
inline nlohmann::json an_official(const nlohmann::json& changes = nlohmann::json::object())
{
    nlohmann::json official{{"name", "Ana Rojas"},
                            {"function", "Counsellor, Permanent Mission"},
                            {"telephone", "+56225550101"},
                            {"email", "ana.rojas@mission.example"},
                            {"roles", {"nominator"}}};
    if (!changes.contains("certificate")) {
        official["code_sha256"] = base::hex(base::sha256(first_half));
        official["credential"] = {{"kind", "token"}, {"label", "First token"}, {"scopes", {"accounts", "read"}}, {"expires_in_days", 90}};
    }
    official.merge_patch(changes);
    return official;
}

inline nlohmann::json a_founding(const std::string& state, const std::vector<nlohmann::json>& officials = {an_official()},
                                 const std::string& note = "NV 12/2026")
{
    return {{"kind", "founding"}, {"state", state}, {"decision", a_decision(note)}, {"officials", officials}};
}

// As the handler does: the cited document is read first.
inline service::Result<service::Outcome> propose_founding(store::Transaction& transaction, const domain::Principal& by,
                                                          const nlohmann::json& body)
{
    const auto decision = service::read_decision(body.at("decision"), "/decision", transaction.now());
    return decision ? service::make_proposal(transaction, by, body, *decision) : decision.error();
}

}  // namespace cbmx::test
