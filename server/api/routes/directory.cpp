// Routes of the directory: points of contact, and the nominations that put them there.
#include "api/answer.hpp"
#include "api/handlers/contacts.hpp"
#include "api/handlers/nominations.hpp"
#include "api/routes/shared.hpp"

namespace cbmx::api {
namespace {

constexpr Parameter scope_parameter{.name = "scope",
                                    .kind = Kind::choice,
                                    .summary = "minimal: only State, category, office, institution, languages and freshness",
                                    .choices = "full|minimal"};
constexpr Parameter contact_state{.name = "state", .kind = Kind::text, .summary = "Only contacts of this State (ISO 3166-1 alpha-2)"};
constexpr Parameter contact_category{
    .name = "category", .kind = Kind::choice, .summary = "Only this category", .choices = "policy|foreign_affairs|technical"};
constexpr std::array contact_parameters{
    contact_state,
    contact_category,
    Parameter{.name = "status",
              .kind = Kind::choice,
              .summary = "Default: listed. Objected and removed contacts are visible only to their State and the secretariat",
              .choices = "listed|objected|removed"},
    Parameter{.name = "language", .kind = Kind::text, .summary = "Only contacts that work in this language (BCP 47; es finds es-419)"},
    Parameter{.name = "reachable_now", .kind = Kind::choice, .summary = "Only contacts that are within their hours now", .choices = "true"},
    Parameter{.name = "confirmation_due",
              .kind = Kind::choice,
              .summary = "Only contacts whose yearly confirmation is due within 30 days, or has lapsed",
              .choices = "true"},
    Parameter{.name = "key_expiring",
              .kind = Kind::choice,
              .summary = "Only contacts with a key that expires within 60 days or has expired",
              .choices = "true"},
    Parameter{.name = "text", .kind = Kind::text, .summary = "Only contacts that contain all these words, ignoring case and accents"},
    scope_parameter,
    limit_parameter,
    cursor_parameter,
};
constexpr std::array calendar_parameters{contact_state, contact_category};
constexpr std::array one_contact_parameters{scope_parameter};
constexpr std::array nomination_parameters{
    Parameter{.name = "state", .kind = Kind::text, .summary = "Only nominations by this State (ISO 3166-1 alpha-2)"},
    Parameter{.name = "kind", .kind = Kind::choice, .summary = "Only this kind", .choices = "nomination|amendment|removal"},
    Parameter{
        .name = "status", .kind = Kind::choice, .summary = "Only nominations in this state", .choices = "open|accepted|returned|withdrawn"},
    Parameter{.name = "state_position",
              .kind = Kind::choice,
              .summary = "Only nominations that the secretariat recorded and the State has answered this way",
              .choices = "unanswered|confirmed|objected"},
    Parameter{.name = "contact", .kind = Kind::text, .summary = "Only nominations about this contact"},
    limit_parameter,
    cursor_parameter,
};
constexpr std::array contact_get_errors{ErrorCode::not_found, ErrorCode::not_acceptable};
constexpr std::array nomination_errors{ErrorCode::conflict, ErrorCode::validation_failed, ErrorCode::reference_conflict,
                                       ErrorCode::unavailable};

// clang-format off
const std::array table{
    Route{.method = Method::get, .path = "/v1/contacts", .operation_id = "listContacts", .tag = "directory",
          .summary = "Points of contact; as CSV, vCard or JSContact, up to 10,000 in one answer",
          .permission = Permission::contact_read, .response = "contact", .list = true, .query = contact_parameters,
          .fails_with = page_errors, .handler = &contacts::list, .alternative_media_types = contacts::list_formats},
    Route{.method = Method::get, .path = "/v1/contacts.ics", .operation_id = "getContactCalendar", .tag = "directory",
          .summary = "A calendar (RFC 5545) of the days on which contacts are to be confirmed again: those of one's own State; for "
                     "offices, of all States",
          .permission = Permission::contact_read, .response = "", .query = calendar_parameters, .handler = &contacts::calendar,
          .media_type = "text/calendar"},
    Route{.method = Method::get, .path = "/v1/contacts/{id}", .operation_id = "getContact", .tag = "directory",
          .summary = "One point of contact; a response team also as an RFC 2350 description (text/plain)",
          .permission = Permission::contact_read, .response = "contact", .query = one_contact_parameters, .fails_with = contact_get_errors,
          .handler = &contacts::get, .alternative_media_types = contacts::formats},
    Route{.method = Method::post, .path = "/v1/contacts/{id}/confirm", .operation_id = "confirmContact", .tag = "directory",
          .summary = "Confirm that the entry is correct (nominating authority) or that the contact can be reached (the contact itself)",
          .permission = Permission::contact_confirm, .request = "contact-confirm", .response = "contact", .condition = Condition::if_match,
          .fails_with = person_errors, .handler = &contacts::confirm},
    Route{.method = Method::post, .path = "/v1/contacts/{id}/audience", .operation_id = "changeContactAudience", .tag = "directory",
          .summary = "Set which States see only the reduced scope of a contact of one's own State",
          .permission = Permission::contact_reduce, .request = "contact-audience", .response = "contact", .condition = Condition::one_tag,
          .fails_with = person_errors, .handler = &contacts::audience},
    Route{.method = Method::post, .path = "/v1/contacts/{id}/erase", .operation_id = "eraseContact", .tag = "directory",
          .summary = "Hide a contact and its nominations from everybody at once; the portal erases them later, and proofs remain valid",
          .permission = Permission::contact_erase, .request = "word", .response = "contact", .condition = Condition::one_tag,
          .fails_with = conflict_errors, .handler = &contacts::erase},
    Route{.method = Method::get, .path = "/v1/nominations", .operation_id = "listNominations", .tag = "directory",
          .summary = "Nominations, amendments and removals of one's own State; for the secretariat, of all States",
          .permission = Permission::nomination_read, .response = "nomination", .list = true, .query = nomination_parameters,
          .fails_with = page_errors, .handler = &nominations::list},
    Route{.method = Method::post, .path = "/v1/nominations", .operation_id = "makeNomination", .tag = "directory",
          .summary = "Nominate, amend or remove a contact by note verbale; the secretariat records notes received on paper",
          .permission = Permission::contact_remove, .request = "nomination-create", .response = "nomination", .success = 201,
          .growth = Growth::new_material, .fails_with = nomination_errors, .handler = &nominations::create,
          .body_limit = nominations::body_limit_bytes, .preparation = &nominations::inspect},
    Route{.method = Method::get, .path = "/v1/nominations/{id}", .operation_id = "getNomination", .tag = "directory",
          .summary = "One nomination",
          .permission = Permission::nomination_read, .response = "nomination", .fails_with = missing_errors, .handler = &nominations::get},
    Route{.method = Method::get, .path = "/v1/nominations/{id}/note", .operation_id = "getNominationNote", .tag = "directory",
          .summary = "The file of the signed note verbale, if one was attached",
          .permission = Permission::nomination_read, .response = "", .fails_with = missing_errors, .handler = &nominations::note,
          .media_type = "application/pdf", .alternative_media_types = nominations::note_formats},
    Route{.method = Method::post, .path = "/v1/nominations/{id}/accept", .operation_id = "acceptNomination", .tag = "directory",
          .summary = "Accept a nomination: the contact is listed, amended or removed",
          .permission = Permission::nomination_decide, .response = "nomination", .condition = Condition::one_tag,
          .fails_with = conflict_errors, .handler = &nominations::accept},
    Route{.method = Method::post, .path = "/v1/nominations/{id}/return", .operation_id = "returnNomination", .tag = "directory",
          .summary = "Return a nomination to the nominating authority for a reason of form",
          .permission = Permission::nomination_decide, .request = "nomination-reason", .response = "nomination",
          .condition = Condition::if_match, .fails_with = conflict_errors, .handler = &nominations::send_back},
    Route{.method = Method::post, .path = "/v1/nominations/{id}/withdraw", .operation_id = "withdrawNomination", .tag = "directory",
          .summary = "Withdraw an open nomination of one's own State",
          .permission = Permission::nomination_answer, .response = "nomination", .condition = Condition::one_tag,
          .fails_with = conflict_errors, .handler = &nominations::withdraw},
    Route{.method = Method::post, .path = "/v1/nominations/{id}/confirm", .operation_id = "confirmNomination", .tag = "directory",
          .summary = "Confirm, as the State, a nomination that the secretariat recorded on its behalf",
          .permission = Permission::nomination_answer, .request = "word", .response = "nomination", .condition = Condition::one_tag,
          .fails_with = conflict_errors, .handler = &nominations::confirm},
    Route{.method = Method::post, .path = "/v1/nominations/{id}/object", .operation_id = "objectToNomination", .tag = "directory",
          .summary = "Object, as the State, to a nomination that the secretariat recorded; it is hidden from everyone else",
          .permission = Permission::nomination_answer, .request = "nomination-reason", .response = "nomination",
          .condition = Condition::if_match, .fails_with = conflict_errors, .handler = &nominations::object},
    Route{.method = Method::post, .path = "/v1/nominations/{id}/erase", .operation_id = "eraseNomination", .tag = "directory",
          .summary = "Hide the contents of a returned or withdrawn nomination at once; the portal erases them later",
          .permission = Permission::nomination_answer, .response = "nomination", .condition = Condition::one_tag,
          .fails_with = conflict_errors, .handler = &nominations::erase},
};
// clang-format on

}  // namespace

std::span<const Route> directory_routes() { return table; }

}  // namespace cbmx::api
