// Thin: decode the call, ask the service, give its answer.
#include "api/handlers/reports.hpp"
#include "api/answer.hpp"
#include "base/text.hpp"
#include "service/reports/needs.hpp"
#include "service/reports/reports.hpp"
#include "service/reports/view.hpp"

namespace cbmx::api::reports {
namespace {

std::int64_t number(const std::string& text) { return base::whole_number<std::int64_t>(text).value_or(0); }

store::ReportOrder order_of(const Call& call)
{
    const auto sort = call.parameter("sort").value_or("-changed");
    if (sort == "changed")
        return store::ReportOrder::changed;
    return sort == "state" ? store::ReportOrder::state : store::ReportOrder::newest;
}

Answer shown(const Result<service::Representation>& representation) { return representation_answer(*representation); }

// Where a page of reports begins; empty: at the beginning.
Result<std::string> place_of(const Call& call)
{
    const auto cursor = call.parameter("cursor");
    if (!cursor)
        return std::string();
    if (auto key = key_from(*cursor); key && service::is_place(*key))
        return std::move(*key);
    return bad_parameter("cursor", Rule::format, {{"format", "cursor"}});
}

}  // namespace

Result<Answer> list(const Call& call, store::Connection& db)
{
    const auto after = place_of(call);
    if (!after)
        return after.error();
    store::ReportFilter filter;
    filter.state = call.parameter("state");
    filter.measure = call.parameter("measure");
    filter.period = call.parameter("period");
    filter.status = call.parameter("status");
    filter.workflow_state = call.parameter("workflow_state");
    filter.language = call.parameter("language");
    filter.tag = call.parameter("tag");
    if (const auto label = call.parameter("label")) {
        const auto known = domain::label_from(*label);
        if (!known)
            return bad_parameter("label", Rule::invalid_value, {{"allowed", "TLP:CLEAR, TLP:GREEN, TLP:AMBER, TLP:AMBER+STRICT, TLP:RED"}});
        filter.label = std::string(domain::name_of(*known));
    }
    if (const auto since = call.parameter("changed_since"))
        filter.changed_since = number(*since);
    const auto fields = base::split_commas(call.parameter("fields").value_or(""));
    const service::PageAsked asked{limit_of(call), *after, call.portal.list_steps};
    if (fields.empty()) {
        auto page = service::render_reports(db, call.principal, call.language, filter, order_of(call), asked);
        return page ? Result<Answer>(page_answer(call, page->items, page->next)) : page.error();
    }
    const auto page = service::list_reports(db, call.principal, call.language, filter, order_of(call), fields, asked);
    return page ? Result<Answer>(page_answer(call, page->items.dump(), page->next)) : page.error();
}

Result<Answer> needs(const Call& call, store::Connection& db)
{
    const auto after = place_of(call);
    if (!after)
        return after.error();
    const auto kind = call.parameter("kind");
    const service::NeedsQuery query{
        .state = call.parameter("state"), .measure = call.parameter("measure"), .needed = kind != "offered", .offered = kind != "needed"};
    const auto page = service::list_needs(db, call.principal, call.language, query, {limit_of(call), *after, call.portal.list_steps});
    return page ? Result<Answer>(page_answer(call, page->items.dump(), page->next)) : page.error();
}

Result<Answer> get(const Call& call, store::Connection& db)
{
    auto report = service::render_report(db, call.principal, call.language, call.at("id"));
    if (!report)
        return report.error();
    Answer answer;
    answer.body = std::move(report->text);
    answer.tag = std::move(report->tag);
    return answer;
}

Result<Answer> get_draft(const Call& call, store::Connection& db)
{
    const auto draft = service::get_draft(db, call.principal, call.language, call.at("id"));
    return draft ? Result<Answer>(shown(draft)) : draft.error();
}

Result<Answer> revisions(const Call& call, store::Connection& db)
{
    std::int64_t after = 0;
    if (const auto cursor = call.parameter("cursor")) {
        const auto key = key_from(*cursor);
        after = key ? number(*key) : 0;
        if (after <= 0)
            return bad_parameter("cursor", Rule::format, {{"format", "cursor"}});
    }
    auto page = service::list_revisions(db, call.principal, call.language, call.at("id"), limit_of(call), after);
    if (!page)
        return page.error();
    if (page->next)
        page->next = cursor_from(*page->next);
    return page_answer(call, *page);
}

Result<Answer> revision(const Call& call, store::Connection& db)
{
    const auto one = service::get_revision(db, call.principal, call.language, call.at("id"), number(call.at("revision")));
    return one ? Result<Answer>(shown(one)) : one.error();
}

Result<Answer> difference(const Call& call, store::Connection& db)
{
    const auto changes =
        service::difference(db, call.principal, call.at("id"), number(*call.parameter("from")), number(*call.parameter("to")));
    return changes ? Result<Answer>(json_answer(*changes)) : changes.error();
}

Result<Answer> view(const Call& call, store::Connection& db)
{
    const auto of = call.parameter("of");
    const auto what = !of ? std::nullopt : std::optional(*of == "draft" ? service::ViewOf::draft : service::ViewOf::publication);
    const auto seen = service::view_report(db, call.principal, call.language, call.now, call.at("id"), what, call.parameter("audience"));
    return seen ? Result<Answer>(shown(seen)) : seen.error();
}

Result<Answer> approvers(const Call& call, store::Connection& db)
{
    const auto list = service::who_may_approve(db, call.principal, call.now, call.at("id"));
    return list ? Result<Answer>(shown(list)) : list.error();
}

Result<service::Outcome> create(const Call& call, store::Transaction& transaction)
{
    return service::create_report(transaction, call.principal, call.body);
}

Result<service::Outcome> carry_forward(const Call& call, store::Transaction& transaction)
{
    return service::carry_report_forward(transaction, call.principal, call.at("id"), call.body);
}

Result<service::Outcome> edit(const Call& call, store::Transaction& transaction)
{
    return service::edit_draft(transaction, call.principal, call.at("id"), call.body, *call.if_match);
}

Result<service::Outcome> discard(const Call& call, store::Transaction& transaction)
{
    return service::discard_draft(transaction, call.principal, call.at("id"), *call.if_match);
}

Result<service::Outcome> revise(const Call& call, store::Transaction& transaction)
{
    return service::start_revision(transaction, call.principal, call.at("id"), *call.if_match);
}

Result<service::Outcome> submit(const Call& call, store::Transaction& transaction)
{
    return service::submit_report(transaction, call.principal, call.at("id"), *call.if_match);
}

Result<service::Outcome> take_back(const Call& call, store::Transaction& transaction)
{
    return service::take_back_report(transaction, call.principal, call.at("id"), *call.if_match);
}

Result<service::Outcome> send_back(const Call& call, store::Transaction& transaction)
{
    return service::return_report(transaction, call.principal, call.at("id"), call.body.at("reason").get<std::string>(), *call.if_match);
}

Result<service::Outcome> publish(const Call& call, store::Transaction& transaction)
{
    return service::publish_report(transaction, call.principal, call.at("id"), *call.if_match);
}

Result<service::Outcome> change_label(const Call& call, store::Transaction& transaction)
{
    return service::change_audience(transaction, call.principal, call.at("id"), call.body, domain::Transition::label, *call.if_match);
}

Result<service::Outcome> change_recipients(const Call& call, store::Transaction& transaction)
{
    return service::change_audience(transaction, call.principal, call.at("id"), call.body, domain::Transition::recipients, *call.if_match);
}

Result<service::Outcome> withdraw(const Call& call, store::Transaction& transaction)
{
    return service::withdraw_report(transaction, call.principal, call.at("id"), *call.if_match);
}

Result<service::Outcome> erase(const Call& call, store::Transaction& transaction)
{
    return service::propose_erasure(transaction, call.principal, call.at("id"), *call.if_match);
}

}  // namespace cbmx::api::reports
