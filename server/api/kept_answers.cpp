// See kept_answers.hpp; and the steps of a request whose answer is kept (pipeline.hpp).
#include "api/kept_answers.hpp"
#include "api/coded_answers.hpp"
#include "api/conditional.hpp"
#include "api/pipeline.hpp"
#include "api/render.hpp"
#include "service/published.hpp"
#include <utility>

namespace cbmx::api {
namespace {

constexpr std::size_t bytes_beside = 256;  // of an entry, besides its texts

std::size_t bytes_of(const std::string& view, const KeptAnswer& kept)
{
    auto bytes = view.size() + kept.answer.body.size() + kept.tag.size() + bytes_beside;
    for (const auto& field : kept.answer.fields)
        bytes += field.name.size() + field.value.size();
    return bytes;
}

void add(std::string& view, std::string_view part) { view.append(std::to_string(part.size())).append(":").append(part); }

}  // namespace

std::shared_ptr<const KeptAnswer> KeptAnswers::find(const std::string& view, std::uint64_t stamp)
{
    const std::lock_guard guard(mutex_);
    const auto found = answers_.find(view);
    return found != answers_.end() && found->second.stamp == stamp ? found->second.answer : nullptr;
}

void KeptAnswers::keep(std::string view, std::uint64_t stamp, std::shared_ptr<const KeptAnswer> answer)
{
    const auto bytes = bytes_of(view, *answer);
    if (bytes > max_kept_answer_bytes)
        return;
    decltype(answers_) dropped;  // outside the lock
    Kept replaced;
    const std::lock_guard guard(mutex_);
    if (const auto found = answers_.find(view); found != answers_.end()) {
        if (found->second.stamp >= stamp)  // a slow reader's, from before a commit that others have seen
            return;
        bytes_ -= bytes_of(view, *found->second.answer);
        replaced = std::move(found->second);
        answers_.erase(found);
    }
    if (bytes_ + bytes > max_kept_answer_bytes) {
        dropped = std::exchange(answers_, {});
        bytes_ = 0;
    }
    answers_.emplace(std::move(view), Kept{stamp, std::move(answer)});
    bytes_ += bytes;
}

std::string view_of(std::string_view target, std::string_view media_type, i18n::Language language, const domain::Principal& principal,
                    base::Coding coding)
{
    // Every member by name: who adds one to a principal or to what it sees has to decide here whether an answer depends on it.
    const auto& [account, credential, home, own_roles, roles, scopes, visibility, is_operator, is_portal, is_outside, is_without_authority,
                 is_suspended, is_unattested, is_unproven] = principal;
    const auto& [tokens, draft_state, account_word, own_state, home_word, secretariat, auditor, visible_before] = visibility;
    std::string view;
    view.reserve(target.size() + tokens.size() + bytes_beside);
    add(view, target);
    add(view, media_type);
    add(view, i18n::code_of(language));
    add(view, base::name_of(coding));
    add(view, account.value);
    add(view, credential.value);
    add(view, home_word);
    add(view, tokens);
    add(view, draft_state);
    add(view, own_state);
    for (const auto number :
         {own_roles.to_ullong(), roles.to_ullong(), scopes.to_ullong(), static_cast<unsigned long long>(visible_before)})
        view.append(std::to_string(number)).append(",");
    for (const bool is : {secretariat, auditor, is_operator, is_portal, is_outside, is_without_authority, is_suspended, is_unattested})
        view += is ? '1' : '0';
    static_cast<void>(home);          // home_word says it
    static_cast<void>(account_word);  // account says it, and is_unattested
    static_cast<void>(is_unproven);   // no longer when anything is read
    return view;
}

// THE STEPS OF A REQUEST --------------------------------------------------------------------------------------------

// An anonymous caller sees the log up to where it is published; how far that is, the clock and the database say.
void Pipeline::limit_to_published(Call& call, store::Connection& db) const
{
    if (call.principal.is_anonymous())
        call.principal.visibility.visible_before = static_cast<domain::Seq>(service::published_size(portal_, db, call.principal));
}

// Where the answer is kept the database is not asked, not even for how far the log is published: after each commit that would take
// a little longer.
void Pipeline::serve_kept(Exchange& exchange, const http::Reply& reply)
{
    auto& call = *exchange.call;
    auto& visibility = call.principal.visibility;
    const auto stamp = portal_.database.writer().views().stamp(visibility);
    std::optional<store::Snapshot> snapshot;
    if (call.principal.is_anonymous()) {
        if (const auto size = service::known_published_size(portal_, call.principal)) {
            visibility.visible_before = static_cast<domain::Seq>(*size);
        } else {
            snapshot.emplace(portal_.database.read());
            limit_to_published(call, snapshot->db());
        }
    }
    const auto coding = coding_for(exchange);
    auto view = view_of(exchange.head.target, call.media_type, call.language, call.principal, coding);
    auto kept = kept_answers_.find(view, stamp);
    if (!kept) {
        if (!snapshot)
            snapshot.emplace(portal_.database.read());
        auto answer = std::get<ReadHandler>(exchange.route->handler)(call, snapshot->db());
        if (!answer)
            return fail(exchange, reply, answer.error());
        auto tag = entity_tag(answer->tag, answer->body);
        kept = std::make_shared<const KeptAnswer>(coded({std::move(*answer), std::move(tag)}, coding));
        kept_answers_.keep(std::move(view), stamp, kept);
    }
    snapshot.reset();
    reply(finished(exchange, render_answer(exchange, kept->answer, kept->tag)));
}

// A text of the program never changes: compressed once, when it is first asked for so.
void Pipeline::serve_embedded(Exchange& exchange, const http::Reply& reply)
{
    auto answer = std::get<FixedHandler>(exchange.route->handler)(*exchange.call);
    if (!answer)
        return fail(exchange, reply, answer.error());
    constexpr std::uint64_t for_ever = 0;
    const auto coding = coding_for(exchange);
    KeptAnswer plain{std::move(*answer), {}};
    plain.tag = entity_tag(plain.answer.tag, plain.answer.body);
    if (coding == base::Coding::identity)
        return reply(finished(exchange, render_answer(exchange, std::move(plain.answer), plain.tag)));
    auto view = plain.tag + std::string(base::name_of(coding));
    auto kept = coded_files_.find(view, for_ever);
    if (!kept) {
        kept = std::make_shared<const KeptAnswer>(coded(plain, coding));
        coded_files_.keep(std::move(view), for_ever, kept);
    }
    plain.answer.body = kept->answer.body;  // the fields are this request's
    plain.answer.content_encoding = kept->answer.content_encoding;
    reply(finished(exchange, render_answer(exchange, std::move(plain.answer), kept->tag)));
}

}  // namespace cbmx::api
