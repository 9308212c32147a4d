// See body.hpp.
#include "base/disk/body.hpp"
#include <utility>

namespace cbmx::base {
namespace {

constexpr std::size_t piece_bytes = 64 * 1024;

}  // namespace

void Body::spool_in(std::string directory, std::uint64_t known_bytes)
{
    directory_ = std::move(directory);
    memory_ = known_bytes > body_in_memory_bytes ? 0 : body_in_memory_bytes;
}

void Body::append(std::string_view bytes)
{
    if (spool_ == nullptr && !directory_.empty() && bytes_.size() + bytes.size() > memory_) {
        spool_ = std::make_shared<Spool>(directory_);
        spool_->append(bytes_);
        bytes_ = std::string();  // and its memory is given back
    }
    if (spool_ != nullptr)
        spool_->append(bytes);
    else
        bytes_.append(bytes);
}

std::uint64_t Body::size() const { return spool_ != nullptr ? spool_->size() : bytes_.size(); }

void Body::each_piece(const std::function<void(std::string_view)>& take) const
{
    if (spool_ == nullptr)
        return take(bytes_);
    for (std::uint64_t done = 0; done < spool_->size(); done += piece_bytes)
        take(spool_->read(done, piece_bytes));
}

std::string Body::take()
{
    if (const auto spool = std::exchange(spool_, nullptr))
        return spool->read(0, static_cast<std::size_t>(spool->size()));
    return std::exchange(bytes_, {});
}

}  // namespace cbmx::base
