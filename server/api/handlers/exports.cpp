// See exports.hpp. The archive is made on another thread, one at a time for each account, and sent from the disk in pieces.
#include "api/handlers/exports.hpp"
#include "api/answer.hpp"
#include "api/conditional.hpp"
#include "api/kept_answers.hpp"
#include "base/disk/spool.hpp"
#include "base/text.hpp"
#include "service/accounts/authenticate.hpp"
#include "service/export/export.hpp"
#include "service/log/feed_waiters.hpp"
#include "service/published.hpp"
#include <algorithm>

namespace cbmx::api::exports {
namespace {

constexpr std::size_t piece_bytes = 64 * 1024;

// Archives wait on the disk until they have been fetched: an account has a few at once, and no more.
std::shared_ptr<void> take_slot(const Call& call)
{
    if (call.portal.feed_waiters == nullptr)
        return std::make_shared<int>();
    return call.portal.feed_waiters->take_stream("export " + call.principal.account.value);
}

struct Archive : Prepared {
    std::unique_ptr<const base::Spool> spool;
    std::shared_ptr<void> slot;
    std::string tag;
};

std::string file_name(const Call& call)
{
    auto name = "cbmx-export-" + call.principal.home.text() + "-" + domain::to_rfc3339(call.now).substr(0, 10) + ".zip";
    std::replace(name.begin(), name.end(), ':', '-');
    return name;
}

// The size of the earlier export that is gone on from; 0: none.
std::uint64_t after_of(const Call& call)
{
    const auto text = call.parameter("after");
    return text ? base::whole_number<std::uint64_t>(*text).value_or(0) : 0;
}

// A weak one: of two archives that say the same each names the moment at which it was made, and is signed anew.
std::string tag_of(const Call& call, const domain::Principal& reader, std::uint64_t size, std::uint64_t stamp)
{
    const auto target = std::string(call.route.path).append("?after=").append(std::to_string(after_of(call)));
    const auto view = view_of(target, media_type, call.language, reader);
    return entity_tag(std::nullopt, std::string(view).append(service::export_state(call.portal, size, stamp)));
}

Answer answer_with(const Call& call, std::string tag, http::Stream stream)
{
    Answer answer;
    answer.content_type = std::string(media_type);
    answer.cacheable = false;
    answer.fields.push_back({"Content-Disposition", attachment_named(file_name(call))});
    answer.weak_tag = std::move(tag);
    answer.stream = std::move(stream);
    return answer;
}

}  // namespace

// A caller whose rights have ended meanwhile gets no archive, and the handler says why.
bool prepare(Call& call, bool off_thread)
{
    if (!off_thread)
        return false;
    auto slot = take_slot(call);
    if (slot == nullptr)
        return true;
    const auto stamp = service::export_stamp(call.portal, call.principal);
    Result<service::CollectedExport> collected = Error{ErrorCode::internal};
    {
        auto snapshot = call.portal.database.read();
        collected = service::collect_export_for(call.portal, snapshot.db(), call.principal, call.language, after_of(call));
    }
    if (!collected)
        return true;
    auto archive = std::make_shared<Archive>();
    archive->spool = collected->pack();
    archive->slot = std::move(slot);
    // Where rights have changed meanwhile the stamp was another reader's.
    if (collected->reader.visibility.tokens == call.principal.visibility.tokens && collected->reader.roles == call.principal.roles)
        archive->tag = tag_of(call, collected->reader, collected->size, stamp);
    call.prepared = std::move(archive);
    return true;
}

// The stamp is no older than the size: who holds what was made before either moved is not told that nothing has changed.
Result<Answer> head(const Call& call, store::Connection& db)
{
    const auto present = service::reload(db, call.portal.clock(), call.principal);
    if (!present)
        return present.error();
    const auto size = service::published_size(call.portal, db, *present);
    if (after_of(call) > size)
        return Error{ErrorCode::beyond_published_size};
    return answer_with(call, tag_of(call, *present, size, service::export_stamp(call.portal, *present)),
                       [](const std::function<void(http::Piece)>&) {});  // never asked: HEAD and 304 have no body
}

Result<Answer> get(const Call& call, store::Connection& db)
{
    if (const auto present = service::reload(db, call.portal.clock(), call.principal); !present)
        return present.error();
    if (call.prepared == nullptr && after_of(call) > service::published_size(call.portal, db, call.principal))
        return Error{ErrorCode::beyond_published_size};
    if (call.prepared == nullptr)
        return Error{ErrorCode::too_many_requests};
    const auto& [spool, slot, tag] = call.prepared_as<Archive>();
    return answer_with(
        call, tag,
        [archive = call.prepared, &bytes_of = *spool, sent = std::uint64_t{0}](const std::function<void(http::Piece)>& give) mutable {
            auto bytes = bytes_of.read(sent, piece_bytes);
            sent += bytes.size();
            give({std::move(bytes), sent == bytes_of.size() ? http::Piece::Then::end : http::Piece::Then::more});
        });
}

}  // namespace cbmx::api::exports
