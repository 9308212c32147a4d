// See exports.hpp. The archive is made on another thread, one at a time for each account, and sent from the disk in pieces.
#include "api/handlers/exports.hpp"
#include "api/answer.hpp"
#include "base/spool.hpp"
#include "service/accounts/authenticate.hpp"
#include "service/export/export.hpp"
#include "service/log/feed_waiters.hpp"
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
};

std::string file_name(const Call& call)
{
    auto name = "cbmx-export-" + call.principal.home.text() + "-" + domain::to_rfc3339(call.now).substr(0, 10) + ".zip";
    std::replace(name.begin(), name.end(), ':', '-');
    return name;
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
    Result<service::CollectedExport> collected = Error{ErrorCode::internal};
    {
        auto snapshot = call.portal.database.read();
        collected = service::collect_export_for(call.portal, snapshot.db(), call.principal, call.language);
    }
    if (!collected)
        return true;
    auto archive = std::make_shared<Archive>();
    archive->spool = collected->pack();
    archive->slot = std::move(slot);
    call.prepared = std::move(archive);
    return true;
}

Result<Answer> get(const Call& call, store::Connection& db)
{
    if (const auto present = service::reload(db, call.portal.clock(), call.principal); !present)
        return present.error();
    if (call.prepared == nullptr)
        return Error{ErrorCode::too_many_requests};
    Answer answer;
    answer.content_type = std::string(media_type);
    answer.cacheable = false;
    answer.fields.push_back({"Content-Disposition", attachment_named(file_name(call))});
    const auto& spool = *call.prepared_as<Archive>().spool;
    answer.stream = [archive = call.prepared, &spool, sent = std::uint64_t{0}](const std::function<void(http::Piece)>& give) mutable {
        auto bytes = spool.read(sent, piece_bytes);
        sent += bytes.size();
        give({std::move(bytes), sent == spool.size() ? http::Piece::Then::end : http::Piece::Then::more});
    };
    return answer;
}

}  // namespace cbmx::api::exports
