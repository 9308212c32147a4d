// See documents.hpp: decode the call, ask the service, shape the answer.
#include "api/handlers/documents.hpp"
#include "api/list_call.hpp"
#include "base/text.hpp"
#include "json/text.hpp"
#include "service/registry/documents.hpp"

namespace cbmx::api::documents {
namespace {

std::optional<std::int64_t> integer_of(const Call& call, std::string_view name)
{
    const auto text = call.parameter(name);
    if (!text)
        return std::nullopt;
    return base::whole_number<std::int64_t>(*text).value_or(0);
}

Result<service::DocumentFilter> filter_of(const Call& call)
{
    service::DocumentFilter filter;
    filter.state = call.parameter("state");
    filter.year = integer_of(call, "year");
    filter.language = call.parameter("language");
    filter.kind = call.parameter("kind");
    filter.changed_since = integer_of(call, "changed_since");
    if (filter.language && !json::is_language_tag(*filter.language))
        return bad_parameter("language", Rule::format, {{"format", "language-tag"}});
    return filter;
}

}  // namespace

Result<Answer> list(const Call& call, store::Connection& connection)
{
    const auto filter = filter_of(call);
    if (!filter)
        return filter.error();
    const auto after = cursor_of(call);
    if (!after)
        return after.error();
    return listed(call, service::list_documents(connection, call.principal, call.language, *filter, limit_of(call), *after));
}

Result<Answer> get(const Call& call, store::Connection& connection)
{
    const auto found = service::get_document(connection, call.principal, call.language, domain::DocumentId(call.at("id")));
    if (!found)
        return found.error();
    return representation_answer(*found);
}

Result<service::Outcome> create(const Call& call, store::Transaction& transaction)
{
    return service::create_document(transaction, call.principal, call.body);
}

Result<service::Outcome> change(const Call& call, store::Transaction& transaction)
{
    return service::change_document(transaction, call.principal, domain::DocumentId(call.at("id")), call.if_match.value(), call.body);
}

}  // namespace cbmx::api::documents
