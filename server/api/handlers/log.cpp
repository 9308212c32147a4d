// See log.hpp; service/log/log.hpp and service/log/cosignatures.hpp do it.
#include "api/handlers/log.hpp"
#include "api/answer.hpp"
#include "api/handlers/feed_parameters.hpp"
#include "api/list_call.hpp"
#include "service/log/cosignatures.hpp"
#include "service/log/log.hpp"

namespace cbmx::api::log {
namespace {

Result<Answer> answer_of(const Result<nlohmann::json>& body)
{
    if (!body)
        return body.error();
    return json_answer(*body);
}

std::vector<std::string> segments_of(const std::string& path)
{
    std::vector<std::string> segments;
    std::size_t begin = 0;
    while (true) {
        const auto slash = path.find('/', begin);
        segments.push_back(path.substr(begin, slash - begin));
        if (slash == std::string::npos)
            return segments;
        begin = slash + 1;
    }
}

domain::Seq required(const Call& call, std::string_view name) { return seq_parameter(call, name).value_or(0); }

}  // namespace

Result<Answer> leaves(const Call& call, store::Connection& db)
{
    return answer_of(service::leaf_range(call.portal, db, call.principal, required(call, "from"), seq_parameter(call, "to")));
}

Result<Answer> checkpoint(const Call& call, store::Connection& db)
{
    auto note = service::published_checkpoint(call.portal, db, call.principal);
    if (!note)
        return note.error();
    Answer answer;
    answer.body = std::move(*note);
    answer.content_type = "text/plain; charset=utf-8";
    return answer;
}

Result<Answer> key(const Call& call, store::Connection& db) { return json_answer(service::log_key(call.portal, db, call.principal)); }

Result<Answer> inclusion(const Call& call, store::Connection& db)
{
    return answer_of(service::inclusion(call.portal, db, call.principal, required(call, "index"), required(call, "size")));
}

Result<Answer> consistency(const Call& call, store::Connection& db)
{
    return answer_of(service::consistency(call.portal, db, call.principal, required(call, "first"), required(call, "second")));
}

Result<Answer> tile(const Call& call, store::Connection& db)
{
    const auto which = ledger::parse_tile_path(segments_of(call.at("rest")));
    if (!which)
        return domain::not_found();
    auto bytes = service::tile(call.portal, db, call.principal, *which);
    if (!bytes)
        return bytes.error();
    Answer answer;
    answer.body = std::move(*bytes);
    answer.content_type = "application/octet-stream";
    if (which->width == ledger::tile_width)  // a full tile never changes
        answer.fields.push_back({"Cache-Control", "public, max-age=31536000, immutable"});
    return answer;
}

Result<Answer> witnesses(const Call& call, store::Connection& db)
{
    const auto after = cursor_of(call);
    if (!after)
        return after.error();
    return listed(call, service::list_witnesses(db, limit_of(call), *after));
}

Result<service::Outcome> cosign(const Call& call, store::Transaction& transaction)
{
    return service::add_cosignatures(call.portal, transaction, call.principal, call.body.at("checkpoint").get<std::string>());
}

}  // namespace cbmx::api::log
