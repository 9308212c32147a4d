// See contacts.hpp: decode the call, ask the service, shape the answer.
#include "api/handlers/contacts.hpp"
#include "api/formats/calendar.hpp"
#include "api/formats/csv.hpp"
#include "api/formats/rfc2350.hpp"
#include "api/formats/vcard.hpp"
#include "api/list_call.hpp"
#include "json/text.hpp"
#include "service/directory/contacts.hpp"

namespace cbmx::api::contacts {
namespace {

using Items = std::vector<nlohmann::json>;

constexpr std::string_view json_type = "application/json";

bool is_set(const Call& call, std::string_view name) { return call.parameter(name) == "true"; }

Result<service::ContactQuery> query_of(const Call& call)
{
    service::ContactQuery query{.status = {},
                                .state = call.parameter("state"),
                                .category = call.parameter("category"),
                                .language = call.parameter("language"),
                                .text = call.parameter("text")};
    query.reachable_now = is_set(call, "reachable_now");
    query.confirmation_due = is_set(call, "confirmation_due");
    query.key_expiring = is_set(call, "key_expiring");
    query.minimal = call.parameter("scope") == "minimal";
    query.status = call.parameter("status").value_or("listed");
    if (query.language && !json::is_language_tag(*query.language))
        return bad_parameter("language", Rule::format, {{"format", "language-tag"}});
    if (query.text && !json::is_stream_safe(*query.text))
        return bad_parameter("text", Rule::forbidden_character);
    return query;
}

Result<Answer> bytes_answer(std::string body, std::string content_type, std::string_view file_name)
{
    Answer answer;
    answer.body = std::move(body);
    answer.content_type = std::move(content_type);
    answer.fields.push_back({"Content-Disposition", "attachment; filename=\"" + std::string(file_name) + "\""});
    return answer;
}

// The same contacts in another format than JSON.
Result<Answer> formatted(const Call& call, const Items& items)
{
    if (call.media_type == "text/csv")
        return bytes_answer(contacts_csv(items), "text/csv; charset=utf-8; header=present", "contacts.csv");
    if (call.media_type == "text/vcard")
        return bytes_answer(vcards(items, call.language), "text/vcard; charset=utf-8", "contacts.vcf");
    return bytes_answer(jscontact(items, call.language), "application/jscontact+json", "contacts.jscontact.json");
}

Items items_of(const service::Page& page) { return {page.items.begin(), page.items.end()}; }

}  // namespace

Result<Answer> list(const Call& call, store::Connection& connection)
{
    const auto query = query_of(call);
    if (!query)
        return query.error();
    const auto after = cursor_of(call);
    if (!after)
        return after.error();
    const bool is_page = call.media_type == json_type;
    const auto limit = is_page || call.parameter("limit") ? limit_of(call) : max_bulk_contacts;
    auto page = service::list_contacts(connection, call.principal, call.language, *query, call.now, limit, *after);
    if (!page || is_page)
        return listed(call, std::move(page));
    auto answer = formatted(call, items_of(*page));
    if (answer && page->next)
        answer->fields.push_back({"Link", "<" + link_to(call, {{"cursor", cursor_from(*page->next)}}) + ">; rel=\"next\""});
    return answer;
}

// One's own State's confirmations; for offices those of all States.
Result<Answer> calendar(const Call& call, store::Connection& connection)
{
    service::ContactQuery query{.status = "listed", .state = call.parameter("state"), .category = call.parameter("category")};
    if (!query.state && call.principal.home.is_state())
        query.state = call.principal.home.state().value;
    const auto page = service::list_contacts(connection, call.principal, call.language, query, call.now, max_bulk_contacts, "");
    if (!page)
        return page.error();
    return bytes_answer(confirmation_calendar(items_of(*page), call.language, call.now), "text/calendar; charset=utf-8", "contacts.ics");
}

Result<Answer> get(const Call& call, store::Connection& connection)
{
    const auto contact =
        service::get_contact(connection, call.principal, call.language, call.at("id"), call.now, call.parameter("scope") == "minimal");
    if (!contact)
        return contact.error();
    if (call.media_type == json_type)
        return representation_answer(*contact);
    const auto& content = contact->body.at("content");
    if (!content.is_object())  // erased: nothing to put into another format
        return Error{ErrorCode::not_acceptable};
    if (call.media_type == "application/jscontact+json")
        return bytes_answer(jscontact_card(contact->body, call.language).dump(), call.media_type, "contact.jscontact.json");
    if (call.media_type != "text/plain")
        return formatted(call, {contact->body});
    // RFC 2350 describes a response team; of the reduced scope it would say that nothing was given.
    if (content.value("category", "") != "technical" || contact->body.at("meta").at("scope") != "full")
        return Error{ErrorCode::not_acceptable};
    return bytes_answer(rfc2350_text(contact->body, call.language), "text/plain; charset=utf-8", "rfc2350.txt");
}

Result<service::Outcome> confirm(const Call& call, store::Transaction& transaction)
{
    return service::confirm_contact(transaction, call.principal, call.at("id"), call.body.value("what", std::vector<std::string>()),
                                    call.if_match.value());
}

Result<service::Outcome> audience(const Call& call, store::Transaction& transaction)
{
    return service::reduce_contact(transaction, call.principal, call.at("id"), call.body.at("minimal_for").get<std::vector<std::string>>(),
                                   call.if_match.value());
}

Result<service::Outcome> erase(const Call& call, store::Transaction& transaction)
{
    return service::schedule_contact_erasure(transaction, call.principal, call.at("id"), call.if_match.value(), call.portal.erasure_delay);
}

}  // namespace cbmx::api::contacts
