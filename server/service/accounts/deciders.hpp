// WHO DECIDES on what was proposed: by which roles, and whether as another person than the proposer. Which kind of proposal asks for
// whom: service/proposals/kinds.hpp.
#pragma once
#include "domain/names.hpp"
#include "service/portal.hpp"
#include "store/rows/credentials.hpp"
#include <functional>

namespace cbmx::service {

enum class Decider {
    nominator,
    nominator_and_approver,  // another person than the proposer; one of the two a nominator, the other an approver
    another_approver,        // than the proposer
    another_nominator,       // than the proposer, and never the same person again, whoever acts alone
    approver,                // any
    another,                 // than the proposer, who might have proposed it too
    machine,                 // the operator, with the note verbale in hand
    another_of_secretariat,  // than the proposer, with the document in hand; the operator where there is none
};

// Whether somebody with these roles may decide on what somebody with the proposer's roles proposes, as far as roles go.
bool do_roles_suffice(Decider decider, const domain::RoleSet& roles, const domain::RoleSet& proposers);
bool is_another_person(Decider decider);  // who decides is not the proposer
// Of a State whose one official acts alone the same person decides, later (state_settings.hpp, acts_alone): but for what says that it was
// two.
bool asks_again(Decider decider);

// Whoever holds this may not decide, although the roles suffice: nobody changes their own role.
using Excepted = std::function<bool(const store::CredentialRow&)>;
// Before a proposal is made that waits for a person of this State: conflict (nobody_could_confirm) when none has the role and a usable
// credential now, and the proposer is not asked again himself (asks_again). What others decide needs nobody here.
Result<void> check_somebody_could(Connection& db, domain::Instant now, const Principal& proposer, const domain::Home& home, Decider decider,
                                  const Excepted& is_excepted = nullptr);

}  // namespace cbmx::service

template <>
struct cbmx::domain::Names<cbmx::service::Decider> {
    static constexpr std::array<std::string_view, 8> text{
        "nominator", "nominator_and_approver", "another_approver", "another_nominator", "approver", "another",
        "machine",   "another_of_secretariat"};
};
